//! The list of slots.

use leptos::prelude::*;

use super::super::api::list_slots;
use super::super::model::finding::volume_words;
use super::super::model::{End, PAGE_SIZE, Seen, ServerSeen, SlotList, meaning};
use super::findings::FindingsPart;
use super::row::RowActions;
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::address::{Address, link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};

/// What the address asks of the list.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    search: String,
    page: i64,
    sort: String,
    kind: String,
    shown: String,
}

impl Asked {
    fn of(address: &Address) -> Self {
        let text = |name: &str| address.text(name);
        Self {
            target: text("target"),
            search: text("search"),
            page: address.number("page").unwrap_or_default().max(0),
            sort: text("sort"),
            kind: text("kind"),
            shown: text("shown"),
        }
    }

    fn link(&self, path: &str, page: i64) -> String {
        let page = if page == 0 { String::new() } else { page.to_string() };
        let pairs = [
            ("target", &*self.target),
            ("search", &*self.search),
            ("sort", &*self.sort),
            ("kind", &*self.kind),
            ("shown", &*self.shown),
            ("page", &*page),
        ];
        link(path, &pairs)
    }
}

/// What is wrong and the list, both fresh as long as somebody looks.
#[component]
pub fn Slots() -> impl IntoView {
    let asked = Asked::of(&use_address().get_untracked());
    let source = asked.link("/live/replication/slots", asked.page);
    view! {
        <Live id="slots" source=source>
            <SlotsPart />
        </Live>
    }
}

/// `/live/replication/slots`.
#[component]
pub fn SlotsPart() -> impl IntoView {
    view! {
        <Region id="slots">
            <FindingsPart />
            <ListPart />
        </Region>
    }
    .into_any()
}

/// The slots that the address asks for, with the form to search them.
#[component]
fn ListPart() -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let asked = Memo::new(move |_| address.with(Asked::of));
    let list = fetch(
        move || asked.get(),
        |Asked { target, search, page, sort, kind, shown }| list_slots(target, search, page, sort, kind, shown),
    );
    view! {
        <section class="card" data-key="list">
            <div class="tools">{move || view! { <SearchForm asked=asked.get() /> }}</div>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) if list.server.total == 0 => {
                            view! {
                                <Empty text=lang
                                    .of("This server has no replication slots yet.", "아직 복제 슬롯이 없습니다.") />
                            }
                                .into_any()
                        }
                        Ok(list) => view! { <SlotTable list=list asked=asked.get_untracked() /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn SearchForm(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let sorts = vec![
        ("", lang.of("WAL held back", "보관 중인 WAL")),
        ("end", lang.of("Ends first", "먼저 끝나는 순")),
        ("inactive", lang.of("Unused longest", "오래 안 쓴 순")),
        ("name", lang.of("Name", "이름")),
    ];
    let kinds = vec![
        ("", lang.of("Both kinds", "모든 종류")),
        ("physical", lang.of("Physical", "물리")),
        ("logical", lang.of("Logical", "논리")),
    ];
    let states = vec![
        ("", lang.of("All", "전체")),
        ("problem", lang.of("With a problem", "문제 있음")),
        ("inactive", lang.of("Nobody uses it", "사용자 없음")),
        ("lost", lang.of("Lost", "유실됨")),
    ];
    view! {
        <form method="get" action="/replication" class="search" role="search">
            <input type="hidden" name="target" value=asked.target />
            <label for="search">{lang.of("Name contains", "이름 검색")}</label>
            <input id="search" name="search" type="search" value=asked.search maxlength="63" />
            <Picked name="shown" label=lang.of("Show", "표시") options=states value=asked.shown />
            <Picked name="kind" label=lang.of("Kind", "종류") options=kinds value=asked.kind />
            <Picked name="sort" label=lang.of("Order", "정렬") options=sorts value=asked.sort />
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </form>
    }
}

#[component]
fn Picked(
    name: &'static str,
    label: &'static str,
    options: Vec<(&'static str, &'static str)>,
    value: String,
) -> impl IntoView {
    let id = format!("pick-{name}");
    view! {
        <span class="pick">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>
                {options
                    .into_iter()
                    .map(|(option, text)| {
                        view! {
                            <option value=option selected=option == value>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </span>
    }
}

#[component]
fn SlotTable(list: SlotList, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Slot", "슬롯"),
        lang.of("Kind", "종류"),
        lang.of("Used by", "사용자"),
        lang.of("WAL", "WAL 상태"),
        lang.of("WAL held back", "보관 중인 WAL"),
        lang.of("Until the end", "끝까지"),
        lang.of("xmin age", "xmin 나이"),
        lang.of("Action", "작업"),
    ];
    let caption = caption(&list, lang);
    let server = list.server.clone();
    let at = list.watched.at;
    let target = asked.target.clone();
    let bounded = list.server.total > list.matching.max(20_000);
    let some_end_unknown = list.slots.iter().any(|seen| seen.end == End::Unknown);
    let rows = list.slots.into_iter();
    view! {
        <Table caption=caption heads=heads>
            {rows
                .map(|seen| view! { <SlotRow seen=seen server=server.clone() at=at target=target.clone() /> })
                .collect_view()}
        </Table>
        <p class="muted">
            {volume_words(&list.server).read(lang)} "."
            {some_end_unknown
                .then(|| {
                    view! {
                        " "
                        <a href="#volume" rel="external">
                            {lang.of("Enter the size of the WAL volume", "WAL 볼륨 크기 입력")}
                        </a>
                    }
                })}
        </p>
        {bounded
            .then(|| {
                view! {
                    <p class="muted">
                        {lang
                            .of(
                                "The server has more than 20,000 slots; only 20,000 of them are looked at.",
                                "슬롯이 20,000개를 넘어 20,000개만 확인합니다.",
                            )}
                    </p>
                }
            })}
        <Pager asked=asked matching=list.matching />
    }
}

fn caption(list: &SlotList, lang: Lang) -> String {
    let (total, limit) = (count(list.server.total), count(list.server.limit));
    let matching = count(list.matching);
    if list.matching == list.server.total {
        tr!(lang, "Slots: {total} of {limit} in use", "슬롯: {limit}개 중 {total}개 사용")
    } else {
        tr!(lang, "{matching} of {total} slots · limit {limit}", "슬롯 {total}개 중 {matching}개 · 한도 {limit}개")
    }
}

#[component]
fn SlotRow(seen: Seen, server: ServerSeen, at: i64, target: String) -> impl IntoView {
    let lang = use_lang();
    let state = meaning::wal(&seen.slot, server.major);
    let (who, more) = meaning::user(&seen, at);
    let (room, end) = (meaning::room(&seen).read(lang), meaning::end(&seen).read(lang));
    let held = seen.slot.held_bytes.map_or_else(|| "–".to_owned(), bytes);
    let age = seen.slot.oldest_xmin().map_or_else(|| "–".to_owned(), count);
    let name = seen.slot.name.clone();
    let key = name.clone();
    let href = link("/replication/slot", &[("target", &target), ("name", &name)]);
    let copy = seen
        .slot
        .table_copy_of()
        .map(|number| tr!(lang, "copies a table for subscription {number}", "구독 {number}의 테이블 복사용"));
    view! {
        <tr data-key=key>
            <th scope="row">
                <a href=href>
                    <code>{name}</code>
                </a>
            </th>
            <td>{kind(&seen, lang)} {copy.map(|copy| view! { <div class="muted">{copy}</div> })}</td>
            <td>{who.read(lang)} <div class="muted">{more.read(lang)}</div></td>
            <td>
                <Badge tone=state.tone text=state.short.read(lang) />
            </td>
            <td class="number">{held}</td>
            <td>{end} <div class="muted">{room}</div></td>
            <td class="number">{age}</td>
            <td>
                <RowActions target=target seen=seen.slot />
            </td>
        </tr>
    }
}

/// Kind, plugin and database, and what else sets it apart.
fn kind(seen: &Seen, lang: Lang) -> String {
    let slot = &seen.slot;
    let kind = match (slot.is_logical(), &slot.plugin, &slot.database) {
        (true, Some(plugin), Some(database)) => format!("{} ({plugin}, {database})", lang.of("logical", "논리")),
        (true, ..) => lang.of("logical", "논리").to_owned(),
        (false, ..) => lang.of("physical", "물리").to_owned(),
    };
    let marks = [
        (slot.two_phase, lang.of("two-phase", "2단계 커밋")),
        (slot.failover, lang.of("failover", "장애 조치")),
        (slot.synced, lang.of("synced from the primary", "기본 서버에서 동기화")),
        (Some(slot.temporary), lang.of("temporary", "임시")),
    ];
    marks.into_iter().filter(|(is, _)| *is == Some(true)).fold(kind, |kind, (_, mark)| format!("{kind}, {mark}"))
}

#[component]
fn Pager(asked: Asked, matching: i64) -> impl IntoView {
    let lang = use_lang();
    let page = asked.page;
    let newer = (page > 0).then(|| {
        view! {
            <a class="button quiet" href=asked.link("/replication", page - 1)>
                {lang.of("Previous", "이전")}
            </a>
        }
    });
    let older = ((page + 1) * PAGE_SIZE < matching).then(|| {
        view! {
            <a class="button quiet" href=asked.link("/replication", page + 1)>
                {lang.of("Next", "다음")}
            </a>
        }
    });
    view! { <nav class="pager" aria-label=lang.of("Pages of slots", "슬롯 페이지")>{newer} {older}</nav> }
}
