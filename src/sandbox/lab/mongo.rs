//! Real sharded MongoDB clusters for the tests: one that all tests of a process share, each with databases of its own,
//! and clusters of their own for tests that change what is the whole cluster's (balancer, shards, zones' names).

mod access;
mod keeper;
mod tests;

use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::OnceCell;
use tokio::task::JoinSet;

use self::keeper::Processes;
use super::place::Place;
use crate::sandbox::default_downloads;
use crate::sandbox::directory::private_folder;
use crate::sandbox::memory::free_port;
use crate::sandbox::mongo_cluster;
use crate::sandbox::mongo_member::{self, Member};
use crate::sandbox::settings::{Mongo, mongo_programs};

/// For tests, which wait: resharding ends as soon as it can, what has moved away is deleted within seconds, and so is
/// what has expired.
const PARAMETERS: [(&str, &str); 3] =
    [("orphanCleanupDelaySecs", "1"), ("reshardingMinimumOperationDurationMillis", "0"), ("ttlMonitorSleepSecs", "1")];

/// A config server, shards named `shard1`, `shard2`, …, of one member each, and a router. No server asks who one is.
pub(crate) struct Cluster {
    settings: Arc<Mongo>,
    spares: Mutex<Vec<Member>>,
    /// Those that run, by name.
    processes: Mutex<Processes>,
    _router: JoinSet<()>,
    /// The router lives here, and not in the runtime of the test that happens to be the first.
    runtime: Option<Runtime>,
    place: Place,
}

/// The cluster of the whole test process, started when the first test asks for it: `shard1` and `shard2`. A test takes
/// a database of its own ([`Cluster::name_of_database`]) and leaves alone what all share: the balancer, its settings,
/// the shards, and the zones that it has not made itself. It is gone with the process, however that ends.
pub(crate) async fn shared() -> &'static Cluster {
    static SHARED: OnceCell<Cluster> = OnceCell::const_new();
    SHARED
        .get_or_init(async || {
            let place = Place::new().await;
            // Before anything runs, since we may be killed while it starts.
            keeper::remove_with_us(place.folder());
            Cluster::start_in(place, 2, &[]).await
        })
        .await
}

impl Cluster {
    /// A cluster of 1 to 4 shards, gone with its data when this is dropped.
    pub(crate) async fn start(shards: usize) -> Self {
        Self::start_with(shards, &[]).await
    }

    /// With parameters of all servers beside those that make it quick, or in their place: a resharding goes on for a
    /// minute with `reshardingMinimumOperationDurationMillis` at 60000, `enableTestCommands` at 1 lets one halt it by
    /// `configureFailPoint`.
    pub(crate) async fn start_with(shards: usize, parameters: &[(&str, &str)]) -> Self {
        Self::start_in(Place::new().await, shards, parameters).await
    }

    async fn start_in(place: Place, shards: usize, parameters: &[(&str, &str)]) -> Self {
        let settings = Arc::new(settings(&place, shards, parameters));
        let runtime = Builder::new_multi_thread().worker_threads(2).thread_name("cluster").enable_all().build();
        let runtime = runtime.expect("a runtime");
        let with = Arc::clone(&settings);
        let started = runtime.spawn(async move { mongo_cluster::start(&with).await }).await.expect("no panic");
        let started = started.unwrap_or_else(|error| panic!("{error} (.make/setup.sh demo)"));
        Self {
            settings,
            spares: Mutex::default(),
            processes: Mutex::new(started.processes.into_iter().map(|it| (it.name, it)).collect()),
            _router: started.router,
            runtime: Some(runtime),
            place,
        }
    }

    /// Starts one more replica set, which is no shard yet; at most four. As `addShard` wants it: `spare1/host:port`.
    pub(crate) async fn spare_shard(&self) -> String {
        let spare = {
            let mut spares = self.spares.lock().unwrap_or_else(PoisonError::into_inner);
            let spare = Member::spare(spares.len(), port());
            spares.push(spare);
            spare
        };
        self.run(spare).await;
        spare.replica_set()
    }

    /// Stops a shard, or `config`, in good order. Its data stays.
    pub(crate) async fn stop_shard(&self, name: &str) {
        let stopped = keeper::running(&self.processes).remove(name);
        let stopped = stopped.unwrap_or_else(|| panic!("{name} does not run"));
        self.runtime().spawn(stopped.stop()).await.expect("no panic");
    }

    /// Starts again what [`Cluster::stop_shard`] has stopped.
    pub(crate) async fn start_shard(&self, name: &str) {
        self.run(self.member(name)).await;
    }

    /// A database that no other test of this process uses: `t1`, `t2`, ….
    pub(crate) fn name_of_database(&self) -> String {
        static NAMES: AtomicU32 = AtomicU32::new(1);
        format!("t{}", NAMES.fetch_add(1, Ordering::Relaxed))
    }

    fn member(&self, name: &str) -> Member {
        let mut all = vec![Member::config(&self.settings)];
        all.extend(Member::shards(&self.settings));
        all.extend(self.spares.lock().unwrap_or_else(PoisonError::into_inner).iter());
        all.into_iter().find(|it| it.name == name).unwrap_or_else(|| panic!("this cluster has no {name}"))
    }

    async fn run(&self, member: Member) {
        let settings = Arc::clone(&self.settings);
        let started = self.runtime().spawn(async move { mongo_member::start(&settings, member).await }).await;
        let started = started.expect("no panic").unwrap_or_else(|error| panic!("{error}"));
        keeper::running(&self.processes).insert(member.name, started);
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("there until it is dropped")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        keeper::end(&mut keeper::running(&self.processes));
        if let Some(runtime) = self.runtime.take() {
            // Waiting is not allowed where tests drop it, and nothing is left to wait for.
            runtime.shutdown_background();
        }
    }
}

fn settings(place: &Place, shards: usize, parameters: &[(&str, &str)]) -> Mongo {
    let (mongod, mongos) = mongo_programs(&default_downloads()).unwrap_or_else(|error| panic!("{error}"));
    let changed: Vec<(&str, &str)> =
        mongo_cluster::FOR_TESTS.iter().chain(&PARAMETERS).chain(parameters).copied().collect();
    Mongo {
        mongod,
        mongos,
        folder: private_folder(&place.folder().join("mongodb")).expect("a folder"),
        router_port: port(),
        config_port: port(),
        shard_ports: (0..shards).map(|_| port()).collect(),
        spare_port: None,
        parameters: mongo_cluster::parameters(&changed),
    }
}

/// A free port that this process has not promised to another server yet.
pub(super) fn port() -> u16 {
    static PROMISED: Mutex<Option<HashSet<u16>>> = Mutex::new(None);
    let mut promised = PROMISED.lock().unwrap_or_else(PoisonError::into_inner);
    let promised = promised.get_or_insert_default();
    let port = free_port(|port| promised.contains(&port)).expect("a free port");
    promised.insert(port);
    port
}
