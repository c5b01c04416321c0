//! The look at keys on real servers.

use std::collections::BTreeSet;
use std::time::Instant;

use redis::aio::MultiplexedConnection;

use super::model::{Count, Looked, Name, Question};
use super::redis::Keys;
use crate::caching::model::{Lifetime, Told};
use crate::sandbox::lab::redis::{Product, Server};

fn asked(prefix: &str, ttl: &str, sort: &str, after: &str, page: usize) -> Question {
    Question::parse(prefix, "", ttl, sort, after, &page.to_string()).expect("a question")
}

async fn fill(client: &mut MultiplexedConnection, names: impl Iterator<Item = String>, seconds: Option<u64>) {
    let names: Vec<String> = names.collect();
    for batch in names.chunks(2_000) {
        let mut pipe = redis::pipe();
        for name in batch {
            match seconds {
                Some(seconds) => pipe.set_ex(name, "value", seconds).ignore(),
                None => pipe.set(name, "value").ignore(),
            };
        }
        pipe.exec_async(client).await.expect("set");
    }
}

fn names(looked: &Looked) -> Vec<String> {
    let name = |it: &Name| match it {
        Name::Whole(name) => name.clone(),
        Name::Shortened(beginning, length) => format!("{beginning}…{length}"),
    };
    looked.rows.iter().map(|row| name(&row.name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn seventeen_thousand_keys_of_one_prefix_are_in_view_in_under_a_second() {
    for product in [Product::Redis, Product::Valkey] {
        let server = Server::start_product(product, &[]).await;
        let mut client = server.client().await;
        fill(&mut client, (0..12_000).map(|n| format!("shop:page:{n}")), Some(3_000)).await;
        fill(&mut client, (0..5_000).map(|n| format!("shop:cart:{n}")), None).await;
        fill(&mut client, (0..100_000).map(|n| format!("other:{n}")), None).await;
        let keys = Keys::at(server.entry());
        let start = Instant::now();
        let looked = keys.look(&asked("shop:", "", "", "", 0)).await.expect("a look");
        let took = start.elapsed();
        println!("{product:?}: 17,000 of 117,000 keys in view in {took:?}, the walk {} ms", looked.walk.millis);
        assert!(took.as_millis() < 1_000, "{took:?}");
        if looked.walk.whole {
            assert_eq!(looked.walk.count(looked.walk.found), Count::Exact(17_000));
            let branches: Vec<_> =
                looked.tree.branches.iter().map(|it| (it.prefix.as_str(), it.keys, it.persistent)).collect();
            assert_eq!(branches, [("shop:cart:", 5_000, 5_000), ("shop:page:", 12_000, 0)]);
        } else {
            // A machine that is busy with other things: what was found of it is an estimate, and says so.
            let Count::About(about) = looked.walk.count(looked.walk.found) else { panic!("{:?}", looked.walk) };
            assert!((15_000..19_000).contains(&about), "{:?}", looked.walk);
        }
        assert_eq!(looked.rows.len(), 100);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn page_after_page_and_look_after_look_show_each_key_once() {
    let server = Server::start().await;
    fill(&mut server.client().await, (0..3_000).map(|n| format!("a:{n}")), None).await;
    fill(&mut server.client().await, (0..3_000).map(|n| format!("b:{n}")), Some(500)).await;
    // So small that the whole takes several looks.
    let keys = Keys::with_budget(server.entry(), 700, 2_000);
    let (mut seen, mut after, mut looks) = (BTreeSet::new(), String::new(), 0);
    loop {
        let mut page = 0;
        let looked = loop {
            let looked = keys.look(&asked("a:", "", "", &after, page)).await.expect("a look");
            for name in names(&looked) {
                assert!(seen.insert(name.clone()), "{name} twice");
            }
            page += 1;
            if page >= looked.pages {
                break looked;
            }
        };
        assert!(!looked.walk.whole);
        looks += 1;
        match looked.walk.after {
            Some(next) => after = next,
            None => break,
        }
    }
    assert!(looks > 2, "{looks}");
    assert_eq!(seen, (0..3_000).map(|n| format!("a:{n}")).collect());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_part_of_the_walk_gives_an_estimate_that_is_about_right() {
    let server = Server::start().await;
    fill(&mut server.client().await, (0..4_000).map(|n| format!("a:{n}")), None).await;
    fill(&mut server.client().await, (0..16_000).map(|n| format!("b:{n}")), Some(500)).await;
    let looked =
        Keys::with_budget(server.entry(), 20_000, 5_000).look(&asked("", "", "", "", 0)).await.expect("a look");
    assert!(!looked.walk.whole && looked.walk.after.is_some());
    for (branch, keys) in looked.tree.branches.iter().zip([4_000, 16_000]) {
        let Count::About(about) = looked.walk.count(branch.keys) else { panic!("{:?}", looked.walk) };
        assert!((about - keys).abs() < keys / 5, "{}: {about}", branch.prefix);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_are_filtered_and_sorted_by_what_they_have_left_and_how_big_they_are() {
    let server = Server::start().await;
    let mut client = server.client().await;
    for (name, seconds, size) in [("k:month", 40 * 86_400, 10), ("k:hour", 1_800, 5_000), ("k:minute", 50, 100)] {
        let value = "x".repeat(size);
        redis::cmd("SET").arg(name).arg(value).arg("EX").arg(seconds).exec_async(&mut client).await.expect("set");
    }
    redis::cmd("SET").arg("k:never").arg("x").exec_async(&mut client).await.expect("set");
    let keys = Keys::at(server.entry());
    for (ttl, sort, expected) in [
        ("", "", vec!["k:hour", "k:minute", "k:month", "k:never"]),
        ("", "ttl", vec!["k:minute", "k:hour", "k:month", "k:never"]),
        ("none", "", vec!["k:never"]),
        ("minute", "", vec!["k:minute"]),
        ("hour", "", vec!["k:hour", "k:minute"]),
        ("day", "", vec!["k:month"]),
        ("month", "", vec!["k:month"]),
    ] {
        let looked = keys.look(&asked("k:", ttl, sort, "", 0)).await.expect("a look");
        assert_eq!(names(&looked), expected, "{ttl} {sort}");
    }
    let by_size = keys.look(&asked("k:", "", "size", "", 0)).await.expect("a look");
    assert_eq!(names(&by_size)[..2], ["k:hour", "k:minute"]);
    assert!(matches!(by_size.rows[0].bytes, Told::Number(bytes) if bytes > 5_000), "{:?}", by_size.rows[0]);
    assert!(matches!(by_size.rows[0].idle, Told::Number(_)), "{:?}", by_size.rows[0]);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn names_that_the_consoles_user_may_not_look_at_are_left_out_and_counted() {
    let server = Server::start().await;
    fill(&mut server.client().await, (0..30).map(|n| format!(":1:page:{n}")), None).await;
    fill(&mut server.client().await, (0..7).map(|n| format!("secret:{n}")), None).await;
    server.user("reader", "~:1:* +@all").await;
    let keys = Keys::at(server.entry_as("reader"));
    let looked = keys.look(&asked("", "", "", "", 0)).await.expect("a look");
    assert_eq!((looked.walk.found, looked.walk.hidden), (30, 7));
    let all = serde_json::to_string(&looked).expect("JSON");
    assert!(!all.contains("secret"), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn keys_of_any_bytes_are_listed_and_too_long_ones_are_shown_shortened() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let long = "long:".repeat(200);
    for name in [&b"bin:\xff\x00\n"[..], b"bin:\\x", "bin:키".as_bytes(), long.as_bytes()] {
        redis::cmd("SET").arg(name).arg(1).exec_async(&mut client).await.expect("set");
    }
    let keys = Keys::at(server.entry());
    let looked = keys.look(&asked("bin:", "", "", "", 0)).await.expect("a look");
    assert_eq!(names(&looked), ["bin:\\\\x", "bin:키", "bin:\\xff\\x00\\n"]);
    let looked = keys.look(&asked("bin:\\xff", "", "", "", 0)).await.expect("a look");
    assert_eq!(names(&looked), ["bin:\\xff\\x00\\n"]);
    let looked = keys.look(&asked("long:", "", "", "", 0)).await.expect("a look");
    assert!(names(&looked)[0].ends_with("…1000"), "{:?}", names(&looked));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn expired_keys_that_are_still_counted_are_told_apart() {
    let server = Server::start_with(&[("enable-debug-command", "local")]).await;
    let mut client = server.client().await;
    // The server does not reclaim by itself, so that only a look meets them.
    redis::cmd("DEBUG").arg("SET-ACTIVE-EXPIRE").arg(0).exec_async(&mut client).await.expect("switched off");
    fill(&mut client, (0..20).map(|n| format!("live:{n}")), None).await;
    for n in 0..5 {
        redis::cmd("SET").arg(format!("dead:{n}")).arg(1).arg("PX").arg(1).exec_async(&mut client).await.expect("set");
    }
    let moment = Instant::now();
    while moment.elapsed().as_millis() < 5 {
        tokio::task::yield_now().await;
    }
    let looked = Keys::at(server.entry()).look(&asked("", "", "", "", 0)).await.expect("a look");
    assert_eq!((looked.walk.total, looked.walk.found, looked.walk.ghosts), (Some(25), 20, Some(5)));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn under_a_policy_that_counts_use_the_count_is_shown() {
    let server = Server::start_with(&[("maxmemory-policy", "allkeys-lfu")]).await;
    fill(&mut server.client().await, (0..3).map(|n| format!("k:{n}")), None).await;
    let looked = Keys::at(server.entry()).look(&asked("", "", "idle", "", 0)).await.expect("a look");
    assert!(looked.counts_use);
    assert!(looked.rows.iter().all(|row| matches!(row.idle, Told::Number(0..=255)) && row.lifetime == Lifetime::Never));
}
