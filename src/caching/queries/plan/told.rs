//! The checks and effects of plans, in words.

use crate::caching::format::name::family;
use crate::caching::model::Lifetime;
use crate::caching::queries::model::Recipe;
use crate::caching::queries::redis::Facts;
use crate::caching::queries::store::{Kept, MOST};
use crate::change::Check;
use crate::text::{Words, bytes, span};
use crate::words;

/// What is under the key now.
pub(super) fn place(recipe: &Recipe, facts: &Facts) -> Check {
    let key = &recipe.key;
    if facts.is_replica {
        return Check::block(
            words!("This server is a replica and takes no writes.", "이 서버는 복제본이라 쓰기를 받지 않습니다."),
            words!("Choose the primary.", "기본 서버를 선택하세요."),
        );
    }
    if facts.lifetime == Lifetime::Missing {
        return Check::pass(words!("The key {key} is free.", "키 {key}은(는) 비어 있습니다."));
    }
    if facts.kind != "string" {
        let kind = &facts.kind;
        return Check::block(
            words!(
                "{key} holds a {kind}, which would be replaced as a whole.",
                "{key}에 {kind} 형식의 값이 있어 통째로 바뀝니다."
            ),
            words!("Choose another key.", "다른 키를 선택하세요."),
        );
    }
    let size = bytes(facts.bytes);
    let dies = match facts.lifetime {
        Lifetime::Left(millis) => {
            let left = span(millis);
            Words::new(format!("expires in {}", left.en), format!("{} 뒤 만료", left.ko))
        }
        _ => words!("never expires", "만료 없음"),
    };
    let found = Words::new(
        format!("{key} holds {size} now and {}.", dies.en),
        format!("{key}에 {size}의 값이 있습니다({}).", dies.ko),
    );
    match family(key).filter(|it| it.protected()) {
        Some(family) => {
            let Words { en, ko } = family.words();
            let advice = words!(
                "Its name is one of a {en}, not of a cache. Choose another key.",
                "캐시가 아니라 {ko}의 이름입니다. 다른 키를 선택하세요."
            );
            Check::block(found, advice)
        }
        None => Check::warn(found, words!("It will be overwritten.", "덮어써집니다.")),
    }
}

/// How long an answer lives.
pub(super) fn lives(recipe: &Recipe) -> Words {
    let (fresh, percent) = (span(recipe.fresh_millis()), recipe.jitter.percent());
    let (mut en, mut ko) = (
        format!("An answer is fresh for {} ({} ms)", fresh.en, recipe.fresh_millis()),
        format!("결과는 {}({}ms) 동안 최신으로 봅니다", fresh.ko, recipe.fresh_millis()),
    );
    if percent > 0 {
        en.push_str(&format!(": this key's share of the ±{percent} % jitter is in it"));
        ko.push_str(&format!("(±{percent}% 지터 중 이 키의 몫 포함)"));
    }
    en.push('.');
    ko.push('.');
    if recipe.grace.seconds() > 0 {
        let grace = span(recipe.grace.seconds() * 1_000);
        en.push_str(&format!(" For {} more it is served as it is while one newer one is fetched.", grace.en));
        ko.push_str(&format!(" 그 뒤 {} 동안은 그대로 제공하면서 새 결과를 하나 가져옵니다.", grace.ko));
    }
    Words::new(en, ko)
}

/// What the console does with a query that has a name.
pub(super) fn served(recipe: &Recipe) -> Words {
    let name = recipe.name.as_ref().map(ToString::to_string).unwrap_or_default();
    words!(
        "The console keeps it as {name} and runs it for whoever calls run_query and may see values; however many call, \
         one query at a time reaches the database.",
        "콘솔이 {name}(으)로 저장하고, 값을 볼 수 있는 사람이 run_query를 부르면 실행합니다. 호출이 많아도 데이터베이스에는 한 번에 하나만 \
         갑니다."
    )
}

/// Whether the name and the key are free, and there is room for one more.
pub(super) fn room(recipe: &Recipe, known: Option<&Kept>, of_key: Option<&Kept>, number: i64) -> Vec<Check> {
    let mut checks = Vec::new();
    let name = recipe.name.as_ref().map(ToString::to_string).unwrap_or_default();
    match known {
        Some(known) if known.recipe.target != recipe.target => {
            let target = &known.recipe.target;
            checks.push(Check::block(
                words!(
                    "{name} is the name of a cached query of {target}.",
                    "{name}은(는) {target}의 쿼리 캐시 이름입니다."
                ),
                words!("Choose another name.", "다른 이름을 쓰세요."),
            ));
        }
        Some(_) => checks.push(Check::warn(
            words!("{name} is kept already.", "{name}이(가) 이미 있습니다."),
            words!("It will be replaced, and its counts begin anew.", "교체되며 집계가 새로 시작됩니다."),
        )),
        None if number >= MOST => checks.push(Check::block(
            words!("The console keeps {number} queries already.", "콘솔에 이미 쿼리 {number}개가 있습니다."),
            words!("Delete one that is not used.", "쓰지 않는 것을 삭제하세요."),
        )),
        None => checks.push(Check::pass(words!("The name {name} is free.", "이름 {name}은(는) 비어 있습니다."))),
    }
    if let Some(other) = of_key.filter(|other| other.recipe.name != recipe.name) {
        let other = other.recipe.name.as_ref().map(ToString::to_string).unwrap_or_default();
        checks.push(Check::block(
            words!("The cached query {other} fills this key.", "쿼리 캐시 {other}이(가) 이 키를 채웁니다."),
            words!("Choose another key: two would overwrite each other.", "다른 키를 쓰세요. 서로 덮어쓰게 됩니다."),
        ));
    }
    checks
}
