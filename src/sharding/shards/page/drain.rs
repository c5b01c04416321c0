//! One draining: the verdict, the next step as a button, what is left, how fast it goes, and every reason.

use leptos::prelude::*;

use crate::finding::page::Findings;
use crate::sharding::model::Release;
use crate::sharding::model::offered::Operation;
use crate::sharding::shards::model::drain::{CollectionLeft, Drain, Held, Left, State};
use crate::sharding::shards::model::pace::Pace;
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Table};

/// Collections that are listed; the rest is counted.
const LISTED: usize = 20;

#[component]
pub fn DrainCard(drain: Drain, release: Release, target: String) -> impl IntoView {
    let lang = use_lang();
    let Drain { left, pace, state, reasons, step, way, stop } = drain;
    let (tone, word) = match state {
        State::Moving => ("good", lang.of("moves", "이동 중")),
        State::Stuck => ("bad", lang.of("stuck", "멈춤")),
        State::YourTurn => ("warn", lang.of("action needed", "조치 필요")),
        State::Empty => ("good", lang.of("empty", "비었음")),
        State::Unknown => ("plain", lang.of("unknown", "알 수 없음")),
    };
    let shard = left.shard.clone();
    let title = tr!(lang, "Draining {shard}", "{shard} 드레이닝");
    let (key, label) = (format!("drain-{shard}"), title.clone());
    let facts = facts(&left, pace, lang);
    let button =
        (!way.link.is_empty()).then(|| view! { <a class="button primary" href=way.link>{way.action.read(lang)}</a> });
    view! {
        <section class="card" id=key.clone() data-key=key aria-label=label>
            <h2>{title} " " <Badge tone=tone text=word /></h2>
            <p>
                <strong>{step.read(lang)}</strong>
            </p>
            {button.map(|button| view! { <p class="buttons">{button}</p> })}
            <dl class="facts">
                {facts
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <dt>{name}</dt>
                            <dd>{value}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
            <h3>{lang.of("What stands in the way", "막고 있는 것")}</h3>
            <Findings findings=reasons />
            <Collections collections=left.collections target=target shard=shard />
            <p class="muted">
                {match Operation::StopDraining.offered(release) {
                    Ok(()) => view! { <a href=stop.link>{stop.action.read(lang)}</a> }.into_any(),
                    Err(why) => why.read(lang).into_any(),
                }}
            </p>
        </section>
    }
}

type Facts = Vec<(&'static str, String)>;

fn facts(left: &Left, pace: Pace, lang: Lang) -> Facts {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let number = |known: Option<i64>| known.map_or_else(unknown, count);
    let size = |known: Option<i64>| known.map_or_else(unknown, bytes);
    let databases = left.databases.as_ref().map_or_else(unknown, |names| match names.len() {
        0 => "0".to_owned(),
        number => {
            let more = if left.more_databases { ", …" } else { "" };
            format!("{number}{}: {}{more}", if left.more_databases { "+" } else { "" }, names.join(", "))
        }
    });
    let (went, rest) = paces(pace, lang);
    let mut facts = vec![
        (lang.of("Chunks left", "남은 청크"), number(left.chunks)),
        (lang.of("of these jumbo", "그중 점보"), number(left.jumbo)),
        (lang.of("Databases to move", "옮길 데이터베이스"), databases),
        (lang.of("Owned data left", "남은 소유 데이터"), size(left.owned)),
        (lang.of("Moved, not deleted yet", "이동 후 미삭제"), size(left.orphaned)),
        (lang.of("Pace", "속도"), went),
        (lang.of("Until the chunks are gone", "청크가 모두 옮겨지기까지"), rest),
    ];
    if !left.single.is_empty() {
        facts.insert(3, (lang.of("Unsharded collections", "샤딩되지 않은 컬렉션"), left.single.join(", ")));
    }
    facts
}

/// How it went, and how long the rest takes.
fn paces(pace: Pace, lang: Lang) -> (String, String) {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    match pace {
        Pace::Unknown => (lang.of("too little seen so far", "아직 판단할 만큼 보지 못함").to_owned(), unknown()),
        Pace::Still { millis } => {
            let millis = span(millis).read(lang);
            (tr!(lang, "nothing moved for {millis}", "{millis} 동안 이동 없음"), unknown())
        }
        Pace::Moving { moved, millis, left } => {
            let (moved, millis, left) = (count(moved), span(millis).read(lang), span(left).read(lang));
            (
                tr!(lang, "{moved} chunks in {millis}", "{millis} 동안 청크 {moved}개"),
                tr!(lang, "about {left}, at this pace", "이 속도로 약 {left}"),
            )
        }
    }
}

#[component]
fn Collections(collections: Vec<CollectionLeft>, target: String, shard: String) -> impl IntoView {
    let lang = use_lang();
    if collections.is_empty() {
        return ().into_any();
    }
    let (number, listed) = (collections.len(), collections.len().min(LISTED));
    let caption = match number > LISTED {
        true => tr!(
            lang,
            "Collections with chunks on {shard}: {listed} of {number}",
            "{shard}에 청크가 있는 컬렉션: {number}개 중 {listed}개"
        ),
        false => tr!(lang, "Collections with chunks on {shard}", "{shard}에 청크가 있는 컬렉션"),
    };
    let heads = vec![
        lang.of("Collection", "컬렉션"),
        lang.of("Chunks", "청크"),
        lang.of("Jumbo", "점보"),
        lang.of("Balancing", "밸런싱"),
    ];
    let row = move |it: CollectionLeft| {
        let key = format!("left-{}", it.namespace);
        let href = link("/sharding/collection", &[("target", &target), ("namespace", &it.namespace)]);
        view! {
            <tr data-key=key>
                <th scope="row">
                    <a href=href>
                        <code>{it.namespace}</code>
                    </a>
                </th>
                <td class="number">{count(it.chunks)}</td>
                <td class="number">{count(it.jumbo)}</td>
                <td>{held(it.held, lang)}</td>
            </tr>
        }
    };
    view! { <Table caption=caption heads=heads>{collections.into_iter().take(LISTED).map(row).collect_view()}</Table> }
        .into_any()
}

fn held(held: Held, lang: Lang) -> &'static str {
    match held {
        Held::Free => lang.of("allowed", "허용"),
        Held::NoBalance => lang.of("off (noBalance)", "꺼짐(noBalance)"),
        Held::Frozen => lang.of("migrations forbidden", "마이그레이션 금지"),
        Held::Defragmented => lang.of("being defragmented", "조각 모음 중"),
        Held::Resharded => lang.of("being resharded", "리샤딩 중"),
    }
}
