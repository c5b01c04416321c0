//! The figures of those who read from a server: how far they are, and base backups under way.

use leptos::prelude::*;

use crate::replication::topology::model::{Answering, Member, Sender, Sight, Stream, Topology};
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Empty, Table};

/// How a consumer is, in a word with its tone.
pub(super) fn answer(sender: &Sender, lang: Lang) -> (&'static str, String) {
    let state = sender.stream.as_ref().map(|stream| stream.state.as_str());
    match (sender.answering, state) {
        (Answering::Hidden, _) | (_, None) => ("plain", no_permission(lang).to_owned()),
        (Answering::Silent(seconds), _) => {
            let span = span((seconds * 1000.0) as i64).read(lang);
            ("bad", tr!(lang, "no answer for {span}", "{span} 동안 응답 없음"))
        }
        (_, Some("streaming")) => ("good", lang.of("streaming", "스트리밍 중").to_owned()),
        (_, Some("catchup")) => ("warn", lang.of("catching up", "따라잡는 중").to_owned()),
        (_, Some("backup")) => ("plain", lang.of("base backup", "베이스 백업").to_owned()),
        (_, Some("startup")) => ("warn", lang.of("starting", "시작 중").to_owned()),
        (_, Some("stopping")) => ("warn", lang.of("stopping", "종료 중").to_owned()),
        (_, Some(_)) => ("plain", lang.of("unknown", "알 수 없음").to_owned()),
    }
}

pub(super) const fn no_permission(lang: Lang) -> &'static str {
    lang.of("no permission", "권한 없음")
}

#[component]
pub fn Senders(topology: Topology) -> impl IntoView {
    let lang = use_lang();
    let here = topology.here();
    let (shown, all) = (here.sight.senders.len(), count(here.sight.senders_total));
    let limit = count(here.sight.max_senders);
    let caption = tr!(
        lang,
        "Walsenders: {all} of {limit} in use, the worst {shown} shown",
        "Walsender: {limit}개 중 {all}개 사용, 상태가 나쁜 순으로 {shown}개 표시"
    );
    let heads = vec![
        lang.of("Consumer", "소비자"),
        lang.of("State", "상태"),
        lang.of("Waiting to send", "전송 대기"),
        lang.of("In flight", "전송 중"),
        lang.of("Not flushed", "미기록(flush)"),
        lang.of("Not replayed", "미적용(replay)"),
        lang.of("Behind in all", "전체 지연"),
        lang.of("Delay", "지연 시간"),
        lang.of("Last answer", "마지막 응답"),
    ];
    let rows = here.sight.senders.iter().map(|sender| sender_row(sender, here, &topology, lang)).collect_view();
    let table = if shown == 0 {
        let nobody = lang.of("Nobody streams from this server.", "이 서버에서 스트리밍하는 곳이 없습니다.");
        view! { <Empty text=nobody /> }.into_any()
    } else {
        view! {
            <Table caption=caption heads=heads>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2>{lang.of("Who reads from here", "이 서버에서 읽는 곳")}</h2>
            {table}
        </section>
    }
}

fn sender_row(sender: &Sender, here: &Member, topology: &Topology, lang: Lang) -> impl IntoView + use<> {
    let (tone, word) = answer(sender, lang);
    let stage = |of: fn(&Stream) -> Option<i64>| match &sender.stream {
        None => no_permission(lang).to_owned(),
        Some(stream) => of(stream).map_or_else(|| "–".to_owned(), bytes),
    };
    let slot = sender.slot.as_ref().map(|slot| {
        let href = link("/replication/slot", &[("target", here.target.id.as_str()), ("name", slot)]);
        view! {
            <br />
            {lang.of("slot ", "슬롯 ")}
            <a href=href>
                <code>{slot.clone()}</code>
            </a>
        }
    });
    let place = sender.address.clone().unwrap_or_default();
    let database = sender.database.clone();
    let database = database.map(|database| tr!(lang, "logical, from {database}", "논리 복제, {database}"));
    let silent = match (&sender.stream, sender.answering) {
        (None, _) => no_permission(lang).to_owned(),
        (_, Answering::Silent(seconds)) => ago(Some(seconds), lang),
        (_, Answering::ClockAhead(_)) => lang.of("clocks differ", "시계가 다름").to_owned(),
        (Some(stream), _) => ago(stream.silent, lang),
    };
    let sync = sender.stream.as_ref().map(|stream| sync_word(&stream.sync, lang));
    view! {
        <tr>
            <th scope="row">
                <strong>{sender.name().to_owned()}</strong>
                " "
                <span class="muted">{place} " " {database}</span>
                {slot}
            </th>
            <td>
                <Badge tone=tone text=word />
                " "
                <span class="muted">{sync}</span>
            </td>
            <td class="number">{stage(|stream| stream.waiting)}</td>
            <td class="number">{stage(|stream| stream.in_flight)}</td>
            <td class="number">{stage(|stream| stream.not_flushed)}</td>
            <td class="number">{stage(|stream| stream.not_replayed)}</td>
            <td class="number">{stage(|stream| stream.total)}</td>
            <td>{delays(sender, topology, lang)}</td>
            <td class="number">{silent}</td>
        </tr>
    }
}

fn ago(seconds: Option<f64>, lang: Lang) -> String {
    let Some(seconds) = seconds else { return lang.of("none yet", "아직 없음").to_owned() };
    let span = span((seconds.max(0.0) * 1000.0) as i64).read(lang);
    tr!(lang, "{span} ago", "{span} 전")
}

/// What commits make of it; nothing where they do not wait.
const fn sync_word(sync: &str, lang: Lang) -> &'static str {
    match sync.as_bytes() {
        b"sync" => lang.of("commits wait for it", "커밋이 기다림"),
        b"quorum" => lang.of("one that commits may wait for", "커밋이 기다릴 수 있음(정족수)"),
        b"potential" => lang.of("next that commits wait for", "다음 동기 순번"),
        _ => "",
    }
}

/// The three times that the server measured, where they still mean something: they stand still when the consumer does,
/// and when replay is paused.
fn delays(sender: &Sender, topology: &Topology, lang: Lang) -> String {
    let Some(stream) = &sender.stream else { return no_permission(lang).to_owned() };
    if let Answering::Silent(_) = sender.answering {
        return lang.of("not measured since", "이후 측정되지 않음").to_owned();
    }
    let peer = sender.peer.as_ref().and_then(|id| topology.member(id));
    let paused = peer.and_then(|peer| peer.sight.receiving.as_ref()).is_some_and(|receiving| receiving.paused);
    let told = |word: &str, seconds: Option<f64>| {
        seconds.map(|seconds| format!("{word} {}", span((seconds * 1000.0) as i64).read(lang)))
    };
    let replay = told(lang.of("replay", "적용"), stream.replay_lag);
    let replay = if paused { Some(lang.of("replay is paused", "적용 일시 중지").to_owned()) } else { replay };
    let all =
        [told(lang.of("write", "쓰기"), stream.write_lag), told(lang.of("flush", "기록"), stream.flush_lag), replay];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { lang.of("idle", "유휴").to_owned() } else { all.join(", ") }
}

/// Base backups under way; nothing where there is none.
#[component]
pub fn Backups(sight: Sight) -> impl IntoView {
    let lang = use_lang();
    let rows: Vec<_> = sight.senders.iter().filter(|it| it.backup.is_some()).map(|it| backup_row(it, lang)).collect();
    let heads = vec![
        lang.of("Backup", "백업"),
        lang.of("Phase", "단계"),
        lang.of("Sent", "전송량"),
        lang.of("Of", "전체"),
        lang.of("Done", "진행률"),
    ];
    (!rows.is_empty()).then(|| {
        view! {
            <section class="card">
                <h2>{lang.of("Base backups under way", "진행 중인 베이스 백업")}</h2>
                <Table caption=lang.of("Base backups", "베이스 백업") heads=heads>
                    {rows}
                </Table>
            </section>
        }
    })
}

fn backup_row(sender: &Sender, lang: Lang) -> impl IntoView + use<> {
    let backup = sender.backup.clone().unwrap_or_default();
    let unknown = || lang.of("not estimated", "추정 안 됨").to_owned();
    let phase = match backup.phase.as_deref() {
        None => no_permission(lang),
        Some(phase) if phase.contains("checkpoint") => lang.of("waits for a checkpoint", "체크포인트 대기"),
        Some(phase) if phase.contains("estimating") => lang.of("estimates the size", "크기 추정 중"),
        Some(phase) if phase.contains("streaming") => lang.of("sends files", "파일 전송 중"),
        Some(phase) if phase.contains("wal archiving") => lang.of("waits for archived WAL", "WAL 보관 대기"),
        Some(phase) if phase.contains("wal") => lang.of("sends WAL", "WAL 전송 중"),
        Some(_) => lang.of("begins", "시작 중"),
    };
    let done = match (backup.streamed, backup.total) {
        (Some(streamed), Some(total)) if total > 0 => format!("{} %", (streamed.min(total) * 100) / total),
        _ => unknown(),
    };
    view! {
        <tr>
            <th scope="row">{sender.name().to_owned()} " " {sender.address.clone()}</th>
            <td>{phase}</td>
            <td class="number">{backup.streamed.map_or_else(|| "–".to_owned(), bytes)}</td>
            <td class="number">{backup.total.map_or_else(unknown, bytes)}</td>
            <td class="number">{done}</td>
        </tr>
    }
}
