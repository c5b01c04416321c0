//! The two files that tell others of the sandbox: the console's targets, and the way around the
//! console for tests that check what it did.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::directory::write_private;
use super::error::{SandboxError, files};
use super::mongo_member::Member;
use super::process::Running;
use super::settings::{Mongo, Postgres, Redis, Settings};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Targets {
    target: Vec<Target>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Target {
    id: String,
    kind: String,
    name: String,
    host: String,
    port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<String>,
}

/// Writes `targets.toml` and `independent.json` and returns the first one's path.
pub(super) fn write(dir: &Path, settings: &Settings, processes: &[Running]) -> Result<PathBuf, SandboxError> {
    let file = dir.join("targets.toml");
    let text = toml::to_string(&targets(settings))
        .map_err(|error| files("describing", &file)(std::io::Error::other(error)))?;
    write_private(&file, &text)?;
    let independent = independent(settings, processes);
    write_private(&dir.join("independent.json"), &format!("{independent:#}\n"))?;
    Ok(file)
}

fn targets(settings: &Settings) -> Targets {
    let Settings { mongo, postgres, redis } = settings;
    let plain = |id: &str, kind: &str, name: &str, port| Target {
        id: id.into(),
        kind: kind.into(),
        name: name.into(),
        host: "127.0.0.1".into(),
        port,
        user: None,
        password: None,
        database: None,
    };
    let postgresql = |id: &str, name: &str, port| Target {
        user: Some("outgrow".into()),
        password: Some(postgres.console_password.clone()),
        database: Some("shop".into()),
        ..plain(id, "postgresql", name, port)
    };
    Targets {
        target: vec![
            plain("mongo", "mongodb", "Shop cluster", mongo.router_port),
            postgresql("pg-main", "Shop database", postgres.port),
            postgresql("pg-standby", "Shop standby", postgres.standby_port),
            Target { password: Some(redis.password.clone()), ..plain("cache", "redis", "Shop cache", redis.port) },
        ],
    }
}

fn independent(settings: &Settings, processes: &[Running]) -> Value {
    let pids: Map<String, Value> = processes.iter().map(|it| (it.name.to_owned(), it.pid.into())).collect();
    json!({
        "mongodb": mongodb(&settings.mongo),
        "postgresql": postgresql(&settings.postgres),
        "redis": redis(&settings.redis),
        "pids": pids,
    })
}

fn mongodb(settings: &Mongo) -> Value {
    let shards: Map<String, Value> =
        Member::shards(settings).into_iter().map(|it| (it.name.to_owned(), it.port.into())).collect();
    json!({
        "host": "127.0.0.1",
        "router_port": settings.router_port,
        "config_port": settings.config_port,
        "shards": shards,
        "spare": settings.spare_port.map(|port| Member::spare(0, port).replica_set()),
        "mongod": settings.mongod,
        "mongos": settings.mongos,
    })
}

fn postgresql(settings: &Postgres) -> Value {
    json!({
        "host": "127.0.0.1",
        "port": settings.port,
        "standby_port": settings.standby_port,
        "user": "postgres",
        "password": settings.superuser_password,
        "database": "shop",
        "major": settings.major,
        "binaries": settings.binaries,
        "home": settings.home,
    })
}

fn redis(settings: &Redis) -> Value {
    json!({
        "host": "127.0.0.1",
        "port": settings.port,
        "password": settings.password,
        "binary": settings.binary,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            mongo: Mongo {
                mongod: "/m/mongod".into(),
                mongos: None,
                folder: "/s/mongodb".into(),
                router_port: 21_001,
                config_port: 21_002,
                shard_ports: vec![21_003, 21_004],
                spare_port: Some(21_008),
                parameters: Vec::new(),
            },
            postgres: Postgres {
                binaries: "/p/bin".into(),
                major: 15,
                home: "/s/postgresql-15".into(),
                logs: "/s/logs".into(),
                port: 21_005,
                standby_port: 21_006,
                superuser_password: "super".into(),
                standby_password: "stand".into(),
                console_password: "cons".into(),
                account: None,
            },
            redis: Redis {
                binary: "/r/redis-server".into(),
                folder: "/s/redis".into(),
                port: 21_007,
                password: "red".into(),
            },
        }
    }

    #[test]
    fn the_console_reads_what_is_written() {
        let targets = targets(&settings());
        let text = toml::to_string(&targets).expect("plain values");
        assert!(text.starts_with("[[target]]\nid = \"mongo\"\nkind = \"mongodb\"\n"));
        assert_eq!(toml::from_str::<Targets>(&text).expect("TOML"), targets);
        let ids: Vec<&str> = targets.target.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["mongo", "pg-main", "pg-standby", "cache"]);
    }

    #[test]
    fn the_superuser_is_only_in_the_independent_file() {
        let text = toml::to_string(&targets(&settings())).expect("plain values");
        assert!(!text.contains("super") && !text.contains("stand\""));
        let independent = independent(&settings(), &[]);
        assert_eq!(independent["postgresql"]["password"], "super");
        assert_eq!(independent["mongodb"]["shards"]["shard2"], 21_004);
        assert_eq!(independent["mongodb"]["spare"], "spare1/127.0.0.1:21008");
    }
}
