//! Failover readiness: each logical slot with what becomes of it.

use leptos::prelude::*;

use super::api::read_failover;
use super::model::{COPIES, Readiness, Reason, SlotReady, StandbyReady, Verdict};
use crate::finding::page::{Findings, way_out};
use crate::replication::tabs::ReplicationTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

const PATH: &str = "/replication/failover";

/// `/replication/failover`.
#[component]
pub fn FailoverPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Failover readiness", "장애 조치 준비 상태")
            lead=Some(
                words!(
                    "Which logical slots can be used on a standby once it is promoted, and which are lost.",
                    "대기 서버를 승격했을 때 계속 쓸 수 있는 논리 슬롯과 사라지는 논리 슬롯입니다.",
                ),
            )
        >
            <ReplicationTabs />
            <TargetPicker kind=TargetKind::Postgresql path=PATH />
            <Live id="failover" source=use_source("/live/replication/failover") every=2_000>
                <FailoverPart />
            </Live>
        </Frame>
    }
    .into_any()
}

/// What is seen now, of the server that the address names.
#[component]
pub fn FailoverPart() -> impl IntoView {
    let address = use_address();
    let readiness = fetch(move || address.with(|address| address.text("target")), read_failover);
    view! {
        <Region id="failover">
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match readiness.await {
                    Ok(readiness) if readiness.standby => view! { <OfStandby readiness=readiness /> }.into_any(),
                    Ok(readiness) => view! { <Shown readiness=readiness /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
        </Region>
    }
    .into_any()
}

/// A standby has no standbys of its own to fail over to; its primary's page tells of it.
#[component]
fn OfStandby(readiness: Readiness) -> impl IntoView {
    let lang = use_lang();
    let primary = match readiness.primary {
        Some(primary) => {
            let href = link(PATH, &[("target", primary.id.as_str())]);
            view! {
                <a href=href>{primary.name}</a>
            }
            .into_any()
        }
        None => lang.of("unknown to this console", "이 콘솔이 알지 못함").into_any(),
    };
    view! {
        <section class="card">
            <p>
                {lang
                    .of(
                        "This is a standby. What a failover to it would keep is told at its primary: ",
                        "대기 서버입니다. 이 서버로 장애 조치할 때 무엇이 남는지는 기본 서버에서 확인하세요: ",
                    )} {primary}
            </p>
        </section>
    }
}

#[component]
fn Shown(readiness: Readiness) -> impl IntoView {
    let lang = use_lang();
    let Readiness { target, major, standbys, slots, total, findings, .. } = readiness;
    let caption = {
        let (shown, all) = (slots.len(), count(i64::try_from(total).unwrap_or(i64::MAX)));
        tr!(lang, "Logical slots: {all}, {shown} shown", "논리 슬롯: {all}개 중 {shown}개 표시")
    };
    let heads = vec![
        lang.of("Slot", "슬롯"),
        lang.of("After a failover", "장애 조치 후"),
        lang.of("Why", "이유"),
        lang.of("What to do", "할 일"),
    ];
    let table = if slots.is_empty() {
        let none = lang.of("This server has no logical slots.", "이 서버에는 논리 슬롯이 없습니다.");
        view! { <Empty text=none /> }.into_any()
    } else {
        let rows = slots.into_iter().map(|ready| slot_row(ready, target.id.as_str(), lang)).collect_view();
        view! {
            <Table caption=caption heads=heads>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "확인할 점")}</h2>
            <Findings findings=findings />
        </section>
        <section class="card">
            <h2>{lang.of("Each logical slot", "논리 슬롯별 상태")}</h2>
            {table}
            <p class="muted">
                {lang
                    .of(
                        "Physical slots are never copied: a new primary needs those of its standbys anew.",
                        "물리 슬롯은 복사되지 않습니다. 새 기본 서버에는 대기 서버용 슬롯을 다시 만들어야 합니다.",
                    )}
            </p>
        </section>
        {(major >= COPIES && !standbys.is_empty()).then(|| view! { <Standbys standbys=standbys /> })}
    }
}

fn slot_row(ready: SlotReady, target: &str, lang: Lang) -> impl IntoView + use<> {
    let SlotReady { slot, verdict } = ready;
    let href = link("/replication/slot", &[("target", target), ("name", &slot.name)]);
    let (tone, word, why, next) = match verdict {
        Verdict::Safe { on, not_on } => {
            let on = on.join(", ");
            let word = tr!(lang, "safe on {on}", "{on}에서 사용 가능");
            let why: Vec<String> = not_on.iter().map(|why| why.read(lang)).collect();
            ("good", word, why.join(" "), ().into_any())
        }
        Verdict::Lost(reason) => {
            let why = reason.why.read(lang);
            ("bad", lang.of("will be lost", "사라짐").to_owned(), why, todo(reason, lang))
        }
        Verdict::Unknown(reason) => {
            let why = reason.why.read(lang);
            ("warn", lang.of("unknown", "알 수 없음").to_owned(), why, todo(reason, lang))
        }
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>
                    <code>{slot.name}</code>
                </a>
                " "
                <span class="muted">{slot.database}</span>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td>{why}</td>
            <td>{next}</td>
        </tr>
    }
}

fn todo(reason: Reason, lang: Lang) -> AnyView {
    view! { {reason.next.read(lang)} " " {way_out(reason.way, lang)} }.into_any()
}

#[component]
fn Standbys(standbys: Vec<StandbyReady>) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Standby", "대기 서버"),
        "sync_replication_slots",
        "hot_standby_feedback",
        "primary_slot_name",
        lang.of("dbname in primary_conninfo", "primary_conninfo의 dbname"),
        lang.of("Copies slots", "슬롯 복사"),
    ];
    let caption = lang.of("Standbys that are targets of this console", "이 콘솔의 대상인 대기 서버");
    view! {
        <section class="card">
            <h2>{lang.of("The standbys that could take over", "이어받을 수 있는 대기 서버")}</h2>
            <Table caption=caption heads=heads>
                {standbys.into_iter().map(|standby| standby_row(standby, lang)).collect_view()}
            </Table>
        </section>
    }
}

fn standby_row(standby: StandbyReady, lang: Lang) -> impl IntoView + use<> {
    let StandbyReady { target, sight, obstacles, clashes } = standby;
    let obstacles: Vec<Reason> = clashes.into_iter().chain(obstacles).collect();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let switch = |on: bool| if on { lang.of("on", "켜짐") } else { lang.of("off", "꺼짐") }.to_owned();
    let text = |value: &str| if value.is_empty() { lang.of("none", "없음").to_owned() } else { value.to_owned() };
    let database = sight.as_ref().map_or_else(unknown, |sight| match &sight.conninfo {
        None => lang.of("no permission", "권한 없음").to_owned(),
        Some(conninfo) => text(&conninfo.database),
    });
    let (tone, word) = match (&sight, obstacles.is_empty()) {
        (None, _) => ("warn", lang.of("was not heard", "응답 없음")),
        (_, true) => ("good", lang.of("yes", "예")),
        (_, false) => ("bad", lang.of("no", "아니요")),
    };
    let why: Vec<String> = obstacles.iter().map(|it| it.why.read(lang)).collect();
    let href = link("/replication/topology", &[("target", target.id.as_str())]);
    view! {
        <tr>
            <th scope="row">
                <a href=href>{target.name}</a>
            </th>
            <td>{sight.as_ref().map_or_else(unknown, |sight| switch(sight.copies))}</td>
            <td>{sight.as_ref().map_or_else(unknown, |sight| switch(sight.feedback))}</td>
            <td>
                <code>{sight.as_ref().map_or_else(unknown, |sight| text(&sight.slot))}</code>
            </td>
            <td>
                <code>{database}</code>
            </td>
            <td>
                <Badge tone=tone text=word />
                " "
                {why.join(" ")}
            </td>
        </tr>
    }
}
