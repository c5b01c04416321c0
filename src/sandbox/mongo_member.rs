//! One real `mongod`: the config server, a shard, or what may become one. Each is a replica set of its own.

use std::ffi::OsString;
use std::time::{Duration, Instant};

use bson::{Document, doc};
use tokio::time::sleep;

use super::directory::private_folder;
use super::error::SandboxError;
use super::process::{Program, Running};
use super::router;
use super::settings::Mongo;

const READY_WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(30);
pub(super) const CONFIG_SERVER: &str = "config";
const SHARDS: [&str; 4] = ["shard1", "shard2", "shard3", "shard4"];
const SPARES: [&str; 4] = ["spare1", "spare2", "spare3", "spare4"];
/// Asked to stop together, shards look up to 15 s for the config server that is gone too; the
/// journal makes a sudden end harmless.
pub(super) const ORPHANED: &str = "KILL";
const LIGHT: [&str; 4] = [
    "--wiredTigerCacheSizeGB=0.25",
    "--oplogSize=64",
    "--nounixsocket",
    "--wiredTigerEngineConfigString=log=(prealloc=false,file_max=16MB)",
];

/// Its name is also its replica set's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) port: u16,
}

impl Member {
    pub(super) fn config(settings: &Mongo) -> Self {
        Self { name: CONFIG_SERVER, port: settings.config_port }
    }

    /// The cluster's shards; at most four.
    pub(super) fn shards(settings: &Mongo) -> Vec<Self> {
        let named = SHARDS.into_iter().zip(&settings.shard_ports);
        named.map(|(name, port)| Self { name, port: *port }).collect()
    }

    /// A replica set that is no shard yet: the first, the second, …, of four.
    pub(super) fn spare(at: usize, port: u16) -> Self {
        Self { name: SPARES[at], port }
    }

    pub(super) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// As `addShard` wants it.
    pub(super) fn replica_set(&self) -> String {
        format!("{}/{}", self.name, self.host())
    }
}

/// Starts it on what its folder holds; returns once it is a primary.
pub(super) async fn start(settings: &Mongo, member: Member) -> Result<Running, SandboxError> {
    let data = private_folder(&settings.folder.join(member.name))?;
    let role = if member.name == CONFIG_SERVER { "--configsvr" } else { "--shardsvr" };
    let mut arguments: Vec<OsString> = vec![
        role.into(),
        "--dbpath".into(),
        data.clone().into_os_string(),
        format!("--replSet={}", member.name).into(),
        format!("--port={}", member.port).into(),
        "--bind_ip=127.0.0.1".into(),
    ];
    arguments.extend(LIGHT.iter().map(OsString::from));
    let parameters = settings.parameters.iter();
    arguments.extend(parameters.map(|(name, value)| format!("--setParameter={name}={value}").into()));
    let mut server = Running::start(Program {
        name: member.name,
        path: settings.mongod.clone(),
        arguments,
        stop_signal: "TERM",
        orphan_signal: ORPHANED,
        log: settings.folder.join(format!("{}.log", member.name)),
        works_in: data,
        account: None,
    })
    .await?;
    await_primary(member, &mut server).await?;
    Ok(server)
}

/// Waits until it is its set's primary, founding the set if it has none; a router is ready when it answers.
pub(super) async fn await_primary(member: Member, server: &mut Running) -> Result<(), SandboxError> {
    let host = member.host();
    let give_up = Instant::now() + READY_WITHIN;
    let mut founded = false;
    loop {
        let hello = router::run_command(&host, "admin", doc! { "hello": 1 }).await;
        let reason = match &hello {
            Ok(it) if it.get_bool("isWritablePrimary").unwrap_or(false) => return Ok(()),
            Ok(it) if it.get_bool("isreplicaset").unwrap_or(false) && !founded => {
                let found = doc! { "replSetInitiate": founding(member) };
                let result = router::run_command(&host, "admin", found).await;
                founded = result.is_ok();
                result.err().unwrap_or_default()
            }
            Ok(_) => "it is not a primary yet".to_owned(),
            Err(error) => error.clone(),
        };
        let end = server.ended();
        if end.is_some() || Instant::now() > give_up {
            return Err(SandboxError::NotReady {
                engine: format!("mongodb {}", member.name),
                reason: end.unwrap_or(reason),
                log: server.log.clone(),
            });
        }
        sleep(PAUSE).await;
    }
}

fn founding(member: Member) -> Document {
    let mut set = doc! {
        "_id": member.name,
        "members": [{ "_id": 0, "host": member.host() }],
        "settings": { "electionTimeoutMillis": 3_000 },
    };
    if member.name == CONFIG_SERVER {
        set.insert("configsvr", true);
    }
    set
}
