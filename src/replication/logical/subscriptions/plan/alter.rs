//! What a change to a subscription would do.

use super::sent_to;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::replication::logical::model::few;
use crate::replication::logical::subscriptions::model::Change;
use crate::replication::logical::subscriptions::postgres::Existing;
use crate::replication::server::About;
use crate::replication::sql::{identifier, literal};
use crate::text::{Words, bytes};
use crate::words;

/// Plans a change to a subscription that is there. `lacking` are publications that the publisher does not have.
pub fn plan(server: &str, change: &Change, about: &About, there: Option<&Existing>, lacking: &[String]) -> Plan {
    let commands = commands(change, there);
    let name = change.name();
    let observed = there.map(|it| (it.enabled, it.slot.clone(), it.publications.clone()));
    let mut checks = checks(change, about, there);
    if !lacking.is_empty() {
        let names = few(lacking, 5);
        checks.push(Check::block(
            words!("The publisher has no publication {names}.", "발행 서버에 없는 발행: {names}."),
            words!("Create it there first.", "먼저 그쪽에 생성하세요."),
        ));
    }
    let what = title(change);
    Plan {
        title: Words::new(format!("{}: {name} on {server}", what.en), format!("{}: {server}의 {name}", what.ko)),
        checks,
        fingerprint: fingerprint(&observed, &commands),
        commands,
        revert: Vec::new(),
        effect: effect(change, there),
        way_back: way_back(change, there),
        blast: match change {
            Change::DropSubscription { .. } => Blast::TypeName(name.to_string()),
            Change::EnableSubscription { .. } | Change::RefreshSubscription { .. } => Blast::Plain,
            _ => Blast::Confirm,
        },
    }
}

fn title(change: &Change) -> Words {
    match change {
        Change::EnableSubscription { .. } => words!("Enable the subscription", "구독 켜기"),
        Change::DisableSubscription { .. } => words!("Disable the subscription", "구독 끄기"),
        Change::RefreshSubscription { .. } => words!("Refresh the subscription's tables", "구독 테이블 새로 고침"),
        Change::SetPublications { .. } => words!("Set the subscription's publications", "구독의 발행 지정"),
        Change::SkipTransaction { .. } => words!("Skip a transaction of the subscription", "구독의 트랜잭션 건너뛰기"),
        Change::DetachSlot { .. } => words!("Detach the subscription from its slot", "구독을 슬롯에서 분리"),
        Change::DropSubscription { keep_slot: true, .. } => {
            words!("Drop the subscription and leave its slot", "슬롯을 남기고 구독 삭제")
        }
        _ => words!("Drop the subscription", "구독 삭제"),
    }
}

fn commands(change: &Change, there: Option<&Existing>) -> Vec<Command> {
    let database = change.database();
    let name = identifier(change.name().as_str());
    let disable = || sent_to(database, format!("ALTER SUBSCRIPTION {name} DISABLE;"));
    let detach = || sent_to(database, format!("ALTER SUBSCRIPTION {name} SET (slot_name = NONE);"));
    let is_enabled = there.is_some_and(|there| there.enabled);
    let has_slot = there.is_some_and(|there| there.slot.is_some());
    match change {
        Change::EnableSubscription { .. } => vec![sent_to(database, format!("ALTER SUBSCRIPTION {name} ENABLE;"))],
        Change::DisableSubscription { .. } => vec![disable()],
        Change::RefreshSubscription { copy_data, .. } => vec![sent_to(
            database,
            format!("ALTER SUBSCRIPTION {name} REFRESH PUBLICATION WITH (copy_data = {copy_data});"),
        )],
        Change::SetPublications { publications, copy_data, .. } => {
            let list: Vec<String> = publications.iter().map(|it| identifier(it.as_str())).collect();
            let list = list.join(", ");
            // A disabled subscription cannot ask the publisher for its tables.
            let options =
                if is_enabled { format!("refresh = true, copy_data = {copy_data}") } else { "refresh = false".into() };
            vec![sent_to(database, format!("ALTER SUBSCRIPTION {name} SET PUBLICATION {list} WITH ({options});"))]
        }
        Change::SkipTransaction { lsn, .. } => {
            vec![sent_to(database, format!("ALTER SUBSCRIPTION {name} SKIP (lsn = {});", literal(lsn.as_str())))]
        }
        Change::DetachSlot { .. } => is_enabled.then(disable).into_iter().chain([detach()]).collect(),
        Change::DropSubscription { keep_slot, .. } => {
            let first = (*keep_slot && is_enabled).then(disable);
            let second = (*keep_slot && has_slot).then(detach);
            let drop = sent_to(database, format!("DROP SUBSCRIPTION {name};"));
            first.into_iter().chain(second).chain([drop]).collect()
        }
        Change::CreateSubscription(_) | Change::CopySequences { .. } => Vec::new(),
    }
}

fn checks(change: &Change, about: &About, there: Option<&Existing>) -> Vec<Check> {
    let name = change.name();
    let Some(there) = there else {
        return vec![Check::block(
            words!("There is no subscription {name} (any more).", "구독 {name}이(가) 없습니다."),
            words!("Reload the list.", "목록을 새로 고치세요."),
        )];
    };
    let role = &about.role.name;
    let mut checks = vec![if there.owned {
        Check::pass(words!("The role {role} may change it.", "역할 {role}이(가) 변경할 수 있습니다."))
    } else {
        Check::block(
            words!("The role {role} does not own it.", "역할 {role}은(는) 소유자가 아닙니다."),
            words!("Log in as its owner, or as a superuser.", "소유자나 슈퍼유저로 접속하세요."),
        )
    }];
    match change {
        Change::SkipTransaction { .. } => checks.extend(skip(about, there)),
        Change::RefreshSubscription { .. } if !there.enabled => checks.push(Check::block(
            words!("It is disabled, and cannot ask the publisher.", "비활성 상태라 발행 서버에 물을 수 없습니다."),
            words!("Enable it first.", "먼저 켜세요."),
        )),
        Change::EnableSubscription { .. } if there.slot.is_none() => checks.push(Check::block(
            words!("It has no slot, so it cannot be enabled.", "슬롯이 없어 켤 수 없습니다."),
            words!(
                "Drop it and subscribe anew: what was written meanwhile is not held for it.",
                "삭제하고 새로 구독하세요. 그 사이 기록된 내용은 보관되어 있지 않습니다."
            ),
        )),
        Change::DropSubscription { keep_slot: false, .. } if there.slot.is_some() => checks.push(publisher(there)),
        _ => {}
    }
    checks
}

fn skip(about: &About, there: &Existing) -> Vec<Check> {
    let (major, role) = (about.major(), &about.role.name);
    let mut checks = Vec::new();
    if major < 15 {
        checks.push(Check::block(
            words!(
                "PostgreSQL {major} cannot skip; 15 and later can.",
                "PostgreSQL {major}은(는) 건너뛸 수 없습니다(15부터)."
            ),
            words!(
                "Remove the row that is in the way, or use pg_replication_origin_advance with great care.",
                "막는 행을 지우거나 pg_replication_origin_advance를 아주 조심해서 쓰세요."
            ),
        ));
    }
    if !about.role.superuser {
        checks.push(Check::block(
            words!(
                "Only a superuser may skip; {role} is none.",
                "건너뛰기는 슈퍼유저만 할 수 있는데 {role}은(는) 아닙니다."
            ),
            words!("Enter this target with a superuser.", "슈퍼유저로 대상을 등록하세요."),
        ));
    }
    let errors = there.apply_errors.map_or_else(|| "?".to_owned(), |errors| errors.to_string());
    let found = words!("Applying has failed {errors} times.", "적용이 {errors}번 실패했습니다.");
    checks.push(match there.apply_errors {
        Some(0) => Check::warn(found, words!("There may be nothing to skip.", "건너뛸 것이 없을 수 있습니다.")),
        _ => Check::pass(found),
    });
    checks
}

/// A normal drop asks the publisher to drop the slot, and fails if it cannot.
fn publisher(there: &Existing) -> Check {
    match &there.publisher {
        Some(publisher) => {
            let (server, slot) = (&publisher.name, there.slot.clone().unwrap_or_default());
            Check::pass(words!(
                "{server} answers and has the slot {slot}.",
                "{server}이(가) 응답하며 슬롯 {slot}이(가) 있습니다."
            ))
        }
        None => Check::warn(
            words!(
                "The slot was found on no target of this console: the publisher may be unknown here, gone, or without the slot.",
                "이 콘솔의 대상 중 슬롯을 가진 곳이 없습니다. 발행 서버가 등록되지 않았거나, 사라졌거나, 슬롯이 없을 수 있습니다.",
            ),
            words!("If this fails, choose “Drop and leave the slot”.", "실패하면 “슬롯을 남기고 삭제”를 선택하세요."),
        ),
    }
}

fn effect(change: &Change, there: Option<&Existing>) -> Vec<Words> {
    let held =
        there.and_then(|it| it.publisher.as_ref()).and_then(|it| it.held_bytes).map_or_else(|| "?".into(), bytes);
    let place = there
        .and_then(|it| it.publisher.as_ref())
        .map_or_else(|| words!("the publisher", "발행 서버"), |it| Words::same(&it.name));
    let slot = there.and_then(|it| it.slot.clone()).unwrap_or_else(|| "–".to_owned());
    let stays = {
        let Words { en, ko } = place.clone();
        words!(
            "The slot {slot} stays on {en} and holds WAL there ({held} now) until somebody drops it. If {en} still exists, drop \
             the slot there.",
            "슬롯 {slot}은(는) {ko}에 남아 누군가 삭제할 때까지 WAL을 붙잡습니다(지금 {held}). {ko}이(가) 아직 있다면 그쪽에서 슬롯을 \
             삭제하세요.",
        )
    };
    vec![match change {
        Change::EnableSubscription { .. } => {
            words!(
                "A worker starts and fetches what was written meanwhile.",
                "워커가 시작되어 그동안의 변경을 가져옵니다."
            )
        }
        Change::DisableSubscription { .. } => words!(
            "Changes are no longer fetched. The publisher holds their WAL ({held} now), and it grows until this is enabled again.",
            "변경을 더 이상 가져오지 않습니다. 발행 서버가 WAL을 보관하며(지금 {held}) 다시 켤 때까지 늘어납니다.",
        ),
        Change::RefreshSubscription { copy_data: true, .. } => words!(
            "Tables that are newly published are copied and then followed; those no longer published are let go.",
            "새로 발행된 테이블은 복사 후 이어받고, 더 이상 발행되지 않는 테이블은 놓아줍니다.",
        ),
        Change::RefreshSubscription { .. } => words!(
            "Tables that are newly published are followed from now on, without the rows that are there.",
            "새로 발행된 테이블을 기존 행 없이 지금부터 이어받습니다."
        ),
        Change::SetPublications { .. } => words!(
            "Tables of publications that are not named any more are let go; their rows stay as they are.",
            "지정하지 않은 발행의 테이블은 놓아주며 행은 그대로 남습니다."
        ),
        Change::SkipTransaction { .. } => words!(
            "The whole transaction that ended at this position is left out, also its changes that were no problem. The \
             subscriber differs from the publisher from then on.",
            "이 위치에서 끝난 트랜잭션 전체를, 문제없던 변경까지 포함해 건너뜁니다. 그때부터 구독 서버는 발행 서버와 달라집니다.",
        ),
        Change::DetachSlot { .. } | Change::DropSubscription { keep_slot: true, .. } => stays,
        _ if there.is_some_and(|it| it.slot.is_none()) => {
            words!(
                "It has no slot, so nothing is dropped at a publisher.",
                "슬롯이 없어 발행 서버에서 지울 것이 없습니다."
            )
        }
        _ => {
            let Words { en, ko } = place.clone();
            words!(
                "The slot {slot} on {en} is dropped too, and lets go of {held} of WAL. The rows here stay.",
                "{ko}의 슬롯 {slot}도 삭제되어 WAL {held}을(를) 놓아줍니다. 여기 있는 행은 남습니다.",
            )
        }
    }]
}

fn way_back(change: &Change, there: Option<&Existing>) -> Words {
    match change {
        Change::EnableSubscription { .. } => words!("Disable it again.", "다시 끕니다."),
        Change::DisableSubscription { .. } => {
            words!("Enable it again, before its WAL is lost.", "WAL이 유실되기 전에 다시 켭니다.")
        }
        Change::SetPublications { .. } => {
            let before = there.map(|it| it.publications.join(", ")).unwrap_or_default();
            words!("Set {before} again, and copy anew.", "{before}(으)로 되돌리고 새로 복사합니다.")
        }
        Change::RefreshSubscription { .. } => {
            words!("None; the list of tables is that of the publisher.", "없음. 테이블 목록은 발행 서버를 따릅니다.")
        }
        _ => words!(
            "None. A new subscription has to copy everything anew.",
            "없음. 새 구독은 모두 새로 복사해야 합니다."
        ),
    }
}
