//! A sharded MongoDB cluster of real servers: a config server, two shards of one member each,
//! and a router (a real `mongos` where there is one, otherwise ours).

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::directory::private_folder;
use super::error::{SandboxError, files};
use super::process::{Program, Running};
use super::router;
use super::settings::Mongo;

const READY_WITHIN: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(30);
pub(super) const CONFIG_SERVER: &str = "config";
/// Asked to stop together, shards look up to 15 s for the config server that is gone too; the
/// journal makes a sudden end harmless.
const ORPHANED: &str = "KILL";
/// Small, and quick where a production server is patient: range deletion waits 15 minutes and
/// resharding 5 minutes by default, stopping up to 15 seconds.
const LIGHT: [&str; 8] = [
    "--wiredTigerCacheSizeGB=0.25",
    "--oplogSize=64",
    "--nounixsocket",
    "--wiredTigerEngineConfigString=log=(prealloc=false,file_max=16MB)",
    "--setParameter=diagnosticDataCollectionEnabled=false",
    "--setParameter=orphanCleanupDelaySecs=5",
    "--setParameter=reshardingMinimumOperationDurationMillis=2000",
    "--setParameter=shutdownTimeoutMillisForSignaledShutdown=100",
];

pub(super) struct Cluster {
    pub(super) processes: Vec<Running>,
    /// Our own router, which ends when this is dropped; empty where a real one is a process.
    pub(super) router: JoinSet<()>,
}

/// One member: its name is also its replica set's.
struct Member {
    name: &'static str,
    role: &'static str,
    port: u16,
}

pub(super) async fn start(settings: &Mongo) -> Result<Cluster, SandboxError> {
    let [config, first, second] = members(settings);
    let started = tokio::try_join!(
        start_member(settings, &config),
        start_member(settings, &first),
        start_member(settings, &second),
    )?;
    let mut cluster = Cluster { processes: vec![started.0, started.1, started.2], router: JoinSet::new() };
    match &settings.mongos {
        Some(mongos) => {
            let process = start_mongos(settings, mongos.clone()).await?;
            cluster.processes.push(process);
        }
        None => serve(settings, &mut cluster.router).await?,
    }
    if let Err(reason) = join_shards(settings, &[first, second]).await {
        return Err(SandboxError::NotReady {
            engine: "the sharded cluster".into(),
            reason,
            log: settings.folder.join("config.log"),
        });
    }
    Ok(cluster)
}

fn members(settings: &Mongo) -> [Member; 3] {
    let [first, second] = settings.shard_ports;
    [
        Member { name: CONFIG_SERVER, role: "--configsvr", port: settings.config_port },
        Member { name: "shard1", role: "--shardsvr", port: first },
        Member { name: "shard2", role: "--shardsvr", port: second },
    ]
}

async fn start_member(settings: &Mongo, member: &Member) -> Result<Running, SandboxError> {
    let data = private_folder(&settings.folder.join(member.name))?;
    let mut arguments: Vec<OsString> = vec![
        member.role.into(),
        "--dbpath".into(),
        data.clone().into_os_string(),
        format!("--replSet={}", member.name).into(),
        format!("--port={}", member.port).into(),
        "--bind_ip=127.0.0.1".into(),
    ];
    arguments.extend(LIGHT.iter().map(OsString::from));
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

/// Waits until the member is its set's primary, founding the set if it has none.
async fn await_primary(member: &Member, server: &mut Running) -> Result<(), SandboxError> {
    let host = format!("127.0.0.1:{}", member.port);
    let give_up = Instant::now() + READY_WITHIN;
    let mut founded = false;
    loop {
        let hello = router::run_command(&host, "admin", doc! { "hello": 1 }).await;
        let reason = match &hello {
            Ok(it) if it.get_bool("isWritablePrimary").unwrap_or(false) => return Ok(()),
            Ok(it) if it.get_bool("isreplicaset").unwrap_or(false) && !founded => {
                let found = doc! { "replSetInitiate": founding(member, &host) };
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

fn founding(member: &Member, host: &str) -> Document {
    let mut set = doc! {
        "_id": member.name,
        "members": [{ "_id": 0, "host": host }],
        "settings": { "electionTimeoutMillis": 3_000 },
    };
    if member.name == CONFIG_SERVER {
        set.insert("configsvr", true);
    }
    set
}

async fn serve(settings: &Mongo, task: &mut JoinSet<()>) -> Result<(), SandboxError> {
    let address = format!("127.0.0.1:{}", settings.router_port);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.router_port)).await;
    let listener = listener.map_err(files("listening on", &address))?;
    let config_set = format!("config/127.0.0.1:{}", settings.config_port);
    task.spawn(router::serve(listener, config_set, address));
    Ok(())
}

async fn start_mongos(settings: &Mongo, mongos: std::path::PathBuf) -> Result<Running, SandboxError> {
    let mut server = Running::start(Program {
        name: "router",
        path: mongos,
        arguments: vec![
            format!("--configdb=config/127.0.0.1:{}", settings.config_port).into(),
            format!("--port={}", settings.router_port).into(),
            "--bind_ip=127.0.0.1".into(),
            "--nounixsocket".into(),
        ],
        stop_signal: "TERM",
        orphan_signal: ORPHANED,
        log: settings.folder.join("router.log"),
        works_in: settings.folder.clone(),
        account: None,
    })
    .await?;
    let member = Member { name: "router", role: "", port: settings.router_port };
    await_primary(&member, &mut server).await?;
    Ok(server)
}

/// Makes both sets shards of the cluster, if they are not yet.
async fn join_shards(settings: &Mongo, shards: &[Member]) -> Result<(), String> {
    let router = format!("127.0.0.1:{}", settings.router_port);
    let listed = router::run_command(&router, "admin", doc! { "listShards": 1 }).await?;
    let listed = listed.get_array("shards").map(Vec::as_slice).unwrap_or_default();
    for shard in shards {
        let has_id = |it: &&Bson| it.as_document().is_some_and(|it| it.get_str("_id").is_ok_and(|id| id == shard.name));
        if listed.iter().any(|it| has_id(&it)) {
            continue;
        }
        let set = format!("{}/127.0.0.1:{}", shard.name, shard.port);
        router::run_command(&router, "admin", doc! { "addShard": set }).await?;
    }
    Ok(())
}
