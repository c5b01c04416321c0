//! The form that stores a query's result under a key, and its plan.

use leptos::prelude::*;

use super::api::plan_change;
use crate::caching::fields::{key_rule, ttl_rule};
use crate::caching::frame::CacheFrame;
use crate::error::AppError;
use crate::targets::api::list_names;
use crate::targets::model::TargetKind;
use crate::text::{Words, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::form::{TextArea, TextField, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/caching/query";
const APPLY: &str = "/api/caching/apply_change";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub action: String,
    pub key: String,
    pub ttl: String,
    pub source: String,
    pub query: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            key: text("key"),
            ttl: text("ttl"),
            source: text("source"),
            query: text("query"),
        }
    })
}

/// `/caching/query`.
#[component]
pub fn StorePage() -> impl IntoView {
    let asked = use_asked();
    let planned = fetch(
        move || asked.get(),
        |form| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_change(form.target, form.action, form.key, form.ttl, form.source, form.query).await.map(Some)
        },
    );
    view! {
        <CacheFrame
            title=words!("Cached query", "쿼리 캐시")
            lead=Some(
                words!(
                    "The rows of a query, stored under a key for a time.",
                    "쿼리 결과를 정한 시간 동안 키에 저장합니다.",
                ),
            )
            kind=TargetKind::Redis
            path=PATH
        >
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let planned = planned.await;
                    let asked = asked.get_untracked();
                    match planned {
                        Ok(Some(planned)) => {
                            let back = link(PATH, &[("target", &asked.target)]);
                            view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                        }
                        Ok(None) => view! { <StoreForm asked=asked error=None /> }.into_any(),
                        Err(error) => view! { <StoreForm asked=asked error=Some(error) /> }.into_any(),
                    }
                })}
            </Transition>
        </CacheFrame>
    }
    .into_any()
}

/// The form that caches the result of a query: the textbook's three lines.
#[component]
fn StoreForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let ours = asked.action == "store_query";
    let at = |name| error_at(error.as_ref(), name);
    let (at_key, at_ttl, at_query, at_source) = (at("key"), at("ttl"), at("query"), at("source"));
    let elsewhere = error.clone().filter(|error| error.field.is_none());
    let query_help = lang.of(
        "Read only: one SELECT. Its rows are stored as JSON.",
        "읽기 전용: SELECT 하나. 결과 행이 JSON으로 저장됩니다.",
    );
    view! {
        <details class="card" open=true>
            <summary>
                <h2>{lang.of("Cache the result of a query", "쿼리 결과 캐시")}</h2>
            </summary>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="store_query" />
                <SourceField chosen=asked.source error=at_source />
                <TextArea
                    name="query"
                    label=lang.of("Query", "쿼리")
                    value=asked.query
                    help=query_help
                    error=at_query
                    rows=5
                />
                <TextField
                    name="key"
                    label=lang.of("Store under the key", "저장할 키")
                    value=asked.key
                    error=at_key
                    rule=key_rule()
                    maxlength=512
                />
                <TextField
                    name="ttl"
                    id="store-ttl"
                    label=lang.of("Time to live", "TTL")
                    value=if ours { asked.ttl } else { "60".to_owned() }
                    help=lang
                        .of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.")
                    error=at_ttl
                    rule=ttl_rule()
                    maxlength=20
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </details>
    }
}

/// The PostgreSQL servers that a query can be run at.
#[component]
fn SourceField(chosen: String, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let names = fetch(|| (), |()| list_names());
    view! {
        <div class="field">
            <label for="source">{lang.of("Database", "데이터베이스")}</label>
            <select id="source" name="source" aria-describedby="source-error">
                <Transition fallback=|| ()>
                    {move || {
                        let chosen = chosen.clone();
                        Suspend::new(async move {
                            names
                                .await
                                .unwrap_or_default()
                                .into_iter()
                                .filter(|target| target.kind == TargetKind::Postgresql)
                                .map(|target| {
                                    let id = target.id.to_string();
                                    let selected = id == chosen;
                                    view! {
                                        <option value=id selected=selected>
                                            {target.name}
                                        </option>
                                    }
                                })
                                .collect_view()
                        })
                    }}
                </Transition>
            </select>
            <p class="field-error" id="source-error" role="alert">{error.map(|words| words.read(lang))}</p>
        </div>
    }
}
