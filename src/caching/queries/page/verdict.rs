//! Whether a cached query is worth it: both times side by side, and what they say.

use leptos::prelude::*;

use crate::caching::queries::model::{Judgement, Measured, One, Spread, Why};
use crate::text::{Words, span, use_lang, utc};
use crate::tr;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::plan::micros;
use crate::ui::table::Table;
use crate::words;

/// Both answers to whether it is worth it are of one size.
#[component]
pub fn Verdict(one: One) -> impl IntoView {
    let lang = use_lang();
    let (tone, word, text) = told(one.judgement, one.measured.as_ref());
    let word = word.map(|(en, ko)| lang.of(en, ko));
    let suggested = one.suggested.map(|seconds| {
        let time = span(seconds * 1_000).read(lang);
        tr!(
            lang,
            "Suggested time to live: {time}. It is 100 times what the query takes (at least 10 s, at most a day), so that \
             the database spends no more than 1 % of its time on it.",
            "추천 TTL: {time}. 쿼리 시간의 100배(최소 10초, 최대 하루)로, 데이터베이스가 이 쿼리에 쓰는 시간이 1%를 넘지 않습니다."
        )
    });
    view! {
        <h3>{lang.of("Is it worth it?", "캐시할 가치가 있나요?")}</h3>
        {one
            .measuring
            .then(|| view! { <p class="muted">{lang.of("It is being measured…", "측정 중…")}</p> })}
        <Notice tone=tone text=text word=word />
        {one.measured.clone().and_then(|it| it.error).map(|error| view! { <ErrorNotice error=error /> })}
        {one.measured.map(|measured| view! { <Times measured=measured /> })}
        {suggested.map(|text| view! { <p>{text}</p> })}
    }
    .into_any()
}

type Told = (Tone, Option<(&'static str, &'static str)>, Words);

fn told(judgement: Judgement, measured: Option<&Measured>) -> Told {
    let percent = |thousandths: u32| f64::from(thousandths) / 10.0;
    match judgement {
        Judgement::Unknown => {
            let text = if measured.is_some() {
                words!(
                    "Unknown: fewer than 5 times were taken of each, which says nothing.",
                    "알 수 없음: 각각 5회 미만으로 측정되어 판단할 수 없습니다."
                )
            } else {
                words!("Unknown: it was not measured yet.", "알 수 없음: 아직 측정하지 않았습니다.")
            };
            (Tone::Warn, Some(("Not known", "알 수 없음")), text)
        }
        Judgement::Worth { tenths, from } => {
            let times = tenths as f64 / 10.0;
            let mut text = words!(
                "The database takes ×{times:.1} as long as the cache.",
                "데이터베이스가 캐시보다 ×{times:.1} 오래 걸립니다."
            );
            if let Some(from) = from.map(percent) {
                text.en.push_str(&format!(
                    " It pays from a hit ratio of {from:.1} % on; fewer than 20 runs were counted yet."
                ));
                text.ko.push_str(&format!(" 적중률 {from:.1}%부터 이득입니다(실행 20회 미만)."));
            } else {
                text.en.push_str(" What the hits save is more than what storing costs.");
                text.ko.push_str(" 적중으로 아끼는 시간이 저장 비용보다 큽니다.");
            }
            (Tone::Good, Some(("Worth caching", "캐시할 가치 있음")), text)
        }
        Judgement::NotWorth { tenths, why } => {
            let times = tenths as f64 / 10.0;
            let text = match why {
                Why::NotFaster => words!(
                    "The database takes ×{times:.1} as long as the cache; it should be ×3 at least. Ask the database itself.",
                    "데이터베이스 시간이 캐시의 ×{times:.1}에 그칩니다(최소 ×3 필요). 데이터베이스에 직접 물으세요."
                ),
                Why::TooFewHits(1_000..) => words!(
                    "Storing costs more than even a hit at every run would save. Ask the database itself.",
                    "매번 적중해도 저장 비용이 더 큽니다. 데이터베이스에 직접 물으세요."
                ),
                Why::TooFewHits(from) => {
                    let from = percent(from);
                    words!(
                        "Too few runs find an answer: storing costs more than they save. It would pay from a hit ratio of \
                         {from:.1} % on. A longer time to live gives more hits.",
                        "적중이 적어 저장 비용이 더 큽니다. 적중률 {from:.1}%부터 이득이며, TTL을 늘리면 적중이 늘어납니다."
                    )
                }
            };
            (Tone::Warn, Some(("Not worth caching", "캐시할 가치 없음")), text)
        }
    }
}

#[component]
fn Times(measured: Measured) -> impl IntoView {
    let lang = use_lang();
    let at = utc(measured.at);
    let caption = tr!(lang, "Times, measured at {at} UTC", "측정값({at} UTC)");
    let heads = vec![
        lang.of("From", "출처"),
        lang.of("Median", "중앙값"),
        lang.of("Range", "범위"),
        lang.of("Samples", "횟수"),
    ];
    let rows = [
        (lang.of("the database", "데이터베이스"), Spread::of(&measured.source)),
        (lang.of("the cache", "캐시"), Spread::of(&measured.cache)),
    ];
    view! {
        <Table caption=caption heads=heads>
            {rows
                .into_iter()
                .map(|(name, spread)| {
                    let (median, range, samples) = match spread {
                        Some(it) => {
                            let range = format!("{} – {}", micros(it.least, lang), micros(it.most, lang));
                            (micros(it.median, lang), range, it.samples)
                        }
                        None => (lang.of("unknown", "알 수 없음").to_owned(), "–".to_owned(), 0),
                    };
                    view! {
                        <tr>
                            <th scope="row">{name}</th>
                            <td>{median}</td>
                            <td>{range}</td>
                            <td>{samples}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}
