//! Which indexes hold arrays. No list of indexes says so, but the planner does.

use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::future;
use mongodb::Client;
use mongodb::error::Error;
use tokio::time::Instant;

use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::mongo::answer::{in_time, is_true};
use crate::sharding::mongo::collection::Index;
use crate::sharding::shard::plan::begins_with;

/// How long the planner may take, in milliseconds.
const ASKING: u16 = 700;

/// The names of the indexes that begin with the key and hold, or have held, an array in any of their fields: the
/// server does not forget it when the arrays are gone.
///
/// # Errors
/// When the router could not be asked at all.
pub(super) async fn names(
    client: &Client,
    namespace: &Namespace,
    key: &ShardKey,
    indexes: &[Index],
) -> Result<Vec<String>, Error> {
    let deadline = Instant::now() + Duration::from_millis(ASKING.into());
    let asked = indexes.iter().filter(|it| begins_with(&it.key, key)).map(|index| async move {
        let database = client.database(namespace.database());
        let plan = in_time(deadline, database.run_command(question(namespace, &index.name)).into_future()).await?;
        Ok::<_, Error>(plan.is_some_and(|plan| holds_arrays(&plan)).then(|| index.name.clone()))
    });
    Ok(future::try_join_all(asked).await?.into_iter().flatten().collect())
}

fn question(namespace: &Namespace, index: &str) -> Document {
    doc! {
        "explain": { "find": namespace.collection(), "filter": {}, "hint": index },
        "verbosity": "queryPlanner",
        "maxTimeMS": i32::from(ASKING),
    }
}

/// Whether a stage of the plan, on any shard and however deep, reads an index with arrays.
fn holds_arrays(plan: &Document) -> bool {
    is_true(plan, "isMultiKey") || plan.values().any(inside)
}

fn inside(value: &Bson) -> bool {
    match value {
        Bson::Document(document) => holds_arrays(document),
        Bson::Array(values) => values.iter().any(inside),
        _ => false,
    }
}
