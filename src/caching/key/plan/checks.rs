//! What is looked at before a key is changed.

use super::{check, named};
use crate::caching::key::model::{Change, LONGEST_VALUE, Moment, Only};
use crate::caching::key::redis::{Facts, editable};
use crate::caching::model::{Key, Lifetime, Ttl};
use crate::change::Check;
use crate::text::{Words, span};
use crate::words;

pub(super) fn is_there(key: &Key, facts: &Facts) -> Check {
    let (key, kind) = (named(key), &facts.kind);
    if facts.lifetime == Lifetime::Missing {
        return Check::block(
            words!("There is no key {key} (any more).", "키 {key}이(가) 없습니다."),
            words!("It expired, was deleted, or was never there.", "만료되었거나 삭제되었거나 원래 없었습니다."),
        );
    }
    Check::pass(words!("{key} is there, a {kind}.", "{key}이(가) 있습니다({kind})."))
}

/// What belongs to this change.
pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Check> {
    if facts.lifetime == Lifetime::Missing {
        return Vec::new();
    }
    let key = named(change.key());
    let now = lifetime_now(key, facts);
    match change {
        Change::SetTtl { only: Only::Any, .. } => vec![now],
        Change::SetTtl { only, .. } => vec![condition(*only, facts), known(facts)],
        Change::LengthenTtl { ttl, .. } => vec![longer(*ttl, facts), known(facts)],
        Change::ShortenTtl { ttl, only, .. } => vec![shorter(*ttl, *only, facts), known(facts)],
        Change::TouchKey { .. } => vec![touched(key, facts)],
        Change::ExpireAt { at, .. } => vec![now, to_come(*at, facts)],
        Change::PersistKey { .. } => vec![check(
            facts.lifetime != Lifetime::Never,
            if facts.lifetime == Lifetime::Never {
                words!("{key} never expires as it is.", "{key}은(는) 이미 만료되지 않습니다.")
            } else {
                now.found
            },
            words!("There is nothing to do.", "할 일이 없습니다."),
        )],
        Change::SetValue { seen, dies, value, .. } => {
            let mut all = vec![value_is_as_read(facts, seen.as_str()), end_is_as_read(facts, *dies)];
            all.extend(writable_value(facts, value));
            all
        }
        Change::DeleteKey { .. } => vec![now],
    }
}

fn lifetime_now(key: &str, facts: &Facts) -> Check {
    match facts.lifetime {
        Lifetime::Left(millis) => {
            let left = span(millis);
            Check::pass(Words::new(
                format!("{key} has {} left now.", left.en),
                format!("{key}의 남은 시간은 {}입니다.", left.ko),
            ))
        }
        _ => Check::pass(words!("It never expires now.", "지금은 만료되지 않습니다.")),
    }
}

fn condition(only: Only, facts: &Facts) -> Check {
    let has = matches!(facts.lifetime, Lifetime::Left(_));
    let found = if has {
        words!("It has a TTL now.", "지금 TTL이 있습니다.")
    } else {
        words!("It has no TTL now.", "지금 TTL이 없습니다.")
    };
    let advice = words!("The server would leave it alone and answer 0.", "서버가 그대로 두고 0으로 응답합니다.");
    check(has == (only == Only::WithTtl), found, advice)
}

/// A key without a TTL counts as one that lives for ever: nothing is longer.
fn longer(ttl: Ttl, facts: &Facts) -> Check {
    let advice = words!("The server would leave it alone and answer 0.", "서버가 그대로 두고 0으로 응답합니다.");
    match facts.lifetime {
        Lifetime::Left(millis) => {
            let left = span(millis);
            check(
                ttl.seconds() * 1_000 > millis,
                Words::new(format!("It has {} left now.", left.en), format!("지금 남은 시간은 {}입니다.", left.ko)),
                Words::new(format!("That is not shorter. {}", advice.en), format!("이미 더 깁니다. {}", advice.ko)),
            )
        }
        _ => Check::block(
            words!("It never expires: nothing is longer than that.", "만료되지 않으므로 더 길게 할 수 없습니다."),
            advice,
        ),
    }
}

fn shorter(ttl: Ttl, only: Only, facts: &Facts) -> Check {
    let advice = words!("The server would leave it alone and answer 0.", "서버가 그대로 두고 0으로 응답합니다.");
    match facts.lifetime {
        Lifetime::Left(millis) => {
            let left = span(millis);
            check(
                ttl.seconds() * 1_000 < millis,
                Words::new(format!("It has {} left now.", left.en), format!("지금 남은 시간은 {}입니다.", left.ko)),
                Words::new(format!("That is not longer. {}", advice.en), format!("이미 더 짧습니다. {}", advice.ko)),
            )
        }
        _ if only == Only::WithTtl => Check::block(
            words!("It never expires, and was to be left alone then.", "만료되지 않는 키라서 그대로 둡니다."),
            advice,
        ),
        _ => Check::warn(
            words!(
                "It never expires now, which counts as longer than any TTL.",
                "지금은 만료되지 않으며, 이는 어떤 TTL보다 긴 것으로 봅니다."
            ),
            words!("It gets this TTL.", "이 TTL이 설정됩니다."),
        ),
    }
}

fn touched(key: &str, facts: &Facts) -> Check {
    match facts.lifetime {
        Lifetime::Left(_) => lifetime_now(key, facts),
        _ => Check::warn(
            words!("It never expires now.", "지금은 만료되지 않습니다."),
            words!("Touching gives it an end, as Django's touch does.", "Django의 touch처럼 만료 시각이 생깁니다."),
        ),
    }
}

/// EXPIRE with a condition is an error before 7.0.
fn known(facts: &Facts) -> Check {
    match facts.version {
        Some((major, minor)) if major >= 7 => Check::pass(words!(
            "The server (version {major}.{minor}) knows this condition.",
            "서버(버전 {major}.{minor})가 이 조건을 지원합니다."
        )),
        Some((major, minor)) => Check::block(
            words!(
                "The server has version {major}.{minor}; conditions are known from 7.0 on.",
                "서버 버전이 {major}.{minor}입니다. 조건은 7.0부터 지원합니다."
            ),
            words!("Set the TTL without a condition.", "조건 없이 TTL을 설정하세요."),
        ),
        None => Check::warn(
            words!(
                "The server's version is unknown; conditions are known from 7.0 on.",
                "서버 버전을 알 수 없습니다. 조건은 7.0부터 지원합니다."
            ),
            words!("An older one refuses this.", "더 오래된 서버는 거부합니다."),
        ),
    }
}

/// A moment that is past deletes the key at once.
fn to_come(at: Moment, facts: &Facts) -> Check {
    if facts.now == 0 {
        return Check::block(
            words!("The server's clock is unknown: no permission.", "서버 시계를 알 수 없습니다: 권한이 없습니다."),
            words!(
                "Let the console's user ask for it: ACL SETUSER … +time",
                "콘솔 사용자에 권한을 주세요: ACL SETUSER … +time"
            ),
        );
    }
    let now = Moment::at(facts.now).map(Moment::text).unwrap_or_default();
    let ahead = at.millis() - facts.now;
    let found = words!("The server's clock says {now} UTC.", "서버 시계는 {now} UTC입니다.");
    if ahead < 1_000 {
        return Check::block(
            found,
            words!(
                "That moment is past: the key would be deleted at once. Delete it if that is meant.",
                "이미 지난 시각이라 키가 즉시 삭제됩니다. 삭제하려면 삭제 기능을 쓰세요."
            ),
        );
    }
    let longest = Ttl::MAX_SECONDS * 1_000;
    check(ahead <= longest, found, words!("At most 10 years ahead.", "최대 10년 뒤까지입니다."))
}

fn value_is_as_read(facts: &Facts, seen: &str) -> Check {
    let same = facts.digest().is_some_and(|now| now.as_str() == seen);
    let found = if same {
        words!("The value is the one that was read.", "값이 읽은 때와 같습니다.")
    } else {
        words!("Somebody else has changed the value since it was read.", "그사이 다른 사람이 값을 바꿨습니다.")
    };
    check(
        same,
        found,
        words!("Look at the value below, then edit that one.", "아래의 현재 값을 확인한 뒤 다시 편집하세요."),
    )
}

fn end_is_as_read(facts: &Facts, dies: i64) -> Check {
    let same = facts.is_same_end(dies);
    let found = if same {
        words!("When it dies has not changed since.", "만료 시각이 읽은 때와 같습니다.")
    } else {
        words!("Somebody else has changed the TTL since it was read.", "그사이 다른 사람이 TTL을 바꿨습니다.")
    };
    check(same, found, words!("Look at it again, then edit it.", "다시 확인한 뒤 편집하세요."))
}

fn writable_value(facts: &Facts, typed: &str) -> Option<Check> {
    let value = facts.value.as_deref()?;
    if value.len() > LONGEST_VALUE || typed.is_empty() {
        return Some(Check::block(
            words!("An empty or very long value is not written here.", "빈 값이나 아주 긴 값은 여기서 쓰지 않습니다."),
            words!("Change it in the application.", "애플리케이션에서 바꾸세요."),
        ));
    }
    editable(value).err().map(|why| Check::block(why, words!("It is left alone.", "그대로 둡니다.")))
}

/// A replica takes no writes.
pub(super) fn writable(facts: &Facts) -> Option<Check> {
    (facts.replica == Some(true)).then(|| {
        Check::block(
            words!("This server is a replica and takes no writes.", "이 서버는 복제본이라 쓰기를 받지 않습니다."),
            words!("Do it at its primary.", "기본 서버에서 실행하세요."),
        )
    })
}

/// Keys of log-in sessions, locks and queues are not caches: changing them logs people out or loses work.
pub(super) fn family(key: &Key) -> Option<Check> {
    let family = crate::caching::format::name::family(key).filter(|family| family.protected())?;
    let (name, loss) = (family.words(), family.loss());
    Some(Check::warn(
        Words::new(
            format!("By its name it is no cache, but: {}.", name.en),
            format!("이름으로 보아 캐시가 아닙니다: {}.", name.ko),
        ),
        Words::new(format!("When it goes early: {}", loss.en), format!("일찍 사라지면: {}", loss.ko)),
    ))
}
