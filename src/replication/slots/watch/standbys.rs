//! How far behind each physical standby is, for the history: the watcher asks once for each point of it.

use crate::auth::session::clock::wall;
use crate::error::AppError;
use crate::replication::history::model::Span;
use crate::replication::history::store::{STANDBY_LAG, Told};
use crate::targets::postgres;
use crate::targets::registry::Entry;

/// Runs unchanged on 13 to 18, on primaries and standbys. Without the right to see it a position is NULL, and so it is
/// where somebody receives WAL without replaying it (backups, `pg_receivewal`): both are left out. Of standbys of one
/// name the worst counts.
const SQL: &str = "
SELECT left(coalesce(r.application_name, ''), 63), max(greatest(pg_wal_lsn_diff(c.lsn, r.replay_lsn), 0))::int8 AS lag
FROM pg_stat_replication r
CROSS JOIN (SELECT CASE WHEN pg_is_in_recovery() THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                        ELSE pg_current_wal_lsn() END AS lsn) c
LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
WHERE r.replay_lsn IS NOT NULL AND s.slot_type IS DISTINCT FROM 'logical'
GROUP BY 1 HAVING max(pg_wal_lsn_diff(c.lsn, r.replay_lsn)) IS NOT NULL
ORDER BY lag DESC, 1 LIMIT 64";

/// Knows for which point of the history it has asked.
#[derive(Default)]
pub(super) struct Standbys {
    step: Option<i64>,
}

impl Standbys {
    /// Asks when it is time, and tells the history. A failure is told by what else is asked of the server.
    pub(super) async fn beat(&mut self, entry: &Entry) {
        let step = Some(wall() / Span::Hour.step());
        if self.step != step {
            self.step = step;
            let _ = tell(entry).await;
        }
    }
}

async fn tell(entry: &Entry) -> Result<(), AppError> {
    let ask = |client: deadpool_postgres::Object| async move {
        let statement = client.prepare_cached(SQL).await?;
        client.query(&statement, &[]).await
    };
    let (rows, told) = (postgres::read(entry, ask).await?, entry.shared::<Told>());
    for row in rows {
        told.tell(STANDBY_LAG, row.get(0), row.get(1), true);
    }
    Ok(())
}
