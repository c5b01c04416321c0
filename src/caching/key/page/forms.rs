//! The forms that change when a key dies. They stand outside of what is read anew, so that typing is never lost.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::caching::fields::ttl_rule;
use crate::caching::key::model::Moment;
use crate::caching::model::Ttl;
use crate::text::{Words, use_lang};
use crate::ui::form::{Choice, TextField};
use crate::words;

const OF_TTL: [&str; 3] = ["set_ttl", "lengthen_ttl", "shorten_ttl"];

/// Set, lengthen or shorten.
#[component]
pub fn TtlForm(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let typed = asked.typed(&OF_TTL, &asked.ttl);
    let ours = OF_TTL.contains(&asked.action.as_str());
    let wrong = ours.then(|| Ttl::parse(&asked.ttl).err()).flatten();
    let only_wrong = (ours && asked.action != "set_ttl" && asked.only == "none").then(|| {
        words!(
            "A key without a TTL has none that could be compared. Choose “Set it”.",
            "TTL이 없는 키는 비교할 수 없습니다. “설정”을 선택하세요.",
        )
    });
    let ways = vec![
        (
            "set_ttl",
            lang.of("Set it", "설정"),
            lang.of("Whatever time it has left.", "남은 시간과 관계없이 설정합니다."),
        ),
        (
            "lengthen_ttl",
            lang.of("Only lengthen", "연장만"),
            lang.of("Left alone if it lives longer, or for ever.", "이미 더 길거나 만료되지 않으면 그대로 둡니다."),
        ),
        (
            "shorten_ttl",
            lang.of("Only shorten", "단축만"),
            lang.of("Left alone if it dies sooner.", "이미 더 짧으면 그대로 둡니다."),
        ),
    ];
    let which = vec![
        ("any", lang.of("Whether it has a TTL or not", "TTL 유무와 관계없이"), ""),
        ("has", lang.of("Only if it has a TTL", "TTL이 있을 때만"), ""),
        ("none", lang.of("Only if it has none", "TTL이 없을 때만"), ""),
    ];
    let persist = asked.link(&[("action", "persist_key")]);
    view! {
        <form method="get" action=PATH>
            <h2>{lang.of("Time to live", "TTL")}</h2>
            <Named asked=asked.clone() />
            <TextField
                name="ttl"
                label=lang.of("Expires in", "만료까지")
                value=typed
                help=lang.of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.")
                error=wrong
                rule=ttl_rule()
                maxlength=20
            />
            <Choice name="action" label=lang.of("How", "방법") options=ways value=asked.action.clone() />
            <Choice name="only" label=lang.of("When", "조건") options=which value=asked.only.clone() error=only_wrong />
            <p class="buttons">
                <button class="primary">{lang.of("Plan the TTL", "TTL 계획 보기")}</button>
                <a class="button quiet" href=persist>
                    {lang.of("Never expire…", "만료 해제…")}
                </a>
            </p>
        </form>
    }
    .into_any()
}

/// At a moment of the server's clock.
#[component]
pub fn MomentForm(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let ours = asked.action == "expire_at";
    let wrong = ours.then(|| Moment::parse(&asked.at).err()).flatten();
    let help = lang.of(
        "By the server's clock, in UTC or with a zone: 2026-11-24 10:00, 2026-11-24 19:00 +09:00.",
        "서버 시계 기준. UTC 또는 시간대를 붙여 입력: 2026-11-24 10:00, 2026-11-24 19:00 +09:00.",
    );
    view! {
        <details class="card" open=ours>
            <summary>
                <h2>{lang.of("Expire at a moment", "만료 시각 지정")}</h2>
            </summary>
            <form method="get" action=PATH>
                <Named asked=asked.clone() />
                <input type="hidden" name="action" value="expire_at" />
                <TextField
                    name="at"
                    label=lang.of("Expires at", "만료 시각")
                    value=asked.typed(&["expire_at"], &asked.at)
                    help=help
                    error=wrong
                    maxlength=40
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Plan the moment", "만료 시각 계획 보기")}</button>
                </p>
            </form>
        </details>
    }
    .into_any()
}

/// The full time again, as Django's touch gives it.
#[component]
pub fn TouchForm(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let ours = asked.action == "touch_key";
    let wrong: Option<Words> = ours.then(|| Ttl::parse(&asked.ttl).err()).flatten();
    // TIMEOUT of Django's cache, where nothing else is set.
    let typed = if ours { asked.ttl.clone() } else { "300".to_owned() };
    let help = lang.of(
        "As cache.touch() of Django does. 300 s is the default there; a server does not know what the full time of a key was.",
        "Django의 cache.touch()와 같습니다. 기본값은 300초이며, 서버는 키의 원래 TTL을 알지 못합니다.",
    );
    view! {
        <details class="card" open=ours>
            <summary>
                <h2>{lang.of("Touch: its full time again", "갱신(touch): 원래 TTL로 다시")}</h2>
            </summary>
            <form method="get" action=PATH>
                <Named asked=asked.clone() />
                <input type="hidden" name="action" value="touch_key" />
                <TextField
                    name="ttl"
                    id="touch-ttl"
                    label=lang.of("Full time", "원래 TTL")
                    value=typed
                    help=help
                    error=wrong
                    rule=ttl_rule()
                    maxlength=20
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Plan the touch", "갱신 계획 보기")}</button>
                </p>
            </form>
        </details>
    }
    .into_any()
}

#[component]
pub fn DeleteLink(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let href = asked.link(&[("action", "delete_key")]);
    view! {
        <p>
            <a class="button quiet" href=href>
                {lang.of("Delete the key…", "키 삭제…")}
            </a>
        </p>
    }
}

/// Which key a form is about.
#[component]
pub fn Named(asked: Asked) -> impl IntoView {
    view! {
        <input type="hidden" name="target" value=asked.target />
        <input type="hidden" name="key" value=asked.key />
    }
}
