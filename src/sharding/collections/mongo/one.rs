//! One collection: what the catalog, its database, its shards and the balancer say of it. What does not answer in time
//! is unknown and keeps nobody waiting.

use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::future::try_join3;
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use super::names::Found;
use super::rows::{Row, rows, shards};
use super::spread::spread;
use crate::error::{AppError, Kind};
use crate::sharding::balancer::state::{self, Balancing};
use crate::sharding::cluster::Cluster;
use crate::sharding::collections::model::{Compliance, IndexSeen, Movement, One, Source};
use crate::sharding::model::{Chunks, Evenness, Held, Namespace, OnShard, Release, judge};
use crate::sharding::mongo::answer::{first_batch, in_time, is_true, number};
use crate::sharding::mongo::{catalog, collection};
use crate::sharding::overview::mongo::millis;
use crate::sharding::sizes::sizes;
use crate::words;

/// Chunks that are counted here; the chunk map has them all.
const CHUNKS: i64 = 20_000;
/// What a shard may take to answer.
const QUESTION: Duration = Duration::from_millis(1_200);

/// The collection as it is now.
///
/// # Errors
/// `Invalid` when the name can be none; else as [`Cluster::read`].
pub async fn read(cluster: &Cluster, namespace: &str) -> Result<One, AppError> {
    let found = parse(namespace)?;
    let target = cluster.target().to_string();
    let of_read = found.clone();
    let seen = cluster.read(|client| async move { look(&client, &of_read).await }).await?;
    let mut one = seen.one(&target, &found);
    if one.source == Source::Unknown && one.key.is_some() {
        // What was read while all shards answered is better than nothing, with its age.
        let id = seen.row.as_ref().map(|row| row.id.clone()).unwrap_or_default();
        if let Some((age, read)) = sizes(cluster.entry(), Duration::ZERO).await.known
            && let Some(spread) = read.collections.get(&id)
        {
            one.source = Source::Before(millis(age));
            one.spread = seen.joined(Some(spread.clone()));
            one.evenness = seen.evenness(&one.spread);
        }
    }
    Ok(one.judged())
}

/// Also a collection of MongoDB's own may be looked at.
fn parse(namespace: &str) -> Result<Found, AppError> {
    let (database, collection) = namespace.split_once('.').unwrap_or((namespace, ""));
    if database.is_empty() || collection.is_empty() || namespace.len() > 255 || namespace.contains(['\0', '$']) {
        let rule = Namespace::parse(namespace)
            .err()
            .unwrap_or_else(|| words!("This is no name of a collection.", "컬렉션 이름이 아닙니다."));
        return Err(AppError::new(Kind::Invalid, rule, words!("Choose it from the list.", "목록에서 고르세요.")));
    }
    Ok(Found { database: database.to_owned(), collection: collection.to_owned(), time_series: false })
}

/// What was seen of it.
struct Seen {
    release: Release,
    row: Option<Row>,
    shards: Vec<(String, bool)>,
    balancer: Balancing,
    listed: Option<Document>,
    primary: Option<String>,
    indexes: Option<Vec<Document>>,
    spread: Option<Vec<OnShard>>,
    compliance: Option<Compliance>,
    resharding: Option<String>,
}

async fn look(client: &Client, found: &Found) -> Result<Seen, Error> {
    let one = std::slice::from_ref(found);
    let (mut rows, shards, balancer) =
        try_join3(rows(client, one, CHUNKS), shards(client), state::read(client)).await?;
    let release = balancer.release;
    let row = rows.remove(&found.namespace());
    let deadline = Instant::now() + QUESTION;
    let sharded = row.is_some();
    let millis = i32::try_from(QUESTION.as_millis()).unwrap_or(i32::MAX);
    let (listed, indexes, (spread, compliance)) =
        try_join3(in_time(deadline, listed(client, found)), in_time(deadline, indexes(client, found)), async {
            let spread = in_time(deadline, spread(client, found, sharded, millis)).await?.flatten();
            let id = row.as_ref().map(|row| row.id.as_str());
            Ok((spread, compliance(client, id, release).await?))
        })
        .await?;
    let (primary, resharding) = (primary(client, &found.database).await?, resharding(client, row.as_ref()).await?);
    let listed = listed.flatten();
    Ok(Seen { release, row, shards, balancer, listed, primary, indexes, spread, compliance, resharding })
}

async fn listed(client: &Client, found: &Found) -> Result<Option<Document>, Error> {
    let command = doc! { "listCollections": 1, "filter": { "name": &found.collection }, "maxTimeMS": 1_000 };
    let answer = client.database(&found.database).run_command(command).await?;
    Ok(first_batch(&answer).next().cloned())
}

async fn indexes(client: &Client, found: &Found) -> Result<Vec<Document>, Error> {
    // A collection has at most 64 indexes, so the first batch has them all.
    let command = doc! { "listIndexes": &found.collection, "maxTimeMS": 1_000 };
    let answer = client.database(&found.database).run_command(command).await?;
    Ok(first_batch(&answer).cloned().collect())
}

/// The command is there since 4.4.
async fn compliance(client: &Client, id: Option<&str>, release: Release) -> Result<Option<Compliance>, Error> {
    let Some(id) = id.filter(|_| release.version.reaches(4, 4)) else { return Ok(None) };
    let command = doc! { "balancerCollectionStatus": id, "maxTimeMS": 1_000 };
    let deadline = Instant::now() + QUESTION;
    let answer = in_time(deadline, client.database("admin").run_command(command).into_future()).await?;
    Ok(answer.map(|answer| Compliance {
        fine: is_true(&answer, "balancerCompliant"),
        violation: answer.get_str("firstComplianceViolation").unwrap_or_default().to_owned(),
    }))
}

async fn primary(client: &Client, database: &str) -> Result<Option<String>, Error> {
    let find = doc! {
        "find": "databases", "filter": { "_id": database }, "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = client.database("config").run_command(find).await?;
    Ok(first_batch(&answer).next().and_then(|row| row.get_str("primary").ok()).map(str::to_owned))
}

async fn resharding(client: &Client, row: Option<&Row>) -> Result<Option<String>, Error> {
    let Some(row) = row else { return Ok(None) };
    let find = doc! {
        "find": "reshardingOperations", "filter": { "ns": &row.id }, "projection": { "state": 1 }, "limit": 1,
        "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = in_time(Instant::now() + QUESTION, client.database("config").run_command(find).into_future()).await?;
    let state = answer.as_ref().and_then(|answer| first_batch(answer).next()).map(|row| row.get_str("state"));
    Ok(state.map(|state| state.unwrap_or("?").to_owned()))
}

impl Seen {
    fn one(&self, target: &str, found: &Found) -> One {
        let kind = self.listed.as_ref().and_then(|row| row.get_str("type").ok()).unwrap_or("collection");
        let row = self.row.as_ref();
        let time_series = kind == "timeseries" || row.is_some_and(|row| Found::of_catalog(&row.id).time_series);
        let options = self.listed.as_ref().and_then(|row| row.get_document("options").ok());
        let spread = self.joined(self.spread.clone());
        let own = row.and_then(|row| row.chunk_bytes);
        let evenness = self.evenness(&spread);
        let movement = row.map(|row| row.movement).unwrap_or_default();
        One {
            target: target.to_owned(),
            namespace: found.namespace(),
            release: self.release,
            exists: row.is_some() || self.listed.is_some(),
            time_series,
            view: kind == "view",
            capped: options.is_some_and(|options| is_true(options, "capped")),
            collated: options.is_some_and(|options| options.contains_key("collation")),
            uuid: row.map(|row| row.uuid.clone()).filter(|it| !it.is_empty()).unwrap_or_else(|| self.uuid()),
            primary: self.primary.clone(),
            key: row.map(|row| catalog::shown_key(&row.key)),
            unique: row.is_some_and(|row| row.unique),
            spread,
            source: if self.spread.is_some() { Source::Now } else { Source::Unknown },
            many_chunks: row.is_some_and(|row| row.chunks == Chunks::Many),
            jumbo: row.and_then(|row| row.jumbo),
            evenness,
            chunk_bytes: (own.unwrap_or_else(|| self.chunk_bytes()), own.is_some()),
            compliance: self.compliance.clone(),
            stands_still: (self.balancer.is_working() == Some(false)).then(|| self.balancer.told()),
            movement: Movement { resharding: self.resharding.is_some() || movement.resharding, ..movement },
            resharding: self.resharding.clone(),
            zones: row.map(|row| row.zones.clone()).unwrap_or_default(),
            indexes: self.indexes.as_ref().map(|all| all.iter().map(|index| self.index(index)).collect()),
            findings: Vec::new(),
            actions: Vec::new(),
        }
    }

    fn uuid(&self) -> String {
        let info = self.listed.as_ref().and_then(|row| row.get_document("info").ok());
        let uuid = info.and_then(|info| match info.get("uuid") {
            Some(Bson::Binary(binary)) => binary.to_uuid().ok(),
            _ => None,
        });
        uuid.map(|uuid| uuid.to_string()).unwrap_or_default()
    }

    fn chunk_bytes(&self) -> i64 {
        self.balancer.chunk_bytes()
    }

    /// Chunks and figures of each shard that has either, in the order of the shards.
    fn joined(&self, figures: Option<Vec<OnShard>>) -> Vec<OnShard> {
        let known = figures.is_some();
        let figures = figures.unwrap_or_default();
        let chunks = match self.row.as_ref().map(|row| &row.chunks) {
            Some(Chunks::Counted(chunks)) => Some(chunks),
            _ => None,
        };
        let mut all: Vec<OnShard> = Vec::new();
        for (shard, _) in &self.shards {
            let own = chunks.map(|chunks| chunks.iter().find(|it| it.shard == *shard).map_or(0, |it| it.chunks));
            let figure = figures.iter().find(|it| it.shard == *shard);
            let nothing = OnShard {
                documents: Some(0),
                orphans: Some(0),
                held: Held::Apart { owned: 0, orphaned: 0 },
                ..OnShard::unknown(shard)
            };
            let figure = match (figure, known) {
                (Some(figure), _) => figure.clone(),
                (None, true) => nothing,
                (None, false) => OnShard::unknown(shard),
            };
            // Of what is not sharded only the shard where it is matters.
            if self.row.is_some() || figure.held != (Held::Apart { owned: 0, orphaned: 0 }) {
                all.push(OnShard { chunks: own, ..figure });
            }
        }
        if self.row.is_none() && !known {
            all.retain(|it| self.primary.as_ref() == Some(&it.shard));
        }
        all
    }

    fn evenness(&self, spread: &[OnShard]) -> Evenness {
        let Some(row) = &self.row else {
            return Evenness::Unknown(words!("It is not sharded.", "샤딩되지 않았습니다."));
        };
        let names: Vec<&str> =
            self.shards.iter().filter(|(_, draining)| !draining).map(|(name, _)| name.as_str()).collect();
        let size = row.chunk_bytes.unwrap_or_else(|| self.chunk_bytes());
        judge(self.release, spread, &names, size, !row.zones.is_empty())
    }

    fn index(&self, index: &Document) -> IndexSeen {
        let key = index.get_document("key").cloned().unwrap_or_default();
        let collated = collection::is_collated(index);
        let whole = !is_true(index, "sparse") && !index.contains_key("partialFilterExpression") && !collated;
        let supports = self.row.as_ref().is_some_and(|row| whole && begins_with(&key, &row.key));
        IndexSeen {
            name: index.get_str("name").unwrap_or_default().to_owned(),
            key: catalog::shown_key(&key),
            unique: is_true(index, "unique"),
            supports,
            expires: number(index, "expireAfterSeconds"),
        }
    }
}

/// Whether an index begins with all fields of the shard key, in its order and of its kinds.
fn begins_with(index: &Document, key: &Document) -> bool {
    let same = |one: Option<&Bson>, other: Option<&Bson>| match (one, other) {
        (Some(Bson::String(one)), Some(Bson::String(other))) => one == other,
        (Some(one), Some(other)) => one.as_str().is_none() && other.as_str().is_none(),
        _ => false,
    };
    let fields: Vec<&String> = index.keys().collect();
    index.len() >= key.len()
        && key
            .keys()
            .enumerate()
            .all(|(place, field)| fields.get(place) == Some(&field) && same(index.get(field), key.get(field)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_supports_a_key_that_it_begins_with() {
        let key = doc! { "a": 1, "b": "hashed" };
        assert!(begins_with(&doc! { "a": 1.0, "b": "hashed", "c": 1 }, &key));
        assert!(!begins_with(&doc! { "b": "hashed", "a": 1 }, &key));
        assert!(!begins_with(&doc! { "a": 1, "b": 1 }, &key));
        assert!(!begins_with(&doc! { "a": 1 }, &key));
    }

    #[test]
    fn what_can_be_no_name_is_refused() {
        for name in ["", "shop", ".x", "shop.", "shop.a$b"] {
            assert!(parse(name).is_err(), "{name}");
        }
        assert!(parse("config.system.sessions").is_ok());
    }
}
