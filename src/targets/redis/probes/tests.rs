//! Our own count beside the server's.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, Value, cmd, pipe};

use super::*;
use crate::sandbox::lab::redis::Server;
use crate::targets::redis::{nodes, own, with};

/// Every command that reads a key, of keys that are there, are not, and are of another type.
fn questions() -> Vec<Cmd> {
    let mut all = Vec::new();
    for key in ["text", "empty", "hash", "list", "set", "sorted", "stream", "nobody"] {
        for name in ["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME", "TYPE", "EXISTS", "TOUCH", "GET", "STRLEN"] {
            all.push(cmd(name).arg(key).clone());
        }
        for name in ["HLEN", "LLEN", "SCARD", "ZCARD", "XLEN", "PERSIST"] {
            all.push(cmd(name).arg(key).clone());
        }
        for name in ["ENCODING", "IDLETIME", "FREQ"] {
            all.push(cmd("OBJECT").arg(name).arg(key).clone());
        }
        for name in ["GETRANGE", "LRANGE", "ZRANGE"] {
            all.push(cmd(name).arg(key).arg(0).arg(3).clone());
        }
        for name in ["HSCAN", "SSCAN", "ZSCAN"] {
            all.push(cmd(name).arg(key).arg(0).clone());
        }
        all.push(cmd("XREVRANGE").arg(key).arg("+").arg("-").clone());
        all.push(cmd("MEMORY").arg("USAGE").arg(key).clone());
        all.push(cmd("EXPIRE").arg(key).arg(1_000).clone());
    }
    all.push(cmd("EXISTS").arg("text").arg("nobody").arg("hash").clone());
    all.push(cmd("TOUCH").arg("text").arg("nobody").clone());
    all.push(cmd("SET").arg("text").arg("get").clone());
    all.push(cmd("SET").arg("text").arg("b").arg("GET").clone());
    all.push(cmd("SET").arg("new").arg("b").arg("GET").clone());
    all.push(cmd("SCAN").arg(0).arg("COUNT").arg(1_000).clone());
    all.push(cmd("UNLINK").arg("new").clone());
    all.push(cmd("DBSIZE").clone());
    all
}

async fn filled(client: &mut MultiplexedConnection) {
    let mut pipe = pipe();
    pipe.cmd("SET").arg("text").arg("value").cmd("SET").arg("empty").arg("").cmd("HSET").arg("hash").arg("a").arg(1);
    pipe.cmd("RPUSH").arg("list").arg("a").cmd("SADD").arg("set").arg("a").cmd("ZADD").arg("sorted").arg(1).arg("a");
    pipe.cmd("XADD").arg("stream").arg("*").arg("a").arg(1);
    pipe.exec_async(client).await.expect("keys");
}

/// The server's hits and misses.
async fn counters(client: &mut MultiplexedConnection) -> (u64, u64) {
    let info: String = cmd("INFO").arg("stats").query_async(client).await.expect("INFO");
    let number = |name: &str| {
        let line = info.lines().find_map(|line| line.trim_end().strip_prefix(name)).expect("a field");
        line.trim_start_matches(':').parse().expect("a number")
    };
    (number("keyspace_hits"), number("keyspace_misses"))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn each_answer_counts_as_the_server_counts_it() {
    let server = Server::start().await;
    let (mut client, entry) = (server.client().await, server.entry());
    filled(&mut client).await;
    let node = nodes(&entry).await.expect("nodes").remove(0);
    let counter = entry.shared::<Probes>().of(&node);
    for question in questions() {
        // A length or a range of an empty string alone cannot be told from that of no key; in a pipeline it can.
        if matches!(word(&question, 0).as_str(), "STRLEN" | "GETRANGE") && key(&question) == Some(b"empty".to_vec()) {
            continue;
        }
        let (before, ours) = (counters(&mut client).await, counter.read());
        let told = question.clone();
        // What is refused is an answer too.
        let _ = with(&entry, |mut link| async move { link.ask::<Value>(&question).await }).await;
        let (after, now) = (counters(&mut client).await, counter.read());
        let name = (word(&told, 0), word(&told, 1), word(&told, 2));
        assert_eq!((now.0 - ours.0, now.1 - ours.1), (after.0 - before.0, after.1 - before.1), "{name:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn pipelines_and_connections_of_their_own_count_too_also_where_an_answer_is_an_error() {
    let server = Server::start().await;
    let (mut client, entry) = (server.client().await, server.entry());
    filled(&mut client).await;
    let node = nodes(&entry).await.expect("nodes").remove(0);
    let (before, mut all) = (counters(&mut client).await, pipe());
    for question in questions() {
        all.add_command(question);
    }
    let (mut link, _carried) = own(&entry, &node).await.expect("a connection");
    link.ask_all::<Value>(&all).await.expect_err("some are of another type");
    let after = counters(&mut client).await;
    let ours = entry.shared::<Probes>().of(&node).read();
    assert_eq!(ours, (after.0 - before.0, after.1 - before.1));
    assert!(ours.0 > 50 && ours.1 > 20, "the test must ask something: {ours:?}");
}
