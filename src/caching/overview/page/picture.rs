//! What lives how long, and what dies when.

use leptos::prelude::*;

use super::super::api::read_ttl_picture;
use super::super::model::Picture;
use super::super::model::picture::{Class, Prefix};
use crate::caching::finding::pattern_of;
use crate::text::{Lang, count, span, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::chart::scale::Unit;
use crate::ui::chart::{Chart, Series};
use crate::ui::fetch::fetch;
use crate::ui::histogram::{Bar, Histogram};
use crate::ui::live::Region;
use crate::ui::table::{Empty, Table};

const MINUTE: i64 = 60_000;
/// Prefixes that are listed.
const LISTED: usize = 20;

/// The picture of the cache that the address names.
#[component]
pub fn PicturePart() -> impl IntoView {
    let address = use_address();
    let target = move || address.with(|address| address.text("target"));
    let picture = fetch(target, read_ttl_picture);
    view! {
        <Region id="picture">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match picture.await {
                        Ok(picture) => view! { <Shown picture=picture target=untrack(target) /> }.into_any(),
                        // The part above has told it.
                        Err(_) => ().into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Shown(picture: Picture, target: String) -> impl IntoView {
    let lang = use_lang();
    let how = how(&picture, lang);
    if picture.sampled == 0 {
        let empty = lang.of("There is no key that could be looked at.", "조회할 수 있는 키가 없습니다.");
        return view! {
            <section class="card">
                <h2>{lang.of("Times to live", "TTL 분포")}</h2>
                <Empty text=empty />
            </section>
        }
        .into_any();
    }
    view! {
        <section class="card">
            <h2>{lang.of("Times to live", "TTL 분포")}</h2>
            <p class="muted">{how}</p>
            <Classes picture=picture.clone() />
            <p>
                <a href=link("/caching/keys", &[("target", &target), ("ttl", "none")])>
                    {lang.of("Keys without TTL", "TTL 없는 키")}
                </a>
                " · "
                <a href=link("/caching/keys", &[("target", &target), ("ttl", "minute")])>
                    {lang.of("Keys that die within a minute", "1분 안에 만료되는 키")}
                </a>
            </p>
        </section>
        <section class="card">
            <h2>{lang.of("What dies when", "만료 예정")}</h2>
            <Timeline picture=picture.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Without TTL, by prefix", "접두사별 TTL 없는 키")}</h2>
            <Prefixes picture=picture target=target />
        </section>
    }
    .into_any()
}

/// How the sample was taken.
fn how(picture: &Picture, lang: Lang) -> String {
    let (sampled, total, age) = (count(picture.sampled), count(picture.total), span(picture.age).read(lang));
    let hidden = match picture.hidden {
        0 => String::new(),
        hidden => {
            let hidden = count(hidden);
            tr!(
                lang,
                " {hidden} more may not be looked at by the console's user.",
                " 콘솔 사용자에게 권한이 없는 키가 {hidden}개 더 있습니다."
            )
        }
    };
    let told = if picture.whole {
        tr!(lang, "All {sampled} keys, {age} ago: exact.", "키 {sampled}개 전부, {age} 전: 정확한 값입니다.")
    } else {
        tr!(
            lang,
            "Estimated (≈) from {sampled} of {total} keys, {age} ago. They stand in a row in the server's hash table, whose order has nothing to do with names, age or TTL; each sample goes on where the last one ended.",
            "키 {total}개 중 {sampled}개로 {age} 전에 추정(≈)했습니다. 서버 해시 테이블에서 연속한 키들이며, 그 순서는 이름·나이·TTL과 무관합니다. 다음 표본은 이어서 뽑습니다."
        )
    };
    told + &hidden
}

#[component]
fn Classes(picture: Picture) -> impl IntoView {
    let lang = use_lang();
    let about = if picture.whole { "" } else { " (≈)" };
    let bars = |of: fn(&Class) -> Option<f64>| {
        let rows = picture.classes.iter().map(|class| Bar { label: class_name(class, lang), value: of(class) });
        rows.collect::<Vec<_>>()
    };
    let keys = format!("{}{about}", lang.of("Keys by time left", "남은 시간별 키"));
    let memory = format!("{} (≈)", lang.of("Memory by time left", "남은 시간별 메모리"));
    let left = lang.of("Time left", "남은 시간");
    view! {
        <Histogram
            caption=keys
            heads=(left, lang.of("Keys", "키"))
            unit=Unit::Count
            bars=bars(|class| Some(class.keys.round()))
        />
        <Histogram
            caption=memory
            heads=(left, lang.of("Memory", "메모리"))
            unit=Unit::Bytes
            bars=bars(|class| class.bytes)
        />
    }
}

fn class_name(class: &Class, lang: Lang) -> String {
    match class.under {
        Some(bound) => {
            let bound = span(bound).read(lang);
            tr!(lang, "under {bound}", "{bound} 미만")
        }
        None if class.never => lang.of("no TTL", "TTL 없음").to_owned(),
        None => lang.of("longer", "그 이상").to_owned(),
    }
}

#[component]
fn Timeline(picture: Picture) -> impl IntoView {
    let lang = use_lang();
    let about = if picture.whole { "" } else { " (≈)" };
    let series = |step: i64, values: &[f64]| {
        let at = |place: usize| picture.at + i64::try_from(place).unwrap_or(0) * step;
        let points = values.iter().enumerate().map(|(place, value)| (at(place), Some(value.round())));
        vec![Series { label: lang.of("Keys that expire", "만료되는 키").to_owned(), points: points.collect() }]
    };
    let minutes = format!("{}{about}", lang.of("Keys dying per minute, the next hour", "앞으로 1시간, 분당 만료 키"));
    let hours = format!("{}{about}", lang.of("Keys dying per hour, the next day", "앞으로 하루, 시간당 만료 키"));
    let (hour, day) = ((picture.at, picture.at + 60 * MINUTE), (picture.at, picture.at + 24 * 60 * MINUTE));
    view! {
        <Chart caption=minutes unit=Unit::Count series=series(MINUTE, &picture.minutes) span=Some(hour) />
        <Chart caption=hours unit=Unit::Count series=series(60 * MINUTE, &picture.hours) span=Some(day) />
    }
}

#[component]
fn Prefixes(picture: Picture, target: String) -> impl IntoView {
    let lang = use_lang();
    let about = if picture.whole { "" } else { "≈ " };
    let mut listed: Vec<Prefix> = picture.prefixes.into_iter().filter(|it| it.without > 0).take(LISTED).collect();
    if listed.is_empty() {
        return view! { <Empty text=lang.of("Every key that was looked at has a TTL.", "조회한 키에 모두 TTL이 있습니다.") /> }
            .into_any();
    }
    listed.sort_by(|one, other| other.keys.total_cmp(&one.keys));
    let heads = vec![
        lang.of("Prefix", "접두사"),
        lang.of("Without TTL", "TTL 없음"),
        lang.of("Of the sample", "표본 중"),
        lang.of("Kind", "종류"),
        lang.of("Do", "작업"),
    ];
    let rows = listed.into_iter().map(|it| {
        let Prefix { prefix, with, without, keys, family } = it;
        let shown =
            if prefix.is_empty() { lang.of("(no prefix)", "(접두사 없음)").to_owned() } else { prefix.clone() };
        let keys = format!("{about}{}", count(keys.round() as i64));
        let (without, all) = (count(without), count(with + without));
        let look = link("/caching/keys", &[("target", &target), ("prefix", &prefix), ("ttl", "none")]);
        // No pattern stands for names without a separator alone: `*` would be all keys.
        let bulk = (!prefix.is_empty()).then(|| {
            let pattern = pattern_of(&prefix);
            let bulk = link("/caching/bulk", &[("target", &target), ("pattern", &pattern), ("only", "lasting")]);
            view! {
                " · "
                <a href=bulk>{lang.of("Give them a TTL", "TTL 설정")}</a>
            }
        });
        let see = match prefix.as_str() {
            "" => lang.of("See all without TTL", "TTL 없는 키 모두 보기"),
            _ => lang.of("See them", "보기"),
        };
        let family = family.map(|family| family.words().read(lang)).unwrap_or_default();
        view! {
            <tr data-key=prefix>
                <th scope="row"><code>{shown}</code></th>
                <td class="number">{keys}</td>
                <td class="number">{tr!(lang, "{without} of {all}", "{all} 중 {without}")}</td>
                <td>{family}</td>
                <td>
                    <a href=look>{see}</a>
                    {bulk}
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption=lang.of("Keys that never expire", "만료되지 않는 키") heads=heads>
            {rows}
        </Table>
    }
    .into_any()
}
