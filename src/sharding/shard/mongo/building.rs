//! How far the build of the supporting index is.

use bson::doc;
use futures_util::TryStreamExt;
use mongodb::Client;
use mongodb::error::Error;

use crate::change::Command;
use crate::change::run::Run;
use crate::sharding::cluster::Cluster;
use crate::sharding::mongo::answer::number;
use crate::sharding::mongo::command;
use crate::words;

/// Tells `run` what the command does now. A cluster that does not answer this is not bothered with it.
pub(super) async fn tell(cluster: &Cluster, command: &Command, run: &Run) {
    let document = command::parsed(&command.exact).unwrap_or_default();
    let Ok(collection) = document.get_str("createIndexes") else {
        run.tell(words!("The servers are sharding the collection.", "서버가 컬렉션을 샤딩하고 있습니다."));
        return;
    };
    let asked = cluster.read(|client| async { progress(&{ client }, &command.database, collection).await }).await;
    run.tell(words!(
        "The servers build the index: documents read so far.",
        "서버가 인덱스를 만들고 있습니다: 지금까지 읽은 문서 수."
    ));
    if let Ok(Some((done, total))) = asked {
        run.measure(done, Some(total));
    }
}

/// Documents that the builds of this collection's indexes have read, and how many there are.
async fn progress(client: &Client, database: &str, collection: &str) -> Result<Option<(u64, u64)>, Error> {
    let namespace = format!("{database}.{collection}");
    let command = doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true } },
            { "$match": {
                "$or": [{ "ns": namespace }, { "command.createIndexes": collection, "command.$db": database }],
                "progress": { "$exists": true }, "msg": { "$regex": "^Index Build" },
            } },
            { "$limit": 100 },
            { "$project": { "progress": 1 } },
        ],
        "cursor": {},
        "maxTimeMS": 700,
    };
    let mut rows = client.database("admin").run_cursor_command(command).await?;
    let mut sum: Option<(u64, u64)> = None;
    while let Some(row) = rows.try_next().await? {
        let Ok(progress) = row.get_document("progress") else { continue };
        let of = |field| number(progress, field).and_then(|it| u64::try_from(it).ok()).unwrap_or_default();
        let (done, total) = sum.unwrap_or_default();
        sum = Some((done + of("done"), total + of("total")));
    }
    Ok(sum)
}
