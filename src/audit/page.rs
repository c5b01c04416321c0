//! The record: every attempt, newest first, and each one whole.

use leptos::prelude::*;

use super::api::{list_records, read_record};
use super::model::{Entry, Page, Record};
use super::notice::StillRuns;
use crate::change::Outcome;
use crate::text::{Lang, span, use_lang, utc};
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::notice::{ErrorNotice, Tone};
use crate::ui::plan::{PlanFacts, ReportView, outcome_tone};
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

/// What the address asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// `?record=N`.
    One(i64),
    /// `?before=N`, or the newest.
    Many(Option<i64>),
}

/// `/audit`.
#[component]
pub fn AuditPage() -> impl IntoView {
    let address = use_address();
    let asked = Memo::new(move |_| {
        let address = address.read();
        address.number("record").map_or_else(|| Asked::Many(address.number("before")), Asked::One)
    });
    let lead = words!(
        "Every attempt to change a target, every log-in and every refusal. Rows can only be added; each is chained to the one before.",
        "대상을 변경하려던 모든 시도와 모든 로그인, 거부 기록입니다. 추가만 가능하며 각 행은 앞 행과 해시로 이어집니다.",
    );
    view! {
        <Frame title=words!("Record", "기록") lead=Some(lead)>
            {move || match asked.get() {
                Asked::One(id) => view! { <OneRecord id=id /> }.into_any(),
                Asked::Many(before) => view! { <Records before=before /> }.into_any(),
            }}
        </Frame>
    }
    .into_any()
}

#[component]
fn Records(before: Option<i64>) -> impl IntoView {
    let page = fetch(|| (), move |()| list_records(before));
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <RecordTable page=page /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
        {before.map(|_| view! { <p><a href="/audit">{use_lang().of("Newest", "최신 기록")}</a></p> })}
    }
}

#[component]
fn RecordTable(page: Page) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Number", "번호"),
        lang.of("Time (UTC)", "시각 (UTC)"),
        lang.of("User", "사용자"),
        lang.of("From", "접속 주소"),
        lang.of("Target", "대상"),
        lang.of("Attempt", "시도"),
        lang.of("Outcome", "결과"),
        lang.of("Took", "소요 시간"),
    ];
    if page.entries.is_empty() {
        return view! { <Empty text=lang.of("Nothing has been recorded here.", "기록이 없습니다.") /> }.into_any();
    }
    view! {
        <Table caption=lang.of("Attempts, newest first", "시도 목록 (최신순)") heads=heads>
            {page.entries.into_iter().map(|entry| view! { <Row entry=entry /> }).collect_view()}
        </Table>
        {page
            .older
            .map(|older| {
                view! { <p><a href=format!("/audit?before={older}") rel="next">{lang.of("Older", "이전 기록")}</a></p> }
            })}
    }
    .into_any()
}

#[component]
fn Row(entry: Entry) -> impl IntoView {
    let lang = use_lang();
    let time = utc(entry.at);
    view! {
        <tr>
            <th scope="row" class="number">
                <a href=format!("/audit?record={}", entry.id)>{entry.id}</a>
            </th>
            <td>
                <time datetime=format!("{}Z", time.replace(' ', "T"))>{time.clone()}</time>
            </td>
            <td>{entry.actor}</td>
            <td>
                <code>{entry.from}</code>
            </td>
            <td>{entry.target}</td>
            <td>{entry.title.read(lang)}</td>
            <td>
                <OutcomeBadge outcome=entry.outcome />
            </td>
            <td class="number">{entry.millis.map(|millis| span(millis).read(lang))}</td>
        </tr>
    }
}

#[component]
fn OutcomeBadge(outcome: Option<Outcome>) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match outcome {
        Some(outcome) => {
            let (tone, word) = outcome_tone(outcome, lang);
            (badge(tone), word)
        }
        None => ("plain", lang.of("Running", "실행 중")),
    };
    view! { <Badge tone=tone text=word /> }
}

const fn badge(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
    }
}

#[component]
fn OneRecord(id: i64) -> impl IntoView {
    let lang = use_lang();
    let record = fetch(|| (), move |()| read_record(id));
    view! {
        <p>
            <a href="/audit">{lang.of("All records", "전체 기록")}</a>
        </p>
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match record.await {
                    Ok(record) => view! { <WholeRecord record=record /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn WholeRecord(record: Record) -> impl IntoView {
    let lang = use_lang();
    let Record { entry, change, plan, report, underway, hash } = record;
    let facts = facts(&entry, lang);
    let running = plan.is_some() && report.is_none();
    view! {
        <h2>{entry.title.read(lang)}</h2>
        <dl class="facts">
            {facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
            <dt>{lang.of("Outcome", "결과")}</dt>
            <dd>
                <OutcomeBadge outcome=entry.outcome />
            </dd>
        </dl>
        {report.map(|report| view! { <ReportView report=report /> })}
        {running.then(|| view! { <StillRuns id=entry.id underway=underway /> })}
        {plan.map(|plan| view! { <PlanFacts plan=plan /> })}
        {(!change.is_empty())
            .then(|| {
                view! {
                    <h3>{lang.of("The change, as a script would post it", "스크립트로 보낼 때의 변경 내용")}</h3>
                    <pre tabindex="0"><code>{change}</code></pre>
                }
            })}
        <p class="muted">{lang.of("Hash of the chain here: ", "이 지점의 체인 해시: ")} <code>{hash}</code></p>
    }
}

fn facts(entry: &Entry, lang: Lang) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        (lang.of("Number", "번호"), entry.id.to_string()),
        (lang.of("Time (UTC)", "시각 (UTC)"), utc(entry.at)),
        (lang.of("User", "사용자"), entry.actor.clone()),
        (lang.of("From", "접속 주소"), entry.from.clone()),
        (lang.of("Word", "분류"), entry.word.clone()),
    ];
    if !entry.target.is_empty() {
        facts.push((lang.of("Target", "대상"), entry.target.clone()));
    }
    if let Some(millis) = entry.millis {
        facts.push((lang.of("Took", "소요 시간"), span(millis).read(lang)));
    }
    facts
}
