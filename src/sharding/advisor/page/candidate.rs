//! One candidate: verdict and reasons first, then the figures, then the way to the form.

use leptos::prelude::*;

use super::Asked;
use crate::error::AppError;
use crate::sharding::advisor::api::read_common_values;
use crate::sharding::advisor::model::judge::{Ground, together};
use crate::sharding::advisor::model::{Advice, Candidate, CommonValue, Verdict, form_text};
use crate::text::{Lang, bytes, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Table};

/// A card of one key.
#[component]
pub fn CandidateCard(candidate: Candidate, advice: Advice, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let text = form_text(&candidate.key);
    let shown = candidate.key.to_string();
    let ground = Ground { bytes: advice.bytes, chunk_bytes: advice.chunk_bytes, shards: advice.shards };
    let jumbo = jumbo(&candidate, ground, lang);
    let figures = candidate.figures;
    let (tone, word) = verdict(candidate.verdict, lang);
    let rows = [
        (lang.of("Different values", "서로 다른 값"), figures.cardinality.words().read(lang)),
        (lang.of("Most frequent value", "가장 잦은 값"), figures.top_words().read(lang)),
        (lang.of("Missing or null", "없음 또는 null"), figures.absent_words().read(lang)),
        (lang.of("Arrays", "배열"), figures.arrays.words().read(lang)),
        (lang.of("Types", "타입"), figures.types_words().read(lang)),
        (lang.of("Grows with new documents", "새 문서와 함께 커짐"), figures.trend.words().read(lang)),
        (lang.of("Largest unsplittable part", "나눌 수 없는 최대 크기"), jumbo),
        (lang.of("How queries are routed", "쿼리 라우팅"), figures.routing.words().read(lang)),
    ];
    let way = (candidate.verdict != Verdict::Impossible).then(|| way(&advice, &asked, &text, &shown, lang));
    let label = shown.clone();
    let values = asked.link(&[("values", &text)]);
    let values_label = tr!(lang, "Most frequent values of {shown}", "{shown}의 잦은 값");
    view! {
        <article class="card" aria-label=label>
            <h3>
                <code>{shown}</code>
            </h3>
            <p>
                <Badge tone=tone text=word />
            </p>
            <ul>{candidate.reasons.into_iter().map(|it| view! { <li>{it.words.read(lang)}</li> }).collect_view()}</ul>
            <dl class="facts">
                {rows
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <dt>{name}</dt>
                            <dd>{value}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
            <p class="buttons">
                {way}
                <a class="button quiet" href=values aria-label=values_label>
                    {lang.of("Most frequent values", "잦은 값 보기")}
                </a>
            </p>
        </article>
    }
}

/// To the form with this key: another key for what is sharded already takes resharding.
fn way(advice: &Advice, asked: &Asked, key: &str, shown: &str, lang: Lang) -> impl IntoView + use<> {
    let about = [("target", asked.target.as_str()), ("namespace", &asked.namespace), ("key", key)];
    let (href, label, text) = if advice.sharded.is_some() {
        let action = [("action", "reshard_collection")];
        (
            link("/sharding/reshape", &[&about[..], &action].concat()),
            tr!(lang, "Reshard to {shown}", "{shown}(으)로 리샤딩"),
            lang.of("Reshard to this key…", "이 키로 리샤딩…"),
        )
    } else {
        (
            link("/sharding/shard", &about),
            tr!(lang, "Shard on {shown}", "{shown}(으)로 샤딩"),
            lang.of("Shard on this key…", "이 키로 샤딩…"),
        )
    };
    view! {
        <a class="button" href=href aria-label=label>
            {text}
        </a>
    }
}

fn verdict(verdict: Verdict, lang: Lang) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Good => ("good", lang.of("Good", "좋음")),
        Verdict::Fair => ("warn", lang.of("With drawbacks", "단점 있음")),
        Verdict::Poor => ("bad", lang.of("Poor", "나쁨")),
        Verdict::Impossible => ("bad", lang.of("Not possible", "불가능")),
        Verdict::Unknown => ("plain", lang.of("Unknown", "알 수 없음")),
    }
}

/// What has one value and can therefore never be parted, against the size of a chunk.
fn jumbo(candidate: &Candidate, ground: Ground, lang: Lang) -> String {
    let chunk = bytes(ground.chunk_bytes);
    match (together(&candidate.figures, ground), candidate.figures.top) {
        (Some(held), _) => {
            let held = bytes(held);
            tr!(lang, "about {held}; a chunk has {chunk}", "약 {held}, 청크는 {chunk}")
        }
        (None, None) if candidate.figures.absent.is_some() => {
            lang.of("none: no value was seen twice", "없음: 두 번 나온 값 없음").to_owned()
        }
        (None, _) => lang.of("unknown", "알 수 없음").to_owned(),
    }
}

/// The most frequent values of one key: data, so only for those who may change the cluster.
#[component]
pub fn Values(asked: Asked) -> impl IntoView {
    let values = fetch(
        {
            let asked = asked.clone();
            move || (asked.target.clone(), asked.namespace.clone(), asked.values.clone())
        },
        |(target, namespace, key)| read_common_values(target, namespace, key),
    );
    let key = asked.values;
    view! {
        <Transition fallback=|| ()>
            {move || {
                let key = key.clone();
                Suspend::new(async move { view! { <ValueTable key_text=key values=values.await /> } })
            }}
        </Transition>
    }
}

#[component]
fn ValueTable(key_text: String, values: Result<Vec<CommonValue>, AppError>) -> impl IntoView {
    let lang = use_lang();
    match values {
        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
        Ok(values) if values.is_empty() => {
            let none = tr!(
                lang,
                "No value of {key_text} was seen twice in the sample.",
                "표본에서 {key_text}의 값이 두 번 나온 적이 없습니다."
            );
            view! { <p class="muted">{none}</p> }.into_any()
        }
        Ok(values) => {
            let caption =
                tr!(lang, "Most frequent values of {key_text} in a sample", "표본에서 가장 잦은 {key_text} 값");
            let heads = vec![lang.of("Value", "값"), lang.of("Share", "비율")];
            view! {
                <Table caption=caption heads=heads>
                    {values
                        .into_iter()
                        .map(|it| {
                            let share = it.share;
                            view! {
                                <tr>
                                    <th scope="row">
                                        <code>{it.value}</code>
                                    </th>
                                    <td class="number">{format!("{share:.1} %")}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </Table>
            }
            .into_any()
        }
    }
}
