//! A slot is moved on, past what its consumer has not read.

use super::super::model::{Lsn, SlotName};
use super::super::postgres::{Facts, Seen};
use super::checks::{holds_wal, nobody_uses, not_synced, not_temporary, role_may};
use super::impact::known_subscriptions;
use super::{commands, nothing_there};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::text::{Words, bytes};
use crate::words;

pub(super) fn plan(server: &str, name: &SlotName, to: Option<&Lsn>, facts: &Facts) -> Plan {
    let title = words!("Advance the slot {name} on {server}", "{server}의 슬롯 {name} 앞으로 이동");
    let Some(slot) = &facts.slot else { return nothing_there(title, name) };
    let commands = vec![commands::advance(slot, to, facts.about.standby)];
    let mut checks = vec![nobody_uses(slot), holds_wal(slot)];
    checks.extend(not_temporary(slot));
    checks.extend(not_synced(slot));
    checks.push(role_may(facts));
    checks.extend(to.map(|to| lies_ahead(slot, to, facts)));
    checks.extend(known_subscriptions(facts).map(|check| Check {
        advice: words!(
            "It never gets what is skipped, and does not say so.",
            "건너뛴 내용을 영영 받지 못하며, 이를 알리지도 않습니다.",
        ),
        ..check
    }));
    Plan {
        title,
        checks,
        fingerprint: fingerprint(slot, &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            skips(slot, to, facts),
            words!(
                "For a logical slot the server reads the WAL up to there first, which takes long when it is much. It can be \
                 stopped.",
                "논리 슬롯이면 서버가 그 위치까지 WAL을 먼저 읽으므로, 양이 많으면 오래 걸립니다. 중단할 수 있습니다.",
            ),
        ],
        way_back: words!(
            "None. A slot never goes back: its consumer does not get what was skipped.",
            "없음. 슬롯은 뒤로 가지 않으며, 소비자는 건너뛴 내용을 받지 못합니다.",
        ),
        blast: Blast::TypeName(name.to_string()),
    }
}

fn position(text: &str) -> u64 {
    Lsn::parse(text).map(|lsn| lsn.position()).unwrap_or_default()
}

/// Bytes from the slot's place to where it goes, and no further than the WAL goes.
fn skipped(slot: &Seen, to: Option<&Lsn>, facts: &Facts) -> i64 {
    let end = position(&facts.end);
    let to = to.map_or(end, |to| to.position().min(end));
    let from = slot.place().map_or(to, position);
    i64::try_from(to.saturating_sub(from)).unwrap_or(i64::MAX)
}

fn skips(slot: &Seen, to: Option<&Lsn>, facts: &Facts) -> Words {
    let skipped = bytes(skipped(slot, to, facts));
    let from = slot.place().unwrap_or("–");
    let to = to.map_or_else(|| facts.end.clone(), |to| to.as_str().to_owned());
    words!(
        "Its consumer never gets what lies between {from} and {to}: {skipped} of WAL as it stands now.",
        "소비자는 {from}에서 {to} 사이(현재 WAL {skipped})를 영영 받지 못합니다.",
    )
}

fn lies_ahead(slot: &Seen, to: &Lsn, facts: &Facts) -> Check {
    let from = slot.place().unwrap_or("0/0");
    let end = &facts.end;
    if to.position() <= position(from) {
        Check::block(
            words!(
                "{to} does not lie ahead: the slot stands at {from}.",
                "{to}은(는) 앞이 아닙니다. 슬롯은 {from}에 있습니다."
            ),
            words!(
                "A slot only moves forward. Give a later position.",
                "슬롯은 앞으로만 움직입니다. 더 뒤의 위치를 입력하세요."
            ),
        )
    } else if to.position() > position(end) {
        Check::warn(
            words!("{to} lies beyond the end of the WAL, {end}.", "{to}은(는) WAL의 끝 {end}을(를) 넘습니다."),
            words!(
                "The slot goes to the end: everything that is pending is skipped.",
                "슬롯은 끝까지 이동하며, 대기 중인 모든 것을 건너뜁니다."
            ),
        )
    } else {
        Check::pass(words!(
            "{to} lies between {from} and the end, {end}.",
            "{to}은(는) {from}과 끝 {end} 사이에 있습니다."
        ))
    }
}
