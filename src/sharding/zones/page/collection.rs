//! The ranges of one collection: a picture, its table, and what can be done about each.

use leptos::prelude::*;

use super::Asked;
use super::cluster::ShardTable;
use super::forms::{MoveBoundForm, SetRangeForm, typed};
use crate::error::AppError;
use crate::finding::page::Findings;
use crate::sharding::model::ShardKey;
use crate::sharding::zones::model::{CollectionZones, Piece, PieceKind};
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::table::{Badge, Table};
use crate::words;

/// Pieces that are drawn.
const DRAWN: usize = 60;

#[component]
pub fn Ranges(seen: CollectionZones, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let mut asked = asked;
    let moving = asked.opened() == "move_zone_bound";
    let asks_key = seen.key.is_none() && !seen.sharded && !moving;
    let error = error.or_else(|| if seen.sharded { None } else { wrong_key(&asked.form.key) });
    if let (Some(key), false) = (&seen.key, seen.sharded) {
        // Every link and form says which key the ranges are meant for, also where it was guessed by the ranges.
        asked.form.key = typed(key);
    }
    let at_form = |error: &AppError| {
        error.field.as_deref().is_some_and(|field| match field {
            "key" => asks_key,
            // These fields are not there while a key is asked for.
            field => !asks_key && (field == "zone" || field.starts_with("min.") || field.starts_with("max.")),
        })
    };
    let elsewhere = error.clone().filter(|error| !at_form(error));
    let namespace = seen.namespace.clone();
    let key = seen.key.as_ref().map(ToString::to_string);
    let state = match (&key, seen.sharded) {
        (Some(key), true) => tr!(lang, "Sharded by {key}.", "샤드 키: {key}."),
        (None, true) => lang
            .of(
                "Sharded by a key of a kind that this version does not know.",
                "이 버전이 모르는 종류의 키로 샤딩되어 있습니다.",
            )
            .to_owned(),
        (_, false) => lang
            .of(
                "Not sharded yet; ranges can be set beforehand.",
                "아직 샤딩되지 않았습니다. 범위를 미리 지정할 수 있습니다.",
            )
            .to_owned(),
    };
    let balancer = seen.balancer.told().read(lang);
    let up = link(super::PATH, &[("target", &asked.target)]);
    let own = link("/sharding/collection", &[("target", &asked.target), ("namespace", &namespace)]);
    view! {
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        <section class="card">
            <h2>{lang.of("Ranges of ", "범위: ")} <code>{namespace}</code></h2>
            <p>
                {state} " " {balancer} " "
                <a href=own>{lang.of("The collection", "컬렉션")}</a> " · "
                <a href=up>{lang.of("All zones", "모든 존")}</a>
            </p>
            {(!seen.findings.is_empty()).then(|| view! { <Findings findings=seen.findings.clone() /> })}
            {seen.more
                .then(|| {
                    let text = words!(
                        "There are more ranges; only the first ones in the order of the key are shown.",
                        "범위가 더 있으며 키 순서로 앞부분만 표시합니다.",
                    );
                    view! { <Notice tone=Tone::Warn text=text word=None /> }
                })}
            <Picture pieces=seen.pieces.clone() zones=seen.zones.clone() />
            <PieceTable pieces=seen.pieces.clone() asked=asked.clone() />
            <ShardTable shards=seen.shards.clone() collection=seen.sharded />
        </section>
        {if moving {
            view! { <MoveBoundForm seen=seen asked=asked error=error /> }.into_any()
        } else {
            view! { <SetRangeForm seen=seen asked=asked error=error /> }.into_any()
        }}
    }
}

/// Why the key that was asked for cannot be one; none where none was.
fn wrong_key(text: &str) -> Option<AppError> {
    if text.trim().is_empty() {
        return None;
    }
    ShardKey::parse(text, false).err().map(|rule| AppError::invalid("key", rule))
}

/// All pieces are drawn alike wide: a key has an order, but no length.
#[component]
fn Picture(pieces: Vec<Piece>, zones: Vec<String>) -> impl IntoView {
    let lang = use_lang();
    let ranges = pieces.iter().filter(|it| it.kind != PieceKind::Gap).count();
    let gaps = pieces.len() - ranges;
    let label = tr!(
        lang,
        "{ranges} ranges and {gaps} gaps in the order of the key; the table below has their bounds",
        "키 순서의 범위 {ranges}개와 빈 구간 {gaps}개. 경계는 아래 표에 있습니다",
    );
    let rest = pieces.len().saturating_sub(DRAWN);
    let cells = pieces.into_iter().take(DRAWN).map(|piece| {
        let (class, text) = match piece.kind {
            PieceKind::Gap => ("piece gap".to_owned(), lang.of("any shard", "모든 샤드").to_owned()),
            PieceKind::Range { zone, overlaps, .. } => {
                // Colours repeat; the name in each cell is what tells zones apart.
                let colour = zones.iter().position(|it| *it == zone).map_or(0, |place| place % 4 + 1);
                (format!("piece zone-{colour}{}", if overlaps { " overlaps" } else { "" }), zone)
            }
        };
        view! { <span class=class>{text}</span> }
    });
    view! {
        <div class="ranges" role="img" aria-label=label>
            {cells.collect_view()}
            {(rest > 0).then(|| view! { <span class="piece">{format!("+{rest}")}</span> })}
        </div>
    }
}

#[component]
fn PieceTable(pieces: Vec<Piece>, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let ranges = pieces.iter().filter(|it| it.kind != PieceKind::Gap).count();
    let number = count(i64::try_from(ranges).unwrap_or(i64::MAX));
    let caption = tr!(lang, "{number} ranges in the order of the key", "키 순서의 범위 {number}개");
    let heads = vec![
        lang.of("From, included", "하한(포함)"),
        lang.of("Up to, not included", "상한(미포함)"),
        lang.of("Zone", "존"),
        lang.of("Shards", "샤드"),
        lang.of("Action", "작업"),
    ];
    let rows: Vec<_> = pieces.into_iter().map(|piece| piece_row(piece, &asked, lang).into_any()).collect();
    view! {
        <Table caption=caption heads=heads>
            {rows}
        </Table>
    }
}

fn piece_row(piece: Piece, asked: &Asked, lang: Lang) -> impl IntoView + use<> {
    let Piece { kind, min, max } = piece;
    let (zone, shards, deeds) = match kind {
        PieceKind::Gap => {
            let zone = view! { <span class="muted">{lang.of("none", "없음")}</span> }.into_any();
            (zone, lang.of("any", "모두").to_owned().into_any(), ().into_any())
        }
        PieceKind::Range { zone, shards, overlaps } => {
            let from = &min.shown;
            let of = tr!(lang, "of zone {zone} from {from}", "존 {zone}, 하한 {from}");
            let deed = |ask: &'static str, at: &str, text: &'static str| {
                let name = if ask == "remove_zone_range" { "action" } else { "ask" };
                let href = asked.link(&[(name, ask), ("at", at)]);
                view! {
                    <a href=href aria-label=format!("{text} {of}")>
                        {text}
                    </a>
                }
            };
            let deeds = view! {
                <span class="deeds">
                    {deed("move_zone_bound", &min.ejson, lang.of("Move lower bound…", "하한 옮기기…"))}
                    {deed("move_zone_bound", &max.ejson, lang.of("Move upper bound…", "상한 옮기기…"))}
                    {deed("remove_zone_range", &min.ejson, lang.of("Remove…", "제거…"))}
                </span>
            }
            .into_any();
            let shards = if shards.is_empty() {
                view! { <Badge tone="bad" text=lang.of("no shard", "샤드 없음") /> }.into_any()
            } else {
                shards.join(", ").into_any()
            };
            let zone = view! {
                <code>{zone}</code>
                {overlaps.then(|| view! { " " <Badge tone="bad" text=lang.of("overlaps", "겹침") /> })}
            };
            (zone.into_any(), shards, deeds)
        }
    };
    view! {
        <tr data-key=min.ejson>
            <td>
                <code>{min.shown}</code>
            </td>
            <td>
                <code>{max.shown}</code>
            </td>
            <td>{zone}</td>
            <td>{shards}</td>
            <td>{deeds}</td>
        </tr>
    }
}
