//! A real Django for the tests that what it caches is seen, and what we write is read.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{Server, redis};
use crate::sandbox::default_downloads;

const SCRIPT: &str = include_str!("django.py");

/// A Python process with a Django of one version. It ends when it is dropped.
pub(crate) struct Django {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// The versions that are installed: 4.2 and 5.2 always, 6.1 where there is a Python of 3.12 or later.
pub(crate) fn versions() -> Vec<&'static str> {
    let all = ["4.2", "5.2", "6.1"];
    let installed: Vec<&str> = all.into_iter().filter(|version| folder(version).join("python").is_file()).collect();
    assert!(installed.contains(&"4.2") && installed.contains(&"5.2"), "no Django (.make/setup.sh test)");
    installed
}

impl Django {
    /// With caches in Redis: `default` is of Django's core, `pickle`, `json`, `zlib` and `msgpack` of django-redis.
    pub(crate) async fn with_redis(version: &str, server: &redis::Server) -> Self {
        Self::start(version, &json!({ "redis": server.url() })).await
    }

    /// With a cache `table` in the database `postgres` of this server; its table is made here.
    pub(crate) async fn with_table(version: &str, server: &Server) -> Self {
        let postgres = json!({
            "HOST": "127.0.0.1", "PORT": server.port(), "NAME": "postgres",
            "USER": "postgres", "PASSWORD": server.password(),
        });
        let mut django = Self::start(version, &json!({ "redis": "", "postgres": postgres })).await;
        django.does("call_command('createcachetable')").await;
        django
    }

    async fn start(version: &str, given: &Value) -> Self {
        let mut process = Command::new(folder(version).join("python"))
            .args(["-c", SCRIPT, &given.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Python starts");
        let input = process.stdin.take().expect("its input");
        let output = BufReader::new(process.stdout.take().expect("its output")).lines();
        let mut django = Self { _process: process, input, output };
        let told = django.does("django.get_version()").await;
        assert!(told.starts_with(&format!("'{version}.")), "Django is {told}, not {version}");
        django
    }

    /// What came of a Python expression, as Python writes it.
    pub(crate) async fn does(&mut self, expression: &str) -> String {
        self.tries(expression).await.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// The same, or the name of the error.
    pub(crate) async fn tries(&mut self, expression: &str) -> Result<String, String> {
        let line = format!("{expression}\n");
        self.input.write_all(line.as_bytes()).await.expect("Python listens");
        let answer = self.output.next_line().await.expect("Python answers").expect("Python runs");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        let text = |name: &str| answer[name].as_str().map(str::to_owned);
        text("value").ok_or_else(|| text("error").unwrap_or_default())
    }
}

fn folder(version: &str) -> PathBuf {
    default_downloads().join(format!("django-{version}"))
}
