//! A sharded MongoDB cluster of real servers: a config server, shards of one member each, and a
//! router (a real `mongos` where there is one, otherwise ours).

use std::net::Ipv4Addr;
use std::path::PathBuf;

use bson::{Bson, doc};
use futures_util::future::try_join_all;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::error::{SandboxError, files};
use super::mongo_member::{self, Member, ORPHANED};
use super::process::{Program, Running};
use super::router;
use super::settings::Mongo;

/// Quick where a production server is patient: range deletion waits 15 minutes and resharding
/// 5 minutes by default, stopping up to 15 seconds.
const QUICK: [(&str, &str); 4] = [
    ("diagnosticDataCollectionEnabled", "false"),
    ("orphanCleanupDelaySecs", "5"),
    ("reshardingMinimumOperationDurationMillis", "2000"),
    ("shutdownTimeoutMillisForSignaledShutdown", "100"),
];

/// What tests want on top. Without refreshes of sessions their sharded collection does not appear
/// in the middle of a test, five minutes after the start, to be balanced over the shards. What has
/// expired is deleted within seconds.
pub(super) const FOR_TESTS: [(&str, &str); 3] =
    [("orphanCleanupDelaySecs", "1"), ("disableLogicalSessionCacheRefresh", "true"), ("ttlMonitorSleepSecs", "1")];

pub(super) struct Cluster {
    pub(super) processes: Vec<Running>,
    /// Our own router, which ends when this is dropped; empty where a real one is a process.
    pub(super) router: JoinSet<()>,
}

/// The parameters of all clusters, with others on top. A server refuses one that it is given twice.
pub(super) fn parameters(changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, value) in QUICK.iter().chain(changed) {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*value).to_owned()));
    }
    all
}

pub(super) async fn start(settings: &Mongo) -> Result<Cluster, SandboxError> {
    let shards = Member::shards(settings);
    let mut members = vec![Member::config(settings)];
    members.extend(&shards);
    members.extend(settings.spare_port.map(|port| Member::spare(0, port)));
    let processes = try_join_all(members.into_iter().map(|member| mongo_member::start(settings, member))).await?;
    let mut cluster = Cluster { processes, router: JoinSet::new() };
    match &settings.mongos {
        Some(mongos) => {
            let process = start_mongos(settings, mongos.clone()).await?;
            cluster.processes.push(process);
        }
        None => serve(settings, &mut cluster.router).await?,
    }
    if let Err(reason) = join_shards(settings, &shards).await {
        return Err(SandboxError::NotReady {
            engine: "the sharded cluster".into(),
            reason,
            log: settings.folder.join("config.log"),
        });
    }
    Ok(cluster)
}

async fn serve(settings: &Mongo, task: &mut JoinSet<()>) -> Result<(), SandboxError> {
    let address = format!("127.0.0.1:{}", settings.router_port);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.router_port)).await;
    let listener = listener.map_err(files("listening on", &address))?;
    task.spawn(router::serve(listener, Member::config(settings).replica_set(), address));
    Ok(())
}

async fn start_mongos(settings: &Mongo, mongos: PathBuf) -> Result<Running, SandboxError> {
    let mut server = Running::start(Program {
        name: "router",
        path: mongos,
        arguments: vec![
            format!("--configdb={}", Member::config(settings).replica_set()).into(),
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
    let router = Member { name: "router", port: settings.router_port };
    mongo_member::await_primary(router, &mut server).await?;
    Ok(server)
}

/// Makes the sets shards of the cluster, if they are not yet.
async fn join_shards(settings: &Mongo, shards: &[Member]) -> Result<(), String> {
    let router = format!("127.0.0.1:{}", settings.router_port);
    let listed = router::run_command(&router, "admin", doc! { "listShards": 1 }).await?;
    let listed = listed.get_array("shards").map(Vec::as_slice).unwrap_or_default();
    for shard in shards {
        let has_id = |it: &&Bson| it.as_document().is_some_and(|it| it.get_str("_id").is_ok_and(|id| id == shard.name));
        if listed.iter().any(|it| has_id(&it)) {
            continue;
        }
        router::run_command(&router, "admin", doc! { "addShard": shard.replica_set() }).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_is_given_once() {
        let all = parameters(&[("orphanCleanupDelaySecs", "1"), ("ttlMonitorSleepSecs", "1")]);
        let delays: Vec<&str> =
            all.iter().filter(|(name, _)| name == "orphanCleanupDelaySecs").map(|(_, value)| value.as_str()).collect();
        assert_eq!(delays, ["1"]);
        assert_eq!(all.len(), QUICK.len() + 1);
    }
}
