use super::super::seen::Eta;
use super::super::slot::Slot;
use super::*;

fn server() -> ServerSeen {
    ServerSeen {
        major: 18,
        total: 3,
        limit: 10,
        keep_bytes: -1,
        freeze_max_age: 200_000_000,
        segment_bytes: 16 << 20,
        ..ServerSeen::default()
    }
}

fn slot(name: &str) -> Seen {
    let slot = Slot {
        name: name.into(),
        kind: "physical".into(),
        wal_status: Some("reserved".into()),
        held_bytes: Some(0),
        ..Slot::default()
    };
    Seen { slot, ..Seen::default() }
}

fn holding(name: &str, held: i64) -> Seen {
    let mut seen = slot(name);
    seen.slot.held_bytes = Some(held);
    seen.room = Room::Unknown;
    seen.end = End::Unknown;
    seen
}

#[test]
fn a_quiet_server_has_no_findings() {
    let mut used = holding("standby1", 1 << 40);
    used.slot.active = true;
    assert_eq!(findings("pg", &server(), &[slot("a"), used]), []);
}

#[test]
fn an_inactive_slot_without_a_limit_leads_to_the_plan_of_a_limit() {
    let found = findings("pg", &server(), &[holding("forgotten", 1 << 30)]);
    assert_eq!(found.len(), 1);
    assert!(found[0].words.en.contains("forgotten"));
    assert!(found[0].why.en.contains("unknown"));
    assert_eq!(
        found[0].link,
        "/replication/settings?target=pg&action=set_setting&name=max_slot_wal_keep_size&value=10240"
    );
    let known = ServerSeen { volume: Some(100 << 30), ..server() };
    let found = findings("pg", &known, &[holding("forgotten", 1 << 30)]);
    assert!(found[0].link.ends_with("value=25600"), "a quarter of the volume, not {}", found[0].link);
    let capped = ServerSeen { keep_bytes: 1 << 40, ..server() };
    assert_eq!(findings("pg", &capped, &[holding("forgotten", 1 << 30)]), []);
}

#[test]
fn what_must_be_done_now_comes_first() {
    let mut lost = slot("lost");
    lost.slot.wal_status = Some("lost".into());
    lost.slot.held_bytes = None;
    let mut old = slot("old");
    old.slot.catalog_xmin_age = Some(120_000_000);
    let found = findings("pg", &server(), &[old, holding("idle", 1 << 30), lost]);
    let severities: Vec<Severity> = found.iter().map(|finding| finding.severity).collect();
    assert_eq!(severities, [Severity::Bad, Severity::Warn, Severity::Warn]);
    assert!(found[0].words.en.contains("lost"));
    assert_eq!(found[0].link, "/replication/slot?target=pg&name=lost");
    assert!(found.iter().any(|finding| finding.link == "/replication/horizon?target=pg"));
}

#[test]
fn a_slot_that_is_lost_within_minutes_is_worse_than_one_within_the_hour() {
    let ending = |millis| Seen { end: End::Lost(Eta::In(millis)), growth: Some(1 << 20), ..slot("a") };
    let severity = |millis| findings("pg", &server(), &[ending(millis)]).first().map(|finding| finding.severity);
    assert_eq!(severity(5 * 60_000), Some(Severity::Bad));
    assert_eq!(severity(30 * 60_000), Some(Severity::Warn));
    assert_eq!(severity(3 * 3_600_000), None);
}

#[test]
fn a_disk_that_fills_leads_to_the_limit() {
    let full = Seen { end: End::Full(Eta::In(60_000)), growth: Some(1), room: Room::UntilFull(60), ..holding("a", 1) };
    let found = findings("pg", &ServerSeen { volume: Some(200 << 20), ..server() }, &[full]);
    assert_eq!(found[0].severity, Severity::Bad);
    assert!(found[0].words.en.starts_with("The disk will be full in 1 min"));
    assert!(found[0].link.ends_with("name=max_slot_wal_keep_size&value=50"));
}

#[test]
fn table_copies_are_told_under_their_subscription_and_never_as_orphans() {
    let copies: Vec<Seen> =
        (0..4).map(|table| holding(&format!("pg_16394_sync_{table}_7412345678901234567"), 64 << 20)).collect();
    let found = findings("pg", &server(), &copies);
    assert_eq!(found.len(), 1);
    assert!(found[0].words.en.starts_with("Table copies of the subscription 16394 stand still (4 in all)"));
    assert_eq!(found[0].link, "/replication/subscriptions?target=pg");
}

#[test]
fn many_of_one_sort_are_told_as_one() {
    let lost: Vec<Seen> = (0..9)
        .map(|number| {
            let mut seen = slot(&format!("lost{number}"));
            seen.slot.wal_status = Some("lost".into());
            seen
        })
        .collect();
    let found = findings("pg", &server(), &lost);
    assert_eq!(found.len(), 1);
    assert!(found[0].words.en.ends_with("So it is with 8 others."));
    assert_eq!(found[0].link, "/replication?target=pg&shown=lost");
}

#[test]
fn the_last_free_slots_are_a_warning_and_none_left_is_worse() {
    let severity = |total| findings("pg", &ServerSeen { total, ..server() }, &[]).first().map(|it| it.severity);
    assert_eq!(severity(7), None);
    assert_eq!(severity(8), Some(Severity::Warn));
    assert_eq!(severity(10), Some(Severity::Bad));
}

#[test]
fn a_consumer_that_does_not_move_on_is_a_finding() {
    let mut seen = Seen { stuck_millis: Some(90_000), ..slot("cdc") };
    seen.slot.kind = "logical".into();
    seen.slot.active = true;
    seen.slot.unconfirmed_bytes = Some(32 << 20);
    let found = findings("pg", &server(), &[seen]);
    assert!(found[0].words.en.contains("has not moved on for 1 min 30 s"));
    assert!(found[0].why.en.contains("pg_logical_emit_message"));
}
