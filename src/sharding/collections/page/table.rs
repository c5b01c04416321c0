//! The table of collections.

use leptos::prelude::*;

use super::super::model::{CHUNKS_LISTED, Collection, CollectionList, Movement, Sharded};
use super::Asked;
use crate::sharding::model::{Chunks, Evenness, Held, Namespace};
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Table};

#[component]
pub fn CollectionTable(list: CollectionList, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let (shards, version) = (count(list.shards), list.version);
    let caption = tr!(
        lang,
        "Collections · {shards} shards · router MongoDB {version}",
        "컬렉션 · 샤드 {shards}개 · 라우터 MongoDB {version}"
    );
    let heads = vec![
        lang.of("Collection", "컬렉션"),
        lang.of("Shard key", "샤드 키"),
        lang.of("Chunks on each shard", "샤드별 청크"),
        lang.of("Documents", "문서 수"),
        lang.of("Owned", "소유"),
        lang.of("Orphaned", "고아"),
        lang.of("Spread", "분포"),
        lang.of("Balancing", "밸런싱"),
        lang.of("Action", "작업"),
    ];
    let rows = list.collections.into_iter().map(|collection| row(collection, &asked.target, lang)).collect_view();
    view! {
        <Table caption=caption heads=heads>
            {rows}
        </Table>
    }
}

fn row(collection: Collection, target: &str, lang: Lang) -> impl IntoView + use<> {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let documents = collection.documents.map_or_else(unknown, count);
    let (owned, orphaned) = held_words(collection.held, lang);
    let orphaned = if collection.sharded.is_some() { orphaned } else { "–".to_owned() };
    let action = action(&collection, target, lang);
    let name = collection.namespace;
    let href = link("/sharding/collection", &[("target", target), ("namespace", &name)]);
    let none = || "–".into_any();
    let (key, chunks, spread, movement) = match collection.sharded {
        Some(sharded) => {
            let unique = sharded.unique.then(|| lang.of(" unique", " 고유"));
            let chunks = chunk_words(&sharded, lang);
            let (spread, movement) = (spread_badge(&sharded.evenness, lang), movement_words(&sharded, lang));
            (view! { <code>{sharded.key}</code> {unique} }.into_any(), chunks, spread, movement.into_any())
        }
        None if collection.time_series => {
            (lang.of("not sharded (time series)", "샤딩 안 됨(시계열)").into_any(), "–".to_owned(), none(), none())
        }
        None => (lang.of("not sharded", "샤딩 안 됨").into_any(), "–".to_owned(), none(), none()),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>
                    <code>{name}</code>
                </a>
            </th>
            <td>{key}</td>
            <td>{chunks}</td>
            <td class="number">{documents}</td>
            <td class="number">{owned}</td>
            <td class="number">{orphaned}</td>
            <td>{spread}</td>
            <td>{movement}</td>
            <td>{action}</td>
        </tr>
    }
}

fn action(collection: &Collection, target: &str, lang: Lang) -> AnyView {
    if collection.is_mongodbs() {
        return lang.of("belongs to MongoDB", "MongoDB 전용").into_any();
    }
    let name = &collection.namespace;
    if collection.sharded.is_some() || Namespace::parse(name).is_err() {
        return ().into_any();
    }
    let href = link("/sharding/shard", &[("target", target), ("namespace", name)]);
    let label = tr!(lang, "Shard {name}", "{name} 샤딩");
    view! {
        <a class="button quiet" href=href aria-label=label>
            {lang.of("Shard…", "샤딩…")}
        </a>
    }
    .into_any()
}

/// Owned and orphaned bytes in words.
pub fn held_words(held: Held, lang: Lang) -> (String, String) {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    match held {
        Held::Apart { owned, orphaned } => (bytes(owned), bytes(orphaned)),
        Held::Together(all) => {
            let all = bytes(all);
            (tr!(lang, "{all} with orphans", "고아 포함 {all}"), unknown())
        }
        Held::Unknown => (unknown(), unknown()),
    }
}

/// Whether a collection is spread evenly; the figures behind it stand in its title.
pub fn spread_badge(evenness: &Evenness, lang: Lang) -> AnyView {
    let (tone, word) = match evenness {
        Evenness::Even(_) => ("good", lang.of("even", "고름")),
        Evenness::CleanUpPending { .. } => ("good", lang.of("even, clean-up pending", "고름, 정리 대기")),
        Evenness::Uneven(_) => ("warn", lang.of("uneven", "고르지 않음")),
        Evenness::Unknown(_) => ("plain", lang.of("unknown", "알 수 없음")),
    };
    let why = match evenness {
        Evenness::Unknown(why) => why.read(lang),
        other => other.measure().map(|measure| measure.told().read(lang)).unwrap_or_default(),
    };
    view! {
        <span title=why>
            <Badge tone=tone text=word />
        </span>
    }
    .into_any()
}

fn chunk_words(sharded: &Sharded, lang: Lang) -> String {
    let chunks = match &sharded.chunks {
        Chunks::Counted(shards) => {
            let each: Vec<String> = shards.iter().map(|it| format!("{} {}", it.shard, count(it.chunks))).collect();
            each.join(" · ")
        }
        Chunks::Many => {
            let counted = count(CHUNKS_LISTED);
            tr!(lang, "more than {counted}", "{counted}개 초과")
        }
        Chunks::Unknown => lang.of("unknown", "알 수 없음").to_owned(),
    };
    match sharded.jumbo {
        Some(jumbo) if jumbo > 0 => {
            let jumbo = count(jumbo);
            tr!(lang, "{chunks} · jumbo {jumbo}", "{chunks} · 점보 {jumbo}")
        }
        _ => chunks,
    }
}

fn movement_words(sharded: &Sharded, lang: Lang) -> String {
    let mut words = vec![movement(sharded.movement, lang)];
    if !sharded.zones.is_empty() {
        let zones = sharded.zones.join(", ");
        words.push(tr!(lang, "zones {zones}", "존 {zones}"));
    }
    words.join(" · ")
}

/// Whether its chunks move, in words.
pub fn movement(movement: Movement, lang: Lang) -> String {
    let mut words = Vec::new();
    match (movement.frozen, movement.left_alone) {
        (true, _) => words.push(lang.of("frozen", "동결됨")),
        (_, true) => words.push(lang.of("off", "꺼짐")),
        _ => words.push(lang.of("on", "켜짐")),
    }
    if movement.defragmenting {
        words.push(lang.of("being defragmented", "조각 모음 중"));
    }
    if movement.resharding {
        words.push(lang.of("being resharded", "리샤딩 중"));
    }
    words.join(" · ")
}
