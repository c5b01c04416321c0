//! The figures of the known standbys, and of the server's slots.

use leptos::prelude::*;

use super::consumers::no_permission;
use crate::replication::topology::model::{Member, Receiving, SlotSeen, Topology, Upstream};
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Table};

/// The known standbys of the cluster, as they see themselves.
#[component]
pub fn Standbys(topology: Topology) -> impl IntoView {
    let lang = use_lang();
    let rows: Vec<_> = topology
        .members
        .iter()
        .filter_map(|member| Some(standby_row(member, member.sight.receiving.as_ref()?, &topology, lang)))
        .collect();
    let heads = vec![
        lang.of("Standby", "대기 서버"),
        lang.of("Streams from", "스트리밍 원본"),
        lang.of("Slot", "슬롯"),
        lang.of("Receives", "수신"),
        lang.of("Replay", "적용(replay)"),
        lang.of("Not replayed", "미적용"),
        lang.of("Feedback", "피드백"),
        lang.of("Ended queries", "종료된 쿼리"),
    ];
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{lang.of("The standbys' own view", "대기 서버가 본 상태")}</h2>
                <Table caption=lang.of("Standbys that are targets of this console", "이 콘솔의 대상인 대기 서버") heads=heads>
                    {rows}
                </Table>
            </section>
        }
    })
}

fn standby_row(member: &Member, receiving: &Receiving, topology: &Topology, lang: Lang) -> impl IntoView + use<> {
    let from = match &member.upstream {
        Upstream::Known { id, .. } => topology.member(id).map(|it| it.target.name.clone()).unwrap_or_default(),
        Upstream::Elsewhere { host, port } => format!("{host}:{port}"),
        Upstream::Untold if receiving.upstream.is_none() => no_permission(lang).to_owned(),
        _ => lang.of("unknown", "알 수 없음").to_owned(),
    };
    let slot = if receiving.slot.is_empty() { lang.of("none", "없음").to_owned() } else { receiving.slot.clone() };
    let (tone, receives) = if receiving.running {
        ("good", lang.of("yes", "예"))
    } else {
        ("bad", lang.of("not connected", "연결 안 됨"))
    };
    let delay = (receiving.delay > 0).then(|| {
        let delay = span(receiving.delay).read(lang);
        tr!(lang, "{delay} late on purpose", "일부러 {delay} 늦춤")
    });
    let replay = match (receiving.paused, delay, receiving.behind) {
        (true, ..) => lang.of("paused", "일시 중지").to_owned(),
        (_, Some(delay), _) => delay,
        (_, _, Some(behind)) => {
            let behind = span((behind.max(0.0) * 1000.0) as i64).read(lang);
            tr!(lang, "{behind} behind", "{behind} 뒤처짐")
        }
        _ => lang.of("up to date", "최신").to_owned(),
    };
    let href = link(super::PATH, &[("target", member.target.id.as_str())]);
    view! {
        <tr>
            <th scope="row">
                <a href=href>{member.target.name.clone()}</a>
            </th>
            <td>{from}</td>
            <td>
                <code>{slot}</code>
            </td>
            <td>
                <Badge tone=tone text=receives />
            </td>
            <td>{replay}</td>
            <td class="number">{receiving.not_replayed.map_or_else(|| "–".to_owned(), bytes)}</td>
            <td>{if receiving.feedback { lang.of("on", "켜짐") } else { lang.of("off", "꺼짐") }}</td>
            <td class="number">{count(receiving.conflicts)}</td>
        </tr>
    }
}

/// The slots of the server, those that hold most WAL first.
#[component]
pub fn SlotTable(topology: Topology) -> impl IntoView {
    let lang = use_lang();
    let Member { target, sight, .. } = topology.here().clone();
    let (shown, all) = (sight.slots.len(), count(sight.slots_total));
    let caption = tr!(lang, "Slots: {all}, {shown} shown", "슬롯: {all}개 중 {shown}개 표시");
    let heads = vec![
        lang.of("Slot", "슬롯"),
        lang.of("Kind", "종류"),
        lang.of("In use", "사용"),
        lang.of("WAL held back", "보관 중인 WAL"),
    ];
    let rows = sight.slots.into_iter().map(|slot| slot_row(slot, target.id.as_str(), lang)).collect_view();
    (shown > 0).then(|| {
        view! {
            <section class="card">
                <h2>{lang.of("Its slots", "슬롯")}</h2>
                <Table caption=caption heads=heads>
                    {rows}
                </Table>
            </section>
        }
    })
}

fn slot_row(slot: SlotSeen, target: &str, lang: Lang) -> impl IntoView + use<> {
    let href = link("/replication/slot", &[("target", target), ("name", &slot.name)]);
    let held = match (slot.wal_status.as_deref(), slot.held) {
        (Some("lost"), _) => lang.of("lost", "유실됨").to_owned(),
        (None, _) => lang.of("holds none yet", "아직 보관 안 함").to_owned(),
        (_, held) => held.map_or_else(|| "–".to_owned(), bytes),
    };
    view! {
        <tr>
            <th scope="row">
                <a href=href>
                    <code>{slot.name}</code>
                </a>
            </th>
            <td>{if slot.logical { lang.of("logical", "논리") } else { lang.of("physical", "물리") }}</td>
            <td>{if slot.active { lang.of("yes", "예") } else { lang.of("no", "아니요") }}</td>
            <td class="number">{held}</td>
        </tr>
    }
}
