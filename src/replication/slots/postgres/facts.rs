//! What the plans rest on: the server, the slot in question, and who else is concerned.

use super::super::model::SlotName;
use super::peers::Peers;
use super::{HERE, Slots};
use crate::error::AppError;
use crate::replication::server::About;
use crate::targets::postgres;

/// What a plan rests on.
pub struct Facts {
    pub about: About,
    /// `max_replication_slots`, and how many there are.
    pub limit: i64,
    pub used: i64,
    /// `max_slot_wal_keep_size` in MiB; -1: WAL is held without a limit.
    pub keep_mib: i64,
    /// `synchronized_standby_slots`; empty before 17.
    pub synchronized: String,
    /// The end of the WAL that this server has.
    pub end: String,
    /// Of a standby: `hot_standby_feedback`, and the slot that it uses at its primary.
    pub feedback: bool,
    pub primary_slot: String,
    /// `checkpoint_timeout` in seconds.
    pub checkpoint_seconds: i64,
    /// The slot of the name in question, if there is one.
    pub slot: Option<Seen>,
    /// Who else is concerned, among the targets that the console knows.
    pub peers: Peers,
    /// A slot of this name was removed through this console, in milliseconds since 1970.
    pub removed_at: Option<i64>,
}

/// A slot with all that its version shows of it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Seen {
    pub name: String,
    pub logical: bool,
    pub plugin: Option<String>,
    pub database: Option<String>,
    pub temporary: bool,
    pub active: bool,
    /// `reserved`, `extended`, `unreserved`, `lost`; none while the slot holds no WAL.
    pub wal_status: Option<String>,
    pub restart_lsn: Option<String>,
    pub confirmed_flush_lsn: Option<String>,
    /// None before 14.
    pub two_phase: Option<bool>,
    /// None before 17.
    pub failover: Option<bool>,
    /// A copy of a primary's slot, kept by this standby; none before 17.
    pub synced: Option<bool>,
    /// `wal_removed` and others; none before 17.
    pub reason: Option<String>,
    /// When it was last let go, in UTC; none before 17.
    pub inactive_since: Option<String>,
    /// What changes by itself, and therefore tells nothing about which slot it is.
    #[serde(skip)]
    pub now: Now,
}

/// What is seen of a slot at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Now {
    pub user: Option<User>,
    /// Since it was let go, in seconds; none before 17.
    pub inactive_seconds: Option<f64>,
    /// Bytes held for it; bytes that its consumer has not confirmed; bytes that nobody else would hold.
    pub held: Option<i64>,
    pub pending: Option<i64>,
    pub freed: Option<i64>,
}

/// Who uses a slot.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    pub pid: i32,
    /// `walsender`, `client backend`, `checkpointer`; none where the role may not see it.
    pub backend: Option<String>,
    pub role: Option<String>,
    pub application: Option<String>,
    pub address: Option<String>,
    pub superuser: bool,
    /// The console's role has the rights of that role.
    pub same: bool,
}

impl User {
    /// Application and address as one text; the process number where there is nothing else.
    pub fn called(&self) -> String {
        let known: Vec<&str> = [&self.application, &self.address].into_iter().flatten().map(String::as_str).collect();
        let known: Vec<&str> = known.into_iter().filter(|text| !text.is_empty()).collect();
        if known.is_empty() { format!("pid {}", self.pid) } else { known.join(" ") }
    }
}

impl Seen {
    pub fn lost(&self) -> bool {
        self.wal_status.as_deref() == Some("lost")
    }

    /// How far its consumer is: what a logical one has confirmed, where a physical one reads on.
    pub fn place(&self) -> Option<&str> {
        if self.logical { self.confirmed_flush_lsn.as_deref() } else { self.restart_lsn.as_deref() }
    }

    /// The slot is a logical one whose creation has not come to its end.
    pub fn being_made(&self) -> bool {
        self.logical && self.active && self.confirmed_flush_lsn.is_none()
    }
}

impl Slots {
    /// Everything that the checks of most plans need to know.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn facts(&self, name: &SlotName) -> Result<Facts, AppError> {
        let about = self.server().about().await?;
        let facts = self.server_facts(about, name).await?;
        let peers = self.ask_peers(name, facts.about.standby).await;
        let removed_at = self.removed_at(name).await;
        Ok(Facts { peers, removed_at, ..facts })
    }

    async fn server_facts(&self, about: About, name: &SlotName) -> Result<Facts, AppError> {
        let sql = format!(
            "SELECT current_setting('max_replication_slots')::int8, (SELECT count(*) FROM pg_replication_slots), \
             (SELECT setting::int8 FROM pg_settings WHERE name = 'max_slot_wal_keep_size'), \
             coalesce(current_setting('synchronized_standby_slots', true), ''), ({HERE})::text, \
             current_setting('hot_standby_feedback')::bool, coalesce(current_setting('primary_slot_name', true), ''), \
             (SELECT setting::int8 FROM pg_settings WHERE name = 'checkpoint_timeout')"
        );
        let slot = seen_sql(about.major());
        let name = name.to_string();
        postgres::read(self.server().entry(), |client| async move {
            let row = client.query_one(&sql, &[]).await?;
            let slot = client.query_opt(&slot, &[&name]).await?;
            Ok(Facts {
                about,
                limit: row.get(0),
                used: row.get(1),
                keep_mib: row.get(2),
                synchronized: row.get(3),
                end: row.get(4),
                feedback: row.get(5),
                primary_slot: row.get(6),
                checkpoint_seconds: row.get(7),
                slot: slot.map(|row| seen(&row)),
                peers: Peers::default(),
                removed_at: None,
            })
        })
        .await
    }

    /// The slot of this name, without all that a plan needs beside it.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn look(&self, name: &SlotName) -> Result<(About, Option<Seen>), AppError> {
        let about = self.server().about().await?;
        let sql = seen_sql(about.major());
        let name = name.to_string();
        let read = |client: deadpool_postgres::Object| async move { client.query_opt(&sql, &[&name]).await };
        let row = postgres::read(self.server().entry(), read).await?;
        Ok((about, row.map(|row| seen(&row))))
    }
}

/// The slot of one name. What a version lacks is no column of it, so that each has a statement of its own.
fn seen_sql(major: i32) -> String {
    let since = |first: i32, column: &'static str| if major >= first { column } else { "NULL" };
    let two_phase = since(14, "s.two_phase");
    let (failover, synced, reason) =
        (since(17, "s.failover"), since(17, "s.synced"), since(17, "s.invalidation_reason"));
    let inactive = since(17, "s.inactive_since");
    format!(
        "SELECT s.slot_name::text, s.slot_type = 'logical', left(s.plugin::text, 63), s.database::text, s.temporary, \
         s.active, s.wal_status, s.restart_lsn::text, s.confirmed_flush_lsn::text, {two_phase}::bool, \
         {failover}::bool, {synced}::bool, {reason}::text, \
         to_char({inactive}::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') || '+00', \
         extract(epoch FROM now() - {inactive}::timestamptz)::float8, \
         s.active_pid, a.backend_type, a.usename::text, left(a.application_name, 80), host(a.client_addr), \
         coalesce(r.rolsuper, false), coalesce(pg_has_role(current_user, a.usesysid, 'USAGE'), false), \
         CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(c.lsn, s.restart_lsn)::int8 END, \
         CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(c.lsn, s.confirmed_flush_lsn)::int8 END, \
         CASE WHEN s.wal_status <> 'lost' THEN greatest(0, pg_wal_lsn_diff(least(c.lsn, (SELECT min(o.restart_lsn) \
             FROM pg_replication_slots o WHERE o.slot_name <> s.slot_name AND o.wal_status <> 'lost')), \
             s.restart_lsn))::int8 END \
         FROM pg_replication_slots s CROSS JOIN (SELECT {HERE} AS lsn) c \
         LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid LEFT JOIN pg_roles r ON r.oid = a.usesysid \
         WHERE s.slot_name = $1"
    )
}

fn seen(row: &tokio_postgres::Row) -> Seen {
    let pid: Option<i32> = row.get(15);
    let user = pid.map(|pid| User {
        pid,
        backend: row.get(16),
        role: row.get(17),
        application: row.get(18),
        address: row.get(19),
        superuser: row.get(20),
        same: row.get(21),
    });
    Seen {
        name: row.get(0),
        logical: row.get(1),
        plugin: row.get(2),
        database: row.get(3),
        temporary: row.get(4),
        active: row.get(5),
        wal_status: row.get(6),
        restart_lsn: row.get(7),
        confirmed_flush_lsn: row.get(8),
        two_phase: row.get(9),
        failover: row.get(10),
        synced: row.get(11),
        reason: row.get(12),
        inactive_since: row.get(13),
        now: Now { user, inactive_seconds: row.get(14), held: row.get(22), pending: row.get(23), freed: row.get(24) },
    }
}
