//! The table of collections.

use leptos::prelude::*;

use super::{Asked, List};
use crate::sharding::model::{CHUNKS_COUNTED, Chunks, Collection, CollectionList, Namespace};
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::pager::Pager;
use crate::ui::table::{Empty, Table};
use crate::words;

/// The list, with search, refresh and pages.
#[component]
pub fn Collections(asked: Memo<Asked>, list: List) -> impl IntoView {
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
        <form method="get" action="/sharding" class="search" role="search">
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
        let href = asked.link(&[("namespace", &name)]) + "#shard";
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
