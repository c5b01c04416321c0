//! A collection of many chunks: read in pieces, kept in few bytes, and renewed by its changes.

use std::time::{Duration, Instant};

use bson::{Bson, Document, doc};

use super::{map, of_old};
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::Cluster as Lab;
use crate::sharding::chunks::look;
use crate::sharding::chunks::model::{Look, MOST_STRIPS};
use crate::sharding::cluster::Cluster;

/// How many chunks the next test has: CI is content with fewer than the 600,000 by which figures are told.
fn many() -> i32 {
    std::env::var("OUTGROW_TEST_CHUNKS").ok().and_then(|chunks| chunks.parse().ok()).unwrap_or(60_000)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_collection_of_many_chunks_is_read_once_and_then_only_what_changes() {
    let lab = Lab::start(2).await;
    let (cluster, chunks) = (Cluster::at(lab.entry()), many());
    of_old(&lab, "much.c", true, chunks).await;
    let begun = Instant::now();
    let (mut longest, mut reading) = (Duration::ZERO, 0);
    let read = loop {
        let asked = Instant::now();
        let look = look::chunks(&cluster, "much.c", "", "").await.expect("it answers");
        longest = longest.max(asked.elapsed());
        match look {
            Look::Map(map) => break map,
            Look::Reading { about, .. } => {
                assert!(about.is_none_or(|about| about == i64::from(chunks)), "{about:?}");
                reading += 1;
            }
            other => panic!("{other:?}"),
        }
    };
    let all = begun.elapsed();
    assert_eq!(read.chunks, i64::from(chunks));
    assert!(read.strips.len() <= MOST_STRIPS);
    let each = read.bytes / read.chunks;
    assert!(each <= 17, "{each} bytes for each chunk");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let asked = Instant::now();
    map(&cluster, "much.c").await;
    let quiet = asked.elapsed();
    let config = lab.config().await.database("config").collection::<Document>("chunks");
    let newer = bson::Timestamp { time: 2, increment: 1 };
    let moved = doc! { "$set": { "shard": "shard2", "lastmod": newer } };
    let first = doc! { "min.k": Bson::MinKey, "uuid": config.find_one(doc! { "min.k": 10_i64 }).await.expect("it answers").expect("there").get("uuid").cloned().expect("a uuid") };
    config.update_one(first, moved).await.expect("moved");
    let asked = Instant::now();
    eventually("the change is seen", 10, async || {
        map(&cluster, "much.c").await.shards[1].chunks != read.shards[1].chunks
    })
    .await;
    println!(
        "{chunks} chunks: read in {all:?} over {} looks of at most {longest:?}; nothing new {quiet:?}; a change seen after {:?}; {each} bytes each; {} strips",
        reading + 1,
        asked.elapsed(),
        read.strips.len()
    );
}
