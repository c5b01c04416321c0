//! The statements that are sent. Each acts only on the slot that the plan saw: it picks it by what the server showed.

use super::super::model::{DatabaseName, Lsn, PluginName, SlotName};
use super::super::postgres::Seen;
use crate::change::Command;
use crate::replication::sql::{identifier, literal, statement, statement_in};

pub(super) fn create_physical(name: &SlotName, reserve: bool) -> Command {
    let name = literal(name.as_str());
    statement(format!("SELECT slot_name, lsn FROM pg_create_physical_replication_slot({name}, {reserve});"))
}

/// Options are named only when they are wanted, since older versions do not know them.
pub(super) fn create_logical(
    name: &SlotName,
    plugin: &PluginName,
    database: &DatabaseName,
    two_phase: bool,
    failover: bool,
) -> Command {
    let (name, plugin) = (literal(name.as_str()), literal(plugin.as_str()));
    let two_phase = if two_phase { ", twophase => true" } else { "" };
    let failover = if failover { ", failover => true" } else { "" };
    let text = format!(
        "SELECT slot_name, lsn FROM pg_create_logical_replication_slot({name}, {plugin}{two_phase}{failover});"
    );
    statement_in(database.as_str(), text)
}

pub(super) fn drop(slot: &Seen) -> Command {
    let it = it_is(slot, true);
    statement(format!("SELECT slot_name, pg_drop_replication_slot(slot_name) FROM pg_replication_slots s WHERE {it};"))
}

/// Ends the walsender that has the slot and drops it, until no consumer comes between, for five seconds at most. What
/// `pg_stat_activity` shows stands still within a transaction, so it is let go of each time.
pub(super) fn evict(slot: &Seen) -> Command {
    let it = it_is(slot, false);
    statement(format!(
        "DO $evict$\n\
         DECLARE\n  \
           give_up timestamptz := clock_timestamp() + interval '5 s';\n\
         BEGIN\n  \
           LOOP\n    \
             PERFORM pg_stat_clear_snapshot();\n    \
             PERFORM pg_terminate_backend(a.pid)\n      \
               FROM pg_replication_slots s JOIN pg_stat_activity a ON a.pid = s.active_pid\n      \
               WHERE {it}\n      \
               AND a.backend_type = 'walsender' AND a.pid <> pg_backend_pid();\n    \
             BEGIN\n      \
               PERFORM pg_drop_replication_slot(s.slot_name) FROM pg_replication_slots s\n      \
                 WHERE {it};\n      \
               IF NOT FOUND THEN\n        \
                 RAISE EXCEPTION 'this slot is not there any more' USING ERRCODE = 'undefined_object';\n      \
               END IF;\n      \
               EXIT;\n    \
             EXCEPTION WHEN object_in_use THEN\n      \
               IF clock_timestamp() > give_up THEN RAISE; END IF;\n      \
               PERFORM pg_sleep(0.005);\n    \
             END;\n  \
           END LOOP;\n\
         END\n\
         $evict$;"
    ))
}

/// Lets a role log in, or not.
pub(super) fn log_in(role: &str, may: bool) -> Command {
    let may = if may { "LOGIN" } else { "NOLOGIN" };
    statement(format!("ALTER ROLE {} {may};", identifier(role)))
}

/// A copy of a logical slot belongs to the database that it is made in, so it is made in the slot's own.
pub(super) fn copy(slot: &Seen, to: &SlotName) -> Command {
    let kind = if slot.logical { "logical" } else { "physical" };
    let (it, to) = (it_is(slot, false), literal(to.as_str()));
    let text = format!(
        "SELECT c.slot_name, c.lsn FROM pg_replication_slots s \
         CROSS JOIN LATERAL pg_copy_{kind}_replication_slot(s.slot_name, {to}) c WHERE {it};"
    );
    in_its_database(slot, text)
}

/// Up to 16 a logical slot moves only from its own database, so it is always moved from there.
pub(super) fn advance(slot: &Seen, to: Option<&Lsn>, standby: bool) -> Command {
    let to = match to {
        Some(to) => format!("{}::pg_lsn", literal(to.as_str())),
        None if standby => "pg_last_wal_replay_lsn()".to_owned(),
        None => "pg_current_wal_flush_lsn()".to_owned(),
    };
    let it = it_is(slot, true);
    let text = format!(
        "SELECT a.slot_name, a.end_lsn FROM pg_replication_slots s \
         CROSS JOIN LATERAL pg_replication_slot_advance(s.slot_name, {to}) a WHERE {it};"
    );
    in_its_database(slot, text)
}

pub(super) fn log_snapshot() -> Command {
    statement("SELECT pg_log_standby_snapshot();".to_owned())
}

fn in_its_database(slot: &Seen, text: String) -> Command {
    match &slot.database {
        Some(database) => statement_in(database, text),
        None => statement(text),
    }
}

/// The condition under which a slot is the one that was seen: of the same kind and with the same options. At rest it
/// also stands where it stood; one in use moves on all the time.
fn it_is(slot: &Seen, at_rest: bool) -> String {
    let kind = if slot.logical { "logical" } else { "physical" };
    let mut it = format!("s.slot_name = {} AND s.slot_type = '{kind}'", literal(&slot.name));
    let mut text = |column: &str, value: &Option<String>, of: &str| match value {
        Some(value) => it.push_str(&format!(" AND s.{column} = {}{of}", literal(value))),
        None => it.push_str(&format!(" AND s.{column} IS NULL")),
    };
    if slot.logical {
        text("plugin", &slot.plugin, "");
        text("database", &slot.database, "");
    }
    if at_rest {
        text("restart_lsn", &slot.restart_lsn, "::pg_lsn");
    }
    if at_rest && slot.logical {
        text("confirmed_flush_lsn", &slot.confirmed_flush_lsn, "::pg_lsn");
    }
    if at_rest && slot.inactive_since.is_some() {
        text("inactive_since", &slot.inactive_since, "::timestamptz");
    }
    for (option, on) in [("two_phase", slot.two_phase), ("failover", slot.failover)] {
        // Older versions have no such column, and no physical slot has such an option.
        if let (true, Some(on)) = (slot.logical, on) {
            it.push_str(if on { " AND s." } else { " AND NOT s." });
            it.push_str(option);
        }
    }
    if at_rest {
        it.push_str(" AND NOT s.active");
    }
    it
}
