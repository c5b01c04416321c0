//! Chunks of real clusters: what is done to them is seen by the config server and on the shards.

mod jumbo;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::ErrorKind;

use super::model::{Change, ChunkForm, Measured};
use super::mongo::Chunks;
use crate::change::apply::{Engine, carry_out};
use crate::change::{Blast, Outcome, Plan, Verdict};
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::cluster::Cluster;
use crate::sharding::value::canonical;

const NAMESPACE: &str = "k.c";

/// A cluster whose balancer is off, with 1,000 documents of a ranged key in one chunk.
struct Fixture {
    lab: Lab,
    chunks: Chunks,
    client: Client,
}

impl Fixture {
    async fn new() -> Self {
        Self::of(Lab::start(2).await).await
    }

    async fn of(lab: Lab) -> Self {
        let chunks = Chunks::of(Cluster::at(lab.entry()));
        let client = lab.client().await;
        let fixture = Self { lab, chunks, client };
        fixture.admin(doc! { "balancerStop": 1 }).await.expect("stopped");
        fixture.admin(doc! { "enableSharding": "k", "primaryShard": "shard1" }).await.expect("made");
        fixture.admin(doc! { "shardCollection": NAMESPACE, "key": { "a": 1 } }).await.expect("sharded");
        let many = (0..1_000).map(|a| doc! { "a": a, "text": "x".repeat(1_000) });
        fixture.client.database("k").collection::<Document>("c").insert_many(many).await.expect("inserted");
        fixture
    }

    async fn admin(&self, command: Document) -> Result<Document, i32> {
        self.client.database("admin").run_command(command).await.map_err(|error| match error.kind.as_ref() {
            ErrorKind::Command(command) => command.code,
            _ => panic!("{error}"),
        })
    }

    /// Lower bound, shard and jumbo mark of each chunk, as the config server has them.
    async fn listed(&self) -> Vec<(Bson, String, bool)> {
        let config = self.lab.config().await.database("config");
        let of = config.collection::<Document>("collections").find_one(doc! { "_id": NAMESPACE }).await;
        let uuid = of.expect("it answers").expect("sharded").get("uuid").cloned().expect("5.0 and later");
        let found = config.collection::<Document>("chunks").find(doc! { "uuid": uuid }).sort(doc! { "min": 1 }).await;
        let rows: Vec<Document> = found.expect("it answers").try_collect().await.expect("all");
        let row = |it: &Document| {
            let min = it.get_document("min").expect("a bound").get("a").cloned().expect("a value");
            (min, it.get_str("shard").expect("a shard").to_owned(), it.get_bool("jumbo").unwrap_or_default())
        };
        rows.iter().map(row).collect()
    }

    async fn bounds(&self) -> Vec<Bson> {
        self.listed().await.into_iter().map(|(min, ..)| min).collect()
    }

    /// Documents that a shard really has.
    async fn on(&self, shard: &str) -> u64 {
        let here = self.lab.shard(shard).await.database("k").collection::<Document>("c");
        here.count_documents(doc! {}).await.expect("it answers")
    }

    async fn change(&self, form: ChunkForm) -> Change {
        self.chunks.observed(form).await.expect("a change")
    }

    async fn plan(&self, form: ChunkForm) -> Plan {
        self.chunks.plan(&self.change(form).await).await.expect("a plan")
    }

    async fn done(&self, form: ChunkForm) {
        let report = carry_out(&self.chunks, &self.change(form).await).await;
        assert_eq!(report.outcome, Outcome::Done, "{report:?}");
    }
}

fn form(action: &str, min: impl Into<Bson>) -> ChunkForm {
    let min = canonical(&doc! { "a": min.into() });
    ChunkForm { action: action.into(), namespace: NAMESPACE.into(), min, ..ChunkForm::default() }
}

fn at_key(min: impl Into<Bson>, key: &str) -> ChunkForm {
    ChunkForm { how: "key".into(), key: vec![key.into()], ..form("split_chunk", min) }
}

fn moving(min: impl Into<Bson>, to: &str) -> ChunkForm {
    ChunkForm { to: to.into(), ..form("move_chunk", min) }
}

fn merging(min: impl Into<Bson>, with: &str) -> ChunkForm {
    ChunkForm { with: with.into(), ..form("merge_chunks", min) }
}

fn blocked(plan: &Plan, text: &str) {
    let found: Vec<&str> =
        plan.checks.iter().filter(|it| it.verdict == Verdict::Block).map(|it| it.found.en.as_str()).collect();
    assert!(found.iter().any(|it| it.contains(text)), "{text}: {found:?}");
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_chunk_is_split_moved_merged_and_its_documents_stay_whole() {
    let it = Fixture::new().await;
    it.done(form("split_chunk", Bson::MinKey)).await;
    assert_eq!(it.bounds().await, [Bson::MinKey, Bson::Int32(500)], "half of the documents on either side");
    it.done(at_key(500, "800")).await;
    it.done(ChunkForm { how: "document".into(), key: vec!["900".into()], ..form("split_chunk", 800) }).await;
    assert_eq!(it.bounds().await, [Bson::MinKey, 500.into(), 800.into(), 900.into()]);

    let seen = it.chunks.look(NAMESPACE, &canonical(&doc! { "a": 500 }), true).await.expect("a chunk");
    assert!(matches!(seen.measured, Some(Measured::Is { documents: 300, bytes: 300_000.. })), "{:?}", seen.measured);
    assert_eq!((seen.chunk.shard.as_str(), seen.moved_on), ("shard1", false));
    assert_eq!(seen.next.expect("a neighbour").min.shown, "{ a: 800 }");

    let plan = it.plan(moving(500, "shard2")).await;
    assert_eq!(
        plan.commands[0].typed,
        r#"db.adminCommand({ moveRange: "k.c", min: { a: 500 }, max: { a: 800 }, toShard: "shard2" })"#
    );
    assert!(
        plan.checks.iter().any(|it| it.found.en.contains("The chunk holds 300 documents; up to")),
        "{:?}",
        plan.checks
    );
    it.done(moving(500, "shard2")).await;
    assert_eq!(it.listed().await[1], (500.into(), "shard2".to_owned(), false));
    crate::sandbox::lab::eventually("what has moved is deleted where it was", 30, async || {
        it.on("shard1").await == 700
    })
    .await;
    assert_eq!(it.on("shard2").await, 300);
    let after = it.chunks.look(NAMESPACE, &canonical(&doc! { "a": 500 }), false).await.expect("a chunk");
    let been: Vec<&str> = after.chunk.history.iter().map(|it| it.shard.as_str()).collect();
    assert_eq!(been, ["shard2", "shard1"]);

    blocked(&it.plan(merging(500, "next")).await, "on different shards");
    let raw = it.admin(doc! { "mergeChunks": NAMESPACE, "bounds": [{ "a": 500 }, { "a": 900 }] }).await;
    assert_eq!(raw, Err(20));
    it.done(merging(900, "previous")).await;
    it.done(moving(500, "shard1")).await;
    it.done(merging(500, "both")).await;
    assert_eq!(it.bounds().await, [Bson::MinKey], "one chunk again");
    crate::sandbox::lab::eventually("all is on the first shard", 30, async || it.on("shard2").await == 0).await;
    assert_eq!(it.on("shard1").await, 1_000);
    let gone = it.chunks.look(NAMESPACE, &canonical(&doc! { "a": 500 }), false).await.expect("the chunk that owns it");
    assert!(gone.moved_on);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_the_servers_would_refuse_of_a_chunk_is_refused_in_the_plan() {
    let it = Fixture::new().await;
    it.done(at_key(Bson::MinKey, "500")).await;
    blocked(&it.plan(at_key(500, "500")).await, "is the lower bound of the chunk already");
    assert_eq!(it.admin(doc! { "split": NAMESPACE, "middle": { "a": 500 } }).await, Err(72));
    blocked(&it.plan(at_key(500, "499")).await, "does not lie in this chunk");
    blocked(&it.plan(moving(500, "shard9")).await, "There is no shard shard9");
    let unknown = doc! { "moveRange": NAMESPACE, "min": { "a": 500 }, "toShard": "shard9" };
    assert_eq!(it.admin(unknown).await, Err(70));
    blocked(&it.plan(moving(500, "shard1")).await, "is on shard1 already");
    blocked(&it.plan(form("clear_jumbo", 500)).await, "not marked as jumbo");
    let field = it.chunks.observed(at_key(500, "ObjectId(")).await.expect_err("refused").field;
    assert_eq!(field.as_deref(), Some("key.0"));

    // Somebody else moves the chunk between the form and the plan's end.
    let change = it.change(moving(500, "shard2")).await;
    let shown = it.chunks.plan(&change).await.expect("a plan").fingerprint;
    it.admin(doc! { "moveRange": NAMESPACE, "min": { "a": 500 }, "toShard": "shard2" }).await.expect("moved");
    let report = carry_out(&it.chunks, &change).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0), "{report:?}");
    assert!(report.summary.en.contains("was split, merged or moved in between"), "{}", report.summary.en);
    assert_ne!(it.chunks.plan(&change).await.expect("a plan").fingerprint, shown);
    // And somebody else makes the collection anew.
    let change = it.change(at_key(Bson::MinKey, "100")).await;
    it.client.database("k").collection::<Document>("c").drop().await.expect("dropped");
    it.admin(doc! { "shardCollection": NAMESPACE, "key": { "a": 1 } }).await.expect("sharded");
    let report = carry_out(&it.chunks, &change).await;
    assert_eq!((report.outcome, report.ran.len()), (Outcome::Refused, 0), "{report:?}");
}

/// A chunk of more documents than the servers move: the plan says so, and what they do is seen.
#[tokio::test]
#[ignore = "starts real databases"]
async fn a_chunk_that_is_too_big_is_split_or_forced_and_its_mark_is_cleared() {
    let it = Fixture::new().await;
    let many = (0..3_000).map(|n| doc! { "a": 5_000, "n": n, "text": "x".repeat(1_000) });
    it.client.database("k").collection::<Document>("c").insert_many(many).await.expect("inserted");
    let settings = it.client.database("config").collection::<Document>("settings");
    settings.insert_one(doc! { "_id": "chunksize", "value": 1 }).await.expect("set");
    it.done(at_key(Bson::MinKey, "5000")).await;
    blocked(&it.plan(moving(5_000, "shard2")).await, "up to");
    let raw = doc! { "moveChunk": NAMESPACE, "bounds": [{ "a": 5_000 }, { "a": Bson::MaxKey }], "to": "shard2" };
    assert_eq!(it.admin(raw).await, Err(153));
    let forced = ChunkForm { force_jumbo: "yes".into(), ..moving(5_000, "shard2") };
    let plan = it.plan(forced.clone()).await;
    assert_eq!((plan.blocked(), plan.blast), (false, Blast::TypeName(NAMESPACE.into())));
    it.done(forced).await;
    assert_eq!(it.listed().await[1], (5_000.into(), "shard2".to_owned(), false));
    assert_eq!(it.on("shard2").await, 3_000);

    // The mark is the balancer's; here it is set by hand.
    let chunks = it.lab.config().await.database("config").collection::<Document>("chunks");
    chunks.update_one(doc! { "min": { "a": 5_000 } }, doc! { "$set": { "jumbo": true } }).await.expect("marked");
    assert!(it.listed().await[1].2);
    let plan = it.plan(form("clear_jumbo", 5_000)).await;
    assert!(plan.checks.iter().any(|it| it.found.en.contains("it cannot be split")), "{:?}", plan.checks);
    it.done(form("clear_jumbo", 5_000)).await;
    assert!(!it.listed().await[1].2);
}

/// Bounds of a hashed key are hashes; a document's own value is hashed as the server does it.
#[tokio::test]
#[ignore = "starts real databases"]
async fn a_chunk_of_a_hashed_key_is_found_and_split_by_a_document() {
    let it = Fixture::new().await;
    it.admin(doc! { "shardCollection": "k.h", "key": { "a": "hashed" } }).await.expect("sharded");
    let many = (0..500).map(|a| doc! { "a": a });
    it.client.database("k").collection::<Document>("h").insert_many(many).await.expect("inserted");
    let first = canonical(&doc! { "a": Bson::MinKey });
    let mut seen = it.chunks.look("k.h", &first, false).await.expect("a chunk");
    // Of the chunks of the collection, exactly one owns the document.
    let mut owners = 0;
    loop {
        let form = ChunkForm {
            action: "split_chunk".into(),
            namespace: "k.h".into(),
            min: seen.chunk.min.ejson.clone(),
            how: "document".into(),
            key: vec!["7".into()],
            ..ChunkForm::default()
        };
        let change = it.change(form).await;
        let report = carry_out(&it.chunks, &change).await;
        owners += i32::from(report.outcome == Outcome::Done);
        assert!(matches!(report.outcome, Outcome::Done | Outcome::Refused), "{report:?}");
        // A chunk that was split is passed as two.
        match seen.next {
            Some(next) => seen = it.chunks.look("k.h", &next.min.ejson, false).await.expect("a chunk"),
            None => break,
        }
    }
    assert_eq!(owners, 1);
    let all = it.client.database("k").collection::<Document>("h");
    assert_eq!(all.count_documents(doc! {}).await.expect("it answers"), 500);
}
