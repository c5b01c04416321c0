//! Making another shard the home of what is not sharded in a database.

use bson::doc;

use super::common::not_resharding;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::shards::mongo::primary::{Moved, Moving};
use crate::sharding::shards::mongo::read::{Stats, of_shard};
use crate::text::{Words, bytes, count};
use crate::words;

/// What the change asks for, and what was seen when it was made.
pub(super) struct Wanted<'a> {
    pub database: &'a str,
    pub to: &'a str,
    pub from: &'a str,
    pub uuid: Option<&'a str>,
}

/// Collections that are named in the plan; the rest is counted.
const NAMED: usize = 12;

pub(super) fn plan(at: &str, wanted: &Wanted<'_>, facts: &Moving) -> Plan {
    let Wanted { database, to, from, .. } = wanted;
    let typed = format!("db.adminCommand({{ movePrimary: {}, to: {} }})", quoted(database), quoted(to));
    let commands = vec![command("admin", doc! { "movePrimary": *database, "to": *to }, typed)];
    let names: Vec<&str> = facts.moved.iter().flatten().map(|it| it.name.as_str()).collect();
    let home = facts.home.as_ref().map(|home| (&home.primary, &home.uuid));
    let draining = facts.shards.iter().map(|it| (&it.name, it.draining)).collect::<Vec<_>>();
    Plan {
        title: words!(
            "Move the primary shard of {database} to {to} at {at}",
            "{at}의 데이터베이스 {database}의 프라이머리 샤드를 {to}(으)로 이동"
        ),
        checks: checks(wanted, facts),
        fingerprint: fingerprint(&(home, names, draining, &facts.resharded), &commands),
        commands,
        revert: Vec::new(),
        effect: effect(wanted, facts),
        way_back: words!(
            "Move it back to {from}: the same copy and the same block again.",
            "{from}(으)로 다시 옮길 수 있습니다. 같은 복사와 차단이 다시 필요합니다."
        ),
        blast: Blast::TypeName((*database).to_owned()),
    }
}

fn checks(wanted: &Wanted<'_>, facts: &Moving) -> Vec<Check> {
    let mut checks = vec![same_database(wanted, facts)];
    if facts.home.is_none() {
        return checks;
    }
    checks.push(target(wanted, facts));
    checks.push(not_resharding(&facts.resharded));
    checks.push(blocked(facts));
    checks.push(leftovers(wanted, facts));
    checks.push(disk(wanted, facts));
    checks.extend(flush(facts));
    checks
}

fn same_database(wanted: &Wanted<'_>, facts: &Moving) -> Check {
    let Wanted { database, from, uuid, .. } = wanted;
    match &facts.home {
        None => Check::block(
            words!("There is no database {database}.", "데이터베이스 {database}이(가) 없습니다."),
            words!("Reload the page to see the databases.", "페이지를 새로 고쳐 데이터베이스를 확인하세요."),
        ),
        Some(home) if home.primary == *from && home.uuid.as_deref() == *uuid => Check::pass(words!(
            "The primary shard of {database} is {from}, as you have seen it.",
            "{database}의 프라이머리는 확인하신 대로 {from}입니다."
        )),
        Some(home) => {
            let now = &home.primary;
            Check::block(
                words!(
                    "{database} is no longer what you looked at: its primary shard is {now}, or it was made anew.",
                    "{database}이(가) 확인한 뒤 바뀌었습니다. 프라이머리가 {now}이거나 새로 만들어졌습니다."
                ),
                words!("Open the form anew.", "양식을 다시 여세요."),
            )
        }
    }
}

fn target(wanted: &Wanted<'_>, facts: &Moving) -> Check {
    let Wanted { database, to, .. } = wanted;
    let Some(shard) = facts.shards.iter().find(|it| it.name == *to) else {
        return Check::block(
            words!("There is no shard {to} (70).", "{to} 샤드가 없습니다(70)."),
            words!("Choose one of the cluster's shards.", "클러스터의 샤드 중에서 고르세요."),
        );
    };
    if facts.home.as_ref().is_some_and(|home| home.primary == *to) {
        return Check::block(
            words!("{to} is the primary shard of {database} already.", "{database}의 프라이머리는 이미 {to}입니다."),
            words!("There is nothing to do.", "할 일이 없습니다."),
        );
    }
    match shard.draining {
        true => Check::block(
            words!("{to} is being drained: it takes nothing (70).", "{to}은(는) 드레이닝 중이라 받지 않습니다(70)."),
            words!("Choose a shard that stays.", "남는 샤드를 고르세요."),
        ),
        false => Check::pass(words!("{to} takes data.", "{to}은(는) 데이터를 받을 수 있습니다.")),
    }
}

fn blocked(facts: &Moving) -> Check {
    let Some(moved) = &facts.moved else {
        return Check::warn(
            words!(
                "The collections of the database could not be listed: no permission, or no answer in time.",
                "데이터베이스의 컬렉션을 조회하지 못했습니다. 권한이 없거나 제때 응답하지 않았습니다."
            ),
            words!(
                "Look at what is not sharded in it: all of that moves.",
                "샤딩되지 않은 컬렉션이 모두 이동하니 직접 확인하세요."
            ),
        );
    };
    if moved.is_empty() {
        return Check::pass(words!(
            "Nothing in it is unsharded: no data moves.",
            "샤딩되지 않은 컬렉션이 없어 이동할 데이터가 없습니다."
        ));
    }
    let number = count(moved.len() as i64);
    Check::warn(
        words!(
            "Collections that are not sharded will move ({number}); writes to them fail meanwhile (319).",
            "샤딩되지 않은 컬렉션 {number}개가 이동하며 그동안 쓰기가 실패합니다(319)."
        ),
        words!(
            "Take a maintenance window. MongoDB asks for no reads either until it is done.",
            "점검 시간을 확보하세요. MongoDB는 끝날 때까지 읽기도 하지 말라고 권합니다."
        ),
    )
}

/// A collection of the same name at the target stops the move (48). The router shows only what the catalog knows, so
/// more collections there than the catalog placed may be such.
fn leftovers(wanted: &Wanted<'_>, facts: &Moving) -> Check {
    let to = wanted.to;
    let there = at_target(wanted, facts).collections;
    match there {
        Some(there) if there > facts.placed as i64 => {
            let placed = facts.placed;
            Check::warn(
                words!(
                    "{to} holds {there} collections of this database; the cluster has placed at most {placed} there.",
                    "{to}에 이 데이터베이스의 컬렉션이 {there}개 있지만 클러스터가 배치한 것은 최대 {placed}개입니다."
                ),
                words!(
                    "A leftover of the same name stops the move (48). Look on that shard itself, and remove it.",
                    "같은 이름의 잔여 컬렉션이 있으면 이동이 실패합니다(48). 해당 샤드에서 직접 확인해 제거하세요."
                ),
            )
        }
        Some(_) => Check::pass(words!(
            "Nothing is left over on {to} of an earlier move.",
            "{to}에 이전 이동의 잔여 컬렉션이 없습니다."
        )),
        None => Check::warn(
            words!(
                "Whether {to} holds collections of the same names is not known.",
                "{to}에 같은 이름의 컬렉션이 있는지 알 수 없습니다."
            ),
            words!(
                "One stops the move (48). Look on that shard itself.",
                "있으면 이동이 실패합니다(48). 해당 샤드에서 직접 확인하세요."
            ),
        ),
    }
}

/// What moves is known only by its uncompressed size; indexes are built anew at the target and need room, too.
fn disk(wanted: &Wanted<'_>, facts: &Moving) -> Check {
    let to = wanted.to;
    let free = at_target(wanted, facts).free;
    let advice = words!(
        "Make room on {to} first: a full disk stops a shard.",
        "먼저 {to}의 공간을 확보하세요. 디스크가 차면 샤드가 멈춥니다."
    );
    match (free, total(facts)) {
        (Some(free), Some(needed)) => {
            let (free_words, needed_words) = (bytes(free), bytes(needed));
            let found = words!(
                "{free_words} are free on {to}; {needed_words} move, uncompressed.",
                "{to}의 여유 공간은 {free_words}, 이동할 데이터는 압축 전 {needed_words}입니다."
            );
            match needed {
                needed if needed > free => Check::block(found, advice),
                needed if needed > free / 2 => Check::warn(found, advice),
                _ => Check::pass(found),
            }
        }
        (free, needed) => {
            let shown = |known: Option<i64>| {
                known.map_or_else(|| words!("unknown", "알 수 없음"), |known| Words::same(bytes(known)))
            };
            let (free, needed) = (shown(free), shown(needed));
            let (free_ko, needed_ko) = (free.ko, needed.ko);
            let (free, needed) = (free.en, needed.en);
            Check::warn(
                Words::new(
                    format!("Free on {to}: {free}; to be moved: {needed}."),
                    format!("{to}의 여유 공간: {free_ko}, 이동할 데이터: {needed_ko}."),
                ),
                advice,
            )
        }
    }
}

fn flush(facts: &Moving) -> Option<Check> {
    (!facts.release.reaches(5, 0)).then(|| {
        Check::warn(
            words!(
                "Before MongoDB 5.0 other routers go on using the old place for a while.",
                "MongoDB 5.0 전에는 다른 라우터가 한동안 이전 위치를 사용합니다."
            ),
            words!(
                "Run flushRouterConfig on every router afterwards, before anything is read or written.",
                "끝난 뒤 읽기·쓰기 전에 모든 라우터에서 flushRouterConfig를 실행하세요."
            ),
        )
    })
}

fn at_target(wanted: &Wanted<'_>, facts: &Moving) -> Stats {
    let shard = facts.shards.iter().find(|it| it.name == wanted.to);
    shard.map(|shard| of_shard(&facts.told, shard)).unwrap_or_default()
}

/// Bytes of all that moves; none where one of the sizes is not known.
fn total(facts: &Moving) -> Option<i64> {
    facts.moved.as_ref()?.iter().map(|it| it.size.map(|size| size.bytes)).sum()
}

fn effect(wanted: &Wanted<'_>, facts: &Moving) -> Vec<Words> {
    let Wanted { database, to, .. } = wanted;
    let mut effect = Vec::new();
    let moved = facts.moved.as_deref().unwrap_or_default();
    if facts.moved.is_some() && moved.is_empty() {
        effect.push(words!("Only the catalog changes: it takes moments.", "카탈로그만 바뀌며 순식간에 끝납니다."));
    } else {
        effect.extend(list(moved, to, total(facts)));
        effect.push(words!(
            "Their indexes are built anew there, and they get new UUIDs: change streams on them may end and must be opened anew.",
            "인덱스를 새로 만들고 UUID가 바뀝니다. 변경 스트림이 끝날 수 있으므로 다시 열어야 합니다."
        ));
        effect.push(words!(
            "TTL indexes move along; documents that expire meanwhile are deleted afterwards.",
            "TTL 인덱스도 함께 이동하며 그동안 만료된 문서는 이후에 삭제됩니다."
        ));
    }
    let views = facts.views;
    if views > 0 {
        effect.push(words!(
            "Views and time series ({views}) are found at the new place at once.",
            "뷰와 시계열 {views}개는 새 위치에서 바로 사용됩니다."
        ));
    }
    effect.push(words!(
        "Sharded collections of {database} stay where they are. New collections are made on {to}.",
        "{database}의 샤딩된 컬렉션은 그대로 있습니다. 새 컬렉션은 {to}에 생깁니다."
    ));
    effect
}

fn list(moved: &[Moved], to: &str, total: Option<i64>) -> Option<Words> {
    let number = count(moved.len() as i64);
    let mut names: Vec<String> = moved
        .iter()
        .take(NAMED)
        .map(|it| match it.size {
            Some(size) => format!("{} ({})", it.name, bytes(size.bytes)),
            None => format!("{} (?)", it.name),
        })
        .collect();
    if moved.len() > NAMED {
        names.push("…".to_owned());
    }
    let names = names.join(", ");
    let total = total.map_or_else(|| words!("unknown size", "크기 알 수 없음"), |total| Words::same(bytes(total)));
    let (en, ko) = (total.en, total.ko);
    (!moved.is_empty()).then(|| {
        words!(
            "Copied to {to}, {number} in all ({en}, uncompressed): {names}.",
            "컬렉션 {number}개가 {to}(으)로 복사됩니다(압축 전 {ko}): {names}."
        )
    })
}
