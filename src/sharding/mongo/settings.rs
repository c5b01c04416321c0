//! The size of chunks that is set for the whole cluster (`config.settings`), and which version it is.

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use super::answer::{first_batch, number, soft};
use crate::sharding::model::{Release, Version};

/// What is set for the whole cluster about the size of chunks; empty where nothing is, or it may not be read.
pub(in crate::sharding) async fn settings(client: &Client) -> Result<Vec<Document>, Error> {
    let filter = doc! { "_id": "chunksize" };
    let find = doc! { "find": "settings", "filter": filter, "limit": 1, "singleBatch": true };
    let answer = soft(client.database("config").run_command(find).await)?;
    Ok(answer.iter().flat_map(first_batch).cloned().collect())
}

/// The setting is in MiB; its default doubled in 6.0.
pub(in crate::sharding) fn chunk_bytes(settings: &[Document], version: Version) -> i64 {
    let set = settings.iter().find(|row| is_named(row, "chunksize")).and_then(|row| number(row, "value"));
    let usual = if version.reaches(6, 0) { 128 } else { 64 };
    set.filter(|mib| (1..=1024).contains(mib)).unwrap_or(usual) << 20
}

fn is_named(row: &Document, name: &str) -> bool {
    row.get_str("_id").is_ok_and(|id| id == name)
}

/// The router's version and the cluster's FCV.
///
/// # Errors
/// The driver's.
pub(in crate::sharding) async fn release(client: &Client) -> Result<Release, Error> {
    let admin = client.database("admin");
    let build = admin.run_command(doc! { "buildInfo": 1 }).await?;
    let version = Version::read(build.get_str("version").unwrap_or_default());
    // A router has no feature compatibility version of its own; the config server's document says the cluster's.
    let find = doc! {
        "find": "system.version", "filter": { "_id": "featureCompatibilityVersion" },
        "limit": 1, "singleBatch": true, "maxTimeMS": 1_000,
    };
    let answer = soft(admin.run_command(find).await)?;
    let row = answer.as_ref().and_then(|answer| first_batch(answer).next());
    let fcv = row.and_then(|row| row.get_str("version").ok()).map_or(version, Version::read);
    Ok(Release { version, fcv: Version { patch: 0, ..fcv } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_set_or_wrong_is_the_default() {
        let (of_5, of_6) = (Version::new(5, 0, 0), Version::new(6, 0, 0));
        assert_eq!(chunk_bytes(&[], of_6), 128 << 20);
        assert_eq!(chunk_bytes(&[doc! { "_id": "chunksize", "value": 1 }], of_6), 1 << 20);
        assert_eq!(chunk_bytes(&[doc! { "_id": "chunksize", "value": 0 }], of_5), 64 << 20);
    }
}
