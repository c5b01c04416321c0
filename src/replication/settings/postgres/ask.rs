//! What is asked of PostgreSQL, 13 to 18, before a setting is shown or changed.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio_postgres::{Client, Error, Row};

use crate::error::AppError;
use crate::replication::server::{About, Server};
use crate::replication::settings::model::change::Name;
use crate::targets::postgres;
use crate::text::Words;
use crate::words;

/// All settings that are shown or that a check needs.
const NAMES: [&str; 25] = [
    "wal_level",
    "max_replication_slots",
    "max_wal_senders",
    "max_worker_processes",
    "max_logical_replication_workers",
    "max_sync_workers_per_subscription",
    "max_active_replication_origins",
    "max_slot_wal_keep_size",
    "idle_replication_slot_timeout",
    "wal_keep_size",
    "max_wal_size",
    "wal_sender_timeout",
    "hot_standby_feedback",
    "primary_conninfo",
    "primary_slot_name",
    "synchronous_standby_names",
    "synchronous_commit",
    "synchronized_standby_slots",
    "sync_replication_slots",
    "archive_mode",
    "summarize_wal",
    "wal_receiver_status_interval",
    "wal_segment_size",
    "max_connections",
    "hot_standby",
];

/// The end of the WAL that this server has: written on a primary, received on a standby.
const WAL_END: &str = "CASE WHEN pg_is_in_recovery() \
    THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END";

/// What checks and warnings rest on.
pub(in crate::replication::settings) struct Facts {
    pub about: About,
    /// By name. What this version lacks, and what our role may not see, is not in here.
    pub settings: BTreeMap<String, Setting>,
    /// Settings of `NAMES` that our role may write by ALTER SYSTEM.
    pub may_alter: Vec<String>,
    pub may_reload: bool,
    pub slots: Vec<Slot>,
    pub senders: Vec<Sender>,
    /// Replication origins: subscriptions that this server receives.
    pub origins: i64,
    /// File and line of what the server cannot read in its configuration; none: our role may not look.
    pub file_errors: Option<Vec<String>>,
    pub wal_volume: Option<i64>,
}

impl Facts {
    pub(in crate::replication::settings) fn text(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", |setting| setting.value.as_str())
    }

    /// A number in the setting's own unit.
    pub(in crate::replication::settings) fn number(&self, name: &str) -> Option<i64> {
        self.settings.get(name)?.value.parse().ok()
    }
}

/// One row of `pg_settings`.
#[derive(Clone, Debug, Serialize)]
pub(in crate::replication::settings) struct Setting {
    pub value: String,
    /// `MB`, `ms`, `s`, `kB`; empty where there is none.
    pub unit: String,
    /// `default`, `configuration file`, `command line` and others.
    pub source: String,
    pub pending_restart: bool,
    pub in_file: InFile,
    /// What holds without `postgresql.auto.conf`, as it is written; none: our role may not look.
    pub beneath: Option<String>,
}

/// What `postgresql.auto.conf`, the file that ALTER SYSTEM writes, says of a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::replication::settings) enum InFile {
    Nothing,
    Value(String),
    /// It says something, but our role may not see what.
    Something,
    /// Our role may not look.
    Unknown,
}

impl Setting {
    /// Whether the value is live, or waits for the restart that it needs.
    pub(in crate::replication::settings) fn shows(&self, name: Name, value: &str) -> bool {
        if self.value == value {
            return !self.pending_restart;
        }
        let written = match &self.in_file {
            InFile::Value(written) => written.strip_suffix(self.unit.as_str()).unwrap_or(written) == value,
            _ => true,
        };
        name.needs_restart() && self.pending_restart && written
    }

    /// What the server shows, in a sentence.
    pub(in crate::replication::settings) fn told(&self, name: Name) -> Words {
        let (value, unit) = (&self.value, &self.unit);
        if !self.pending_restart {
            return words!(
                "The server shows {name} = {value} {unit}, live.",
                "서버에 {name} = {value} {unit} 값이 적용되어 있습니다."
            );
        }
        words!(
            "It takes effect at the next restart. Until then {name} = {value} {unit}.",
            "다음 재시작 때 적용됩니다. 그때까지는 {name} = {value} {unit}입니다.",
        )
    }
}

/// A slot, as far as settings can harm it.
#[derive(Clone, Debug, Serialize)]
pub(in crate::replication::settings) struct Slot {
    pub name: String,
    pub logical: bool,
    pub active: bool,
    pub temporary: bool,
    pub lost: bool,
    pub held_bytes: Option<i64>,
    /// WAL files between its place and the end of the WAL; none while it holds none.
    pub held_files: Option<i64>,
    /// Seconds since nobody uses it; 17 and newer.
    pub idle_seconds: Option<f64>,
    /// A copy of a slot of the primary's; 17 and newer.
    pub synced: bool,
}

/// A walsender.
pub(in crate::replication::settings) struct Sender {
    pub application_name: Option<String>,
    /// None: our role may not see it.
    pub state: Option<String>,
}

impl Sender {
    pub(in crate::replication::settings) fn streams(&self) -> bool {
        self.state.as_deref() == Some("streaming")
    }
}

pub(super) async fn facts(server: &Server, wal_volume: Option<i64>) -> Result<Facts, AppError> {
    let about = server.about().await?;
    let major = about.major();
    let sees_files = sees_files(server).await?;
    postgres::read(server.entry(), |client| async move {
        let mut settings = settings(&client, &NAMES).await?;
        if sees_files {
            add_files(&client, &mut settings).await?;
        }
        let rights = client.query_one(rights_sql(major), &[&&NAMES[..]]).await?;
        let slots = client.query(&slots_sql(major), &[]).await?;
        let senders = client.query(SENDERS, &[]).await?;
        let errors = if sees_files { Some(file_errors(&client).await?) } else { None };
        Ok(Facts {
            settings,
            may_alter: rights.get(0),
            may_reload: rights.get(1),
            origins: rights.get(2),
            slots: slots.iter().map(slot).collect(),
            senders: senders.iter().map(sender).collect(),
            file_errors: errors,
            about,
            wal_volume,
        })
    })
    .await
}

/// One setting as it is now.
pub(super) async fn setting(server: &Server, name: Name) -> Result<Setting, AppError> {
    let sees_files = sees_files(server).await?;
    let found = postgres::read(server.entry(), |client| async move {
        let mut found = settings(&client, &[name.as_str()]).await?;
        if sees_files {
            add_files(&client, &mut found).await?;
        }
        Ok(found.remove(name.as_str()))
    })
    .await?;
    found.ok_or_else(|| {
        AppError::not_found(words!("This server has no setting {name}.", "이 서버에는 {name} 설정이 없습니다."))
    })
}

/// Whether our role may look into the configuration files.
async fn sees_files(server: &Server) -> Result<bool, AppError> {
    const SQL: &str = "SELECT has_function_privilege('pg_show_all_file_settings()', 'EXECUTE') \
        AND has_table_privilege('pg_file_settings', 'SELECT')";
    let row = postgres::read(server.entry(), |client| async move { client.query_one(SQL, &[]).await }).await?;
    Ok(row.get(0))
}

async fn settings(client: &Client, names: &[&str]) -> Result<BTreeMap<String, Setting>, Error> {
    const SQL: &str = "SELECT name, left(setting, 2000), coalesce(unit, ''), source, pending_restart, \
        coalesce(sourcefile LIKE '%/postgresql.auto.conf', false), \
        pg_has_role(current_user, 'pg_read_all_settings', 'USAGE') \
        FROM pg_settings WHERE name = ANY($1)";
    let rows = client.query(SQL, &[&names]).await?;
    Ok(rows.iter().map(|row| (row.get(0), read_setting(row))).collect())
}

fn read_setting(row: &Row) -> Setting {
    let (value, source): (String, String) = (row.get(1), row.get(3));
    let in_file = match (row.get(5), row.get(6)) {
        (true, _) => InFile::Value(value.clone()),
        // Without the right, the file of a value is not told; with it, none is told for what comes from elsewhere.
        (false, true) => InFile::Nothing,
        (false, false) if source == "default" => InFile::Nothing,
        (false, false) => InFile::Unknown,
    };
    Setting { value, unit: row.get(2), source, pending_restart: row.get(4), in_file, beneath: None }
}

/// What the files say is exact also for what waits for a restart.
async fn add_files(client: &Client, settings: &mut BTreeMap<String, Setting>) -> Result<(), Error> {
    const SQL: &str = "SELECT s.name, s.boot_val, left(f.setting, 2000), \
        coalesce(f.sourcefile LIKE '%/postgresql.auto.conf', false) \
        FROM pg_settings s LEFT JOIN pg_file_settings f ON f.name = s.name WHERE s.name = ANY($1) ORDER BY f.seqno";
    let names: Vec<&str> = settings.keys().map(String::as_str).collect();
    for row in client.query(SQL, &[&names]).await? {
        let Some(setting) = settings.get_mut(row.get::<_, &str>(0)) else { continue };
        let written: Option<String> = row.get(2);
        if setting.beneath.is_none() {
            (setting.in_file, setting.beneath) = (InFile::Nothing, row.get(1));
        }
        match (row.get(3), written) {
            (true, written) => setting.in_file = written.map_or(InFile::Something, InFile::Value),
            (false, Some(written)) => setting.beneath = Some(written),
            (false, None) => {}
        }
    }
    Ok(())
}

/// A setting that only waits for its restart stands in this view as an error too; those are none.
async fn file_errors(client: &Client) -> Result<Vec<String>, Error> {
    const SQL: &str = "SELECT concat(f.sourcefile, ':', f.sourceline) FROM pg_file_settings f \
        LEFT JOIN pg_settings s ON s.name = f.name \
        WHERE f.error IS NOT NULL AND s.context IS DISTINCT FROM 'postmaster' ORDER BY f.seqno LIMIT 5";
    Ok(client.query(SQL, &[]).await?.iter().map(|row| row.get(0)).collect())
}

const SENDERS: &str = "SELECT left(application_name, 120), state FROM pg_stat_replication LIMIT 1000";

/// Which settings our role may write, whether it may have them read again, and the count of replication origins.
fn rights_sql(major: i32) -> &'static str {
    if major >= 15 {
        "SELECT array(SELECT name FROM unnest($1::text[]) name WHERE has_parameter_privilege(name, 'ALTER SYSTEM')), \
         has_function_privilege('pg_reload_conf()', 'EXECUTE'), (SELECT count(*) FROM pg_replication_origin)"
    } else {
        "SELECT CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN $1::text[] \
         ELSE '{}'::text[] END, \
         has_function_privilege('pg_reload_conf()', 'EXECUTE'), (SELECT count(*) FROM pg_replication_origin)"
    }
}

fn slots_sql(major: i32) -> String {
    let newer = if major >= 17 {
        "extract(epoch FROM now() - s.inactive_since)::float8, s.synced"
    } else {
        "NULL::float8, false"
    };
    let file = |lsn: &str| format!("div(pg_wal_lsn_diff({lsn}, '0/0'), segment.bytes)::int8");
    format!(
        "SELECT s.slot_name::text, s.slot_type = 'logical', s.active, s.temporary, coalesce(s.wal_status = 'lost', false), \
         CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(here.lsn, s.restart_lsn)::int8 END AS held, \
         CASE WHEN s.wal_status <> 'lost' THEN {} - {} END, {newer} \
         FROM pg_replication_slots s CROSS JOIN (SELECT {WAL_END} AS lsn) here CROSS JOIN \
         (SELECT setting::numeric AS bytes FROM pg_settings WHERE name = 'wal_segment_size') segment \
         ORDER BY held DESC NULLS LAST, 1 LIMIT 10000",
        file("here.lsn"),
        file("s.restart_lsn"),
    )
}

fn slot(row: &Row) -> Slot {
    Slot {
        name: row.get(0),
        logical: row.get(1),
        active: row.get(2),
        temporary: row.get(3),
        lost: row.get(4),
        held_bytes: row.get(5),
        held_files: row.get(6),
        idle_seconds: row.get(7),
        synced: row.get(8),
    }
}

fn sender(row: &Row) -> Sender {
    Sender { application_name: row.get(0), state: row.get(1) }
}
