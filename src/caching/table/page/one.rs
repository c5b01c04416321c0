//! One cache table: what it costs, when its rows die, its keys, and the changes.

use leptos::prelude::*;

use super::entry::EntryCard;
use super::estimate;
use crate::caching::frame::CacheFrame;
use crate::caching::table::api::{plan_cache_table, read_cache_table};
use crate::caching::table::model::{Cost, Counted, Expires, Facts, Form, Row, Shown};
use crate::error::AppError;
use crate::finding::page::Findings;
use crate::targets::model::TargetKind;
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::chart::scale::Unit;
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::histogram::{Bar, Histogram};
use crate::ui::notice::ErrorNotice;
use crate::ui::pager::Pager;
use crate::ui::plan::{Confirm, micros};
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

pub const PATH: &str = "/caching/table";
const APPLY: &str = "/api/caching/apply_cache_table";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub after: String,
    pub form: Form,
}

/// `/caching/table`.
#[component]
pub fn CacheTablePage() -> impl IntoView {
    let address = use_address();
    let asked = Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        let form = Form {
            table: text("table"),
            action: text("action"),
            key: text("key"),
            ttl: text("ttl"),
            prefix: text("prefix"),
            value: text("value"),
        };
        Asked { target: text("target"), after: text("after"), form }
    });
    let (planning, one) = asked.with_untracked(|it| (!it.form.action.is_empty(), !it.form.key.is_empty()));
    view! {
        <CacheFrame
            title=words!("Django's cache table", "Django 캐시 테이블")
            lead=None
            kind=TargetKind::Postgresql
            path="/caching/tables"
        >
            {planning.then(|| view! { <Planning asked=asked /> })}
            {(one && !planning).then(|| view! { <EntryCard asked=asked.get_untracked() error=None /> })}
            <Whole asked=asked />
        </CacheFrame>
    }
    .into_any()
}

/// The plan, or the form with what is wrong with what was typed.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(move || asked.get(), |it| async move { plan_cache_table(it.target, it.form).await });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                let form = &asked.form;
                let back = link(
                    PATH,
                    &[
                        ("target", &asked.target),
                        ("table", &form.table),
                        ("key", &form.key),
                        ("prefix", &form.prefix),
                        ("ttl", &form.ttl),
                        ("value", &form.value),
                    ],
                );
                match planned {
                    Ok(planned) => view! { <Confirm planned=planned back=back action=APPLY /> }.into_any(),
                    Err(error) if stands_at(&error, &["ttl", "value"]) && !asked.form.key.is_empty() => {
                        view! { <EntryCard asked=asked error=Some(error) /> }.into_any()
                    }
                    Err(error) if stands_at(&error, &["ttl", "prefix"]) && asked.form.key.is_empty() => {
                        view! { <ExtendForm asked=asked error=Some(error) /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Whether a form has the field at which this is told.
fn stands_at(error: &AppError, fields: &[&str]) -> bool {
    error.field.as_deref().is_some_and(|field| fields.contains(&field))
}

#[component]
fn Whole(asked: Memo<Asked>) -> impl IntoView {
    let shown = fetch(
        move || asked.get(),
        |it| async move { read_cache_table(it.target, it.form.table, it.form.prefix, it.after).await },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                match shown.await {
                    Ok(shown) => view! { <Board asked=asked shown=shown /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Board(asked: Asked, shown: Shown) -> impl IntoView {
    let lang = use_lang();
    let Shown { facts, findings, rows, next } = shown;
    let purge = link(PATH, &[("target", &asked.target), ("table", &asked.form.table), ("action", "purge_expired")]);
    let has_expired = facts.expired.is_some_and(|it| it.count > 0);
    let writable = !facts.standby;
    let extending = writable && asked.form.action.is_empty();
    view! {
        <section class="card">
            <h2>{facts.table.name.to_string()}</h2>
            {facts.standby.then(|| view! { <p class="muted">{lang.of("A standby: only reading.", "대기 서버이므로 읽기만 합니다.")}</p> })}
            <FactList facts=facts.clone() />
            <Findings findings=findings />
            {(writable && has_expired)
                .then(|| {
                    view! {
                        <p class="buttons">
                            <a class="button" href=purge>
                                {lang.of("Delete expired rows…", "만료된 행 삭제…")}
                            </a>
                        </p>
                    }
                })}
        </section>
        <Deaths facts=facts />
        <Keys asked=asked.clone() rows=rows next=next />
        {extending.then(|| view! { <ExtendForm asked=asked error=None /> })}
    }
}

#[component]
fn FactList(facts: Facts) -> impl IntoView {
    let lang = use_lang();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let (rows, cost) = match facts.cost {
        Cost::Known { rows, micros: took } => (count(rows), micros(took, lang)),
        Cost::LongerThan(millis) => {
            (estimate(facts.table.rows, lang), tr!(lang, "more than {millis} ms", "{millis}ms 이상"))
        }
    };
    let oldest = facts.oldest_millis.map_or_else(
        || lang.of("none", "없음").to_owned(),
        |millis| {
            let ago = span(millis).read(lang);
            tr!(lang, "{ago} ago", "{ago} 전")
        },
    );
    let oldest = if facts.expired.is_some() { oldest } else { unknown() };
    let expired = match (facts.expired, facts.rows()) {
        (Some(expired), Some(rows)) if rows > 0 && !expired.more => {
            let share = expired.count as f64 / rows as f64 * 100.0;
            format!("{} ({share:.0} %)", count(expired.count))
        }
        (Some(expired), _) => counted(expired),
        (None, _) => unknown(),
    };
    view! {
        <dl class="facts">
            <dt>{lang.of("Rows", "행")}</dt>
            <dd>{rows}</dd>
            <dt>{lang.of("Expired", "만료됨")}</dt>
            <dd>{expired}</dd>
            <dt>{lang.of("First expired", "가장 먼저 만료")}</dt>
            <dd>{oldest}</dd>
            <dt>{lang.of("Counting all rows, as Django does in every set", "전체 행 세기(Django가 set마다 실행)")}</dt>
            <dd>{cost}</dd>
            <dt>{lang.of("Size with indexes", "인덱스 포함 크기")}</dt>
            <dd>{bytes(facts.table.bytes)}</dd>
        </dl>
    }
}

fn counted(counted: Counted) -> String {
    let number = count(counted.count);
    if counted.more { format!("> {number}") } else { number }
}

#[component]
fn Deaths(facts: Facts) -> impl IntoView {
    let lang = use_lang();
    let bars: Vec<Bar> = facts
        .deaths
        .iter()
        .map(|(span, counted)| {
            let more = if counted.more { " (>)" } else { "" };
            Bar { label: format!("{}{more}", span.words().read(lang)), value: Some(counted.count as f64) }
        })
        .collect();
    (!bars.is_empty()).then(|| {
        view! {
            <Histogram
                caption=lang.of("When entries expire", "만료 시점")
                heads=(lang.of("Expires", "만료"), lang.of("Entries", "항목"))
                unit=Unit::Count
                bars=bars
            />
        }
    })
}

#[component]
fn Keys(asked: Asked, rows: Vec<Row>, next: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let of = |pairs: &[(&str, &str)]| {
        let mut all = vec![("target", asked.target.as_str()), ("table", asked.form.table.as_str())];
        all.extend_from_slice(pairs);
        link(PATH, &all)
    };
    let first = (!asked.after.is_empty()).then(|| of(&[("prefix", &asked.form.prefix)]));
    let next = next.map(|after| of(&[("prefix", &asked.form.prefix), ("after", &after)]));
    let heads =
        vec![lang.of("Key", "키"), lang.of("Expires", "만료"), lang.of("Bytes", "바이트"), lang.of("Kind", "종류")];
    let empty = rows.is_empty();
    let shown = rows.into_iter().map(|row| key_row(of(&[("key", &row.key)]), row, lang)).collect_view();
    view! {
        <section class="card">
            <h2>{lang.of("Keys", "키")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target.clone() />
                <input type="hidden" name="table" value=asked.form.table.clone() />
                <TextField
                    name="prefix"
                    id="search"
                    label=lang.of("Keys that begin with", "다음으로 시작하는 키")
                    value=asked.form.prefix.clone()
                    help=lang.of("As stored: :1:name.", "저장된 그대로: :1:name.")
                    required=false
                />
                <p class="buttons">
                    <button>{lang.of("Show", "보기")}</button>
                </p>
            </form>
            {if empty {
                view! { <Empty text=lang.of("No such key.", "해당하는 키가 없습니다.") /> }.into_any()
            } else {
                view! {
                    <Table caption=lang.of("Entries by key", "키순 항목") heads=heads>
                        {shown}
                    </Table>
                }
                    .into_any()
            }}
            <Pager label=lang.of("Pages of keys", "키 페이지") first=first next=next />
        </section>
    }
}

fn key_row(href: String, row: Row, lang: Lang) -> impl IntoView {
    let data_key = row.key.clone();
    let family = row.family.map(|family| {
        let tone = if family.protected() { "warn" } else { "plain" };
        view! { <Badge tone=tone text=family.words().read(lang) /> }
    });
    view! {
        <tr data-key=data_key>
            <th scope="row">
                <a href=href>{row.key}</a>
            </th>
            <td>{expires(row.expires, lang)}</td>
            <td class="number">{count(row.bytes)}</td>
            <td>{family}</td>
        </tr>
    }
}

/// When an entry expires, as a person says it.
pub fn expires(expires: Expires, lang: Lang) -> String {
    match expires {
        Expires::Never => lang.of("never", "만료 없음").to_owned(),
        Expires::Infinite => lang.of("infinity (Django fails)", "infinity (Django 오류)").to_owned(),
        Expires::In(millis) if millis <= 0 => {
            let ago = span(-millis).read(lang);
            tr!(lang, "expired {ago} ago", "{ago} 전에 만료됨")
        }
        Expires::In(millis) => {
            let left = span(millis).read(lang);
            tr!(lang, "in {left}", "{left} 뒤")
        }
    }
}

/// A longer life for many.
#[component]
fn ExtendForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card" id="extend">
            <h2>{lang.of("Let many live longer", "여러 항목의 수명 늘리기")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="table" value=asked.form.table />
                <input type="hidden" name="action" value="extend_entries" />
                <TextField
                    name="prefix"
                    label=lang.of("Keys that begin with", "다음으로 시작하는 키")
                    value=asked.form.prefix
                    help=lang.of("The plan says how many they are.", "몇 개인지는 계획에 표시됩니다.")
                    error=error_at(error.as_ref(), "prefix")
                />
                <TextField
                    name="ttl"
                    label=lang.of("Live from now at least", "지금부터 최소 수명")
                    value=asked.form.ttl
                    help=lang.of("60, 10m, 2h, 7d.", "60, 10m, 2h, 7d.")
                    error=error_at(error.as_ref(), "ttl")
                    maxlength=20
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}
