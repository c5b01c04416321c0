//! A slot that nobody uses goes.

use super::super::model::{Lsn, SlotName};
use super::super::postgres::Facts;
use super::checks::{nobody_uses, not_synced, not_temporary, role_may, same_place};
use super::impact::{freed, who_misses_it};
use super::{commands, nothing_there};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Plan};
use crate::text::Words;
use crate::words;

pub(super) fn plan(server: &str, name: &SlotName, seen: Option<&Lsn>, facts: &Facts) -> Plan {
    let title = words!("Drop the slot {name} on {server}", "{server}의 슬롯 {name} 삭제");
    let Some(slot) = &facts.slot else { return nothing_there(title, name) };
    let commands = vec![commands::drop(slot)];
    let mut checks = vec![same_place(slot, seen), nobody_uses(slot)];
    checks.extend(not_temporary(slot));
    checks.extend(not_synced(slot));
    checks.push(role_may(facts));
    checks.extend(who_misses_it(name, slot, facts));
    let mut effect = freed(slot, facts);
    effect.push(words!("Takes no lock and is done in milliseconds.", "잠금 없이 수 밀리초 안에 끝납니다."));
    Plan {
        title,
        checks,
        fingerprint: fingerprint(slot, &commands),
        commands,
        revert: Vec::new(),
        effect,
        way_back: no_way_back(),
        blast: Blast::TypeName(name.to_string()),
    }
}

pub(super) fn no_way_back() -> Words {
    words!(
        "None. A new slot of this name starts at the present: what its consumer has not read yet is lost to it.",
        "없음. 같은 이름의 새 슬롯은 현재 위치에서 시작하며, 소비자가 아직 읽지 못한 내용은 사라집니다.",
    )
}
