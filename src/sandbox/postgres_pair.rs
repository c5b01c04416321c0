//! A PostgreSQL primary and the standby that streams from it.

use std::time::{Duration, Instant};

use tokio::time::sleep;
use tokio_postgres::{Client, Config, NoTls};

use super::error::SandboxError;
use super::postgres_files::prepare;
use super::process::{Program, Running};
use super::settings::Postgres;

const READY_WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(50);

/// Run at every start, so that a start cut short is made good by the next one.
const ROLES: &str = "
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'standby') THEN
    CREATE ROLE standby LOGIN REPLICATION;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'outgrow') THEN
    CREATE ROLE outgrow LOGIN REPLICATION;
  END IF;
END $$;
GRANT pg_monitor, pg_signal_backend TO outgrow;
SELECT pg_create_physical_replication_slot('standby1', true)
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'standby1');
";

pub(super) async fn start(settings: &Postgres) -> Result<Vec<Running>, SandboxError> {
    prepare(settings).await?;
    let mut primary = Running::start(program(settings, "primary", settings.port)).await?;
    let client = connected(settings, &mut primary, settings.port).await?;
    set_up(settings, &client).await.map_err(|error| not_ready(&primary, error.to_string()))?;
    let mut standby = Running::start(program(settings, "standby", settings.standby_port)).await?;
    connected(settings, &mut standby, settings.standby_port).await?;
    await_streaming(&client, &mut standby).await?;
    Ok(vec![primary, standby])
}

/// A connection as superuser to a database of the primary, for the example data.
pub(super) async fn connect(settings: &Postgres, port: u16, database: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = Config::new()
        .host("127.0.0.1")
        .port(port)
        .user("postgres")
        .password(&settings.superuser_password)
        .dbname(database)
        .connect_timeout(Duration::from_secs(5))
        .connect(NoTls)
        .await?;
    // It ends by itself once the client is dropped; errors reach the client's own calls.
    tokio::spawn(connection);
    Ok(client)
}

fn program(settings: &Postgres, role: &'static str, port: u16) -> Program {
    let data = settings.home.join(role);
    let name = if role == "primary" { "postgresql primary" } else { "postgresql standby" };
    let set = |what: &str| ["-c".into(), what.to_owned().into()];
    let mut arguments = vec!["-D".into(), data.clone().into_os_string()];
    arguments.extend(set(&format!("port={port}")));
    arguments.extend(set("listen_addresses=127.0.0.1"));
    arguments.extend(set("unix_socket_directories="));
    arguments.extend(set(&format!("cluster_name={role}")));
    Program {
        name,
        path: settings.binaries.join("postgres"),
        arguments,
        // The fast shutdown: connections are ended, everything is written.
        stop_signal: "INT",
        orphan_signal: "INT",
        log: settings.logs.join(format!("postgresql-{role}.log")),
        works_in: data,
        account: settings.account,
    }
}

/// Connects as soon as the server lets anybody in.
async fn connected(settings: &Postgres, server: &mut Running, port: u16) -> Result<Client, SandboxError> {
    let give_up = Instant::now() + READY_WITHIN;
    loop {
        let reason = match connect(settings, port, "postgres").await {
            Ok(client) => return Ok(client),
            Err(error) => error.to_string(),
        };
        if let Some(end) = server.ended() {
            return Err(not_ready(server, end));
        }
        if Instant::now() > give_up {
            return Err(not_ready(server, reason));
        }
        sleep(PAUSE).await;
    }
}

async fn set_up(settings: &Postgres, client: &Client) -> Result<(), tokio_postgres::Error> {
    client.batch_execute(ROLES).await?;
    // The passwords are our own hexadecimal digits; ALTER ROLE takes no parameters.
    let passwords = format!(
        "ALTER ROLE standby PASSWORD '{}'; ALTER ROLE outgrow PASSWORD '{}';",
        settings.standby_password, settings.console_password,
    );
    client.batch_execute(&passwords).await?;
    let shop = "SELECT FROM pg_database WHERE datname = 'shop'";
    if client.query_opt(shop, &[]).await?.is_none() {
        client.batch_execute("CREATE DATABASE shop").await?;
    }
    Ok(())
}

async fn await_streaming(client: &Client, standby: &mut Running) -> Result<(), SandboxError> {
    let give_up = Instant::now() + READY_WITHIN;
    let streams = "SELECT FROM pg_stat_replication \
                   WHERE application_name = 'standby1' AND state = 'streaming'";
    loop {
        let seen = client.query_opt(streams, &[]).await;
        if seen.map_err(|error| not_ready(standby, error.to_string()))?.is_some() {
            return Ok(());
        }
        if let Some(end) = standby.ended() {
            return Err(not_ready(standby, end));
        }
        if Instant::now() > give_up {
            return Err(not_ready(standby, "it does not stream".into()));
        }
        sleep(PAUSE).await;
    }
}

fn not_ready(server: &Running, reason: String) -> SandboxError {
    SandboxError::NotReady { engine: server.name.to_owned(), reason, log: server.log.clone() }
}
