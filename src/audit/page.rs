//! The record: every attempt, newest first, and each one whole.

use leptos::prelude::*;

use super::api::{list_records, read_record};
use super::model::{Entry, Page, Record};
use super::notice::Attempt;
use crate::change::Outcome;
use crate::text::{Lang, span, use_lang};
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::notice::{ErrorNotice, Tone};
use crate::ui::plan::{PlanFacts, outcome_tone};
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
    let Record { entry, change, plan, hash, .. } = record.clone();
    let facts = facts(&entry, lang);
    // A log-in has neither plan nor report.
    let attempt = plan.is_some() || record.report.is_some();
    view! {
        <h2>{entry.title.read(lang)}</h2>
        <dl class="facts">
            {facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect_view()}
            <dt>{lang.of("Outcome", "결과")}</dt>
            <dd>
                <OutcomeBadge outcome=entry.outcome />
            </dd>
        </dl>
        {attempt.then(|| view! { <Attempt record=record /> })}
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

/// Milliseconds since 1970 as date and time: `2026-11-23 06:41:10`. The days are counted in years that begin in March,
/// where the leap day is the last (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn utc(millis: i64) -> String {
    let seconds = millis.div_euclid(1000);
    let (days, of_day) = (seconds.div_euclid(86_400) + 719_468, seconds.rem_euclid(86_400));
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (of_day / 3600, of_day % 3600 / 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn times_are_told_in_utc() {
        assert_eq!(utc(0), "1970-01-01 00:00:00");
        assert_eq!(utc(951_782_399_999), "2000-02-28 23:59:59");
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00:00");
        assert_eq!(utc(1_795_416_070_123), "2026-11-23 06:41:10");
        assert_eq!(utc(-1), "1969-12-31 23:59:59");
    }
}
