use std::collections::BTreeMap;

use super::*;
use crate::replication::server::{About, Role};
use crate::replication::settings::postgres::Slot;
use crate::targets::model::TargetId;

fn setting(value: &str, unit: &str) -> Setting {
    Setting {
        value: value.into(),
        unit: unit.into(),
        source: "default".into(),
        pending_restart: false,
        in_file: InFile::Nothing,
        beneath: None,
    }
}

fn slot(name: &str) -> Slot {
    Slot {
        name: name.into(),
        logical: false,
        active: false,
        temporary: false,
        lost: false,
        held_bytes: Some(96 << 20),
        held_files: Some(6),
        idle_seconds: Some(120.0),
        synced: false,
    }
}

fn facts() -> Facts {
    let settings = [
        ("wal_level", "replica", ""),
        ("max_replication_slots", "10", ""),
        ("max_wal_senders", "10", ""),
        ("max_slot_wal_keep_size", "-1", "MB"),
        ("idle_replication_slot_timeout", "0", "s"),
        ("wal_keep_size", "0", "MB"),
        ("wal_segment_size", "16777216", "B"),
        ("synchronous_standby_names", "", ""),
        ("archive_mode", "off", ""),
    ];
    Facts {
        about: About {
            version: 180_004,
            standby: false,
            wal_level: "replica".into(),
            role: Role::superuser("postgres"),
        },
        settings: settings.map(|(name, value, unit)| (name.to_owned(), setting(value, unit))).into(),
        may_alter: Name::ALL.map(|name| name.to_string()).to_vec(),
        may_reload: true,
        slots: vec![slot("forgotten")],
        senders: Vec::new(),
        origins: 0,
        file_errors: Some(Vec::new()),
        wal_volume: Some(400 << 20),
    }
}

fn planned(name: Name, value: &str, facts: &Facts) -> Plan {
    let target = TargetId::parse("pg").expect("a valid name");
    plan("pg", &Change::SetSetting { target, name, value: value.into() }, facts)
}

fn warns(plan: &Plan) -> bool {
    plan.checks.iter().any(|check| check.verdict == Verdict::Warn)
}

#[test]
fn a_cap_is_set_with_its_unit_and_has_a_way_back() {
    let plan = planned(Name::MaxSlotWalKeepSize, "100", &facts());
    assert_eq!(plan.commands[0].exact, "ALTER SYSTEM SET max_slot_wal_keep_size = '100MB';");
    assert_eq!(plan.commands[1].exact, "SELECT pg_reload_conf();");
    assert_eq!(plan.way_back.en, "ALTER SYSTEM RESET max_slot_wal_keep_size; SELECT pg_reload_conf();");
    assert_eq!(plan.blast, Blast::Plain);
    assert!(!plan.blocked() && !warns(&plan));
    let mut written = facts();
    if let Some(setting) = written.settings.get_mut("max_slot_wal_keep_size") {
        setting.in_file = InFile::Value("1GB".into());
    }
    let back = planned(Name::MaxSlotWalKeepSize, "100", &written).way_back.en;
    assert_eq!(back, "ALTER SYSTEM SET max_slot_wal_keep_size = '1GB'; SELECT pg_reload_conf();");
}

#[test]
fn a_cap_below_what_a_slot_holds_names_the_slot_and_asks_for_its_name() {
    let plan = planned(Name::MaxSlotWalKeepSize, "64", &facts());
    assert_eq!(plan.blast, Blast::TypeName("forgotten".into()));
    assert!(plan.checks.iter().any(|check| check.found.en.contains("forgotten")));
    // wal_keep_size keeps the files in any case.
    let mut kept = facts();
    kept.settings.insert("wal_keep_size".into(), setting("200", "MB"));
    assert_eq!(planned(Name::MaxSlotWalKeepSize, "64", &kept).blast, Blast::Plain);
}

#[test]
fn more_than_a_quarter_of_the_volume_is_warned_of() {
    assert!(warns(&planned(Name::MaxSlotWalKeepSize, "101", &facts())));
    assert!(!warns(&planned(Name::MaxSlotWalKeepSize, "100", &facts())));
}

#[test]
fn an_idle_timeout_names_the_slots_that_it_would_let_go() {
    assert_eq!(planned(Name::IdleReplicationSlotTimeout, "60", &facts()).blast, Blast::TypeName("forgotten".into()));
    assert_eq!(planned(Name::IdleReplicationSlotTimeout, "3600", &facts()).blast, Blast::Plain);
}

#[test]
fn what_would_keep_the_server_from_starting_is_refused() {
    let mut facts = facts();
    assert!(planned(Name::WalLevel, "minimal", &facts).blocked());
    assert!(planned(Name::MaxReplicationSlots, "0", &facts).blocked());
    assert!(!planned(Name::MaxReplicationSlots, "1", &facts).blocked());
    facts.slots[0].logical = true;
    facts.settings.insert("wal_level".into(), setting("logical", ""));
    assert!(planned(Name::WalLevel, "replica", &facts).blocked());
    facts.slots.clear();
    assert!(!planned(Name::WalLevel, "replica", &facts).blocked());
    assert!(planned(Name::WalLevel, "minimal", &facts).blocked(), "max_wal_senders is 10");
    facts.settings.insert("max_wal_senders".into(), setting("0", ""));
    assert!(!planned(Name::WalLevel, "minimal", &facts).blocked());
    facts.about.version = 150_018;
    facts.origins = 3;
    assert!(planned(Name::MaxReplicationSlots, "2", &facts).blocked());
}

#[test]
fn taking_a_value_out_is_checked_by_what_holds_then() {
    let reset = |name, facts: &Facts| {
        plan("pg", &Change::ResetSetting { target: TargetId::parse("pg").expect("a valid name"), name }, facts)
    };
    let mut facts = facts();
    let written = |value: &str, beneath: &str| Setting {
        in_file: InFile::Value(value.into()),
        beneath: Some(beneath.into()),
        ..setting(value, "")
    };
    facts.slots[0].logical = true;
    facts.settings.insert("wal_level".into(), written("logical", "replica"));
    assert!(reset(Name::WalLevel, &facts).blocked());
    facts.settings.insert("wal_level".into(), written("logical", "logical"));
    assert!(!reset(Name::WalLevel, &facts).blocked());
    facts.settings.insert("synchronous_standby_names".into(), written("", "ghost"));
    assert!(reset(Name::SynchronousStandbyNames, &facts).blocked());
    facts.settings.insert("max_replication_slots".into(), Setting { beneath: None, ..written("10", "") });
    assert!(reset(Name::MaxReplicationSlots, &facts).blocked(), "what holds then is not visible");
}

#[test]
fn a_missing_grant_is_named_exactly() {
    let mut facts = facts();
    facts.about.role.name = "ops".into();
    facts.may_alter.clear();
    facts.may_reload = false;
    let plan = planned(Name::MaxSlotWalKeepSize, "100", &facts);
    let advice: Vec<&str> = plan.checks.iter().map(|check| check.advice.en.as_str()).collect();
    assert!(advice.contains(&"As a superuser: GRANT ALTER SYSTEM ON PARAMETER max_slot_wal_keep_size TO \"ops\";"));
    assert!(advice.contains(&"As a superuser: GRANT EXECUTE ON FUNCTION pg_reload_conf() TO \"ops\";"));
    assert!(plan.blocked());
}

#[test]
fn what_a_reload_cannot_change_is_refused() {
    let mut broken = facts();
    broken.file_errors = Some(vec!["/etc/postgresql.conf:7".into()]);
    assert!(planned(Name::MaxSlotWalKeepSize, "100", &broken).blocked());
    let mut given = facts();
    if let Some(setting) = given.settings.get_mut("max_slot_wal_keep_size") {
        setting.source = "command line".into();
    }
    assert!(planned(Name::MaxSlotWalKeepSize, "100", &given).blocked());
    let absent = Facts { settings: BTreeMap::new(), ..facts() };
    assert!(planned(Name::IdleReplicationSlotTimeout, "100", &absent).blocked());
}
