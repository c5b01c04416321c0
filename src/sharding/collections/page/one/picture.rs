//! How a collection lies on the shards: a bar for each shard, with all of it in words beside.

use leptos::prelude::*;

use super::super::super::model::{One, Source};
use super::super::table::{held_words, spread_badge};
use crate::sharding::model::{Evenness, Held, Measure, OnShard, Unit};
use crate::text::{Lang, count, span, use_lang};
use crate::tr;

/// A threshold is drawn when it is no more than so many times the longest bar.
const FAR: i64 = 4;

#[component]
pub fn Spread(one: One) -> impl IntoView {
    let lang = use_lang();
    let longest = one.spread.iter().filter_map(|it| length(it.held)).max().unwrap_or_default();
    // A threshold far beyond all that is there would leave nothing of the bars.
    let near = |mark: &i64| *mark <= longest.saturating_mul(FAR);
    let mark = one.evenness.measure().and_then(|measure| mark(measure, &one.spread)).filter(near);
    let longest = longest.max(mark.unwrap_or_default());
    let caption = match one.source {
        Source::Now => lang.of("What each shard has of it now", "현재 샤드별 데이터").to_owned(),
        Source::Before(age) => {
            let age = span(age).read(lang);
            tr!(
                lang,
                "What each shard had of it {age} ago: not all shards answer now",
                "{age} 전의 샤드별 데이터: 지금은 일부 샤드가 응답하지 않습니다"
            )
        }
        Source::Unknown => lang
            .of(
                "What each shard has of it is unknown: not all shards answer",
                "일부 샤드가 응답하지 않아 샤드별 데이터를 알 수 없습니다",
            )
            .to_owned(),
    };
    let label = caption.clone();
    let rows = one.spread.iter().map(|it| row(it, longest, mark, lang)).collect_view();
    let verdict = one.key.is_some().then(|| verdict(&one.evenness, lang));
    let many = one.many_chunks.then(|| {
        view! {
            <p class="muted">
                {lang
                    .of(
                        "There are more than 20,000 chunks; the chunk map counts them.",
                        "청크가 20,000개를 넘습니다. 청크 맵에서 셀 수 있습니다.",
                    )}
            </p>
        }
    });
    view! {
        {verdict}
        <div class="table" tabindex="0" role="region" aria-label=label>
            <table class="histogram spread">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{lang.of("Shard", "샤드")}</th>
                        <th scope="col">{lang.of("Chunks", "청크")}</th>
                        <th scope="col">{lang.of("Documents", "문서 수")}</th>
                        <th scope="col">{lang.of("Owned", "소유")}</th>
                        <th scope="col">{lang.of("Orphaned", "고아")}</th>
                        <td aria-hidden="true"></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {mark
            .map(|_| {
                view! {
                    <p class="muted">
                        {lang
                            .of(
                                "The line is where the balancer begins to move data. The pale end of a bar is orphaned.",
                                "세로선은 밸런서가 데이터를 옮기기 시작하는 지점입니다. 막대의 옅은 끝은 고아 문서입니다.",
                            )}
                    </p>
                }
            })}
        {many}
    }
}

fn verdict(evenness: &Evenness, lang: Lang) -> impl IntoView + use<> {
    let why = match evenness {
        Evenness::Unknown(why) => why.read(lang),
        other => other.measure().map(|measure| measure.told().read(lang)).unwrap_or_default(),
    };
    view! { <p>{spread_badge(evenness, lang)} " " {why}</p> }
}

fn row(it: &OnShard, longest: i64, mark: Option<i64>, lang: Lang) -> impl IntoView + use<> {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let (owned, orphaned) = held_words(it.held, lang);
    let chunks = it.chunks.map_or_else(|| "–".to_owned(), count);
    let documents = it.documents.map_or_else(unknown, count);
    let width = |value: i64| thousandths(value, longest);
    let solid = match it.held {
        Held::Apart { owned, .. } => width(owned),
        Held::Together(all) => width(all),
        Held::Unknown => 0,
    };
    let pale = it.held.orphaned().map_or(0, width);
    let mark = mark.map(|mark| {
        let path = format!("M{} 0V10", width(mark));
        view! { <path class="mark" d=path vector-effect="non-scaling-stroke" /> }
    });
    let (shard, key) = (it.shard.clone(), it.shard.clone());
    view! {
        <tr data-key=key>
            <th scope="row">{shard}</th>
            <td class="number">{chunks}</td>
            <td class="number">{documents}</td>
            <td class="number">{owned}</td>
            <td class="number">{orphaned}</td>
            <td class="drawn" aria-hidden="true">
                <svg viewBox="0 0 1000 10" preserveAspectRatio="none">
                    <rect class="fill" width=solid.to_string() height="10" />
                    <rect class="fill pale" x=solid.to_string() width=pale.to_string() height="10" />
                    {mark}
                </svg>
            </td>
        </tr>
    }
}

/// Where the shard with most would be uneven: the least and the threshold together.
fn mark(measure: &Measure, spread: &[OnShard]) -> Option<i64> {
    let least = spread.iter().find(|it| it.shard == measure.least)?;
    match measure.unit {
        Unit::Bytes => Some(least.held.owned()?.saturating_add(measure.threshold)),
        // Chunks are not what the bars draw.
        Unit::Chunks => None,
    }
}

fn length(held: Held) -> Option<i64> {
    match held {
        Held::Apart { owned, orphaned } => Some(owned.saturating_add(orphaned)),
        Held::Together(all) => Some(all),
        Held::Unknown => None,
    }
}

/// Thousandths of the width. What is more than nothing is to be seen.
fn thousandths(value: i64, longest: i64) -> i64 {
    match (value, longest) {
        (..=0, _) | (_, ..=0) => 0,
        (value, longest) => i64::try_from(i128::from(value) * 1_000 / i128::from(longest)).unwrap_or(1_000).max(3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_stands_where_the_fullest_shard_would_be_uneven() {
        let on = |shard: &str, owned| OnShard { held: Held::Apart { owned, orphaned: 0 }, ..OnShard::unknown(shard) };
        let measure =
            Measure { unit: Unit::Bytes, difference: 40, threshold: 384, most: "a".into(), least: "b".into() };
        assert_eq!(mark(&measure, &[on("a", 100), on("b", 60)]), Some(444));
        assert_eq!(mark(&Measure { unit: Unit::Chunks, ..measure }, &[on("b", 60)]), None);
        assert_eq!((thousandths(444, 444), thousandths(1, 1_000_000), thousandths(0, 5)), (1_000, 3, 0));
    }
}
