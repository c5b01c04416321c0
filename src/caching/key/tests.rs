//! One key on real servers, seen by a client that knows nothing of the console.

use redis::aio::MultiplexedConnection;

use super::model::{Editable, Form, Shown};
use super::redis::Keeper;
use crate::caching::model::{Key, Lifetime};
use crate::change::apply::carry_out;
use crate::change::{Outcome, Report};
use crate::sandbox::lab::redis::{Product, Server};

struct Lab {
    server: Server,
    client: MultiplexedConnection,
}

impl Lab {
    async fn start(product: Product) -> Self {
        let server = Server::start_product(product, &[]).await;
        let client = server.client().await;
        Self { server, client }
    }

    async fn set(&mut self, name: &[u8], value: &[u8], millis: Option<i64>) {
        let mut set = redis::cmd("SET");
        set.arg(name).arg(value);
        if let Some(millis) = millis {
            set.arg("PX").arg(millis);
        }
        set.exec_async(&mut self.client).await.expect("set");
    }

    async fn number(&mut self, command: &str, name: &[u8]) -> i64 {
        redis::cmd(command).arg(name).query_async(&mut self.client).await.expect("an answer")
    }

    async fn get(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        redis::cmd("GET").arg(name).query_async(&mut self.client).await.expect("an answer")
    }

    fn keeper(&self, name: &[u8]) -> Keeper {
        Keeper::at(self.server.entry(), Key::of(name).expect("a key"))
    }

    async fn change(&self, form: Form) -> Report {
        let key = Key::parse(&form.key).expect("a key");
        let keeper = Keeper::at(self.server.entry(), key);
        carry_out(&keeper, &form.change(keeper.target().clone()).expect("a valid form")).await
    }

    async fn read(&self, name: &[u8]) -> Editable {
        match self.shown(name).await {
            Shown::Text { edit: Ok(edit), .. } => edit,
            other => panic!("{other:?}"),
        }
    }

    async fn shown(&self, name: &[u8]) -> Shown {
        self.keeper(name).value().await.expect("a value").shown
    }
}

fn form(action: &str, key: &str) -> Form {
    Form { action: action.to_owned(), key: key.to_owned(), ..Form::default() }
}

fn timed(action: &str, key: &str, ttl: &str, only: &str) -> Form {
    Form { ttl: ttl.to_owned(), only: only.to_owned(), ..form(action, key) }
}

fn edited(key: &str, value: &str, read: &Editable) -> Form {
    let (seen, dies) = (read.seen.as_str().to_owned(), read.dies.to_string());
    Form { value: value.to_owned(), seen, dies, ..form("set_value", key) }
}

/// Two other programs lost the TTL when a value was saved (valkey-admin #441, ARDM #693).
#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn an_edited_value_keeps_its_time_to_live_to_the_millisecond() {
    for product in [Product::Redis, Product::Valkey] {
        let mut lab = Lab::start(product).await;
        lab.set(b":1:mydata", br#"{"a": 1}"#, Some(5_000_123)).await;
        let dies = lab.number("PEXPIRETIME", b":1:mydata").await;
        let read = lab.read(b":1:mydata").await;
        let report = lab.change(edited(":1:mydata", r#"{"a": 2}"#, &read)).await;
        assert_eq!(report.outcome, Outcome::Done, "{report:?}");
        assert_eq!(lab.get(b":1:mydata").await.as_deref(), Some(&br#"{"a": 2}"#[..]));
        assert_eq!(lab.number("PEXPIRETIME", b":1:mydata").await, dies);

        lab.set(b"for ever", b"old", None).await;
        let read = lab.read(b"for ever").await;
        assert_eq!(lab.change(edited("for ever", "new", &read)).await.outcome, Outcome::Done);
        assert_eq!((lab.get(b"for ever").await, lab.number("PTTL", b"for ever").await), (Some(b"new".to_vec()), -1));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_somebody_else_has_changed_since_it_was_read_is_not_overwritten() {
    let mut lab = Lab::start(Product::Redis).await;
    lab.set(b"k", b"old", Some(60_000)).await;
    let read = lab.read(b"k").await;
    lab.set(b"k", b"theirs", Some(60_000)).await;
    let report = lab.change(edited("k", "mine", &read)).await;
    assert_eq!(report.outcome, Outcome::Refused, "{report:?}");
    assert!(report.summary.en.contains("changed the value"), "{report:?}");

    let read = lab.read(b"k").await;
    redis::cmd("PERSIST").arg("k").exec_async(&mut lab.client).await.expect("persisted");
    let report = lab.change(edited("k", "mine", &read)).await;
    assert!(report.summary.en.contains("changed the TTL"), "{report:?}");
    assert_eq!(lab.get(b"k").await.as_deref(), Some(&b"theirs"[..]));
}

/// Faster than the plan can see: only the server itself compares then.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn somebody_who_is_faster_between_the_check_and_the_command_is_not_overwritten_either() {
    use crate::change::apply::Engine;
    use crate::change::run::Run;
    for product in [Product::Redis, Product::Valkey] {
        let mut lab = Lab::start(product).await;
        lab.set(b"k", b"old", Some(60_000)).await;
        let (read, keeper) = (lab.read(b"k").await, lab.keeper(b"k"));
        let change = edited("k", "mine", &read).change(keeper.target().clone()).expect("a form");
        let plan = keeper.plan(&change).await.expect("a plan");
        let run = Run::new("lab".to_owned(), plan.title.clone());
        let mut dies = Vec::new();
        for theirs in [("SET", "k", "theirs"), ("SET", "k", "old"), ("DEL", "k", "k")] {
            let mut command = redis::cmd(theirs.0);
            command.arg(theirs.1).arg(theirs.2).exec_async(&mut lab.client).await.expect("an answer");
            keeper.run(&plan.commands[0], &run).await.expect("the script is there");
            let error = keeper.run(&plan.commands[1], &run).await.expect_err("it must not be written");
            dies.push(error.happened.en);
            assert_ne!(lab.get(b"k").await.as_deref(), Some(&b"mine"[..]));
        }
        assert!(dies[0].contains("changed the value") && dies[1].contains("changed the TTL"), "{dies:?}");
        assert!(dies[2].contains("gone"), "{dies:?}");
    }
}

/// Another program sent nothing for “−1”, and the key still died (Chat2DB #2681); one deleted the key (ARDM #619).
#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn never_expiring_is_persist_and_no_number_deletes_a_key() {
    let mut lab = Lab::start(Product::Redis).await;
    lab.set(b"k", b"kept", Some(60_000)).await;
    let report = lab.change(form("persist_key", "k")).await;
    assert_eq!((report.outcome, report.ran[0].command.typed.as_str()), (Outcome::Done, "PERSIST k"));
    assert_eq!(lab.number("PTTL", b"k").await, -1);
    for ttl in ["-1", "0", "-60", "1e400", "9223372036854775807", ""] {
        for action in ["set_ttl", "lengthen_ttl", "shorten_ttl", "touch_key"] {
            let target = lab.server.entry().configured.target.id.clone();
            assert!(timed(action, "k", ttl, "").change(target).is_err(), "{action} {ttl}");
        }
    }
    let past = Form { at: "2001-01-01 00:00".to_owned(), ..form("expire_at", "k") };
    assert_eq!(lab.change(past).await.outcome, Outcome::Refused);
    assert_eq!(lab.get(b"k").await.as_deref(), Some(&b"kept"[..]));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn each_way_to_change_a_ttl_does_what_it_says_and_what_the_plan_blocks_the_server_answers_with_0() {
    for product in [Product::Redis, Product::Valkey] {
        let mut lab = Lab::start(product).await;
        // What it has, what is asked for, and the seconds it has afterwards; none: the plan blocks it.
        for (has, action, ttl, only, then) in [
            (Some(100), "set_ttl", "60", "", Some(60)),
            (None, "set_ttl", "60", "", Some(60)),
            (Some(100), "set_ttl", "60", "has", Some(60)),
            (None, "set_ttl", "60", "has", None),
            (Some(100), "set_ttl", "60", "none", None),
            (None, "set_ttl", "60", "none", Some(60)),
            (Some(100), "lengthen_ttl", "200", "", Some(200)),
            (Some(100), "lengthen_ttl", "60", "", None),
            (None, "lengthen_ttl", "60", "", None),
            (Some(100), "shorten_ttl", "60", "", Some(60)),
            (Some(100), "shorten_ttl", "200", "", None),
            (None, "shorten_ttl", "60", "", Some(60)),
            (None, "shorten_ttl", "60", "has", None),
            (Some(100), "touch_key", "300", "", Some(300)),
        ] {
            lab.set(b"k", b"v", has.map(|seconds| seconds * 1_000)).await;
            let report = lab.change(timed(action, "k", ttl, only)).await;
            let left = lab.number("TTL", b"k").await;
            match then {
                Some(seconds) => {
                    assert_eq!(report.outcome, Outcome::Done, "{has:?} {action} {only}: {report:?}");
                    assert!((seconds - 2..=seconds).contains(&left), "{has:?} {action} {only}: {left}");
                }
                None => {
                    assert_eq!(report.outcome, Outcome::Refused, "{has:?} {action} {only}");
                    let had = has.unwrap_or(-1);
                    assert!((had - 2..=had).contains(&left), "{has:?} {action} {only}: {left}");
                }
            }
        }
        let now: (i64, i64) = redis::cmd("TIME").query_async(&mut lab.client).await.expect("a time");
        let moment = super::model::Moment::at((now.0 + 5_000) * 1_000 + 123).expect("a moment");
        let report = lab.change(Form { at: moment.text(), ..form("expire_at", "k") }).await;
        assert_eq!(report.outcome, Outcome::Done, "{report:?}");
        assert_eq!(lab.number("PEXPIRETIME", b"k").await, moment.millis());
        assert_eq!(lab.change(form("delete_key", "k")).await.outcome, Outcome::Done);
        assert_eq!(lab.number("EXISTS", b"k").await, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_key_of_any_bytes_is_changed_and_no_other() {
    let mut lab = Lab::start(Product::Redis).await;
    for name in [&b"\xff\x00\"\n\\x"[..], b"a b", "키".as_bytes(), b"\\xff"] {
        lab.set(name, b"v", None).await;
        let key = Key::of(name).expect("a key");
        let report = lab.change(timed("set_ttl", key.as_str(), "60", "")).await;
        assert_eq!(report.outcome, Outcome::Done, "{key}: {report:?}");
        assert!(lab.number("TTL", name).await > 50, "{key}");
    }
    assert_eq!(lab.number("TTL", b"xff").await, -2);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_key_that_vanishes_is_told_as_missing() {
    let lab = Lab::start(Product::Redis).await;
    assert_eq!(lab.shown(b"gone").await, Shown::Missing);
    assert_eq!(lab.keeper(b"gone").seen().await.expect("it answers").lifetime, Lifetime::Missing);
    let report = lab.change(timed("set_ttl", "gone", "60", "")).await;
    assert_eq!(report.outcome, Outcome::Refused);
    assert!(report.summary.en.contains("no key gone"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_replica_shows_the_key_and_takes_no_change() {
    let mut lab = Lab::start(Product::Redis).await;
    lab.set(b"k", b"v", Some(60_000)).await;
    let replica = lab.server.replica().await;
    let client = replica.client().await;
    crate::sandbox::lab::eventually("the key is there", 10, async || {
        redis::cmd("EXISTS").arg("k").query_async::<i64>(&mut client.clone()).await.is_ok_and(|it| it == 1)
    })
    .await;
    let keeper = Keeper::at(replica.entry(), Key::parse("k").expect("a key"));
    assert!(keeper.seen().await.expect("it answers").replica);
    let change = form("persist_key", "k").change(keeper.target().clone()).expect("a form");
    let report = carry_out(&keeper, &change).await;
    assert_eq!(report.outcome, Outcome::Refused, "{report:?}");
    assert!(report.summary.en.contains("replica"), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_first_elements_of_a_collection_are_shown_and_a_pickle_is_told_and_written_as_one() {
    let mut lab = Lab::start(Product::Redis).await;
    let mut pipe = redis::pipe();
    for n in 0..2_000 {
        pipe.cmd("RPUSH").arg("l").arg(n).cmd("SADD").arg("s").arg(format!("m{n}"));
        pipe.cmd("HSET").arg("h").arg(format!("f{n}")).arg(n).cmd("ZADD").arg("z").arg(n).arg(format!("m{n}"));
    }
    pipe.exec_async(&mut lab.client).await.expect("filled");
    for name in ["l", "s", "h", "z"] {
        let value = lab.keeper(name.as_bytes()).value().await.expect("a value");
        let Shown::Elements(elements) = value.shown else { panic!("{name}: {:?}", value.shown) };
        assert_eq!((value.size, elements.len()), (Some(2_000), 50), "{name}");
        if name != "h" && name != "s" {
            assert!(elements[7].0 == "7", "{name}: {:?}", elements[7]);
        }
    }
    // pickle.dumps({"a": 1}, 5)
    let pickle = b"\x80\x05\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s.";
    lab.set(b":1:mydata", pickle, Some(60_000)).await;
    let read = lab.read(b":1:mydata").await;
    let report = lab.change(edited(":1:mydata", r#"{"a": 2}"#, &read)).await;
    assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    let Shown::Text { format, text, .. } = lab.shown(b":1:mydata").await else { panic!("a text") };
    assert_eq!((format.en.as_str(), text.as_str()), ("pickle 5", "{'a': 2}"));
}
