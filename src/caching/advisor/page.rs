//! The page of the advisor: which keys, what is being measured, and what came of it.

use leptos::prelude::*;

use super::api::read_ttl_advice;
use super::model::{Advice, Answer, Curve, Desk, Point, Running};
use crate::caching::finding::pattern_of;
use crate::caching::frame::CacheFrame;
use crate::targets::model::TargetKind;
use crate::text::{Lang, count, span, use_lang, utc};
use crate::tr;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::chart::scale::Unit;
use crate::ui::fetch::fetch;
use crate::ui::histogram::{Bar, Histogram};
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Empty, Table};
use crate::words;

/// `/caching/advisor`.
#[component]
pub fn TtlAdvisorPage() -> impl IntoView {
    let lang = use_lang();
    let address = use_address().get_untracked();
    let (target, prefix) = (address.text("target"), address.text("prefix"));
    view! {
        <CacheFrame
            title=words!("TTL advisor", "TTL 추천")
            lead=Some(
                words!(
                    "What a shorter or a longer TTL would do to the hit ratio and to the database.",
                    "TTL을 줄이거나 늘리면 적중률과 데이터베이스 쿼리가 어떻게 바뀌는지 추정합니다.",
                ),
            )
            kind=TargetKind::Redis
            path="/caching/advisor"
        >
            <section class="card">
                <form method="get" action="/caching/advisor" class="search">
                    <input type="hidden" name="target" value=target.clone() />
                    <label for="prefix">{lang.of("Keys that begin with", "키 접두사")}</label>
                    <input
                        id="prefix"
                        name="prefix"
                        maxlength="512"
                        spellcheck="false"
                        autocapitalize="none"
                        value=prefix.clone()
                    />
                    <button class="quiet">{lang.of("Choose", "선택")}</button>
                </form>
                <form method="post" action="/api/caching/measure_ttl">
                    <input type="hidden" name="target" value=target />
                    <input type="hidden" name="prefix" value=prefix />
                    <p class="muted">
                        {lang
                            .of(
                                "Follows up to 1,500 keys for some 45 s: one question for each key and second. It changes nothing.",
                                "키 최대 1,500개를 약 45초 동안 1초마다 조회합니다. 아무것도 바꾸지 않습니다.",
                            )}
                    </p>
                    <button>{lang.of("Measure", "측정")}</button>
                </form>
            </section>
            <Live id="advice" source=use_source("/live/caching/advice") every=2_000>
                <AdvicePart />
            </Live>
        </CacheFrame>
    }
    .into_any()
}

/// What is known for the prefix that the address names.
#[component]
pub fn AdvicePart() -> impl IntoView {
    let address = use_address();
    let asked = move || address.with(|address| (address.text("target"), address.text("prefix")));
    let desk = fetch(asked, |(target, prefix)| read_ttl_advice(target, prefix));
    view! {
        <Region id="advice">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match desk.await {
                        Ok(desk) => view! { <Shown desk=desk /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Shown(desk: Desk) -> impl IntoView {
    let lang = use_lang();
    let running = desk.running.clone().map(|running| progress(&running, lang));
    let running = running.map(|text| view! { <p role="status">{text}</p> });
    let last = match desk.last.clone() {
        Some(advice) => view! { <Told desk=desk advice=advice /> }.into_any(),
        None => {
            let empty =
                lang.of("Not measured since this console was started.", "콘솔을 시작한 뒤 측정한 적이 없습니다.");
            view! { <Empty text=empty /> }.into_any()
        }
    };
    view! {
        <section class="card">
            <h2>{lang.of("What each TTL would do", "TTL별 예상")}</h2>
            {running}
            {last}
        </section>
    }
}

fn progress(running: &Running, lang: Lang) -> String {
    let Running { prefix, seconds, of } = running;
    let keys = if prefix.is_empty() { lang.of("all keys", "모든 키").to_owned() } else { format!("{prefix}*") };
    let seconds = seconds.min(of);
    tr!(lang, "Measuring {keys}: {seconds} of about {of} s.", "{keys} 측정 중: 약 {of}초 중 {seconds}초.")
}

#[component]
fn Told(desk: Desk, advice: Advice) -> impl IntoView {
    let lang = use_lang();
    let (at, keys, uses) = (utc(advice.at), count(advice.keys), count(advice.uses));
    let rests = tr!(
        lang,
        "Measured at {at} UTC: {keys} keys followed, seen used {uses} times.",
        "{at} UTC 측정: 키 {keys}개를 따라가며 사용 {uses}회를 관찰."
    );
    let answer = match advice.answer {
        Answer::Unknown(why) => view! {
            <p>
                <strong>{lang.of("It cannot be known.", "알 수 없습니다.")}</strong>
                " "
                {why.read(lang)}
            </p>
        }
        .into_any(),
        Answer::Curve(curve) => view! { <Drawn curve=curve desk=desk /> }.into_any(),
    };
    view! {
        <p class="muted">{rests}</p>
        {answer}
    }
}

#[component]
fn Drawn(curve: Curve, desk: Desk) -> impl IntoView {
    let lang = use_lang();
    let name = |point: &Point| seconds(point.ttl, lang);
    let queries = curve.points.iter().map(|point| Bar { label: name(point), value: Some(point.queries) }).collect();
    let heads = vec![
        lang.of("TTL", "TTL"),
        lang.of("Hit ratio (≈)", "적중률(≈)"),
        lang.of("Database queries per second (≈)", "초당 데이터베이스 쿼리(≈)"),
        lang.of("Do", "작업"),
    ];
    let rows = curve.points.iter().map(|point| {
        let hits =
            point.hits.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), |it| format!("{:.1} %", it * 100.0));
        let current = (point.ttl - curve.current).abs() < 1e-9;
        let note = current.then(|| view! { <span class="muted">" " {lang.of("(now)", "(현재)")}</span> });
        let typed = (point.ttl.round() as i64).max(1).to_string();
        let pattern = pattern_of(&desk.prefix);
        let bulk = link("/caching/bulk", &[("target", &desk.target), ("pattern", &pattern), ("ttl", &typed)]);
        view! {
            <tr data-key=name(point)>
                <th scope="row">{name(point)} {note}</th>
                <td class="number">{hits}</td>
                <td class="number">{Unit::Count.text(point.queries, lang)}</td>
                <td>
                    <a href=bulk>{lang.of("Set it", "설정")}</a>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let part = curve.points.iter().any(|point| point.hits.is_none()).then(|| {
        let text = lang.of(
            "The server counts hits of all its keys together, so that of a part of them is not known.",
            "서버는 모든 키의 적중을 합쳐 세므로 일부 키의 적중률은 알 수 없습니다.",
        );
        view! { <p class="muted">{text}</p> }
    });
    view! {
        <Histogram
            caption=lang.of("Database queries per second at each TTL (≈)", "TTL별 초당 데이터베이스 쿼리(≈)")
            heads=(lang.of("TTL", "TTL"), lang.of("Queries per second", "초당 쿼리"))
            unit=Unit::Count
            bars=queries
        />
        <Table caption=lang.of("What each TTL would do", "TTL별 예상") heads=heads>
            {rows}
        </Table>
        {part}
        <p class="muted">
            {lang
                .of(
                    "Holds while a key is filled after a miss, gets its TTL then and keeps it, and while the load stays as it was.",
                    "미스 후 키를 채우면서 TTL을 정하고 그대로 두며, 부하가 측정 때와 같을 때 맞습니다.",
                )}
        </p>
    }
}

fn seconds(seconds: f64, lang: Lang) -> String {
    span((seconds * 1_000.0).round() as i64).read(lang)
}
