//! What a real Django caches in Redis, and what it reads of what we write.

use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;

use super::whole;
use crate::caching::format::name::Django as Name;
use crate::caching::format::{Format, Looked, written};
use crate::sandbox::lab::django::{Django, versions};
use crate::sandbox::lab::{eventually, redis::Server};

/// The application's caches: name, prefix, version.
const CACHES: [(&str, &str, u32); 5] =
    [("default", "", 1), ("pickle", "shop", 2), ("json", "json", 1), ("zlib", "zlib", 1), ("msgpack", "msgpack", 1)];

fn expected(cache: &str) -> Format {
    match cache {
        "default" => Format::Pickle(5),
        "pickle" => Format::Pickle(4),
        "json" => Format::Json,
        "zlib" => Format::Zlib(Box::new(Format::Json)),
        _ => Format::Msgpack,
    }
}

async fn get(client: &mut MultiplexedConnection, name: &str) -> Looked {
    let bytes: Vec<u8> = client.get(name).await.expect("an answer");
    whole(&bytes)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_django_caches_is_seen_and_what_we_write_is_read() {
    for version in versions() {
        let server = Server::start().await;
        let mut client = server.client().await;
        let mut django = Django::with_redis(version, &server).await;
        for (cache, prefix, number) in CACHES {
            let key = format!("{prefix}:{number}:mydata");
            let told = format!("Django {version}, {cache}");
            django
                .does(&format!("cache({cache:?}).set('mydata', {{'title': '제목', 'items': [1, None, True]}}, 60)"))
                .await;
            // Named and shown.
            let keys: Vec<String> = client.keys("*").await.expect("the test's own keys");
            assert!(keys.contains(&key), "{told}: {keys:?}");
            let name = Name::of_bytes(key.as_bytes()).expect("a name of Django");
            assert_eq!((name.prefix.as_str(), name.version, name.key.as_str()), (prefix, number, "mydata"));
            let seen = get(&mut client, &key).await;
            assert_eq!(seen.format, expected(cache), "{told}");
            // Python's JSON escapes what is not ASCII, so the two are compared as values.
            let edit: serde_json::Value = serde_json::from_str(&seen.edit.clone().expect("plain data")).expect("JSON");
            assert_eq!(edit, serde_json::json!({ "title": "제목", "items": [1, null, true] }), "{told}");
            assert!(seen.editable, "{told}: {:?}", seen.why_not);
            // A value of ours, in the cache's own format, with the time to live as it was.
            for (json, python) in VALUES {
                let bytes = written(&seen.format, json).expect("plain data");
                let () =
                    redis::cmd("SET").arg(&key).arg(bytes).arg("KEEPTTL").query_async(&mut client).await.expect("set");
                assert_eq!(django.does(&format!("cache({cache:?}).get('mydata')")).await, python, "{told}");
            }
            let left: i64 = client.ttl(&key).await.expect("an answer");
            assert!((50..=60).contains(&left), "{told}: {left} s");
            // A whole number can still be counted up.
            let number = written(&seen.format, "41").expect("a number");
            let () = client.set(&key, number).await.expect("set");
            assert_eq!(django.does(&format!("cache({cache:?}).incr('mydata')")).await, "42", "{told}");
            assert_eq!(get(&mut client, &key).await.format, Format::Integer, "{told}");
        }
    }
}

const VALUES: [(&str, &str); 6] = [
    (r#"{"a": 1, "b": [null, true, 1.5, "제목"], "c": {}}"#, "{'a': 1, 'b': [None, True, 1.5, '제목'], 'c': {}}"),
    ("[]", "[]"),
    ("null", "None"),
    ("true", "True"),
    (r#""hello""#, "'hello'"),
    ("-0.25", "-0.25"),
];

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_big_number_of_ours_is_read_by_django() {
    let big = "1000000000000000000000000000000";
    for version in versions() {
        let server = Server::start().await;
        let mut client = server.client().await;
        let mut django = Django::with_redis(version, &server).await;
        for (cache, key) in [("default", ":1:big"), ("pickle", "shop:2:big"), ("json", "json:1:big")] {
            for (json, python) in
                [(format!("[{big}, -{big}]"), format!("[{big}, -{big}]")), (big.to_owned(), big.to_owned())]
            {
                let bytes = written(&expected(cache), &json).expect("plain data");
                let () = client.set(key, bytes).await.expect("set");
                assert_eq!(django.does(&format!("cache({cache:?}).get('big')")).await, python);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_time_to_live_that_is_set_is_the_one_that_django_obeys() {
    for version in versions() {
        let server = Server::start().await;
        let mut client = server.client().await;
        let mut django = Django::with_redis(version, &server).await;
        for (cache, prefix, number) in CACHES {
            let key = |name: &str| format!("{prefix}:{number}:{name}");
            let set = |name: &str, timeout: &str| format!("cache({cache:?}).set('{name}', {{'a': 1}}, {timeout})");
            django.does(&set("short", "60")).await;
            let () = client.pexpire(key("short"), 100).await.expect("shortened");
            // Lengthened, it outlives what Django had said.
            django.does(&set("long", "1")).await;
            let () = client.expire(key("long"), 600).await.expect("lengthened");
            let gone = format!("cache({cache:?}).get('short')");
            for _ in 0..500 {
                if django.does(&gone).await == "None" {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
            assert_eq!(django.does(&gone).await, "None", "Django {version}, {cache}");
            let until = std::time::Instant::now() + std::time::Duration::from_millis(1_100);
            eventually("the second that Django had said is over", 5, async || std::time::Instant::now() > until).await;
            assert_eq!(django.does(&format!("cache({cache:?}).get('long')")).await, "{'a': 1}");
            // None is no time to live, zero stores nothing.
            django.does(&set("for_ever", "None")).await;
            assert_eq!(client.ttl::<_, i64>(key("for_ever")).await.expect("an answer"), -1);
            django.does(&set("never", "0")).await;
            assert!(!client.exists::<_, bool>(key("never")).await.expect("an answer"));
            // `touch` goes both ways.
            django.does(&format!("cache({cache:?}).touch('for_ever', 90)")).await;
            assert!((85..=90).contains(&client.ttl::<_, i64>(key("for_ever")).await.expect("an answer")));
            django.does(&format!("cache({cache:?}).touch('for_ever', None)")).await;
            assert_eq!(client.ttl::<_, i64>(key("for_ever")).await.expect("an answer"), -1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn objects_of_django_are_named_and_not_made() {
    for version in versions() {
        let server = Server::start().await;
        let mut client = server.client().await;
        let mut django = Django::with_redis(version, &server).await;
        for (value, shown) in [
            ("SafeString('<b>')", "<django.utils.safestring.SafeString '<b>'>"),
            ("Decimal('9.90')", "decimal.Decimal(\"9.90\")"),
            ("datetime(2026, 11, 23, 6, 41, 10)", "datetime.datetime(2026, 11, 23, 6, 41, 10)"),
            ("[date(2026, 11, 23), (1, 2)]", "[datetime.date(2026, 11, 23), (1, 2)]"),
        ] {
            for (cache, key) in [("default", ":1:object"), ("pickle", "shop:2:object")] {
                django.does(&format!("cache({cache:?}).set('object', {value})")).await;
                let seen = get(&mut client, key).await;
                assert_eq!(seen.text, shown, "Django {version}, {cache}");
                assert!(!seen.editable && seen.edit.is_none(), "{value} would be lost");
            }
        }
    }
}

/// So that nobody thinks that the refusals are over-careful: this is what a write in the wrong format does.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn json_among_pickles_breaks_django_and_a_hostile_pickle_only_harms_who_loads_it() {
    let server = Server::start().await;
    let mut client = server.client().await;
    let mut django = Django::with_redis(versions()[0], &server).await;
    let () = client.set(":1:mydata", "{\"a\": 1}").await.expect("set");
    assert_eq!(django.tries("cache('default').get('mydata')").await, Err("UnpicklingError".to_owned()));
    let file = std::env::temp_dir().join(format!("outgrow-pickle-{}", server.port()));
    let command = format!("touch {}", file.display());
    let mut bytes = b"\x80\x04cposix\nsystem\n\x8c".to_vec();
    bytes.push(u8::try_from(command.len()).expect("short"));
    bytes.extend(command.as_bytes());
    bytes.extend(b"\x85R.");
    let () = client.set(":1:mydata", bytes).await.expect("set");
    let seen = get(&mut client, ":1:mydata").await;
    assert_eq!(seen.text, format!("<posix.system '{command}'>"));
    assert!(!seen.editable && !file.exists(), "looking at it executed it");
    // The pickle is a real one: whoever loads it does run the command.
    django.does("cache('default').get('mydata')").await;
    assert!(file.exists());
    std::fs::remove_file(&file).expect("removed");
}
