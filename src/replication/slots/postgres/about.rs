//! What is asked of a server more seldom than its slots: its version, what our role may see, and how much WAL there is.

use super::super::model::{ServerSeen, Spill, Spilled, WalUsed};
use crate::error::AppError;
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// Asks it all. How much WAL there is takes 0.1 s on a server with 20,000 files of it.
///
/// # Errors
/// As [`postgres::read`].
pub async fn about(entry: &Entry) -> Result<ServerSeen, AppError> {
    const ABOUT: &str = "SELECT current_setting('server_version_num')::int4 / 10000, \
         has_function_privilege('pg_catalog.pg_ls_waldir()', 'EXECUTE'), \
         pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'), current_user::text";
    const WAL: &str = "SELECT coalesce(sum(size), 0)::int8 FROM pg_ls_waldir()";
    postgres::read(entry, |client| async move {
        let row = client.query_one(ABOUT, &[]).await?;
        let wal_used = match row.get(1) {
            true => WalUsed::Bytes(client.query_one(WAL, &[]).await?.get(0)),
            false => WalUsed::NoPermission,
        };
        Ok(ServerSeen { major: row.get(0), wal_used, sees_all: row.get(2), role: row.get(3), ..ServerSeen::default() })
    })
    .await
}

/// What decoding for this slot has written to disk. Asked for the one slot that somebody looks at: finding a slot's
/// statistics takes the server longer the more slots it has.
pub async fn spilled(entry: &Entry, major: i32, name: &str) -> Spilled {
    const SQL: &str = "SELECT spill_txns, spill_count, spill_bytes, stream_txns, stream_bytes, total_txns, total_bytes, \
         (extract(epoch FROM stats_reset) * 1000)::int8 FROM pg_stat_get_replication_slot($1::text)";
    if major < 14 {
        return Spilled::None;
    }
    let row = postgres::read(entry, |client| async move { client.query_opt(SQL, &[&name]).await }).await;
    let Ok(Some(row)) = row else { return Spilled::Unknown };
    let number = |column: usize| row.get::<_, Option<i64>>(column).unwrap_or_default();
    Spilled::Known(Spill {
        spill_txns: number(0),
        spill_count: number(1),
        spill_bytes: number(2),
        stream_txns: number(3),
        stream_bytes: number(4),
        total_txns: number(5),
        total_bytes: number(6),
        reset: row.get(7),
    })
}
