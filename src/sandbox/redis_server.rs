//! A Redis (or Valkey) server with a password, which writes its data to disk when it stops.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use tokio::time::sleep;

use super::directory::write_private;
use super::error::SandboxError;
use super::process::{Program, Running};
use super::settings::Redis;

const READY_WITHIN: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn start(settings: &Redis) -> Result<Running, SandboxError> {
    // A file, because everybody may read the arguments of a process.
    let file = settings.folder.join("redis.conf");
    write_private(&file, &configuration(settings))?;
    let mut server = Running::start(Program {
        name: "redis",
        path: settings.binary.clone(),
        arguments: vec![file.into_os_string()],
        stop_signal: "TERM",
        orphan_signal: "TERM",
        log: settings.folder.join("redis.log"),
        works_in: settings.folder.clone(),
        account: None,
    })
    .await?;
    await_ready(settings, &mut server).await?;
    Ok(server)
}

pub(super) async fn connect(settings: &Redis) -> Result<MultiplexedConnection, redis::RedisError> {
    let url = format!("redis://:{}@127.0.0.1:{}/0", settings.password, settings.port);
    redis::Client::open(url)?.get_multiplexed_async_connection().await
}

/// With a rule for snapshots the server also takes one when it is asked to stop.
fn configuration(settings: &Redis) -> String {
    let Redis { port, password, folder, .. } = settings;
    format!(
        "bind 127.0.0.1\nport {port}\nprotected-mode yes\nrequirepass {password}\n\
         dir \"{}\"\ndbfilename dump.rdb\nappendonly no\nsave 3600 1\ndaemonize no\n\
         maxmemory 0\nlogfile \"\"\n",
        folder.display(),
    )
}

/// While it loads its data it answers every command with an error; that passes.
async fn await_ready(settings: &Redis, server: &mut Running) -> Result<(), SandboxError> {
    let give_up = Instant::now() + READY_WITHIN;
    loop {
        let reason = match ping(settings).await {
            Ok(()) => return Ok(()),
            Err(error) => error.to_string(),
        };
        let end = server.ended();
        if end.is_some() || Instant::now() > give_up {
            return Err(SandboxError::NotReady {
                engine: server.name.to_owned(),
                reason: end.unwrap_or(reason),
                log: server.log.clone(),
            });
        }
        sleep(PAUSE).await;
    }
}

async fn ping(settings: &Redis) -> Result<(), redis::RedisError> {
    let mut connection = connect(settings).await?;
    redis::cmd("PING").exec_async(&mut connection).await
}
