//! What each change to a key would do, found out beforehand.

mod checks;

#[cfg(test)]
mod tests;

use super::model::{Change, Only};
use super::redis::{Facts, script, written};
use crate::caching::model::{Key, Lifetime, Ttl};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::error::AppError;
use crate::targets::redis::vector::command;
use crate::text::{Words, span};
use crate::words;

/// Plans a change.
///
/// # Errors
/// `Invalid`, at the field `value`, where that cannot be written in the format of the one that is there.
pub fn plan(change: &Change, facts: &Facts) -> Result<Plan, AppError> {
    let key = change.key();
    let mut checks = vec![checks::is_there(key, facts)];
    checks.extend(checks::of(change, facts));
    checks.extend(checks::writable(facts));
    checks.extend(checks::family(key));
    let blocked = checks.iter().any(|check| check.verdict == crate::change::Verdict::Block);
    let commands = match change {
        // What is not there has no format that the value could be written in.
        Change::SetValue { .. } if blocked => Vec::new(),
        _ => commands(change, facts)?,
    };
    Ok(Plan {
        title: title(change),
        checks,
        fingerprint: fingerprint(&(facts.end(), &facts.kind, facts.digest()), &commands),
        commands,
        revert: Vec::new(),
        effect: effect(change),
        way_back: way_back(change, facts),
        blast: match change {
            Change::DeleteKey { .. } => Blast::TypeName(key.as_str().to_owned()),
            Change::SetValue { .. } => Blast::Confirm,
            _ => Blast::Plain,
        },
    })
}

fn commands(change: &Change, facts: &Facts) -> Result<Vec<Command>, AppError> {
    let key = change.key().bytes();
    let expire = |ttl: Ttl, conditions: &[&str]| {
        let seconds = ttl.seconds().to_string();
        let mut arguments: Vec<&[u8]> = vec![b"EXPIRE", key, seconds.as_bytes()];
        arguments.extend(conditions.iter().map(|it| it.as_bytes()));
        vec![command(&arguments)]
    };
    Ok(match change {
        Change::SetTtl { ttl, only: Only::Any, .. } | Change::TouchKey { ttl, .. } => expire(*ttl, &[]),
        Change::SetTtl { ttl, only: Only::WithTtl, .. } => expire(*ttl, &["XX"]),
        Change::SetTtl { ttl, only: Only::WithoutTtl, .. } => expire(*ttl, &["NX"]),
        Change::LengthenTtl { ttl, .. } => expire(*ttl, &["GT"]),
        Change::ShortenTtl { ttl, only: Only::WithTtl, .. } => expire(*ttl, &["XX", "LT"]),
        Change::ShortenTtl { ttl, .. } => expire(*ttl, &["LT"]),
        Change::ExpireAt { at, .. } => vec![command(&[b"PEXPIREAT", key, at.millis().to_string().as_bytes()])],
        Change::PersistKey { .. } => vec![command(&[&b"PERSIST"[..], key])],
        Change::DeleteKey { .. } => vec![command(&[&b"UNLINK"[..], key])],
        Change::SetValue { value, seen, dies, .. } => {
            let former = facts.value.as_deref().unwrap_or_default();
            let value = written(former, value).map_err(|why| AppError::invalid("value", why))?;
            let (name, dies) = (script::name(facts.tells_the_moment), dies.to_string());
            let seen = seen.as_str().as_bytes();
            vec![
                command(&["SCRIPT", "LOAD", script::text(facts.tells_the_moment)]),
                command(&[b"EVALSHA", name.as_bytes(), b"1", key, seen, dies.as_bytes(), &value]),
            ]
        }
    })
}

fn title(change: &Change) -> Words {
    let key = change.key();
    let with = |ttl: Ttl, en: &str, ko: &str| {
        let time = span(ttl.seconds() * 1_000);
        Words::new(
            en.replace("{time}", &time.en).replace("{key}", key.as_str()),
            ko.replace("{time}", &time.ko).replace("{key}", key.as_str()),
        )
    };
    match change {
        Change::SetTtl { ttl, only: Only::Any, .. } => {
            with(*ttl, "Let {key} expire in {time}", "{key}의 만료를 {time} 뒤로 설정")
        }
        Change::SetTtl { ttl, only: Only::WithTtl, .. } => with(
            *ttl,
            "Let {key} expire in {time}, if it expires at all",
            "TTL이 있을 때만 {key}의 만료를 {time} 뒤로 설정",
        ),
        Change::SetTtl { ttl, only: Only::WithoutTtl, .. } => with(
            *ttl,
            "Let {key} expire in {time}, if it never expires now",
            "TTL이 없을 때만 {key}의 만료를 {time} 뒤로 설정",
        ),
        Change::LengthenTtl { ttl, .. } => {
            with(*ttl, "Lengthen the life of {key} to {time}", "{key}의 남은 시간을 {time}으로 연장")
        }
        Change::ShortenTtl { ttl, .. } => {
            with(*ttl, "Shorten the life of {key} to {time}", "{key}의 남은 시간을 {time}으로 단축")
        }
        Change::TouchKey { ttl, .. } => {
            with(*ttl, "Touch {key}: its full {time} again", "{key} 갱신(touch): 다시 {time}")
        }
        Change::ExpireAt { at, .. } => {
            let at = at.words();
            Words::new(format!("Let {key} expire at {}", at.en), format!("{key}의 만료 시각을 {}(으)로 설정", at.ko))
        }
        Change::PersistKey { .. } => words!("Let {key} live for ever", "{key}의 만료 해제"),
        Change::SetValue { .. } => words!("Write another value under {key}", "{key}의 값 바꾸기"),
        Change::DeleteKey { .. } => words!("Delete {key}", "{key} 삭제"),
    }
}

fn effect(change: &Change) -> Vec<Words> {
    let value_stays = words!("The value is not touched.", "값은 바뀌지 않습니다.");
    match change {
        Change::SetTtl { ttl, .. }
        | Change::LengthenTtl { ttl, .. }
        | Change::ShortenTtl { ttl, .. }
        | Change::TouchKey { ttl, .. } => {
            let time = span(ttl.seconds() * 1_000);
            let dies = Words::new(
                format!("The server deletes the key {} after this is applied.", time.en),
                format!("적용 {} 뒤에 서버가 키를 삭제합니다.", time.ko),
            );
            vec![dies, value_stays]
        }
        Change::ExpireAt { at, .. } => {
            let at = at.words();
            let dies = Words::new(
                format!("The server deletes the key at {}, by its own clock.", at.en),
                format!("서버가 자체 시계로 {}에 키를 삭제합니다.", at.ko),
            );
            vec![dies, value_stays]
        }
        Change::PersistKey { .. } => vec![
            words!(
                "The key stays in memory until somebody deletes it.",
                "누군가 삭제할 때까지 키가 메모리에 남습니다."
            ),
            value_stays,
        ],
        Change::SetValue { .. } => vec![
            words!(
                "The value is replaced in its own format. When the key dies stays as it is, to the millisecond.",
                "값을 원래 형식 그대로 바꿉니다. 만료 시각은 밀리초까지 그대로입니다.",
            ),
            words!(
                "The server compares value and TTL with what was read and writes in the same step; if somebody else was faster, nothing is written.",
                "서버가 읽은 때의 값·TTL과 비교해 같을 때만 한 번에 기록합니다. 다른 사람이 먼저 바꿨다면 아무것도 쓰지 않습니다.",
            ),
        ],
        Change::DeleteKey { .. } => vec![words!(
            "The key and its value are gone at once; the memory is freed in the background.",
            "키와 값이 즉시 사라지며 메모리는 백그라운드에서 해제됩니다.",
        )],
    }
}

fn way_back(change: &Change, facts: &Facts) -> Words {
    let key = change.key();
    match (change, facts.lifetime) {
        (_, Lifetime::Missing) => words!("Not needed.", "필요 없음."),
        (Change::DeleteKey { .. }, _) => words!("None: the value is not kept.", "없음: 값은 보관되지 않습니다."),
        (Change::SetValue { .. }, _) => words!(
            "None here: the former value is not kept. Copy it from the page before you apply.",
            "없음: 이전 값은 보관되지 않습니다. 적용 전에 페이지에서 복사해 두세요.",
        ),
        (_, Lifetime::Never) => words!(
            "Take the TTL of {key} away again, before it expires. The page offers that afterwards.",
            "만료 전에 {key}의 TTL을 다시 해제합니다. 적용 뒤 페이지에서 선택할 수 있습니다.",
        ),
        (_, Lifetime::Left(_)) => {
            let moment = super::model::Moment::at(facts.dies).map(super::model::Moment::words).unwrap_or_default();
            let in_time = if matches!(change, Change::PersistKey { .. } | Change::LengthenTtl { .. }) {
                Words::default()
            } else {
                words!(", before it expires", "만료 전에 ")
            };
            Words::new(
                format!("Let {key} expire at {} again{}. The page offers that afterwards.", moment.en, in_time.en),
                format!(
                    "{}{key}의 만료 시각을 다시 {}(으)로 설정합니다. 적용 뒤 페이지에서 선택할 수 있습니다.",
                    in_time.ko, moment.ko
                ),
            )
        }
    }
}

/// A check that passed or blocks.
fn check(good: bool, found: Words, advice: Words) -> Check {
    if good { Check::pass(found) } else { Check::block(found, advice) }
}

/// A key in the sentences of the checks.
fn named(key: &Key) -> &str {
    key.as_str()
}
