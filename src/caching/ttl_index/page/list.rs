//! All TTL indexes of a target, the health of what deletes, and the form for a new one.

use leptos::prelude::*;

use super::form::CreateForm;
use super::{Asked, LIST, ONE, use_asked};
use crate::caching::frame::CacheFrame;
use crate::caching::ttl_index::api::list_ttl_indexes;
use crate::caching::ttl_index::model::{Expiry, Kind, Listing, Monitor, Row, findings};
use crate::error::AppError;
use crate::finding::page::Findings;
use crate::targets::model::TargetKind;
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::address::{link, use_source};
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

/// `/caching/ttl-indexes`.
#[component]
pub fn TtlIndexesPage() -> impl IntoView {
    let asked = use_asked().get_untracked();
    view! {
        <CacheFrame
            title=words!("TTL indexes", "TTL 인덱스")
            lead=Some(
                words!(
                    "MongoDB deletes documents some time after the date in a field. Here is what is due, before it is gone.",
                    "MongoDB는 필드의 날짜에서 일정 시간이 지나면 문서를 삭제합니다. 삭제되기 전에 대상을 보여 줍니다.",
                ),
            )
            kind=TargetKind::Mongodb
            path=LIST
        >
            <Live id="ttl-indexes" source=use_source("/live/caching/ttl-indexes") every=5_000>
                <TtlIndexesPart />
            </Live>
            <OneDatabase asked=asked.clone() />
            <section class="card" id="create">
                <h2>{use_lang().of("Create a TTL index", "TTL 인덱스 만들기")}</h2>
                <CreateForm asked=asked error=None />
            </section>
        </CacheFrame>
    }
    .into_any()
}

/// What is there now.
#[component]
pub fn TtlIndexesPart() -> impl IntoView {
    let asked = use_asked().get_untracked();
    let target = asked.target.clone();
    let found = fetch(
        move || (asked.target.clone(), asked.database.clone()),
        |(target, database)| async move { list_ttl_indexes(target, database).await },
    );
    view! {
        <Region id="ttl-indexes">
            <Transition fallback=|| ()>
                {move || {
                    let target = target.clone();
                    Suspend::new(async move {
                        match found.await {
                            Ok(listing) => view! { <All listing=listing target=target /> }.into_any(),
                            // Told at the field of the form below.
                            Err(error) if error.field.as_deref() == Some("database") => ().into_any(),
                            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </Region>
    }
}

#[component]
fn All(listing: Listing, target: String) -> impl IntoView {
    let lang = use_lang();
    let found = findings::of(&target, &listing);
    let (databases, collections) = (count(listing.databases), count(listing.collections));
    let looked = tr!(
        lang,
        "Looked at {collections} collections of {databases} databases.",
        "데이터베이스 {databases}개의 컬렉션 {collections}개를 확인했습니다."
    );
    let left_out = listing.left_out.iter().map(|it| it.read(lang)).collect::<Vec<_>>();
    let is_empty = listing.rows.is_empty();
    let rows = listing.rows.into_iter().map(|row| view! { <OneRow row=row target=target.clone() /> }).collect_view();
    let heads = vec![
        lang.of("Collection", "컬렉션"),
        lang.of("Index", "인덱스"),
        lang.of("Field", "필드"),
        lang.of("Expires after", "만료"),
        lang.of("Due now", "만료된 문서"),
        lang.of("State", "상태"),
    ];
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "눈에 띄는 점")}</h2>
            <Findings findings=found />
        </section>
        <section class="card">
            <h2>{lang.of("TTL monitor", "TTL 모니터")}</h2>
            <p>{monitor(&listing.monitor, lang)}</p>
        </section>
        <section class="card">
            <h2>{lang.of("All TTL indexes", "전체 TTL 인덱스")}</h2>
            <p class="muted">{looked}</p>
            {left_out.into_iter().map(|it| view! { <p class="muted">{it}</p> }).collect_view()}
            {if is_empty {
                view! { <Empty text=lang.of("There is no TTL index yet.", "아직 TTL 인덱스가 없습니다.") /> }.into_any()
            } else {
                view! { <Table caption=lang.of("TTL indexes", "TTL 인덱스") heads=heads>{rows}</Table> }.into_any()
            }}
        </section>
    }
}

#[component]
fn OneRow(row: Row, target: String) -> impl IntoView {
    let lang = use_lang();
    let href = link(ONE, &[("target", &target), ("namespace", &row.namespace), ("name", &row.name)]);
    let key = format!("{} {}", row.namespace, row.name);
    let name = match row.kind {
        Kind::Index => row.name.clone(),
        Kind::Clustered => lang.of("(clustered collection)", "(클러스터드 컬렉션)").to_owned(),
        Kind::TimeSeries => lang.of("(time series)", "(시계열)").to_owned(),
    };
    let due = match (row.due, row.idle, &row.expiry) {
        (Some(due), ..) => due.told().read(lang),
        (None, Some(_), _) | (None, _, Expiry::Never) => lang.of("none", "없음").to_owned(),
        _ => lang.of("unknown", "알 수 없음").to_owned(),
    };
    let partial = row.partial.clone().map(|partial| {
        view! {
            <p class="muted">{lang.of("only where ", "조건: ")} <code>{partial}</code></p>
        }
    });
    view! {
        <tr data-key=key>
            <th scope="row"><code>{row.namespace.clone()}</code></th>
            <td><a href=href>{name}</a></td>
            <td><code>{row.field.clone()}</code> {partial}</td>
            <td>{row.expiry.told().read(lang)}</td>
            <td class="number">{due}</td>
            <td>{states(&row, lang)}</td>
        </tr>
    }
}

/// In words with a colour; more than one may hold.
pub fn states(row: &Row, lang: Lang) -> impl IntoView + use<> {
    let mut states = Vec::new();
    match &row.expiry {
        Expiry::Never => states.push(("plain", lang.of("disarmed", "해제됨"))),
        Expiry::NotANumber => states.push(("bad", "NaN")),
        Expiry::Odd(_) => states.push(("warn", lang.of("odd seconds", "이상한 초 값"))),
        _ if row.idle.is_some() => states.push(("warn", lang.of("never deletes", "삭제하지 않음"))),
        _ if row.dates == Some(false) => states.push(("warn", lang.of("no dates", "날짜 없음"))),
        _ => states.push(("good", lang.of("armed", "동작 중"))),
    }
    if row.hidden {
        let deletes = row.expiry.seconds().is_some() && row.idle.is_none();
        states.push(hidden(deletes, lang));
    }
    states.into_iter().map(|(tone, text)| view! { <Badge tone=tone text=text /> " " }).collect_view()
}

/// Of a hidden index, whether it deletes all the same.
pub fn hidden(deletes: bool, lang: Lang) -> (&'static str, &'static str) {
    if deletes {
        ("warn", lang.of("hidden, still deletes", "숨김, 삭제는 계속"))
    } else {
        ("plain", lang.of("hidden", "숨김"))
    }
}

/// What is known of the task that deletes.
fn monitor(monitor: &Monitor, lang: Lang) -> String {
    if monitor.router {
        return lang
            .of(
                "Each shard's primary has one of its own, and a router cannot tell of them: unknown. Whether it works is seen \
                 by the documents that are due becoming fewer.",
                "샤드의 프라이머리마다 따로 있고 라우터로는 알 수 없습니다: 알 수 없음. 만료된 문서가 줄어드는지로 동작을 확인할 수 있습니다.",
            )
            .to_owned();
    }
    if monitor.secondary {
        return lang
            .of(
                "This server is no primary: it deletes nothing itself, it only repeats the primary's deletions.",
                "프라이머리가 아니어서 직접 삭제하지 않고 프라이머리의 삭제를 따라갑니다.",
            )
            .to_owned();
    }
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let enabled = match monitor.enabled {
        Some(true) => lang.of("on", "켜짐").to_owned(),
        Some(false) => lang.of("OFF", "꺼짐").to_owned(),
        None => unknown(),
    };
    let number = |it: Option<i64>| it.map_or_else(unknown, count);
    let (sleep, passes, deleted) = (number(monitor.sleep), number(monitor.passes), number(monitor.deleted));
    tr!(
        lang,
        "It is {enabled}; seconds between passes: {sleep}. Since the server started: {passes} passes, {deleted} documents deleted.",
        "상태: {enabled}, 주기(초): {sleep}. 서버 시작 이후 {passes}회 실행, 문서 {deleted}개 삭제."
    )
}

/// Bounds the list to one database.
#[component]
fn OneDatabase(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let error: Option<AppError> = crate::caching::ttl_index::model::change::database(&asked.database).err();
    view! {
        <form method="get" action=LIST>
            <input type="hidden" name="target" value=asked.target />
            <TextField
                name="database"
                label=lang.of("Only this database", "이 데이터베이스만")
                value=asked.database
                help=lang.of("Empty for all.", "비우면 전체입니다.")
                error=error_at(error.as_ref(), "database")
                required=false
                maxlength=64
            />
            <p class="buttons">
                <button>{lang.of("Look", "보기")}</button>
            </p>
        </form>
    }
}
