//! What is told of real servers: each finding where there is reason for it, and not where there is none.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{cmd, pipe};

use super::model::{Overview, Window};
use super::redis::look;
use crate::error::{AppError, Kind};
use crate::sandbox::lab::redis::Server;
use crate::targets::redis::{nodes, own};
use crate::targets::registry::{Configured, Entry, Secret};

/// What a console sees that has not looked before.
async fn seen(server: &Server) -> Overview {
    look(&server.entry()).await.expect("an overview")
}

fn says(seen: &Overview, part: &str) -> bool {
    seen.findings.iter().any(|finding| finding.words.en.contains(part))
}

async fn write(client: &mut MultiplexedConnection, prefix: &str, count: u32, seconds: Option<u32>) {
    let mut pipe = pipe();
    for number in 0..count {
        let set = pipe.cmd("SET").arg(format!("{prefix}{number}")).arg("v");
        if let Some(seconds) = seconds {
            set.arg("EX").arg(seconds);
        }
    }
    pipe.exec_async(client).await.expect("keys");
}

async fn send(client: &mut MultiplexedConnection, words: &str) {
    let mut words = words.split(' ');
    let mut command = cmd(words.next().expect("a command"));
    command.arg(words.collect::<Vec<_>>()).exec_async(client).await.expect("an answer");
}

/// Waits until a look at this entry shows it.
async fn until(entry: &Arc<Entry>, what: &str, seconds: u64, condition: impl Fn(&Overview) -> bool) -> Overview {
    let give_up = Instant::now() + Duration::from_secs(seconds);
    loop {
        if let Ok(seen) = look(entry).await
            && condition(&seen)
        {
            return seen;
        }
        assert!(Instant::now() < give_up, "not within {seconds} s: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_policy_that_drops_only_keys_with_a_ttl_wants_such_keys() {
    let server = Server::start_with(&[("maxmemory-policy", "volatile-lru"), ("maxmemory", "100mb")]).await;
    let mut client = server.client().await;
    write(&mut client, "a:", 100, None).await;
    let red = seen(&server).await;
    assert!(says(&red, "0 of 100 keys have one"), "{:?}", red.findings);
    write(&mut client, "a:", 10, Some(1_000)).await;
    assert!(!says(&seen(&server).await, "drops only keys with a TTL"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_that_drops_nothing_must_not_come_near_its_limit() {
    let server = Server::start_with(&[("maxmemory-policy", "noeviction"), ("maxmemory", "64mb")]).await;
    let mut client = server.client().await;
    assert!(!says(&seen(&server).await, "drops nothing"));
    for number in 0..63 {
        let value = vec![b'x'; 1_000_000];
        if cmd("SET").arg(number).arg(value).exec_async(&mut client).await.is_err() {
            break;
        }
    }
    let red = seen(&server).await;
    assert!(says(&red, "drops nothing"), "{:?}", red.nodes);
    assert!(!says(&red, "no memory limit"));
    assert!(red.findings[0].link.contains("/caching/keys"), "it leads to the fix: {:?}", red.findings);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_without_a_limit_is_told_to_have_none() {
    assert!(says(&seen(&Server::start().await).await, "no memory limit"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_without_a_ttl_stand_out_where_most_have_one() {
    let server = Server::start().await;
    let mut client = server.client().await;
    write(&mut client, "page:", 30, Some(1_000)).await;
    write(&mut client, "cart:", 30, None).await;
    assert!(!says(&seen(&server).await, "never expire"), "a prefix where none has a TTL is meant so");
    send(&mut client, "PERSIST page:3").await;
    send(&mut client, "PERSIST page:4").await;
    let red = seen(&server).await;
    let finding = red.findings.iter().find(|it| it.words.en.contains("never expire")).expect("a finding");
    assert!(finding.words.en.starts_with("2 keys under page:"), "{}", finding.words.en);
    assert!(finding.link.ends_with("pattern=page%3A%2A&only=lasting"), "{}", finding.link);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn sessions_do_not_belong_where_keys_are_evicted() {
    let limit = ("maxmemory", "100mb");
    for (policy, expected) in [("allkeys-lru", true), ("volatile-ttl", true), ("noeviction", false)] {
        let server = Server::start_with(&[("maxmemory-policy", policy), limit]).await;
        write(&mut server.client().await, "session:", 3, Some(1_000)).await;
        assert_eq!(says(&seen(&server).await, "There are sessions here"), expected, "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_that_have_expired_and_stay_are_found_and_lead_to_the_sweep() {
    let server = Server::start_with(&[("hz", "100"), ("enable-debug-command", "yes")]).await;
    let mut client = server.client().await;
    assert!(!says(&seen(&server).await, "still in memory"));
    send(&mut client, "DEBUG SET-ACTIVE-EXPIRE 0").await;
    for batch in 0..80 {
        let mut pipe = pipe();
        for number in 0..5_000 {
            pipe.cmd("SET").arg(format!("{batch}:{number}")).arg("v").arg("PX").arg(1);
        }
        pipe.exec_async(&mut client).await.expect("keys");
    }
    send(&mut client, "DEBUG SET-ACTIVE-EXPIRE 1").await;
    let give_up = Instant::now() + Duration::from_secs(20);
    let red = loop {
        let seen = seen(&server).await;
        if says(&seen, "still in memory") {
            break seen;
        }
        assert!(Instant::now() < give_up, "no ghosts: {:?}", seen.nodes);
    };
    assert!(red.findings.iter().any(|it| it.link.contains("/caching/storm")), "{:?}", red.findings);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn setting_many_ttls_mixes_up_the_order_of_use_before_7_2() {
    for (policy, by_use) in [("allkeys-lru", true), ("allkeys-random", false)] {
        let server = Server::start_with(&[("maxmemory-policy", policy), ("maxmemory", "100mb")]).await;
        let (mut client, entry) = (server.client().await, server.entry());
        write(&mut client, "a:", 200, None).await;
        let first = look(&entry).await.expect("an overview");
        assert!(!says(&first, "takes those keys for just used"));
        let mut pipe = pipe();
        for number in 0..200 {
            pipe.cmd("EXPIRE").arg(format!("a:{number}")).arg(1_000);
        }
        pipe.exec_async(&mut client).await.expect("TTLs");
        let second = until(&entry, "the TTLs are counted", 10, |seen| seen.touched >= 200).await;
        let old = second.nodes[0].level.is_some_and(|level| level < (7, 2));
        assert_eq!(says(&second, "takes those keys for just used"), old && by_use, "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn djangos_clear_is_dangerous_beside_other_keys() {
    let server = Server::start().await;
    let mut client = server.client().await;
    write(&mut client, ":1:page", 5, Some(1_000)).await;
    assert!(!says(&seen(&server).await, "keys of Django"));
    write(&mut client, "cart:", 2, None).await;
    let red = seen(&server).await;
    assert!(says(&red, "others (2 of the sample)"), "{:?}", red.findings);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_log_of_writes_is_remarked_on_where_all_keys_expire() {
    let server = Server::start_with(&[("appendonly", "yes")]).await;
    let mut client = server.client().await;
    write(&mut client, "a:", 30, Some(1_000)).await;
    assert!(says(&seen(&server).await, "append-only file"));
    write(&mut client, "b:", 30, None).await;
    assert!(!says(&seen(&server).await, "append-only file"));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_replica_is_told_to_be_one_and_to_be_behind() {
    let primary = Server::start().await;
    let upstream = format!("127.0.0.1 {}", primary.port());
    let lines = [("replicaof", upstream.as_str()), ("masterauth", "lab"), ("enable-debug-command", "yes")];
    let replica = Server::start_with(&lines).await;
    let entry = primary.entry();
    let online = |seen: &Overview| seen.nodes[0].replicas.iter().any(|it| it.state == "online" && it.seconds < Some(2));
    let green = until(&entry, "the replica is online", 30, online).await;
    assert!(!says(&green, "is behind"), "{:?}", green.findings);
    let reading = until(&replica.entry(), "the replica follows", 10, |seen| says(seen, "is a replica of")).await;
    assert!(reading.findings.iter().any(|it| it.why.en.contains("read only")), "{:?}", reading.findings);
    let mut asleep = replica.client().await;
    let sleeping = tokio::spawn(async move { cmd("DEBUG").arg("SLEEP").arg(9).exec_async(&mut asleep).await });
    until(&entry, "the replica is behind", 15, |seen| says(seen, "is behind")).await;
    let _ = sleeping.await;
    drop(primary);
    until(&replica.entry(), "the primary is gone", 30, |seen| says(seen, "has lost its primary")).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_hit_ratio_is_that_of_the_application_and_not_of_the_console() {
    let server = Server::start().await;
    let (mut app, entry) = (server.client().await, server.entry());
    write(&mut app, "k:", 900, Some(1_000)).await;
    look(&entry).await.expect("a first look");
    let node = nodes(&entry).await.expect("nodes").remove(0);
    let (mut link, _carried) = own(&entry, &node).await.expect("a connection");
    let application = async {
        for _ in 0..30 {
            let mut pipe = pipe();
            for number in 0..1_000 {
                // 789 of 1,000 are there.
                pipe.cmd("GET").arg(format!("k:{}", if number < 789 { number } else { 10_000 + number }));
            }
            pipe.exec_async(&mut app).await.expect("answers");
        }
    };
    let observer = async {
        for _ in 0..30 {
            let mut pipe = pipe();
            for number in 0..1_500 {
                pipe.cmd("OBJECT").arg("IDLETIME").arg(format!("k:{number}"));
            }
            link.ask_all::<Vec<Option<i64>>>(&pipe).await.expect("answers");
        }
    };
    tokio::join!(application, observer);
    let since = |seen: &Overview| seen.ratios.iter().find(|(window, _)| *window == Window::SinceLooked).map(|it| it.1);
    let told = until(&entry, "all is counted", 10, |seen| since(seen).is_some_and(|it| it.requests() >= 30_000)).await;
    let ratio = since(&told).expect("a ratio");
    let (honest, raw) = (ratio.honest().expect("enough requests"), ratio.raw().expect("requests"));
    assert!((honest - 0.789).abs() < 0.01, "{honest} {ratio:?}");
    assert!((raw - 0.789).abs() > 0.08, "the raw ratio must be wrong, or this test proves nothing: {raw}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn however_many_look_the_server_is_asked_once() {
    let server = Server::start().await;
    let (mut client, entry) = (server.client().await, server.entry());
    // Whether it is a cluster is asked when the first connection is made.
    crate::targets::redis::nodes(&entry).await.expect("an answer");
    let before = asked_for_info(&mut client).await;
    let looks: Vec<Result<Overview, AppError>> = futures_util::future::join_all((0..20).map(|_| look(&entry))).await;
    assert!(looks.iter().all(Result::is_ok));
    // One of them is our own question of before.
    assert_eq!(asked_for_info(&mut client).await - before, 2 + 1);
}

async fn asked_for_info(client: &mut MultiplexedConnection) -> i64 {
    let stats: String = cmd("INFO").arg("commandstats").query_async(client).await.expect("INFO");
    let line = stats.lines().find_map(|line| line.strip_prefix("cmdstat_info:calls="));
    line.and_then(|line| line.split(',').next()?.parse().ok()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_sample_of_many_keys_tells_what_there_is_about_and_of_few_exactly() {
    let server = Server::start().await;
    let mut client = server.client().await;
    write(&mut client, "short:", 500, Some(30)).await;
    let whole = seen(&server).await.picture.expect("a picture");
    assert!(whole.whole && whole.sampled == 500 && whole.total == 500, "{whole:?}");
    write(&mut client, "long:", 9_500, Some(7_200)).await;
    let picture = seen(&server).await.picture.expect("a picture");
    assert!(!picture.whole && picture.total == 10_000 && picture.sampled >= 2_000, "{}", picture.sampled);
    let (short, long) = (picture.classes[1].keys, picture.classes[4].keys);
    assert!((short - 500.0).abs() < 200.0 && (long - 9_500.0).abs() < 300.0, "{short} {long}");
    assert!((picture.minutes[0] - 500.0).abs() < 200.0, "{:?}", picture.minutes);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_may_not_be_asked_is_told_and_what_may_not_be_read_is_not_named() {
    let server = Server::start().await;
    let mut client = server.client().await;
    write(&mut client, ":1:a", 5, None).await;
    write(&mut client, "secret:", 3, None).await;
    send(&mut client, "ACL SETUSER blind on >lab ~* +@all -info").await;
    send(&mut client, "ACL SETUSER part on >lab ~:1:* +@all").await;
    let of = |user: &str| {
        let target = server.entry().configured.target.clone();
        let (user, password) = (Some(user.to_owned()), Some(Secret::new("lab")));
        Arc::new(Entry::alone(Configured { target, user, password, database: None, tls: None }))
    };
    let refused = look(&of("blind")).await.expect_err("INFO is not allowed");
    assert_eq!(refused.kind, Kind::NoPermission);
    let picture = look(&of("part")).await.expect("an overview").picture.expect("a picture");
    assert_eq!((picture.sampled, picture.hidden), (5, 3));
    assert!(picture.prefixes.iter().all(|it| !it.prefix.contains("secret")), "{:?}", picture.prefixes);
}
