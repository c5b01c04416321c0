//! Collections and indexes: most changes go to the database's primary shard, whose coordinator
//! carries them to the other shards; index builds go to every shard that owns chunks.

use bson::{Document, RawDocumentBuf, doc};

use super::answer::{Answer, Failure, bad_value, closed_cursor, missing_field, raw, strip_internals};
use super::crud;
use super::cursors::Kind;
use super::dispatch::{Request, companions};
use super::metadata::{Database, Shard, majority};
use super::relay::Relay;
use super::rewrite::{STRIPPED, decoded, extend, renamed};
use super::versioned::{by_host, scatter};

/// The database has moved since its version was read.
const STALE_DATABASE: i32 = 249;
const MOST_TRIES: usize = 10;
const REPLACED: [&str; 2] = ["writeConcern", "$readPreference"];

pub(super) async fn create(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return crud::plain_on_config(relay, request).await;
    }
    relay.database_or_new(&request.database).await?;
    let body = renamed(&request.body, None, &[&STRIPPED, &["$readPreference"]])?;
    on_primary_shard(relay, &request.database, &body).await
}

/// `drop`, `dropIndexes`, `collMod`, `dropDatabase`, `convertToCapped`.
pub(super) async fn coordinated(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return crud::plain_on_config(relay, request).await;
    }
    let name = match request.name.as_str() {
        "drop" => Some("_shardsvrDropCollection"),
        "dropIndexes" => Some("_shardsvrDropIndexes"),
        "collMod" => Some("_shardsvrCollMod"),
        "dropDatabase" => Some("_shardsvrDropDatabase"),
        _ => None,
    };
    if request.name == "dropDatabase" && relay.database(&request.database).await?.is_none() {
        return Ok(super::answer::fine());
    }
    let mut body = renamed(&request.body, name, &[&STRIPPED, &REPLACED])?;
    extend(&mut body, &doc! { "writeConcern": majority() })?;
    on_primary_shard(relay, &request.database, &body).await
}

pub(super) async fn rename_collection(relay: &mut Relay, request: &Request) -> Answer {
    let body = request.decoded()?;
    let (database, collection) = request
        .subject()
        .split_once('.')
        .ok_or_else(|| bad_value("renameCollection needs the full name of a collection"))?;
    let to = body.get_str("to").map_err(|_| missing_field("renameCollection", "to"))?;
    let command = doc! {
        "_shardsvrRenameCollection": collection, "to": to,
        "dropTarget": body.get("dropTarget").cloned().unwrap_or(false.into()),
        "writeConcern": majority(),
    };
    coordinate(relay, database, database, command, &body).await
}

pub(super) async fn create_indexes(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return crud::plain_on_config(relay, request).await;
    }
    relay.database_or_new(&request.database).await?;
    let body = renamed(&request.body, None, &[&STRIPPED, &["$readPreference"]])?;
    let answers = scatter(relay, &request.database, &request.namespace(), &body).await?;
    raw(&doc! { "raw": by_host(&answers), "ok": 1.0 })
}

pub(super) async fn list_indexes(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return crud::plain_on_config(relay, request).await;
    }
    let primary = relay.existing_database(&request.database).await?.primary;
    let owner = match relay.collection(&request.namespace()).await? {
        None => primary,
        Some(collection) => {
            let owners = relay.owners(&collection).await?;
            let mut owners = owners.into_iter().map(|(shard, _)| shard);
            owners.next().unwrap_or(primary)
        }
    };
    plain_on_shard(relay, request, &owner).await
}

pub(super) async fn list_collections(relay: &mut Relay, request: &Request) -> Answer {
    if request.is_about_config() {
        return crud::plain_on_config(relay, request).await;
    }
    match relay.database(&request.database).await? {
        Some(database) => plain_on_shard(relay, request, &database.primary).await,
        None => {
            let namespace = format!("{}.$cmd.listCollections", request.database);
            raw(&closed_cursor(namespace, Vec::new()))
        }
    }
}

/// Runs a coordinator's command on a database's primary shard, with the database's version.
pub(super) async fn coordinate(
    relay: &mut Relay,
    about: &str,
    run_in: &str,
    mut command: Document,
    client_body: &Document,
) -> Answer {
    command.extend(companions(client_body));
    command.insert("$db", run_in);
    on_primary_shard(relay, about, &RawDocumentBuf::try_from(&command)?).await
}

async fn on_primary_shard(relay: &mut Relay, about: &str, body: &RawDocumentBuf) -> Answer {
    let mut last = None;
    for _ in 0..MOST_TRIES {
        let Database { primary, version, .. } = relay.existing_database(about).await?;
        let mut versioned = body.clone();
        extend(&mut versioned, &doc! { "databaseVersion": version })?;
        let forwarded = relay.forward(&primary.replica_set, &versioned, &[]).await?;
        let answer = decoded(&forwarded.answer)?;
        if super::answer::code_of(&answer) != STALE_DATABASE {
            return raw(&strip_internals(answer));
        }
        last = Some(Failure::Server(Box::new(answer)));
    }
    Err(last.unwrap_or_else(|| bad_value("the database's version could not be read")))
}

async fn plain_on_shard(relay: &mut Relay, request: &Request, shard: &Shard) -> Answer {
    let body = renamed(&request.body, None, &[&STRIPPED])?;
    let forwarded = relay.forward(&shard.replica_set, &body, &[]).await?;
    crud::finish(relay, forwarded, Kind::Plain)
}
