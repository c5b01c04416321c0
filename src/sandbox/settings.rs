//! Everything decided before the first process starts: binaries, folders, ports, passwords.

use std::path::{Path, PathBuf};

use super::Options;
use super::directory::Held;
use super::error::SandboxError;
use super::memory::Memory;
use super::mongo_cluster;
use super::postgres_files;
use super::process::on_path;

const MONGOD: &str = "mongod-6.0.5/mongod";

/// The parts that the engines need, each knowing nothing of the others.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) mongo: Mongo,
    pub(super) postgres: Postgres,
    pub(super) redis: Redis,
}

#[derive(Debug)]
pub(super) struct Mongo {
    pub(super) mongod: PathBuf,
    /// A real router, where there is one; it replaces ours.
    pub(super) mongos: Option<PathBuf>,
    pub(super) folder: PathBuf,
    pub(super) router_port: u16,
    pub(super) config_port: u16,
    /// The first one's name is `shard1`.
    pub(super) shard_ports: Vec<u16>,
    /// Of a replica set that runs and could be made a shard.
    pub(super) spare_port: Option<u16>,
    /// Parameters of all servers, each once.
    pub(super) parameters: Vec<(String, String)>,
}

#[derive(Debug)]
pub(super) struct Postgres {
    /// The folder with `initdb` and `postgres`.
    pub(super) binaries: PathBuf,
    pub(super) major: u8,
    /// Holds `primary` and `standby`.
    pub(super) home: PathBuf,
    pub(super) logs: PathBuf,
    pub(super) port: u16,
    pub(super) standby_port: u16,
    pub(super) superuser_password: String,
    pub(super) standby_password: String,
    pub(super) console_password: String,
    pub(super) account: Option<&'static str>,
}

#[derive(Debug)]
pub(super) struct Redis {
    pub(super) binary: PathBuf,
    pub(super) folder: PathBuf,
    pub(super) port: u16,
    pub(super) password: String,
}

pub(super) async fn decide(options: &Options, held: &Held, memory: &mut Memory) -> Result<Settings, SandboxError> {
    let redis = Redis {
        binary: on_path(&["redis-server", "valkey-server"])
            .ok_or_else(|| missing("redis-server", "install Debian's redis-server or valkey-server"))?,
        folder: held.folder("redis")?,
        port: memory.port("redis")?,
        password: memory.password("redis")?,
    };
    let mongo = mongo(options, held, memory)?;
    let postgres = postgres(options, held, memory).await?;
    Ok(Settings { mongo, postgres, redis })
}

fn mongo(options: &Options, held: &Held, memory: &mut Memory) -> Result<Mongo, SandboxError> {
    let (mongod, mongos) = mongo_programs(&options.downloads)?;
    let changed: &[(&str, &str)] = if options.spare_shard { &mongo_cluster::FOR_TESTS } else { &[] };
    Ok(Mongo {
        mongod,
        mongos,
        folder: held.folder("mongodb")?,
        router_port: memory.port("mongodb router")?,
        config_port: memory.fixed_port("mongodb config server")?,
        shard_ports: vec![memory.fixed_port("mongodb shard1")?, memory.fixed_port("mongodb shard2")?],
        spare_port: options.spare_shard.then(|| memory.fixed_port("mongodb spare")).transpose()?,
        parameters: mongo_cluster::parameters(changed),
    })
}

/// The server, and the router where there is one of the same version.
pub(super) fn mongo_programs(downloads: &Path) -> Result<(PathBuf, Option<PathBuf>), SandboxError> {
    let installed = match (on_path(&["mongod"]), on_path(&["mongos"])) {
        (Some(mongod), Some(mongos)) => return Ok((mongod, Some(mongos))),
        (installed, _) => installed,
    };
    let downloaded = Some(downloads.join(MONGOD)).filter(|it| it.is_file());
    let mongod = downloaded.or(installed).ok_or_else(|| {
        let advice = format!("fetch it to {} first", downloads.join(MONGOD).display());
        missing("mongod", &advice)
    })?;
    Ok((mongod, None))
}

async fn postgres(options: &Options, held: &Held, memory: &mut Memory) -> Result<Postgres, SandboxError> {
    let account = postgres_files::account();
    let binaries = postgres_files::binaries(options, account).await?;
    let major = postgres_files::major(&binaries).await?;
    Ok(Postgres {
        home: postgres_files::home(held, memory, account, major)?,
        logs: held.folder("logs")?,
        binaries,
        major,
        port: memory.port("postgresql primary")?,
        standby_port: memory.port("postgresql standby")?,
        superuser_password: memory.password("postgresql superuser")?,
        standby_password: memory.password("postgresql standby")?,
        console_password: memory.password("postgresql console")?,
        account,
    })
}

pub(super) fn missing(what: &str, advice: &str) -> SandboxError {
    SandboxError::Missing { what: what.to_owned(), advice: advice.to_owned() }
}
