//! How far a look went, in words.

use leptos::prelude::*;

use super::{Asked, percent, told};
use crate::caching::keys::model::{Looked, Walk};
use crate::text::{Lang, count, span, use_lang};
use crate::tr;

/// How far the look went, and what it came by.
#[component]
pub fn WalkFacts(looked: Looked, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let walk = looked.walk;
    let (found, persistent) = (walk.count(walk.found), walk.count(looked.tree.persistent));
    let share = percent(looked.tree.persistent, walk.found);
    let on = walk.after.clone().map(|after| {
        view! {
            <p>
                <a class="button quiet" href=asked.at(&after, "")>
                    {lang.of("Go on with the look", "이어서 보기")}
                </a>
            </p>
        }
    });
    view! {
        <dl class="facts">
            <dt>{lang.of("Looked at", "살펴본 키")}</dt>
            <dd>{how_far(&walk, lang)}</dd>
            <dt>{lang.of("Found", "찾은 키")}</dt>
            <dd>{told(found, lang)}</dd>
            <dt>{lang.of("Without a TTL", "TTL 없음")}</dt>
            <dd>{told(persistent, lang)} {share.map(|share| format!(" ({share})"))}</dd>
        </dl>
        {left_out(&walk, lang)
            .into_iter()
            .map(|text| view! { <p class="muted">{text}</p> })
            .collect_view()}
        {on}
    }
}

fn how_far(walk: &Walk, lang: Lang) -> String {
    let (looked, millis) = (count(walk.looked), span(walk.millis).read(lang));
    let age = span(walk.age).read(lang);
    let of = walk.total.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), count);
    match (walk.whole, walk.after.is_some()) {
        (true, _) => {
            tr!(lang, "all {looked} keys, in {millis}, {age} ago", "키 {looked}개 전부 ({millis} 걸림, {age} 전)")
        }
        (false, true) => tr!(
            lang,
            "{looked} of {of} keys, in {millis}, {age} ago; counts marked ≈ are estimated from these",
            "키 {of}개 중 {looked}개 ({millis} 걸림, {age} 전). ≈ 표시는 이 표본으로 추정한 값입니다"
        ),
        (false, false) => tr!(
            lang,
            "the last {looked} of {of} keys, in {millis}, {age} ago",
            "키 {of}개 중 마지막 {looked}개 ({millis} 걸림, {age} 전)"
        ),
    }
}

/// What was not counted, a sentence each.
fn left_out(walk: &Walk, lang: Lang) -> Vec<String> {
    let mut told = Vec::new();
    if walk.hidden > 0 {
        let hidden = count(walk.hidden);
        told.push(tr!(
            lang,
            "{hidden} keys are left out: the console's user may not look at them (no permission).",
            "키 {hidden}개는 콘솔 사용자에게 권한이 없어 제외했습니다(권한 없음)."
        ));
    }
    if walk.gone > 0 {
        let gone = count(walk.gone);
        told.push(tr!(
            lang,
            "{gone} keys were there and gone a moment later: expired or deleted.",
            "키 {gone}개는 조회 도중 만료되거나 삭제되었습니다."
        ));
    }
    if let Some(ghosts) = walk.ghosts.filter(|it| *it > 0) {
        let ghosts = count(ghosts);
        told.push(tr!(
            lang,
            "{ghosts} more keys were still counted by the database although they had expired or have just been deleted.",
            "만료되었거나 방금 삭제된 키 {ghosts}개가 데이터베이스의 키 수에 아직 포함되어 있었습니다."
        ));
    }
    if walk.nodes > 1 {
        let nodes = walk.nodes;
        told.push(tr!(lang, "Looked at on {nodes} servers.", "서버 {nodes}대에서 조회했습니다."));
    }
    told
}
