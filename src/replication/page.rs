//! The page of replication: the slots of one server, live, and the forms that create and drop them.

use leptos::prelude::*;

use super::api::{list_slots, plan_change};
use super::model::{PAGE_SIZE, Slot, SlotList};
use crate::audit::notice::LastRecord;
use crate::change::Planned;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Words, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::form::{Choice, TextField, error_at};
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::pager::{Pager, around};
use crate::ui::plan::Confirm;
use crate::ui::rule::Rule;
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

const APPLY: &str = "/api/replication/apply_change";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    search: String,
    page: i64,
    action: String,
    name: String,
    reserve: String,
    restart_lsn: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            search: text("search"),
            page: address.number("page").unwrap_or_default(),
            action: text("action"),
            name: text("name"),
            reserve: text("reserve"),
            restart_lsn: text("restart_lsn"),
        }
    })
}

/// `/replication`.
#[component]
pub fn ReplicationPage() -> impl IntoView {
    let asked = use_asked();
    let planned = use_planned(asked);
    view! {
        <Frame
            title=words!("Replication slots", "복제 슬롯")
            lead=Some(
                words!(
                    "A slot makes the server keep WAL until its consumer has read it.",
                    "슬롯은 소비자가 읽을 때까지 서버가 WAL을 보관하게 합니다.",
                ),
            )
        >
            <TargetPicker kind=TargetKind::Postgresql />
            <LastRecord />
            <Planning asked=asked planned=planned />
            <Slots asked=asked />
            <Creation asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}

/// The plan for what the address asks for; none where it asks for none.
type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;

fn use_planned(asked: Memo<Asked>) -> PlannedResource {
    fetch(
        // Searching and turning pages changes no plan.
        move || Asked { search: String::new(), page: 0, ..asked.get() },
        |form| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_change(form.target, form.action, form.name, form.reserve, form.restart_lsn).await.map(Some)
        },
    )
}

/// The plan, or why there is none. What is wrong with the form stands in the form.
#[component]
fn Planning(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(Some(planned)) => {
                        let back = link("/replication", &[("target", &asked.target)]);
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    Err(error) if asked.action != "create_slot" => view! { <ErrorNotice error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}

/// The form for a new slot, unless a plan is being looked at.
#[component]
fn Creation(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(Some(_)) => ().into_any(),
                    Ok(None) => view! { <CreateForm asked=asked error=None /> }.into_any(),
                    Err(error) => {
                        let error = (asked.action == "create_slot").then_some(error);
                        view! { <CreateForm asked=asked error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn CreateForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at_name = error_at(error.as_ref(), "name");
    let elsewhere = error.filter(|error| error.field.is_none());
    view! {
        <section class="card">
            <h2>{lang.of("Create a physical slot", "물리 슬롯 생성")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action="/replication">
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="create_slot" />
                <TextField
                    name="name"
                    label=lang.of("Slot name", "슬롯 이름")
                    value=asked.name
                    help=lang
                        .of(
                            "The standby names it as primary_slot_name. Lower-case letters, digits and underscores.",
                            "대기 서버가 primary_slot_name으로 지정합니다. 영문 소문자, 숫자, 밑줄(_).",
                        )
                    error=at_name
                    rule=name_rule()
                    maxlength=100
                />
                <Choice
                    name="reserve"
                    label=lang.of("Hold WAL", "WAL 보관 시점")
                    value=asked.reserve
                    options=vec![
                        (
                            "yes",
                            lang.of("From now on", "지금부터"),
                            lang
                                .of(
                                    "A base backup that starts later can be caught up.",
                                    "이후 시작하는 베이스 백업이 따라잡을 수 있습니다.",
                                ),
                        ),
                        (
                            "no",
                            lang.of("From the first connection", "첫 연결부터"),
                            lang.of("Protects nothing until then.", "그 전에는 아무것도 보호하지 않습니다."),
                        ),
                    ]
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

fn name_rule() -> Rule {
    Rule::new()
        .filled(words!("Give the slot a name.", "슬롯 이름을 입력하세요."))
        .longest(63, words!("At most 63 characters.", "최대 63자입니다."))
        .only(
            "a-z0-9_",
            Words::new(
                "“{}” is not allowed: only lower-case letters a–z, digits and underscores.",
                "“{}”은(는) 쓸 수 없습니다: 영문 소문자, 숫자, 밑줄(_)만 가능합니다.",
            ),
        )
}

/// The list, fetched anew every second while somebody looks.
#[component]
fn Slots(asked: Memo<Asked>) -> impl IntoView {
    let Asked { target, search, page, .. } = asked.get_untracked();
    let query = [("target", &*target), ("search", &*search), ("page", &*page.to_string())];
    view! {
        <section class="card">
            <div class="tools">
                <SearchForm asked=asked />
            </div>
            <Live id="slots" source=link("/live/replication/slots", &query) every=1_000>
                <SlotsPart />
            </Live>
        </section>
    }
}

/// `/live/replication/slots`: the list alone.
#[component]
pub fn SlotsPart() -> impl IntoView {
    let lang = use_lang();
    let asked = use_asked();
    let list = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.search.clone(), asked.page)),
        |(target, search, page)| list_slots(target, search, page),
    );
    view! {
        <Region id="slots">
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
        </Region>
    }
}

#[component]
fn SearchForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action="/replication" class="search" role="search">
            <input type="hidden" name="target" value=move || asked.get().target />
            <label for="search">{lang.of("Name contains", "이름 검색")}</label>
            <input id="search" name="search" type="search" value=move || asked.get().search maxlength="63" />
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </form>
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
    let page = |page: i64| {
        let page = page.to_string();
        link("/replication", &[("target", &*asked.target), ("search", &*asked.search), ("page", &*page)])
    };
    let (previous, next) = around(asked.page, PAGE_SIZE, list.matching);
    let (previous, next) = (previous.map(page), next.map(page));
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
        <Pager label=lang.of("Pages of slots", "슬롯 페이지") previous=previous next=next />
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
    let key = name.clone();
    let lsn = slot.restart_lsn.unwrap_or_default();
    let label = tr!(lang, "Drop {name}", "{name} 삭제");
    let drop = (!slot.active).then(|| {
        let asked = [("target", &*target), ("action", "drop_slot"), ("name", &*name), ("restart_lsn", &*lsn)];
        let href = link("/replication", &asked);
        view! {
            <a class="button quiet" href=href aria-label=label>
                {lang.of("Drop…", "삭제…")}
            </a>
        }
    });
    let in_use = slot.active.then(|| lang.of("in use", "사용 중"));
    view! {
        <tr data-key=key>
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::name_rule;
    use crate::replication::model::SlotName;

    proptest! {
        #[test]
        fn what_is_told_while_typing_is_what_the_server_says(text in "[a-c0-9_A -.키'\t]{0,70}") {
            prop_assert_eq!(name_rule().check(&text).err(), SlotName::parse(text.trim()).err());
        }
    }
}
