//! The page of the collections of one cluster.

pub mod one;
pub mod table;

use leptos::prelude::*;

use self::table::CollectionTable;
use super::api::list_collections;
use super::model::CollectionList;
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::text::{Lang, Words, span, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::pager::Pager;
use crate::ui::table::Empty;
use crate::words;

const PATH: &str = "/sharding/collections";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub search: String,
    pub sharded: String,
    pub sort: String,
    pub order: String,
    pub after: String,
    pub record: String,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            Self {
                target: text("target"),
                search: text("search"),
                sharded: text("sharded"),
                sort: text("sort"),
                order: text("order"),
                after: text("after"),
                record: text("record"),
            }
        })
    }

    /// An address of this page, for the same target, search and order.
    fn link(&self, more: &[(&str, &str)]) -> String {
        let own = [
            ("target", self.target.as_str()),
            ("search", self.search.as_str()),
            ("sharded", self.sharded.as_str()),
            ("sort", self.sort.as_str()),
            ("order", self.order.as_str()),
        ];
        link(PATH, &[&own, more].concat())
    }
}

/// The list as it was asked for: when the page is opened, searched or turned, and after a change, but not by a clock.
type List = Fetched<Result<CollectionList, AppError>>;

/// `/sharding/collections`.
#[component]
pub fn CollectionsPage() -> impl IntoView {
    let asked = Asked::read();
    let list: List = fetch(
        move || asked.get(),
        |it| async move { list_collections(it.target, it.search, it.sharded, it.sort, it.order, it.after).await },
    );
    view! {
        <ClusterFrame
            title=words!("Collections", "컬렉션")
            lead=Some(
                words!(
                    "A shard key decides on which shard each document of a collection lives.",
                    "샤드 키는 컬렉션의 각 문서가 어느 샤드에 있을지 정합니다.",
                ),
            )
            path=PATH
        >
            <Collections asked=asked list=list />
        </ClusterFrame>
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
    let options = |chosen: String, all: Vec<(&'static str, &'static str)>| {
        all.into_iter()
            .map(|(value, text)| {
                let selected = value == chosen;
                view! {
                    <option value=value selected=selected>
                        {text}
                    </option>
                }
            })
            .collect_view()
    };
    let kinds = vec![
        ("", lang.of("all", "전체")),
        ("yes", lang.of("sharded", "샤딩됨")),
        ("no", lang.of("not sharded", "샤딩 안 됨")),
    ];
    let sorts = vec![
        ("", lang.of("name", "이름")),
        ("sharded", lang.of("sharded first", "샤딩된 것 먼저")),
        ("owned", lang.of("owned bytes", "소유 바이트")),
    ];
    let orders = vec![("", lang.of("usual", "기본")), ("desc", lang.of("reversed", "역순"))];
    let now = asked.get_untracked();
    view! {
        <form method="get" action=PATH class="search" role="search">
            <input type="hidden" name="target" value=now.target />
            <label for="search">{lang.of("Name contains", "이름 검색")}</label>
            <input id="search" name="search" type="search" value=now.search maxlength="255" />
            <label for="sharded">{lang.of("Show", "표시")}</label>
            <select id="sharded" name="sharded">
                {options(now.sharded, kinds)}
            </select>
            <label for="sort">{lang.of("Sort by", "정렬")}</label>
            <select id="sort" name="sort">
                {options(now.sort, sorts)}
            </select>
            <label for="order">{lang.of("Order", "순서")}</label>
            <select id="order" name="order">
                {options(now.order, orders)}
            </select>
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
            "The collections of these databases could not be listed; only their sharded ones are shown: {names}",
            "다음 데이터베이스의 컬렉션을 조회하지 못해 샤딩된 것만 표시합니다: {names}",
        );
        view! { <Notice tone=Tone::Warn text=text word=None /> }
    });
    // Pages are found by where they begin, so there is a next one and the first one; the browser's Back leads back.
    let first = (!asked.after.is_empty()).then(|| asked.link(&[]));
    let next = list.after.as_deref().map(|after| asked.link(&[("after", after)]));
    let nothing = list.collections.is_empty();
    let empty = match (asked.search.is_empty() && asked.sharded.is_empty(), list.after.is_some()) {
        (_, true) => {
            lang.of("None among the databases looked at so far.", "지금까지 살펴본 데이터베이스에는 없습니다.")
        }
        (true, false) => lang.of("This cluster has no collections yet.", "아직 컬렉션이 없습니다."),
        (false, false) => lang.of("No collection has such a name.", "해당하는 이름의 컬렉션이 없습니다."),
    };
    let bytes = of_bytes(&list, lang);
    view! {
        {unread}
        {bytes}
        {if nothing {
            view! { <Empty text=empty /> }.into_any()
        } else {
            view! { <CollectionTable list=list asked=asked /> }.into_any()
        }}
        <Pager label=lang.of("Pages of collections", "컬렉션 페이지") first=first next=next />
    }
}

/// How old the bytes are, or why there are none.
fn of_bytes(list: &CollectionList, lang: Lang) -> AnyView {
    let trouble = list.bytes.trouble.clone().map(|trouble| {
        let text = Words::new(
            format!("The bytes could not be read anew: {}", trouble.en),
            format!("크기를 새로 읽지 못했습니다: {}", trouble.ko),
        );
        view! { <Notice tone=Tone::Warn text=text word=None /> }
    });
    let unsorted = (!list.sorted).then(|| {
        let text = words!(
            "The bytes of the collections are not known yet, so these are sorted by name. Refresh in a moment.",
            "아직 컬렉션의 크기를 알 수 없어 이름순으로 정렬했습니다. 잠시 후 새로 고치세요."
        );
        view! { <Notice tone=Tone::Warn text=text word=None /> }
    });
    let told = match (list.bytes.offered, list.bytes.age) {
        (false, _) => lang
            .of(
                "Before MongoDB 6.0.3 the bytes of sharded collections include orphans, and how many is unknown.",
                "MongoDB 6.0.3 이전에는 샤딩된 컬렉션의 크기에 고아 문서가 포함되며, 그 양은 알 수 없습니다.",
            )
            .to_owned(),
        (_, None) => lang
            .of("The bytes of sharded collections are being read.", "샤딩된 컬렉션의 크기를 읽는 중입니다.")
            .to_owned(),
        (_, Some(age)) => {
            let age = span(age).read(lang);
            tr!(lang, "Bytes of sharded collections: as they were {age} ago.", "샤딩된 컬렉션의 크기: {age} 전 기준.")
        }
    };
    view! {
        {unsorted}
        {trouble}
        <p class="muted">{told}</p>
    }
    .into_any()
}
