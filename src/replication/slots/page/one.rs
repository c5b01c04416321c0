//! All that is known of one slot, in words, and its history.

use leptos::prelude::*;

use super::super::api::read_slot;
use super::super::model::{Seen, ServerSeen, SlotSeen, Spill, Spilled, meaning};
use crate::replication::history::model::{Point, Span};
use crate::replication::history::page::{Spans, line};
use crate::text::{Lang, bytes, count, span, use_lang, utc};
use crate::tr;
use crate::ui::address::use_address;
use crate::ui::chart::scale::Unit;
use crate::ui::chart::{Chart, Limit, Series};
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty};

/// The slot that the address names.
#[component]
pub fn SlotPart() -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let asked = move || address.with(|address| (address.text("target"), address.text("name"), address.text("span")));
    let read = fetch(asked, |(target, name, span)| read_slot(target, name, span));
    view! {
        <Region id="slot"><Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (target, name, span) = untrack(asked);
                match read.await {
                    Ok(SlotSeen { seen: Some(seen), server, watched, spill, history }) => {
                        view! {
                            <State seen=seen.clone() server=server at=watched.at spill=spill />
                            <History target=target name=name span=Span::parse(&span) points=history now=watched.at />
                        }
                            .into_any()
                    }
                    Ok(_) => {
                        view! {
                            <Empty text=lang
                                .of("There is no slot of this name on this server.", "이 서버에 이 이름의 슬롯이 없습니다.") />
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition></Region>
    }
    .into_any()
}

#[component]
fn State(seen: Seen, server: ServerSeen, at: i64, spill: Spilled) -> impl IntoView {
    let lang = use_lang();
    let state = meaning::wal(&seen.slot, server.major);
    let why = meaning::invalidation(&seen.slot).map(|why| view! { <p>{why.read(lang)}</p> });
    let mut facts = use_facts(&seen, &server, at, lang);
    facts.extend(place_facts(&seen, lang));
    facts.extend(spill_facts(spill, lang));
    view! {
        <section class="card">
            <p>
                <Badge tone=state.tone text=state.short.read(lang) />
            </p>
            <p>{state.long.read(lang)}</p>
            {why}
            <dl class="facts">
                {facts
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <dt>{name}</dt>
                            <dd>{value}</dd>
                        }
                    })
                    .collect_view()}
            </dl>
        </section>
    }
}

type Facts = Vec<(&'static str, String)>;

/// Who uses it, what it holds back, and when that ends.
fn use_facts(seen: &Seen, server: &ServerSeen, at: i64, lang: Lang) -> Facts {
    let slot = &seen.slot;
    let (who, more) = meaning::user(seen, at);
    let kind = if slot.is_logical() { lang.of("logical", "논리") } else { lang.of("physical", "물리") };
    let mut facts = vec![
        (lang.of("Kind", "종류"), kind.to_owned()),
        (lang.of("Used by", "사용자"), format!("{} {}", who.read(lang), more.read(lang)).trim().to_owned()),
    ];
    if let Some(consumer) = &slot.consumer {
        facts.push(("pid", consumer.pid.to_string()));
    }
    if let Some(stuck) = seen.stuck_millis {
        let stuck = span(stuck).read(lang);
        facts.push((lang.of("Progress", "진행"), tr!(lang, "none for {stuck}", "{stuck} 동안 없음")));
    }
    facts.extend([
        (lang.of("WAL held back", "보관 중인 WAL"), slot.held_bytes.map_or_else(|| "–".to_owned(), bytes)),
        (lang.of("Growth", "증가 속도"), meaning::growth(seen).read(lang)),
        (lang.of("Room left", "남은 여유"), meaning::room(seen).read(lang)),
        (lang.of("Until the end", "끝까지"), meaning::end(seen).read(lang)),
        (lang.of("Limit", "한도"), limit(server, lang)),
    ]);
    for (name, age) in [
        (lang.of("Oldest transaction", "가장 오래된 트랜잭션"), slot.xmin_age),
        (lang.of("Oldest in the catalogs", "카탈로그에서 가장 오래된"), slot.catalog_xmin_age),
    ] {
        let told = age.map_or_else(
            || lang.of("keeps VACUUM from nothing", "VACUUM을 막지 않음").to_owned(),
            |age| meaning::xmin_age(age, server).read(lang),
        );
        facts.push((name, told));
    }
    facts
}

fn limit(server: &ServerSeen, lang: Lang) -> String {
    match server.keep_bytes {
        ..0 => lang.of("none: max_slot_wal_keep_size is -1", "없음: max_slot_wal_keep_size가 -1").to_owned(),
        limit => format!("max_slot_wal_keep_size = {}", bytes(limit)),
    }
}

/// Where it stands, and what it is set to. What this version does not have is left out.
fn place_facts(seen: &Seen, lang: Lang) -> Facts {
    let slot = &seen.slot;
    let none = || "–".to_owned();
    let mut facts = vec![("restart_lsn", slot.restart_lsn.clone().unwrap_or_else(none))];
    if slot.is_logical() {
        facts.push(("confirmed_flush_lsn", slot.confirmed_flush_lsn.clone().unwrap_or_else(none)));
        facts.push((lang.of("Not confirmed", "미확인"), slot.unconfirmed_bytes.map_or_else(none, bytes)));
        facts.push((lang.of("Plugin", "플러그인"), slot.plugin.clone().unwrap_or_else(none)));
        facts.push((lang.of("Database", "데이터베이스"), slot.database.clone().unwrap_or_else(none)));
    }
    let switch = |on: bool| if on { lang.of("yes", "예") } else { lang.of("no", "아니요") }.to_owned();
    let switches = [
        ("two_phase", slot.two_phase.filter(|_| slot.is_logical())),
        ("failover", slot.failover.filter(|_| slot.is_logical())),
        ("synced", slot.synced.filter(|_| slot.is_logical())),
        ("temporary", Some(slot.temporary).filter(|temporary| *temporary)),
    ];
    facts.extend(switches.into_iter().filter_map(|(name, on)| on.map(|on| (name, switch(on)))));
    facts
}

/// What decoding has written to disk.
fn spill_facts(spill: Spilled, lang: Lang) -> Facts {
    let name = lang.of("Written to disk while decoding", "디코딩 중 디스크 기록");
    let spill = match spill {
        Spilled::None => return Vec::new(),
        Spilled::Unknown => return vec![(name, lang.of("unknown", "알 수 없음").to_owned())],
        Spilled::Known(spill) => spill,
    };
    let Spill { spill_txns, spill_count, spill_bytes, stream_txns, stream_bytes, total_txns, total_bytes, reset } =
        spill;
    let [spill_txns, spill_count, stream_txns, total_txns] =
        [spill_txns, spill_count, stream_txns, total_txns].map(count);
    let [spill_bytes, stream_bytes, total_bytes] = [spill_bytes, stream_bytes, total_bytes].map(bytes);
    let since = reset.map_or_else(
        || lang.of("since the slot exists", "슬롯 생성 이후").to_owned(),
        |reset| {
            let reset = utc(reset);
            tr!(lang, "since {reset} UTC", "{reset} UTC 이후")
        },
    );
    vec![
        (
            name,
            tr!(
                lang,
                "{spill_bytes} of {spill_txns} transactions, {spill_count} times, {since}",
                "트랜잭션 {spill_txns}개의 {spill_bytes}, {spill_count}회, {since}"
            ),
        ),
        (
            lang.of("Streamed before its end", "종료 전 스트리밍"),
            tr!(lang, "{stream_bytes} of {stream_txns} transactions", "트랜잭션 {stream_txns}개의 {stream_bytes}"),
        ),
        (
            lang.of("Decoded in all", "전체 디코딩"),
            tr!(lang, "{total_bytes} of {total_txns} transactions", "트랜잭션 {total_txns}개의 {total_bytes}"),
        ),
    ]
}

#[component]
fn History(target: String, name: String, span: Span, points: Vec<Point>, now: i64) -> impl IntoView {
    let lang = use_lang();
    let label = match span {
        Span::Hour => lang.of("WAL held back in the last hour, every 10 s", "최근 1시간 보관 WAL, 10초 간격"),
        Span::Day => lang.of("WAL held back in the last day, the most of each minute", "최근 하루 보관 WAL, 분별 최대"),
    };
    let chart = if points.is_empty() {
        view! {
            <Empty text=lang
                .of(
                    "Nothing kept yet. The console keeps the 64 slots of a server that hold most, every 10 s while it runs.",
                    "아직 기록이 없습니다. 콘솔은 실행 중 서버마다 가장 많이 보관하는 슬롯 64개를 10초마다 기록합니다.",
                ) />
        }
            .into_any()
    } else {
        let limit = points.last().and_then(|point| point.bound).map(|bound| Limit {
            label: lang.of("max_slot_wal_keep_size, reached at", "max_slot_wal_keep_size 도달").to_owned(),
            value: bound as f64,
        });
        let series = Series {
            label: lang.of("WAL held back", "보관 중인 WAL").to_owned(),
            points: line(&points, span.step()),
        };
        let shown = Some((now - span.length(), now));
        view! { <Chart caption=label unit=Unit::Bytes series=vec![series] limit=limit span=shown /> }.into_any()
    };
    view! {
        <section class="card">
            <h2>{lang.of("History", "이력")}</h2>
            <Spans path="/replication/slot" pairs=vec![("target", target), ("name", name)] span=span />
            {chart}
        </section>
    }
}
