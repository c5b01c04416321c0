//! A lost slot is made anew under its name. Its consumer would go on as if nothing were missing, so somebody has to say
//! what becomes of the gap.

use super::super::model::{DatabaseName, Gap, PluginName, SlotName};
use super::super::postgres::{Facts, Seen};
use super::checks::{nobody_uses, not_synced, not_temporary, role_may};
use super::impact::{known_subscriptions, subscriptions};
use super::{GAP_ACCEPTED, commands, nothing_there};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::text::Words;
use crate::words;

pub(super) fn plan(server: &str, name: &SlotName, gap: Gap, facts: &Facts) -> Plan {
    let title = words!("Make the lost slot {name} on {server} anew", "{server}의 유실된 슬롯 {name} 다시 생성");
    let Some(slot) = &facts.slot else { return nothing_there(title, name) };
    let mut checks = vec![is_lost(slot), nobody_uses(slot)];
    checks.extend(not_temporary(slot));
    checks.extend(not_synced(slot));
    checks.push(role_may(facts));
    checks.push(what_of_the_gap(slot, gap, facts));
    if gap != Gap::Open {
        checks.extend(known_subscriptions(facts).map(|check| Check { advice: Words::default(), ..check }));
    }
    let commands = match create(name, slot) {
        Some(create) => vec![commands::drop(slot), create],
        None => {
            checks.push(Check::block(
                words!(
                    "Its plugin or database has a name that the console does not send.",
                    "콘솔이 보낼 수 없는 플러그인 또는 데이터베이스 이름입니다."
                ),
                words!("Do it by hand.", "직접 실행하세요."),
            ));
            Vec::new()
        }
    };
    let blast = match gap {
        Gap::Recopy => Blast::TypeName(name.to_string()),
        Gap::Open | Gap::Accepted => Blast::TypeName(GAP_ACCEPTED.to_owned()),
    };
    Plan {
        title,
        checks,
        fingerprint: fingerprint(slot, &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "The new slot holds WAL from the moment it is made.",
                "새 슬롯은 만들어진 시점부터 WAL을 보관합니다."
            ),
            consequence(slot, gap),
        ],
        way_back: words!(
            "None. What the old slot held is gone already.",
            "없음. 이전 슬롯이 보관하던 것은 이미 사라졌습니다.",
        ),
        blast,
    }
}

fn create(name: &SlotName, slot: &Seen) -> Option<Command> {
    if !slot.logical {
        return Some(commands::create_physical(name, true));
    }
    let plugin = PluginName::parse(slot.plugin.as_deref()?).ok()?;
    let database = DatabaseName::parse(slot.database.as_deref()?).ok()?;
    let on = |option: Option<bool>| option == Some(true);
    Some(commands::create_logical(name, &plugin, &database, on(slot.two_phase), on(slot.failover)))
}

fn is_lost(slot: &Seen) -> Check {
    if slot.lost() {
        let reason = slot.reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"));
        Check::pass(words!("It is lost{reason}.", "유실된 슬롯입니다{reason}."))
    } else {
        Check::block(
            words!("It is not lost: its consumer can go on.", "유실되지 않았습니다. 소비자가 이어갈 수 있습니다."),
            words!("Leave it, or drop it.", "그대로 두거나 삭제하세요."),
        )
    }
}

/// The check that keeps a gap from being silent.
fn what_of_the_gap(slot: &Seen, gap: Gap, facts: &Facts) -> Check {
    let named = subscriptions(facts);
    match gap {
        Gap::Open => Check::block(
            words!(
                "Its consumer has not got what was written since the slot was lost, and would go on without saying so.",
                "소비자는 슬롯이 유실된 뒤에 쓰인 내용을 받지 못했고, 아무 표시 없이 이어가게 됩니다.",
            ),
            words!(
                "Say what becomes of that: it is copied anew, or it is missing for good.",
                "어떻게 할지 정하세요: 새로 복사하거나, 영영 빠진 채로 둡니다.",
            ),
        ),
        Gap::Recopy if slot.logical && facts.peers.subscriptions.iter().any(|it| it.enabled) => Check::block(
            words!(
                "The subscription that reads it is enabled: {named}. It would go on at once, before any table is copied anew.",
                "이 슬롯을 읽는 구독이 활성 상태입니다: {named}. 테이블을 새로 복사하기 전에 바로 이어가게 됩니다.",
            ),
            words!(
                "Disable it first; make the slot; then drop the subscription and create it anew with a copy.",
                "먼저 비활성화하고 슬롯을 만든 뒤, 구독을 삭제하고 복사하도록 다시 만드세요.",
            ),
        ),
        Gap::Recopy if slot.logical && !named.is_empty() => Check::warn(
            words!(
                "You said that the tables are copied anew; the subscription is disabled: {named}.",
                "테이블을 새로 복사한다고 하셨습니다. 구독은 비활성 상태입니다: {named}.",
            ),
            words!("Enable it only after that.", "그 뒤에만 활성화하세요."),
        ),
        Gap::Recopy if slot.logical => Check::warn(
            words!("You said that the consumer copies everything anew.", "소비자가 모두 새로 복사한다고 하셨습니다."),
            words!(
                "Stop it before you apply this: it would go on at once.",
                "적용하기 전에 멈추세요. 바로 이어가게 됩니다."
            ),
        ),
        Gap::Recopy => Check::warn(
            words!(
                "You said that the standby gets a new base backup.",
                "대기 서버에 새 베이스 백업을 만든다고 하셨습니다."
            ),
            words!(
                "Take it after the new slot is there: the slot keeps its WAL.",
                "새 슬롯이 생긴 뒤에 만드세요. 슬롯이 WAL을 보관합니다."
            ),
        ),
        Gap::Accepted => Check::warn(
            words!(
                "You accept that something is missing at the consumer for good.",
                "소비자에서 일부가 영영 빠지는 것을 받아들입니다."
            ),
            words!("Write down who was told.", "누구에게 알렸는지 적어 두세요."),
        ),
    }
}

fn consequence(slot: &Seen, gap: Gap) -> Words {
    match (slot.logical, gap) {
        (true, Gap::Recopy) => words!(
            "The subscriber is complete only after it has copied its tables anew.",
            "구독자는 테이블을 새로 복사한 뒤에야 완전해집니다.",
        ),
        (true, _) => words!(
            "The subscriber goes on at the present. Rows that were written in between are missing there, without an error.",
            "구독자는 현재 위치에서 이어갑니다. 그 사이에 쓰인 행은 오류 없이 빠집니다.",
        ),
        (false, Gap::Recopy) => words!(
            "The standby is filled anew by a base backup, and reads on from the new slot.",
            "대기 서버를 베이스 백업으로 새로 채우고, 새 슬롯에서 이어 읽습니다.",
        ),
        (false, _) => words!(
            "A standby that misses WAL does not go on: it needs an archive or a new base backup.",
            "WAL이 빠진 대기 서버는 이어가지 못합니다. 아카이브나 새 베이스 백업이 필요합니다.",
        ),
    }
}
