//! The list of slots.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::api::list_slots;
use super::super::model::{PAGE_SIZE, Slot, SlotList};
use super::wants::Asked;
use crate::text::{bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::live::{PauseButton, use_ticker};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};

/// The list, fetched anew every second while somebody looks.
#[component]
pub fn Slots(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    let ticker = use_ticker(1_000);
    let list = fetch(
        move || (asked.with(|asked| (asked.target.clone(), asked.search.clone(), asked.page)), ticker.tick.get()),
        move |((target, search, page), _)| ticker.awaiting(list_slots(target, search, page)),
    );
    view! {
        <section class="card">
            <div class="tools">
                <SearchForm asked=asked />
                <PauseButton ticker=ticker />
            </div>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) if list.total == 0 => {
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
fn SearchForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Form method="GET" action="/replication" attr:class="search" attr:role="search">
            <input type="hidden" name="target" value=move || asked.get().target />
            <label for="search">{lang.of("Name contains", "이름 검색")}</label>
            <input id="search" name="search" type="search" value=move || asked.get().search maxlength="63" />
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </Form>
    }
}

#[component]
fn SlotTable(list: SlotList, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let (total, limit) = (count(list.total), count(list.limit));
    let age = span(i64::try_from(list.age_millis).unwrap_or(i64::MAX)).read(lang);
    let caption = tr!(
        lang,
        "Slots: {total} of {limit} in use · seen {age} ago",
        "슬롯: {limit}개 중 {total}개 사용 · {age} 전 확인"
    );
    let heads = vec![
        lang.of("Slot", "슬롯"),
        lang.of("Kind", "종류"),
        lang.of("Used by", "사용자"),
        lang.of("WAL", "WAL 상태"),
        lang.of("WAL held back", "보관 중인 WAL"),
        lang.of("Until lost", "유실까지"),
        lang.of("Action", "작업"),
    ];
    let pager = Pager { asked: asked.clone(), matching: list.matching };
    let target = asked.target;
    let bounded = list.keep_mib >= 0;
    view! {
        <Table caption=caption heads=heads>
            {list
                .slots
                .into_iter()
                .map(|slot| view! { <SlotRow seen=slot target=target.clone() bounded=bounded /> })
                .collect_view()}
        </Table>
        {pager.view(lang)}
    }
}

#[component]
fn SlotRow(seen: Slot, target: String, bounded: bool) -> impl IntoView {
    let lang = use_lang();
    let slot = seen;
    let (tone, word) = wal_word(&slot, lang);
    let held = slot.held_bytes.map_or_else(|| "–".to_owned(), bytes);
    let safe = match slot.safe_bytes {
        Some(left) => bytes(left),
        None if bounded => "–".to_owned(),
        None => lang.of("no limit", "한도 없음").to_owned(),
    };
    let holds = slot.held_bytes.is_some_and(|held| held >= SEGMENT);
    let user = match (slot.active, slot.user) {
        (true, Some(user)) => user.into_any(),
        (true, None) => lang.of("somebody (no permission to see who)", "사용 중(누구인지 볼 권한 없음)").into_any(),
        // It only ever grows.
        (false, _) if holds => {
            view! { <Badge tone="warn" text=lang.of("nobody reads it", "읽는 곳 없음") /> }.into_any()
        }
        (false, _) => lang.of("nobody", "없음").into_any(),
    };
    let kind = match (slot.kind.as_str(), slot.plugin, slot.database) {
        ("logical", Some(plugin), Some(database)) => {
            format!("{} ({plugin}, {database})", lang.of("logical", "논리"))
        }
        ("logical", ..) => lang.of("logical", "논리").to_owned(),
        _ => lang.of("physical", "물리").to_owned(),
    };
    let name = slot.name;
    let lsn = slot.restart_lsn.unwrap_or_default();
    let label = tr!(lang, "Drop {name}", "{name} 삭제");
    let drop = (!slot.active).then(|| {
        let asked = [("target", &*target), ("action", "drop_slot"), ("name", &*name), ("restart_lsn", &*lsn)];
        let href = link("/replication/slot", &asked);
        view! {
            <a class="button quiet" href=href aria-label=label>
                {lang.of("Drop…", "삭제…")}
            </a>
        }
    });
    let in_use = slot.active.then(|| lang.of("in use", "사용 중"));
    view! {
        <tr>
            <th scope="row">
                <code>{name}</code>
            </th>
            <td>{kind}</td>
            <td>{user}</td>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td class="number">{held}</td>
            <td class="number">{safe}</td>
            <td>{drop} <span class="muted">{in_use}</span></td>
        </tr>
    }
}

/// Bytes of a WAL file, by default. A slot that holds less costs nothing worth a warning.
const SEGMENT: i64 = 16 * 1024 * 1024;

/// `wal_status` in plain words.
fn wal_word(slot: &Slot, lang: crate::text::Lang) -> (&'static str, &'static str) {
    match slot.wal_status.as_deref() {
        None => ("plain", lang.of("holds none yet", "아직 보관 안 함")),
        Some("reserved") => ("good", lang.of("kept", "보관됨")),
        Some("extended") => ("warn", lang.of("kept, beyond max_wal_size", "보관됨, max_wal_size 초과")),
        Some("unreserved") => ("bad", lang.of("will be lost at the next checkpoint", "다음 체크포인트에서 유실")),
        Some("lost") => ("bad", lang.of("lost: the consumer cannot go on", "유실됨: 소비자가 이어갈 수 없음")),
        Some(_) => ("plain", lang.of("unknown", "알 수 없음")),
    }
}

struct Pager {
    asked: Asked,
    matching: i64,
}

impl Pager {
    fn view(self, lang: crate::text::Lang) -> impl IntoView {
        let Asked { target, search, page, .. } = self.asked;
        let link = move |page: i64| {
            link("/replication", &[("target", &target), ("search", &search), ("page", &page.to_string())])
        };
        let newer = (page > 0).then(|| {
            view! { <a class="button quiet" href=link(page - 1)>{lang.of("Previous", "이전")}</a> }
        });
        let older = ((page + 1) * PAGE_SIZE < self.matching).then(|| {
            view! { <a class="button quiet" href=link(page + 1)>{lang.of("Next", "다음")}</a> }
        });
        view! { <nav class="pager" aria-label=lang.of("Pages of slots", "슬롯 페이지")>{newer} {older}</nav> }
    }
}
