//! The page of a collection's chunks: the map, where a document lives, and what was moved of late.

pub mod picture;
pub mod place;
pub mod tables;

use leptos::prelude::*;

use self::picture::Picture;
use self::place::WhereBox;
use self::tables::{CellTable, ZoneTable};
use super::api::read_chunks;
use super::model::{ChunkMap, Look, MOST_CHUNKS, Ways, cells};
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::sharding::history::page::RecentMoves;
use crate::sharding::model::Namespace;
use crate::text::{bytes, count, use_lang, utc};
use crate::tr;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::form::TextField;
use crate::ui::live::{Live, Region};
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::words;

pub const PATH: &str = "/sharding/chunks";

/// Pieces of the map that can be pointed at.
const CELLS: usize = 100;

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub namespace: String,
    pub from: String,
    pub to: String,
    /// What is typed into the box that finds a document.
    pub document: String,
}

impl Asked {
    pub fn read() -> Self {
        let address = use_address().get_untracked();
        let text = |name: &str| address.text(name);
        Self {
            target: text("target"),
            namespace: text("namespace").trim().to_owned(),
            from: text("from"),
            to: text("to"),
            document: text("document"),
        }
    }

    /// An address of this page for a part of the map.
    pub fn part(&self, from: &str, to: &str) -> String {
        link(PATH, &[("target", &self.target), ("namespace", &self.namespace), ("from", from), ("to", to)])
    }

    /// An address of another page about this collection.
    pub fn other(&self, path: &str, more: &[(&str, &str)]) -> String {
        let own = [("target", self.target.as_str()), ("namespace", self.namespace.as_str())];
        link(path, &[&own, more].concat())
    }
}

/// `/sharding/chunks`.
#[component]
pub fn ChunksPage() -> impl IntoView {
    let asked = Asked::read();
    let named = !asked.namespace.is_empty();
    view! {
        <ClusterFrame
            title=words!("Chunk map", "청크 맵")
            lead=Some(
                words!(
                    "Which shard owns which part of the shard key: from the lowest key on the left to the highest on the right.",
                    "샤드 키의 어느 부분을 어느 샤드가 갖는지 보여 줍니다. 왼쪽이 가장 낮은 키, 오른쪽이 가장 높은 키입니다.",
                ),
            )
            path="/sharding/collections"
        >
            {if named {
                view! { <OfCollection asked=asked /> }.into_any()
            } else {
                view! { <Choose asked=asked /> }.into_any()
            }}
        </ClusterFrame>
    }
    .into_any()
}

#[component]
fn Choose(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card">
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=""
                    help=lang.of("database.collection, which must be sharded", "database.collection 형식, 샤딩된 컬렉션")
                />
                <button class="primary">{lang.of("Show the map", "맵 보기")}</button>
            </form>
        </section>
    }
}

#[component]
fn OfCollection(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    // What belongs to MongoDB itself is only looked at, so it has no page of zones.
    let changeable = Namespace::parse(&asked.namespace).is_ok();
    let zones = changeable.then(|| (asked.other("/sharding/zones", &[]), lang.of("Zones", "존")));
    let links = [
        Some((asked.other("/sharding/collection", &[]), lang.of("Collection", "컬렉션"))),
        zones,
        Some((asked.other("/sharding/history", &[]), lang.of("History of its moves", "마이그레이션 이력"))),
    ];
    view! {
        <nav class="picker" aria-label=lang.of("About this collection", "이 컬렉션에 대해")>
            {links.into_iter().flatten().map(|(href, text)| view! { <a href=href>{text}</a> }).collect_view()}
        </nav>
        <section class="card">
            <h2>
                <code>{asked.namespace.clone()}</code>
            </h2>
            <Live id="chunks" source=use_source("/live/sharding/chunks") every=2_000>
                <ChunksPart />
            </Live>
        </section>
        <WhereBox asked=asked.clone() />
        <RecentMoves target=asked.target namespace=asked.namespace />
    }
}

/// The map as it is now.
#[component]
pub fn ChunksPart() -> impl IntoView {
    let asked = Asked::read();
    let read = {
        let asked = asked.clone();
        fetch(
            move || asked.clone(),
            |Asked { target, namespace, from, to, .. }| read_chunks(target, namespace, from, to),
        )
    };
    view! {
        <Region id="chunks">
            <Transition fallback=|| ()>
                {move || {
                    let asked = asked.clone();
                    Suspend::new(async move { seen(read.await, asked) })
                }}
            </Transition>
        </Region>
    }
    .into_any()
}

fn seen(look: Result<Look, AppError>, asked: Asked) -> AnyView {
    match look {
        Ok(Look::Map(map)) => view! { <Shown map=*map asked=asked /> }.into_any(),
        Ok(Look::Reading { read, about }) => view! { <Reading read=read about=about asked=asked /> }.into_any(),
        Ok(Look::TooMany(chunks)) => {
            let (chunks, most) = (count(chunks), count(i64::try_from(MOST_CHUNKS).unwrap_or(i64::MAX)));
            let text = words!(
                "This collection has {chunks} chunks or more, or very long keys. The console reads maps of up to {most} chunks.",
                "청크가 {chunks}개 이상이거나 키가 매우 깁니다. 콘솔은 청크 {most}개까지의 맵을 읽습니다.",
            );
            view! { <Notice tone=Tone::Warn text=text word=None /> }.into_any()
        }
        Ok(Look::NotSharded) => {
            let namespace = &asked.namespace;
            let text = words!(
                "{namespace} is not sharded, or there is no such collection: it has no chunks.",
                "{namespace}은(는) 샤딩되지 않았거나 없는 컬렉션이라 청크가 없습니다.",
            );
            view! { <Notice tone=Tone::Warn text=text word=None /> }.into_any()
        }
        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
    }
}

#[component]
fn Reading(read: i64, about: Option<i64>, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let again = asked.part(&asked.from, &asked.to);
    let read = count(read);
    let text = match about.map(count) {
        Some(about) => words!("Reading chunks: {read} of about {about}.", "청크를 읽는 중: 약 {about}개 중 {read}개."),
        None => words!("Reading chunks: {read} so far.", "청크를 읽는 중: 지금까지 {read}개."),
    };
    view! {
        <Notice tone=Tone::Good text=text word=Some(lang.of("Under way", "진행 중"))>
            <p>
                <a href=again>{lang.of("Look again", "다시 보기")}</a>
            </p>
        </Notice>
    }
}

#[component]
fn Shown(map: ChunkMap, asked: Asked) -> impl IntoView {
    let cells = cells(&map, CELLS);
    let zones = (!map.zones.is_empty()).then(|| view! { <ZoneTable map=map.clone() asked=asked.clone() /> });
    view! {
        <Facts map=map.clone() />
        <WaysOn ways=map.ways.clone() map=map.clone() asked=asked.clone() />
        <Picture map=map.clone() cells=cells.clone() asked=asked.clone() />
        <CellTable map=map cells=cells asked=asked />
        {zones}
    }
}

#[component]
fn Facts(map: ChunkMap) -> impl IntoView {
    let lang = use_lang();
    let astray: i64 = map.shards.iter().map(|share| share.astray).sum();
    let memory = bytes(map.bytes);
    let (read_at, marks) = (utc(map.read_at), count(map.jumbo));
    let big = match map.jumbo {
        0 => tr!(lang, "none, as of {read_at} UTC", "없음, {read_at} UTC 기준"),
        _ => tr!(lang, "{marks}, as of {read_at} UTC", "{marks}개, {read_at} UTC 기준"),
    };
    let outside = match (map.zones.is_empty(), astray) {
        (true, _) => lang.of("no zones", "존 없음").to_owned(),
        (false, 0) => lang.of("none", "없음").to_owned(),
        (false, _) => {
            let astray = count(astray);
            tr!(lang, "{astray}; the balancer moves them when it runs", "{astray}개. 밸런서가 실행되면 옮깁니다")
        }
    };
    view! {
        <dl class="facts">
            <dt>{lang.of("Shard key", "샤드 키")}</dt>
            <dd>
                <code>{map.key}</code>
            </dd>
            <dt>{lang.of("Chunks", "청크")}</dt>
            <dd>{count(map.chunks)}</dd>
            <dt>{lang.of("Too big to move (jumbo)", "너무 커서 옮길 수 없음(점보)")}</dt>
            <dd>{big}</dd>
            <dt>{lang.of("Outside their zone", "존을 벗어남")}</dt>
            <dd>{outside}</dd>
            <dt>{lang.of("Memory of the console", "콘솔 메모리")}</dt>
            <dd>{memory}</dd>
        </dl>
    }
}

/// Links to the parts before and after, to a wider one, and to all.
#[component]
fn WaysOn(ways: Ways, map: ChunkMap, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let shown = map.shown();
    let (first, last, all) = (count(map.first + 1), count(map.first + shown), count(map.chunks));
    let text = match shown == map.chunks {
        true => tr!(lang, "All {all} chunks", "청크 전체 {all}개"),
        false => tr!(lang, "Chunks {first} to {last} of {all}", "청크 {all}개 중 {first}~{last}번째"),
    };
    let way = |to: Option<(String, String)>, text: &'static str| {
        to.map(|(from, to)| view! { <a class="button quiet" href=asked.part(&from, &to)>{text}</a> })
    };
    let whole = (shown < map.chunks).then(|| (String::new(), String::new()));
    view! {
        <nav class="ways" aria-label=lang.of("Parts of the map", "맵의 부분")>
            <strong>{text}</strong>
            {way(ways.before, lang.of("← Lower keys", "← 낮은 키"))}
            {way(ways.after, lang.of("Higher keys →", "높은 키 →"))}
            {way(ways.wider, lang.of("Wider", "넓게"))}
            {way(whole, lang.of("All", "전체"))}
        </nav>
    }
}
