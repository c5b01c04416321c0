//! How well the cache answers, what it holds, and its servers.

use leptos::prelude::*;

use super::super::model::{NodeSeen, Overview, Ratio, Window};
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::chart::scale::Unit;
use crate::ui::meter::Meter;
use crate::ui::table::{Badge, Table};

/// The share of requests that found their key, without the console's own.
#[component]
pub fn Answers(cache: Overview) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Over", "기간"),
        lang.of("Hit ratio", "적중률"),
        lang.of("Requests", "요청"),
        lang.of("The server's own ratio", "서버 자체 적중률"),
        lang.of("Of that, this console's requests", "그중 이 콘솔의 요청"),
    ];
    let rows = cache.ratios.into_iter().map(|(window, ratio)| {
        let (measured, requests) = (span(ratio.millis).read(lang), count(ratio.requests()));
        view! {
            <tr data-key=format!("{window:?}")>
                <th scope="row">{window_name(window, lang)}</th>
                <td>{share(&ratio, lang)}</td>
                <td class="number">{tr!(lang, "{requests} in {measured}", "{measured} 동안 {requests}")}</td>
                <td class="number">{ratio.raw().map_or_else(|| "–".to_owned(), percent)}</td>
                <td class="number">{count(ratio.own_hits + ratio.own_misses)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <Table caption=lang.of("How often applications found their key", "애플리케이션이 키를 찾은 비율") heads=heads>
            {rows}
        </Table>
        <p class="muted">
            {lang
                .of(
                    "Servers count the console's own looks as use. They are subtracted here; those of other tools cannot be.",
                    "서버는 콘솔의 조회도 사용으로 셉니다. 여기서는 뺐습니다. 다른 도구의 조회는 뺄 수 없습니다.",
                )}
        </p>
    }
}

fn window_name(window: Window, lang: Lang) -> &'static str {
    match window {
        Window::Minute => lang.of("Last minute", "최근 1분"),
        Window::TenMinutes => lang.of("Last 10 minutes", "최근 10분"),
        Window::SinceLooked => lang.of("Since this console looked", "이 콘솔이 본 이후"),
    }
}

fn share(ratio: &Ratio, lang: Lang) -> AnyView {
    match ratio.honest() {
        Some(share) => view! { <strong>{percent(share)}</strong> }.into_any(),
        None => view! { <span class="muted">{lang.of("not enough requests", "요청이 부족함")}</span> }.into_any(),
    }
}

/// A share as a person reads it: `78.9 %`.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// What there is, and how much more there may be.
#[component]
pub fn Memory(cache: Overview) -> impl IntoView {
    let lang = use_lang();
    let meters = cache.nodes.iter().filter(|node| node.limit.is_none_or(|limit| limit > 0)).map(|node| {
        let address = &node.address;
        let label = tr!(lang, "Memory of {address}", "{address} 메모리");
        let (used, limit) = (node.used.map(|it| it as f64), node.limit.map(|it| it as f64));
        view! {
            <div data-key=node.address.clone()>
                <Meter label=label unit=Unit::Bytes used=used limit=limit />
            </div>
        }
    });
    let meters = meters.collect_view();
    let heads = vec![
        lang.of("Database", "데이터베이스"),
        lang.of("Keys", "키"),
        lang.of("With TTL", "TTL 있음"),
        lang.of("Without TTL", "TTL 없음"),
    ];
    let here = cache.database;
    let rows = cache.databases.iter().map(|database| {
        let shown = (database.number == here)
            .then(|| view! { " " <Badge tone="plain" text=lang.of("looked at", "보는 중") /> });
        view! {
            <tr data-key=database.number.to_string()>
                <th scope="row">{database.number} {shown}</th>
                <td class="number">{count(database.keys)}</td>
                <td class="number">{count(database.expires)}</td>
                <td class="number">{count(database.keys - database.expires)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        {meters}
        <Table caption=lang.of("Keys, counted exactly by the server", "서버가 정확히 센 키 수") heads=heads>
            {rows}
        </Table>
        <p class="muted">
            {lang
                .of(
                    "Keys that have expired and are not reclaimed yet are counted too.",
                    "만료되었지만 아직 회수되지 않은 키도 포함합니다.",
                )}
        </p>
    }
}

/// A line for each server.
#[component]
pub fn Servers(cache: Overview) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Server", "서버"),
        lang.of("Role", "역할"),
        lang.of("Keys", "키"),
        lang.of("Memory: now / most / limit", "메모리: 현재 / 최대 / 한도"),
        lang.of("Policy", "정책"),
        lang.of("Fragmentation", "단편화"),
        lang.of("Evicted per second", "초당 내보냄"),
        lang.of("Expired per second", "초당 만료"),
        lang.of("Expired, not reclaimed", "만료 후 미회수"),
        lang.of("Hit ratio, last minute", "최근 1분 적중률"),
        lang.of("Commands per second", "초당 명령"),
        lang.of("Clients", "클라이언트"),
    ];
    let rows = cache.nodes.into_iter().map(|node| server(node, lang)).collect_view();
    view! {
        <Table caption=lang.of("Servers that hold keys", "키를 가진 서버") heads=heads>
            {rows}
        </Table>
    }
}

fn server(node: NodeSeen, lang: Lang) -> impl IntoView {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let size = |value: Option<i64>| value.map_or_else(unknown, bytes);
    let number = |value: Option<i64>| value.map_or_else(unknown, count);
    let rate = |value: Option<f64>| {
        value.map_or_else(|| lang.of("being measured", "측정 중").to_owned(), |value| Unit::Count.text(value, lang))
    };
    let limit = match node.limit {
        Some(0) => lang.of("no limit", "한도 없음").to_owned(),
        limit => size(limit),
    };
    let memory = format!("{} / {} / {limit}", size(node.used), size(node.peak));
    let policy = if node.policy.is_empty() { unknown() } else { node.policy.clone() };
    let ghosts = node.ghosts.map_or_else(unknown, |share| format!("≈ {share:.1} %"));
    view! {
        <tr data-key=node.address.clone()>
            <th scope="row">{node.address.clone()} <br /> <span class="muted">{node.release.clone()}</span></th>
            <td>{role(&node, lang)}</td>
            <td class="number">{count(node.keys)}</td>
            <td class="number">{memory}</td>
            <td>{policy}</td>
            <td class="number">{node.fragmentation.map_or_else(unknown, |it| format!("{it:.2}"))}</td>
            <td class="number">{rate(node.evictions)}</td>
            <td class="number">{rate(node.expirations)}</td>
            <td class="number">{ghosts}</td>
            <td class="number">{share(&node.ratio, lang)}</td>
            <td class="number">{number(node.operations)}</td>
            <td class="number">{number(node.clients)}</td>
        </tr>
    }
}

fn role(node: &NodeSeen, lang: Lang) -> AnyView {
    if let Some(upstream) = &node.replica {
        let of = &upstream.address;
        return tr!(lang, "replica of {of}, reading only", "{of}의 복제본, 읽기 전용").into_any();
    }
    let replicas = node.replicas.iter().map(|replica| {
        let behind = replica.bytes.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), bytes);
        let (address, state) = (&replica.address, &replica.state);
        view! { <li>{tr!(lang, "{address}: {state}, {behind} behind", "{address}: {state}, {behind} 뒤처짐")}</li> }
    });
    let replicas = replicas.collect_view();
    view! {
        {lang.of("primary", "기본 서버")}
        <ul class="plain">{replicas}</ul>
    }
    .into_any()
}
