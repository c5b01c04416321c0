//! The page of the collections of one cluster.

use leptos::prelude::*;

use super::api::list_collections;
use super::model::{Collection, CollectionList};
use crate::audit::notice::LastRecord;
use crate::error::AppError;
use crate::sharding::model::{CHUNKS_COUNTED, Chunks, Namespace};
use crate::sharding::tabs::ShardingTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::frame::Frame;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::pager::Pager;
use crate::ui::table::{Empty, Table};
use crate::words;

const PATH: &str = "/sharding/collections";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    search: String,
    after: String,
    record: String,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            Self { target: text("target"), search: text("search"), after: text("after"), record: text("record") }
        })
    }

    /// An address of this page, for the same target and search.
    fn link(&self, more: &[(&str, &str)]) -> String {
        let own = [("target", self.target.as_str()), ("search", self.search.as_str())];
        link(PATH, &[&own, more].concat())
    }
}

/// The list as it was asked for. It is heavy for the cluster, so it is fetched when the page is opened, searched or
/// turned, and after a change, but not by a clock.
type List = Fetched<Result<CollectionList, AppError>>;

/// `/sharding/collections`.
#[component]
pub fn CollectionsPage() -> impl IntoView {
    let asked = Asked::read();
    let list: List = fetch(
        move || asked.with(|it| (it.target.clone(), it.search.clone(), it.after.clone(), it.record.clone())),
        |(target, search, after, _)| list_collections(target, search, after),
    );
    view! {
        <Frame
            title=words!("Collections", "컬렉션")
            lead=Some(
                words!(
                    "A shard key decides on which shard each document of a collection lives.",
                    "샤드 키는 컬렉션의 각 문서가 어느 샤드에 있을지 정합니다.",
                ),
            )
        >
            <ShardingTabs />
            <TargetPicker kind=TargetKind::Mongodb />
            <LastRecord />
            <Collections asked=asked list=list />
        </Frame>
    }
    .into_any()
}

/// The list, with search, refresh and pages.
#[component]
fn Collections(asked: Memo<Asked>, list: List) -> impl IntoView {
    let lang = use_lang();
    let refresh = move || asked.with(|it| it.link(&[("after", &it.after)]));
    view! {
        <section class="card">
            <div class="tools">
                <SearchForm asked=asked />
                <a class="button quiet" href=refresh>
                    {lang.of("Refresh", "새로 고침")}
                </a>
            </div>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <Listed list=list asked=asked.get_untracked() /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn SearchForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action=PATH class="search" role="search">
            <input type="hidden" name="target" value=move || asked.get().target />
            <label for="search">{lang.of("Name contains", "이름 검색")}</label>
            <input id="search" name="search" type="search" value=move || asked.get().search maxlength="255" />
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </form>
    }
}

#[component]
fn Listed(list: CollectionList, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let unread = (!list.unread.is_empty()).then(|| {
        let names = list.unread.join(", ");
        let text = words!(
            "The collections of these databases could not be listed: {names}",
            "다음 데이터베이스의 컬렉션을 조회하지 못했습니다: {names}",
        );
        view! { <Notice tone=Tone::Warn text=text word=None /> }
    });
    // Pages are found by where they begin, so there is a next one and the first one; the browser's Back leads back.
    let first = (!asked.after.is_empty()).then(|| asked.link(&[]));
    let next = list.after.as_deref().map(|after| asked.link(&[("after", after)]));
    let nothing = list.collections.is_empty();
    let empty = match (asked.search.is_empty(), list.after.is_some()) {
        (_, true) => {
            lang.of("None among the databases looked at so far.", "지금까지 살펴본 데이터베이스에는 없습니다.")
        }
        (true, false) => lang.of("This cluster has no collections yet.", "아직 컬렉션이 없습니다."),
        (false, false) => lang.of("No collection has such a name.", "해당하는 이름의 컬렉션이 없습니다."),
    };
    view! {
        {unread}
        {if nothing {
            view! { <Empty text=empty /> }.into_any()
        } else {
            view! { <CollectionTable list=list asked=asked /> }.into_any()
        }}
        <Pager label=lang.of("Pages of collections", "컬렉션 페이지") first=first next=next />
    }
}

#[component]
fn CollectionTable(list: CollectionList, asked: Asked) -> impl IntoView {
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
        lang.of("Size", "크기"),
        lang.of("Action", "작업"),
    ];
    view! {
        <Table caption=caption heads=heads>
            {list
                .collections
                .into_iter()
                .map(|collection| view! { <Row collection=collection asked=asked.clone() /> })
                .collect_view()}
        </Table>
    }
}

#[component]
fn Row(collection: Collection, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let documents = collection.documents.map_or_else(unknown, count);
    let size = collection.bytes.map_or_else(unknown, bytes);
    let may_be_sharded =
        collection.sharded.is_none() && !collection.time_series && Namespace::parse(&collection.namespace).is_ok();
    let name = collection.namespace;
    let shard = may_be_sharded.then(|| {
        let href = link("/sharding/shard", &[("target", &asked.target), ("namespace", &name)]);
        let label = tr!(lang, "Shard {name}", "{name} 샤딩");
        view! {
            <a class="button quiet" href=href aria-label=label>
                {lang.of("Shard…", "샤딩…")}
            </a>
        }
    });
    let (key, chunks) = match collection.sharded {
        Some(sharded) => {
            let unique = sharded.unique.then(|| lang.of(" unique", " 고유"));
            let chunks = chunk_words(&sharded.chunks, lang);
            (view! { <code>{sharded.key}</code> {unique} }.into_any(), chunks)
        }
        None if collection.time_series => {
            (lang.of("not sharded (time series)", "샤딩 안 됨(시계열)").into_any(), "–".to_owned())
        }
        None => (lang.of("not sharded", "샤딩 안 됨").into_any(), "–".to_owned()),
    };
    view! {
        <tr>
            <th scope="row">
                <code>{name}</code>
            </th>
            <td>{key}</td>
            <td>{chunks}</td>
            <td class="number">{documents}</td>
            <td class="number">{size}</td>
            <td>{shard}</td>
        </tr>
    }
}

fn chunk_words(chunks: &Chunks, lang: Lang) -> String {
    match chunks {
        Chunks::Counted(shards) => {
            let each: Vec<String> = shards.iter().map(|it| format!("{} {}", it.shard, count(it.chunks))).collect();
            each.join(" · ")
        }
        Chunks::Many => {
            let counted = count(CHUNKS_COUNTED);
            tr!(lang, "more than {counted}", "{counted}개 초과")
        }
        Chunks::Unknown => lang.of("unknown", "알 수 없음").to_owned(),
    }
}
