//! Starting everything, the three engines at the same time.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use super::earlier_run::await_earlier_run;
use super::error::SandboxError;
use super::memory::Memory;
use super::mongo_cluster::{self, Cluster};
use super::process;
use super::settings::{Mongo, Postgres, Redis, Settings, decide};
use super::{Options, Running, directory, postgres_pair, redis_server, seed, targets_file};

/// Something to tell whoever waits for the start.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) engine: &'static str,
    pub(super) text: String,
    pub(super) took: Duration,
}

/// Starts the sandbox and returns once everything answers and has its example data.
pub async fn start(options: Options) -> Result<Running, SandboxError> {
    start_telling(options, None).await
}

pub(super) async fn start_telling(
    options: Options,
    progress: Option<UnboundedSender<Progress>>,
) -> Result<Running, SandboxError> {
    let held = directory::hold(&options.dir).await?;
    let mut memory = Memory::load(held.path())?;
    await_earlier_run(held.path(), memory.postgres_home.as_deref()).await?;
    memory.await_ports().await;
    let settings = decide(&options, &held, &mut memory).await?;
    // Ports and passwords are kept before anything uses them: the engines write them down too.
    memory.save()?;

    let start = Starting { seed: options.seed, memory: &memory, begun: Instant::now(), progress };
    let (mongo, postgres, redis) =
        tokio::join!(start.mongo(&settings.mongo), start.postgres(&settings.postgres), start.redis(&settings.redis),);
    let (cluster, postgres, redis) = (mongo?, postgres?, redis?);
    let mut processes = cluster.processes;
    processes.extend(postgres);
    processes.push(redis);

    if options.seed {
        for engine in [MONGO, REDIS, &postgres_name(&settings)] {
            memory.set_seeded(engine);
        }
    }
    memory.save()?;
    let targets_file = targets_file::write(held.path(), &settings, &processes)?;
    Ok(Running { held, targets_file, processes, router: cluster.router })
}

const MONGO: &str = "mongodb";
const REDIS: &str = "redis";

/// Each major version of PostgreSQL has data of its own.
fn postgres_name(settings: &Settings) -> String {
    format!("postgresql-{}", settings.postgres.major)
}

struct Starting<'a> {
    seed: bool,
    memory: &'a Memory,
    begun: Instant,
    progress: Option<UnboundedSender<Progress>>,
}

impl Starting<'_> {
    async fn mongo(&self, settings: &Mongo) -> Result<Cluster, SandboxError> {
        let cluster = mongo_cluster::start(settings).await?;
        self.tell("mongodb", format!("127.0.0.1:{}", settings.router_port));
        if self.wants_data(MONGO) {
            seed::mongo(settings).await?;
            self.tell("mongodb", "example data".into());
        }
        Ok(cluster)
    }

    async fn postgres(&self, settings: &Postgres) -> Result<Vec<process::Running>, SandboxError> {
        let servers = postgres_pair::start(settings).await?;
        let (port, standby) = (settings.port, settings.standby_port);
        let text = format!("127.0.0.1:{port}, standby 127.0.0.1:{standby}");
        self.tell("postgresql", text);
        if self.wants_data(&format!("postgresql-{}", settings.major)) {
            seed::postgres(settings).await?;
            self.tell("postgresql", "example data".into());
        }
        Ok(servers)
    }

    async fn redis(&self, settings: &Redis) -> Result<process::Running, SandboxError> {
        let server = redis_server::start(settings).await?;
        self.tell("redis", format!("127.0.0.1:{}", settings.port));
        if self.wants_data(REDIS) {
            seed::redis(settings).await?;
            self.tell("redis", "example data".into());
        }
        Ok(server)
    }

    fn wants_data(&self, engine: &str) -> bool {
        self.seed && !self.memory.is_seeded(engine)
    }

    fn tell(&self, engine: &'static str, text: String) {
        let took = self.begun.elapsed();
        tracing::info!(engine, %text, took_ms = took.as_millis(), "sandbox");
        if let Some(progress) = &self.progress {
            // Nobody listening any more is no reason to stop.
            let _ = progress.send(Progress { engine, text, took });
        }
    }
}
