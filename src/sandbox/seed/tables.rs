//! PostgreSQL's part: the shop's tables, and a replication slot that somebody forgot.

use tokio_postgres::Error;

use super::super::postgres_pair::connect;
use super::super::settings::Postgres;

const SHOP: &str = include_str!("shop.sql");
/// Made before the data, so that all of its WAL is held back.
const FORGOTTEN: &str = "
SELECT pg_create_logical_replication_slot('forgotten_reporting', 'test_decoding')
WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = 'forgotten_reporting')";
/// A segment ended early still takes its 16 MB on disk, for the price of one small record.
const WRITE_ONE_SEGMENT: &str = "SELECT pg_logical_emit_message(false, 'outgrow', '보고서'); SELECT pg_switch_wal()";
const SEGMENTS: usize = 5;

pub(super) async fn fill(settings: &Postgres) -> Result<(), Error> {
    let client = connect(settings, settings.port, "shop").await?;
    client.execute(FORGOTTEN, &[]).await?;
    client.batch_execute(SHOP).await?;
    for _ in 0..SEGMENTS {
        client.batch_execute(WRITE_ONE_SEGMENT).await?;
    }
    // Outside a transaction block, and so not part of the file above.
    client.batch_execute("VACUUM ANALYZE").await
}
