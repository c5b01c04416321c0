//! What the router says about itself: the handshake, and its row in `config.mongos`.

use std::sync::Arc;
use std::time::Duration;

use bson::{Bson, DateTime, RawDocumentBuf, doc, rawdoc};
use tokio::time::sleep;

use super::Shared;
use super::metadata::majority;
use super::relay::Relay;
use super::wire::MAX_MESSAGE_BYTES;

/// As often as a mongos does it; `sh.status()` counts those seen in the last minute.
const PRESENCE_EVERY: Duration = Duration::from_secs(10);
/// Wire version 17 is MongoDB 6.0.
const MAX_WIRE_VERSION: i32 = 17;

/// Without a `topologyVersion`, so drivers poll instead of waiting for a streamed answer, and
/// without compressors, so nothing comes compressed.
pub(super) fn hello(client: i32, legacy: bool) -> RawDocumentBuf {
    let max_message = i32::try_from(MAX_MESSAGE_BYTES).unwrap_or(i32::MAX);
    let mut answer = rawdoc! {
        "msg": "isdbgrid",
        "maxBsonObjectSize": 16 * 1024 * 1024,
        "maxMessageSizeBytes": max_message,
        "maxWriteBatchSize": 100_000,
        "localTime": DateTime::now(),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": client,
        "maxWireVersion": MAX_WIRE_VERSION,
        "minWireVersion": 0,
        "helloOk": true,
    };
    let writable = match legacy {
        true => bson::raw::cstr!("ismaster"),
        false => bson::raw::cstr!("isWritablePrimary"),
    };
    answer.append(writable, true);
    answer.append(bson::raw::cstr!("ok"), 1.0);
    answer
}

/// Keeps the router's row in `config.mongos` fresh for as long as it is polled.
pub(super) async fn show_presence(shared: Arc<Shared>) {
    let mut relay = Relay::new(Arc::clone(&shared));
    let started = std::time::Instant::now();
    loop {
        let up = i64::try_from(started.elapsed().as_secs()).unwrap_or(i64::MAX);
        let row = doc! {
            "$set": {
                "advisoryHostFQDNs": Bson::Array(vec![]), "mongoVersion": "6.0.5",
                "ping": DateTime::now(), "up": up, "waiting": true,
            },
            "$setOnInsert": { "created": DateTime::now() },
        };
        let update = doc! { "q": { "_id": &shared.address }, "u": row, "upsert": true };
        let command = doc! {
            "update": "mongos", "updates": [update], "writeConcern": majority(),
        };
        let _ = relay.run_unchecked(&shared.config_set, "config", command).await;
        sleep(PRESENCE_EVERY).await;
    }
}
