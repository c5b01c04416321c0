//! What is asked of PostgreSQL, 13 to 18, while a replica is being added.

use std::collections::BTreeMap;

use tokio_postgres::{Client, Error, Row};

use super::Seen;
use crate::error::AppError;
use crate::replication::server::{About, Server};
use crate::replication::wizard::hba::Rule;
use crate::replication::wizard::model::replica::Replica;
use crate::targets::postgres;

const NAMES: [&str; 11] = [
    "max_wal_senders",
    "max_replication_slots",
    "max_slot_wal_keep_size",
    "listen_addresses",
    "ssl",
    "password_encryption",
    "data_checksums",
    "hba_file",
    "synchronous_standby_names",
    "synchronized_standby_slots",
    "server_version",
];

/// What the steps rest on.
pub(in crate::replication::wizard) struct Facts {
    pub about: About,
    /// What our role may not see is not in here.
    pub settings: BTreeMap<String, String>,
    pub senders: i64,
    pub slots: i64,
    /// Besides the two that every server has.
    pub tablespaces: i64,
    pub system: String,
    pub role: Option<Role>,
    pub slot: Option<Slot>,
    /// Connections with the replica's application_name.
    pub attached: Vec<Sender>,
    /// Its base backup, while it runs.
    pub backup: Option<Backup>,
    pub hba: Hba,
    pub may_reload: bool,
    pub seen: Seen,
    /// The replica itself: none while it is no target of the console, and none within while it does not answer.
    pub known: Option<Option<Known>>,
}

impl Facts {
    pub(in crate::replication::wizard) fn text(&self, name: &str) -> &str {
        self.settings.get(name).map_or("", String::as_str)
    }

    pub(in crate::replication::wizard) fn number(&self, name: &str) -> i64 {
        self.text(name).parse().unwrap_or_default()
    }
}

/// The role that the replica logs in as.
#[derive(Clone, Debug)]
pub(in crate::replication::wizard) struct Role {
    pub login: bool,
    pub replication: bool,
    /// `scram`, `md5`, or empty for none; none where our role may not see it.
    pub password: Option<String>,
    pub member_of: Vec<String>,
}

#[derive(Clone, Debug)]
pub(in crate::replication::wizard) struct Slot {
    pub physical: bool,
    pub active: bool,
    /// Holds WAL since its creation or since it was last used.
    pub reserved: bool,
    pub lost: bool,
    pub restart_lsn: Option<String>,
    pub held_bytes: Option<i64>,
    /// Seconds without anybody; 17 and newer.
    pub idle_seconds: Option<f64>,
}

#[derive(Clone, Debug)]
pub(in crate::replication::wizard) struct Sender {
    /// None: our role may not see it.
    pub state: Option<String>,
    /// Whether it replays what it gets: a base backup and `pg_receivewal` do not.
    pub replays: bool,
    pub sync: bool,
    /// None also for a connection that did not come over TCP.
    pub address: Option<String>,
    pub user: Option<String>,
}

#[derive(Clone, Debug)]
pub(in crate::replication::wizard) struct Backup {
    pub phase: String,
    pub done: i64,
    /// An estimate that the server makes at the beginning.
    pub total: Option<i64>,
}

/// The rules of `pg_hba.conf`.
pub(in crate::replication::wizard) enum Hba {
    NoPermission,
    Rules {
        rules: Vec<Rule>,
        /// Whether the file may be newer than what the server has read; none: our role may not see when it was written.
        newer: Option<bool>,
    },
}

/// The replica as a target of the console.
#[derive(Clone, Debug)]
pub(in crate::replication::wizard) struct Known {
    pub standby: bool,
    pub system: String,
    /// None without a WAL receiver, or where our role may not see it.
    pub slot: Option<String>,
}

pub(super) async fn facts(server: &Server, replica: &Replica) -> Result<Facts, AppError> {
    let about = server.about().await?;
    let (major, superuser) = (about.major(), about.role.superuser);
    let (name, role) = (replica.name.to_string(), replica.role.clone());
    postgres::read(server.entry(), |client| async move {
        let counts = client.query_one(COUNTS, &[]).await?;
        let settings = client.query(SETTINGS, &[&&NAMES[..]]).await?;
        let attached = client.query(SENDERS, &[&name]).await?;
        let hba = if counts.get(4) { rules(&client, counts.get(5)).await? } else { Hba::NoPermission };
        Ok(Facts {
            settings: settings.iter().map(|row| (row.get(0), row.get(1))).collect(),
            senders: counts.get(0),
            slots: counts.get(1),
            tablespaces: counts.get(2),
            system: counts.get(3),
            may_reload: counts.get(6),
            role: role_of(&client, &role, superuser).await?,
            slot: client.query_opt(slot_sql(major), &[&name]).await?.map(|row| slot(&row)),
            attached: attached.iter().map(sender).collect(),
            backup: client.query_opt(BACKUP, &[&name]).await?.map(|row| backup(&row)),
            hba,
            seen: Seen::default(),
            known: None,
            about,
        })
    })
    .await
}

/// The replica's own view.
pub(super) async fn known(server: &Server) -> Result<Known, AppError> {
    const SQL: &str = "SELECT pg_is_in_recovery(), (SELECT system_identifier::text FROM pg_control_system()), \
        (SELECT slot_name FROM pg_stat_wal_receiver)";
    let row = postgres::read(server.entry(), |client| async move { client.query_one(SQL, &[]).await }).await?;
    Ok(Known { standby: row.get(0), system: row.get(1), slot: row.get(2) })
}

/// Since the server last read its configuration.
pub(super) async fn seconds_since_load(server: &Server) -> Result<f64, AppError> {
    const SQL: &str = "SELECT extract(epoch FROM clock_timestamp() - pg_conf_load_time())::float8";
    let row = postgres::read(server.entry(), |client| async move { client.query_one(SQL, &[]).await }).await?;
    Ok(row.get(0))
}

const COUNTS: &str = "SELECT (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_replication_slots), \
    (SELECT count(*) FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')), \
    (SELECT system_identifier::text FROM pg_control_system()), \
    has_table_privilege('pg_hba_file_rules', 'SELECT') AND has_function_privilege('pg_hba_file_rules()', 'EXECUTE'), \
    has_function_privilege('pg_stat_file(text)', 'EXECUTE') \
        AND pg_has_role(current_user, 'pg_read_all_settings', 'USAGE'), \
    has_function_privilege('pg_reload_conf()', 'EXECUTE')";

const SETTINGS: &str = "SELECT name, left(setting, 2000) FROM pg_settings WHERE name = ANY($1)";

const SENDERS: &str = "SELECT state, replay_lsn IS NOT NULL, coalesce(sync_state IN ('sync', 'quorum'), false), \
    host(client_addr), usename::text FROM pg_stat_replication WHERE application_name = $1 LIMIT 20";

const BACKUP: &str = "SELECT p.phase, coalesce(p.backup_streamed, 0), nullif(p.backup_total, 0) \
    FROM pg_stat_progress_basebackup p JOIN pg_stat_activity a USING (pid) WHERE a.application_name = $1 LIMIT 1";

fn slot_sql(major: i32) -> &'static str {
    macro_rules! sql {
        ($idle:literal) => {
            concat!(
                "SELECT s.slot_type = 'physical', s.active, s.restart_lsn IS NOT NULL, ",
                "coalesce(s.wal_status = 'lost', false), s.restart_lsn::text, ",
                "CASE WHEN s.wal_status <> 'lost' THEN pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() ",
                "THEN greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) ELSE pg_current_wal_lsn() END, ",
                "s.restart_lsn)::int8 END, ",
                $idle,
                " FROM pg_replication_slots s WHERE s.slot_name = $1"
            )
        };
    }
    if major >= 17 { sql!("extract(epoch FROM now() - s.inactive_since)::float8") } else { sql!("NULL::float8") }
}

async fn role_of(client: &Client, name: &str, superuser: bool) -> Result<Option<Role>, Error> {
    const SQL: &str = "SELECT r.rolcanlogin, r.rolreplication OR r.rolsuper, \
        array(SELECT g.rolname::text FROM pg_roles g WHERE pg_has_role(r.oid, g.oid, 'MEMBER') LIMIT 1000) \
        FROM pg_roles r WHERE r.rolname = $1";
    // Only a superuser may see that there is a password, and nobody needs to see more of it.
    const PASSWORD: &str = "SELECT CASE WHEN rolpassword IS NULL THEN '' \
        WHEN rolpassword LIKE 'SCRAM-SHA-256$%' THEN 'scram' ELSE 'md5' END FROM pg_authid WHERE rolname = $1";
    let Some(row) = client.query_opt(SQL, &[&name]).await? else { return Ok(None) };
    let password = if superuser { client.query_opt(PASSWORD, &[&name]).await?.map(|row| row.get(0)) } else { None };
    Ok(Some(Role { login: row.get(0), replication: row.get(1), password, member_of: row.get(2) }))
}

/// The view reads the file as it is now, which the server may not have done yet. A file's time is kept in seconds, so
/// one written in the second of the reload may count as newer: then one reload too many is asked for.
async fn rules(client: &Client, sees_time: bool) -> Result<Hba, Error> {
    const RULES: &str = "SELECT coalesce(line_number, 0), coalesce(type, ''), coalesce(database, '{}'), \
        coalesce(user_name, '{}'), address, netmask, coalesce(auth_method, ''), left(error, 200) \
        FROM pg_hba_file_rules LIMIT 10000";
    const NEWER: &str = "SELECT (pg_stat_file(current_setting('hba_file'))).modification >= \
        date_trunc('second', pg_conf_load_time())";
    let rows = client.query(RULES, &[]).await?;
    let newer = if sees_time { Some(client.query_one(NEWER, &[]).await?.get(0)) } else { None };
    Ok(Hba::Rules { rules: rows.iter().map(rule).collect(), newer })
}

fn rule(row: &Row) -> Rule {
    Rule {
        line: row.get(0),
        kind: row.get(1),
        databases: row.get(2),
        users: row.get(3),
        address: row.get(4),
        netmask: row.get(5),
        method: row.get(6),
        error: row.get(7),
    }
}

fn slot(row: &Row) -> Slot {
    Slot {
        physical: row.get(0),
        active: row.get(1),
        reserved: row.get(2),
        lost: row.get(3),
        restart_lsn: row.get(4),
        held_bytes: row.get(5),
        idle_seconds: row.get(6),
    }
}

fn sender(row: &Row) -> Sender {
    Sender { state: row.get(0), replays: row.get(1), sync: row.get(2), address: row.get(3), user: row.get(4) }
}

fn backup(row: &Row) -> Backup {
    Backup { phase: row.get(0), done: row.get(1), total: row.get(2) }
}
