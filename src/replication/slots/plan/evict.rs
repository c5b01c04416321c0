//! A slot that is in use goes: its consumer is disconnected, and again each time it comes back, until it is dropped.

use super::super::model::SlotName;
use super::super::postgres::choices::Fence;
use super::super::postgres::facts::User;
use super::super::postgres::{Facts, Seen};
use super::checks::{not_synced, not_temporary, role_may};
use super::drop::no_way_back;
use super::impact::{freed, who_misses_it};
use super::{commands, nothing_there};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::replication::sql::identifier;
use crate::text::Words;
use crate::words;

pub(super) fn plan(server: &str, name: &SlotName, fence: Option<Result<Fence, Words>>, facts: &Facts) -> Plan {
    let title = words!(
        "Evict the consumer of {name} on {server} and drop the slot",
        "{server}의 {name} 소비자를 내보내고 슬롯 삭제"
    );
    let Some(slot) = &facts.slot else { return nothing_there(title, name) };
    let mut checks = vec![somebody_uses(slot)];
    checks.extend(slot.now.user.as_ref().map(walsender));
    checks.extend(slot.now.user.as_ref().map(|user| may_end(user, facts)));
    checks.extend(not_temporary(slot));
    checks.extend(not_synced(slot));
    checks.push(role_may(facts));
    checks.extend(who_misses_it(name, slot, facts));
    let mut commands = vec![commands::evict(slot)];
    let mut revert = Vec::new();
    let mut effect = freed(slot, facts);
    effect.insert(0, words!(
        "Its walsender is ended; each time it comes back within five seconds it is ended again, until the slot is dropped. \
         No other connection is touched.",
        "해당 walsender를 종료하고, 5초 안에 다시 연결하면 슬롯이 삭제될 때까지 다시 종료합니다. 다른 연결은 건드리지 않습니다.",
    ));
    match fence {
        Some(Ok(fence)) => {
            let role = fence.role;
            commands.insert(0, commands::log_in(&role, false));
            commands.push(commands::log_in(&role, true));
            revert.push(commands::log_in(&role, true));
            checks.push(Check::warn(
                words!("The role {role} cannot log in meanwhile, nowhere on this server.", "그동안 역할 {role}은(는) 이 서버 어디에도 로그인할 수 없습니다."),
                words!(
                    "Connections that it has go on. If the console is stopped in the middle: ALTER ROLE … LOGIN; by hand.",
                    "기존 연결은 유지됩니다. 콘솔이 도중에 멈추면 ALTER ROLE … LOGIN;을 직접 실행하세요.",
                ),
            ));
        }
        Some(Err(why)) => {
            checks.push(Check::block(why, words!("Evict it without that.", "로그인 차단 없이 내보내세요.")))
        }
        None => {}
    }
    // A consumer at work moves on, goes and comes all the time. What must not change is which slot it is.
    let identity = (slot.logical, &slot.plugin, &slot.database, slot.temporary);
    Plan {
        title,
        checks,
        fingerprint: fingerprint(&identity, &commands),
        commands,
        revert,
        effect,
        way_back: no_way_back(),
        blast: Blast::TypeName(name.to_string()),
    }
}

fn somebody_uses(slot: &Seen) -> Check {
    if slot.active {
        Check::pass(words!("It is in use.", "사용 중입니다."))
    } else {
        Check::warn(
            words!("Nobody uses it at this moment.", "이 순간에는 사용하는 곳이 없습니다."),
            words!(
                "If nobody comes back, drop it instead. A consumer that does come back is disconnected.",
                "다시 연결하는 곳이 없다면 일반 삭제를 하세요. 다시 연결하는 소비자는 끊깁니다.",
            ),
        )
    }
}

/// Other backends than a walsender do work that has nothing to do with a consumer: a creation, a peek, a checkpoint.
fn walsender(user: &User) -> Check {
    let pid = user.pid;
    match user.backend.as_deref() {
        Some("walsender") => {
            Check::pass(words!("Its user is a walsender (pid {pid}).", "사용자는 walsender입니다(pid {pid})."))
        }
        Some(other) => Check::block(
            words!(
                "Its user is a {other} (pid {pid}) and no walsender.",
                "사용자가 walsender가 아니라 {other}입니다(pid {pid})."
            ),
            words!("Wait until that is done.", "그 작업이 끝날 때까지 기다리세요."),
        ),
        None => Check::block(
            words!(
                "What uses it is not shown to the console's role.",
                "콘솔 역할로는 무엇이 사용 중인지 볼 수 없습니다."
            ),
            words!("As a superuser: GRANT pg_monitor TO …;", "슈퍼유저로 실행: GRANT pg_monitor TO …;"),
        ),
    }
}

fn may_end(user: &User, facts: &Facts) -> Check {
    let me = &facts.about.role;
    let role = user.role.clone().unwrap_or_else(|| "?".to_owned());
    if me.superuser || user.same && !user.superuser || !user.superuser && me.is_member("pg_signal_backend") {
        return Check::pass(words!(
            "The console's role may disconnect {role}.",
            "콘솔 역할은 {role}의 연결을 끊을 수 있습니다."
        ));
    }
    let found =
        words!("The console's role may not disconnect {role}.", "콘솔 역할은 {role}의 연결을 끊을 수 없습니다.");
    if user.superuser {
        let advice =
            words!("Only a superuser ends a superuser's connection.", "슈퍼유저의 연결은 슈퍼유저만 끊을 수 있습니다.");
        return Check::block(found, advice);
    }
    let name = identifier(&me.name);
    Check::block(
        found,
        words!(
            "As a superuser: GRANT pg_signal_backend TO {name};",
            "슈퍼유저로 실행: GRANT pg_signal_backend TO {name};"
        ),
    )
}
