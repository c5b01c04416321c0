//! One entry of a cache table, with its value for those who may change it.

use leptos::prelude::*;

use super::one::{Asked, PATH, expires};
use crate::caching::table::api::read_cache_entry;
use crate::caching::table::model::Entry;
use crate::error::{AppError, Kind};
use crate::text::{count, use_lang};
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::form::{TextArea, TextField, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Badge;

/// Characters of a value that a form takes: they stand in the address of the plan.
const LONGEST: usize = 8_000;

/// The entry that the address names.
#[component]
pub fn EntryCard(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let question = asked.clone();
    let entry = fetch(
        move || question.clone(),
        |it| async move { read_cache_entry(it.target, it.form.table, it.form.key).await },
    );
    view! {
        <Transition fallback=|| ()>
            {move || {
                let (asked, error) = (asked.clone(), error.clone());
                Suspend::new(async move {
                    match entry.await {
                        Ok(entry) => view! { <Card asked=asked entry=entry error=error /> }.into_any(),
                        Err(refused) if refused.kind == Kind::Forbidden => {
                            let only = lang
                                .of(
                                    "Values are shown to those who may change them.",
                                    "값은 변경 권한이 있는 사용자에게만 표시합니다.",
                                );
                            view! { <p class="muted">{only}</p> }.into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Card(asked: Asked, entry: Entry, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let Entry { row, looked } = entry;
    let of = |action: &str| {
        link(PATH, &[("target", &asked.target), ("table", &asked.form.table), ("key", &row.key), ("action", action)])
    };
    let edit = looked.edit.clone().filter(|text| text.chars().count() <= LONGEST);
    let why_not = looked.why_not.as_ref().map(|why| why.read(lang));
    // What was typed stays, also for whoever comes back from the plan.
    let was_typed = asked.form.action == "set_value" || !asked.form.value.is_empty();
    let typed = was_typed.then(|| asked.form.value.clone());
    let keep = of("keep_entry");
    let hidden = move |action: &'static str, asked: &Asked| {
        view! {
            <input type="hidden" name="target" value=asked.target.clone() />
            <input type="hidden" name="table" value=asked.form.table.clone() />
            <input type="hidden" name="key" value=asked.form.key.clone() />
            <input type="hidden" name="action" value=action />
        }
    };
    view! {
        <section class="card" id="entry">
            <h2>{row.key.clone()}</h2>
            <dl class="facts">
                <dt>{lang.of("Expires", "만료")}</dt>
                <dd>{expires(row.expires, lang)}</dd>
                <dt>{lang.of("Format", "형식")}</dt>
                <dd>
                    <Badge tone="plain" text=looked.format.words().read(lang) />
                </dd>
                <dt>{lang.of("Stored bytes", "저장된 바이트")}</dt>
                <dd>{count(row.bytes)}</dd>
            </dl>
            <pre class="value" tabindex="0">{looked.text}</pre>
            {why_not.map(|why| view! { <p class="muted">{why}</p> })}
            <form method="get" action=PATH>
                {hidden("set_expiry", &asked)}
                <TextField
                    name="ttl"
                    id="entry-ttl"
                    label=lang.of("Expire in", "만료까지")
                    value=asked.form.ttl.clone()
                    help=lang.of("60, 10m, 2h, 7d.", "60, 10m, 2h, 7d.")
                    error=error_at(error.as_ref(), "ttl")
                    maxlength=20
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan for its expiry", "만료 계획 보기")}</button>
                    <a class="button quiet" href=keep>
                        {lang.of("Never expire…", "만료하지 않기…")}
                    </a>
                </p>
            </form>
            {edit
                .map(|text| {
                    view! {
                        <form method="get" action=PATH>
                            {hidden("set_value", &asked)}
                            <TextArea
                                name="value"
                                label=lang.of("Value as JSON", "JSON으로 쓴 값")
                                value=typed.unwrap_or(text)
                                help=lang
                                    .of(
                                        "It is written as a pickle, as Django writes it.",
                                        "Django처럼 피클로 저장합니다.",
                                    )
                                error=error_at(error.as_ref(), "value")
                            />
                            <p class="buttons">
                                <button>{lang.of("Show the plan for the value", "값 계획 보기")}</button>
                            </p>
                        </form>
                    }
                })}
        </section>
    }
}
