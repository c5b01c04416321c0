//! A second slot at the place of the first.

use super::super::model::SlotName;
use super::super::postgres::{Facts, Seen};
use super::checks::{growth_is_bounded, holds_wal, not_temporary, role_may, slots_are_left};
use super::{commands, nothing_there};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::text::bytes;
use crate::words;

pub(super) fn plan(server: &str, name: &SlotName, to: &SlotName, taken: bool, facts: &Facts) -> Plan {
    let title = words!("Copy the slot {name} to {to} on {server}", "{server}의 슬롯 {name}을(를) {to}(으)로 복사");
    let Some(slot) = &facts.slot else { return nothing_there(title, name) };
    let commands = vec![commands::copy(slot, to)];
    let mut checks = vec![is_free(to, taken), holds_wal(slot)];
    checks.extend(not_temporary(slot));
    checks.extend([slots_are_left(facts), role_may(facts), growth_is_bounded(facts)]);
    checks.extend(loses(slot));
    let held = bytes(slot.now.held.unwrap_or_default());
    Plan {
        title,
        checks,
        fingerprint: fingerprint(&(slot.logical, &slot.plugin, &slot.database, slot.lost(), taken), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "The copy stands where {name} stands then, and holds back its WAL ({held} now) also when {name} moves on. \
                 Nobody reads the copy until somebody is told to.",
                "복사본은 그 시점의 {name}과 같은 위치에 서며, {name}이 나아가도 그 WAL(현재 {held})을 계속 보관합니다. \
                 누군가 쓰도록 지정할 때까지 복사본은 읽히지 않습니다.",
            ),
            words!(
                "The slot {name} and its consumer go on undisturbed.",
                "슬롯 {name}과 그 소비자는 영향을 받지 않습니다."
            ),
        ],
        way_back: words!("Drop the slot {to}.", "슬롯 {to}을(를) 삭제합니다."),
        blast: Blast::Plain,
    }
}

fn is_free(to: &SlotName, taken: bool) -> Check {
    if taken {
        Check::block(
            words!("There is a slot {to} already.", "슬롯 {to}이(가) 이미 있습니다."),
            words!("Give the copy another name.", "복사본에 다른 이름을 쓰세요."),
        )
    } else {
        Check::pass(words!("No slot is called {to}.", "{to}이라는 슬롯은 없습니다."))
    }
}

/// The server copies neither of these options.
fn loses(slot: &Seen) -> Option<Check> {
    let options = [("failover", slot.failover), ("two_phase", slot.two_phase)];
    let lost: Vec<&str> = options.into_iter().filter(|(_, value)| *value == Some(true)).map(|(name, _)| name).collect();
    let lost = lost.join(", ");
    (!lost.is_empty()).then(|| {
        Check::warn(
            words!("The copy loses these options: {lost}.", "복사본에서는 다음 옵션이 사라집니다: {lost}."),
            words!("If they matter, make a new slot with them.", "필요하면 그 옵션으로 새 슬롯을 만드세요."),
        )
    })
}
