//! All queries that the console keeps in a cache, each with how it stands.

use leptos::prelude::*;

use super::{ONE, use_asked};
use crate::caching::queries::api::list_queries;
use crate::caching::queries::model::{Judgement, Listed, Present, State};
use crate::text::{Lang, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};

/// The ways to a new one.
#[component]
pub fn NewLinks(target: String) -> impl IntoView {
    let lang = use_lang();
    let of = |kind: &str| link(ONE, &[("target", &target), ("kind", kind)]);
    view! {
        <p class="buttons">
            <a class="button primary" href=of("")>
                {lang.of("Cache an SQL query…", "SQL 쿼리 캐시…")}
            </a>
            <a class="button quiet" href=of("find")>
                {lang.of("Cache a MongoDB find…", "MongoDB find 캐시…")}
            </a>
        </p>
    }
}

/// `/live/caching/queries`.
#[component]
pub fn ListPart() -> impl IntoView {
    let lang = use_lang();
    let asked = use_asked();
    let target = asked.with_untracked(|asked| asked.target.clone());
    let list = fetch(move || target.clone(), list_queries);
    view! {
        <Region id="queries">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let target = asked.with_untracked(|asked| asked.target.clone());
                    match list.await {
                        Ok(list) if list.is_empty() => {
                            let text = lang.of("No query is kept for this cache yet.", "이 캐시에 저장된 쿼리가 아직 없습니다.");
                            view! { <Empty text=text /> }.into_any()
                        }
                        Ok(list) => view! { <QueryTable list=list target=target /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn QueryTable(list: Vec<Listed>, target: String) -> impl IntoView {
    let lang = use_lang();
    let number = list.len();
    let caption = tr!(lang, "{number} cached queries", "쿼리 캐시 {number}개");
    let heads = vec![
        lang.of("Name", "이름"),
        lang.of("State", "상태"),
        lang.of("Age", "경과"),
        lang.of("Counts as old in", "만료까지"),
        lang.of("Hit ratio", "적중률"),
        lang.of("Worth it", "효과"),
        lang.of("Key", "키"),
        lang.of("Database", "데이터베이스"),
    ];
    view! {
        <Table caption=caption heads=heads>
            {list.into_iter().map(|one| view! { <Row one=one target=target.clone() /> }).collect_view()}
        </Table>
    }
}

#[component]
fn Row(one: Listed, target: String) -> impl IntoView {
    let lang = use_lang();
    let href = link(ONE, &[("target", &target), ("name", one.name.as_str())]);
    let present = one.present.as_ref().ok().copied();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let (tone, word) = present.map_or(("plain", unknown()), |it| chip(it.state));
    let (age, fresh) = present.map_or((unknown(), unknown()), |it| (age_of(it, lang), fresh_of(it, lang)));
    let (worth_tone, worth) = worth(one.judgement, lang);
    let (key, name) = (one.name.to_string(), one.name.to_string());
    view! {
        <tr data-key=key>
            <th scope="row">
                <a href=href>{name}</a>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td>{age}</td>
            <td>{fresh}</td>
            <td>{ratio_of(one.counts.ratio(), one.counts.runs(), lang)}</td>
            <td>
                <Badge tone=worth_tone text=worth />
            </td>
            <td>
                <code>{one.key}</code>
            </td>
            <td>{one.source}</td>
        </tr>
    }
}

/// A state as its word, which is the same in both languages, with its tone.
pub fn chip(state: State) -> (&'static str, String) {
    match state {
        State::Hit => ("good", "HIT".to_owned()),
        State::Stale => ("warn", "STALE".to_owned()),
        State::Miss => ("plain", "MISS".to_owned()),
    }
}

/// How old an answer is.
pub fn age_of(present: Present, lang: Lang) -> String {
    match (present.state, present.age) {
        (State::Miss, _) => "–".to_owned(),
        (_, Some(age)) => span(age).read(lang),
        (_, None) => lang.of("unknown: its time was changed", "알 수 없음(TTL이 변경됨)").to_owned(),
    }
}

/// When it counts as old, and the next one who asks has it fetched anew.
fn fresh_of(present: Present, lang: Lang) -> String {
    match (present.state, present.fresh, present.left) {
        (State::Hit, Some(fresh), _) => span(fresh).read(lang),
        (State::Hit, None, None) => lang.of("never", "만료 없음").to_owned(),
        (State::Miss, ..) => lang.of("the next run", "다음 실행").to_owned(),
        _ => lang.of("now", "지금").to_owned(),
    }
}

/// A hit ratio with the number of runs that it is of.
pub fn ratio_of(ratio: Option<f64>, runs: i64, lang: Lang) -> String {
    let Some(ratio) = ratio else { return lang.of("not run yet", "실행 기록 없음").to_owned() };
    let (percent, runs) = (ratio * 100.0, count(runs));
    tr!(lang, "{percent:.1} % of {runs} runs", "{runs}회 중 {percent:.1}%")
}

fn worth(judgement: Judgement, lang: Lang) -> (&'static str, String) {
    let times = |tenths: u64| tenths as f64 / 10.0;
    match judgement {
        Judgement::Unknown => ("plain", lang.of("not measured", "측정 안 함").to_owned()),
        Judgement::Worth { tenths, .. } => {
            let times = times(tenths);
            ("good", tr!(lang, "yes, ×{times:.1}", "예, ×{times:.1}"))
        }
        Judgement::NotWorth { tenths, .. } => {
            let times = times(tenths);
            ("warn", tr!(lang, "no, ×{times:.1}", "아니요, ×{times:.1}"))
        }
    }
}
