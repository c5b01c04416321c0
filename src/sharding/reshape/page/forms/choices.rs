//! What is chosen in these forms: what becomes of zones, and a shard.

use leptos::prelude::*;

use crate::sharding::reshape::model::ShownZone;
use crate::sharding::reshape::model::form::ANY;
use crate::text::{Words, use_lang};
use crate::ui::form::Choice;

#[component]
pub fn ZoneChoice(zones: Vec<ShownZone>, value: String, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let options = vec![
        (
            "keep",
            lang.of("Keep the ranges of zones", "존 범위 유지"),
            lang.of(
                "They are rewritten for the new key where it begins with the same fields.",
                "새 키가 같은 필드로 시작하면 새 키에 맞게 바꿉니다.",
            ),
        ),
        (
            "none",
            lang.of("Remove the ranges of zones", "존 범위 제거"),
            lang.of("Documents may then lie on every shard.", "이후 문서가 모든 샤드에 놓일 수 있습니다."),
        ),
    ];
    view! {
        <Choice name="zones" label=lang.of("Zones", "존") value=value options=options error=error />
        <ul class="muted">
            {zones
                .into_iter()
                .take(20)
                .map(|it| view! { <li>{it.zone} ": " <code>{it.min}</code> " → " <code>{it.max}</code></li> })
                .collect_view()}
        </ul>
    }
}

#[component]
pub fn ShardChoice(
    id: &'static str,
    shards: Vec<String>,
    any: bool,
    value: String,
    error: Option<Words>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="field">
            <label for=id>{lang.of("Shard", "샤드")}</label>
            <select id=id name="shard" aria-describedby=format!("{id}-error")>
                {any
                    .then(|| {
                        view! { <option value=ANY>{lang.of("The one with least data", "데이터가 가장 적은 샤드")}</option> }
                    })}
                {shards
                    .into_iter()
                    .map(|shard| {
                        view! {
                            <option value=shard.clone() selected=shard == value>
                                {shard.clone()}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <p class="field-error" id=format!("{id}-error") role="alert">
                {error.map(|words| words.read(lang))}
            </p>
        </div>
    }
}
