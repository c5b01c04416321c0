//! What the balancer is and does, in words.

use leptos::prelude::*;

use super::PATH;
use crate::finding::page::Findings;
use crate::sharding::balancer::model::{Balancing, Verdict};
use crate::text::{Lang, bytes, count, span, use_lang, utc};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::Badge;

/// The verdict with its reasons, the two buttons, and all that is set.
#[component]
pub fn Board(balancing: Balancing, target: String) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = verdict(balancing.verdict(), lang);
    let reasons = balancing.why_not().into_iter().map(|it| view! { <li>{it.read(lang)}</li> }).collect_view();
    let of = |action: &str| link(PATH, &[("target", &target), ("action", action)]);
    // Where it is unknown whether it is on, both are offered.
    let on = balancing.settings.as_ref().and_then(|it| it.on);
    let stop = (on != Some(false)).then(|| {
        view! {
            <a class="button danger" href=of("stop_balancer")>
                {lang.of("Stop the balancer…", "밸런서 중지…")}
            </a>
        }
    });
    let start = (on != Some(true)).then(|| {
        view! {
            <a class="button" href=of("start_balancer")>
                {lang.of("Start the balancer…", "밸런서 시작…")}
            </a>
        }
    });
    let findings = balancing.findings(&target);
    let stands_out = (!findings.is_empty()).then(|| view! { <Findings findings=findings /> });
    view! {
        <section class="card" aria-labelledby="verdict">
            <h2 id="verdict">{lang.of("Is it really balancing?", "실제로 밸런싱하고 있나요?")}</h2>
            <p>
                <Badge tone=tone text=word />
            </p>
            <ul>{reasons}</ul>
            <p class="buttons">{stop} {start}</p>
            {stands_out}
            <dl class="facts">{facts(&balancing, lang)}</dl>
        </section>
    }
}

fn verdict(verdict: Verdict, lang: Lang) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Working => ("good", lang.of("It is balancing", "밸런싱 중")),
        Verdict::Off => ("warn", lang.of("Switched off", "꺼짐")),
        Verdict::Dead => ("bad", lang.of("Dead: every round is skipped", "멈춤: 모든 라운드를 건너뜀")),
        Verdict::Outside(_) => ("plain", lang.of("Outside its window", "밸런싱 허용 시간 밖")),
        Verdict::Depends => (
            "plain",
            lang.of(
                "Cannot tell: the config servers' time zone is unknown",
                "판단 불가: 설정 서버의 표준시를 알 수 없음",
            ),
        ),
        Verdict::Unknown => ("warn", lang.of("Unknown", "알 수 없음")),
    }
}

fn facts(balancing: &Balancing, lang: Lang) -> impl IntoView + use<> {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let mut rows: Vec<(&'static str, String)> = Vec::new();
    rows.push(match &balancing.status {
        None => (lang.of("balancerStatus", "balancerStatus"), unknown()),
        Some(status) => {
            let (mode, rounds) = (status.mode.clone(), count(status.rounds));
            let now = if status.in_round {
                lang.of("in a round now", "라운드 진행 중")
            } else {
                lang.of("between rounds", "라운드 사이")
            };
            (
                "balancerStatus",
                tr!(lang, "mode {mode}, {now}, {rounds} rounds", "모드 {mode}, {now}, 라운드 {rounds}회"),
            )
        }
    });
    rows.push((lang.of("Last recorded round", "마지막으로 기록된 라운드"), last_round(balancing, lang)));
    rows.push((lang.of("Window", "밸런싱 허용 시간"), window(balancing, lang)));
    rows.push((lang.of("The router's clock", "라우터 시계"), balancing.clock.shown().unwrap_or_else(unknown)));
    rows.push((lang.of("Chunk size", "청크 크기"), chunk_size(balancing, lang)));
    rows.push((lang.of("Auto-merger", "자동 병합"), auto_merger(balancing, lang)));
    for (name, value) in balancing.settings.iter().flat_map(|it| &it.throttles) {
        rows.push((throttle(name, lang), format!("{name}: {value}")));
    }
    rows.into_iter()
        .map(|(name, value)| {
            view! {
                <dt>{name}</dt>
                <dd>{value}</dd>
            }
        })
        .collect_view()
}

fn last_round(balancing: &Balancing, lang: Lang) -> String {
    let Some(round) = &balancing.last_round else {
        return lang.of("none is recorded: nothing was to be moved", "기록 없음: 옮길 것이 없었음").to_owned();
    };
    let (at, moved, candidates) = (utc(round.at), count(round.moved), count(round.candidates));
    if round.failed {
        return tr!(lang, "failed, {at} UTC", "실패, {at} UTC");
    }
    tr!(lang, "{at} UTC: {moved} of {candidates} chunks moved", "{at} UTC: 청크 {candidates}개 중 {moved}개 이동")
}

fn window(balancing: &Balancing, lang: Lang) -> String {
    let Some(settings) = &balancing.settings else { return lang.of("no permission", "권한 없음").to_owned() };
    let Some(window) = settings.window else {
        if settings.faults.iter().any(|it| it.field.contains("Window")) {
            return lang.of("cannot be read by the servers", "서버가 읽을 수 없는 값").to_owned();
        }
        return lang.of("none: at any time", "없음: 항상").to_owned();
    };
    let judged = lang.of(
        "by the local time of the config servers' primary, whose time zone no router tells",
        "설정 서버 프라이머리의 현지 시각 기준이며 그 표준시는 라우터로 알 수 없음",
    );
    let Some(second) = balancing.clock.second_of_day() else { return format!("{window}, {judged}") };
    let seen = match window.closes_in(second) {
        Some(left) => {
            let left = span(i64::from(left) * 1000).read(lang);
            tr!(lang, "open, closes in {left}", "열림, {left} 뒤 닫힘")
        }
        None => {
            let left = span(i64::from(window.opens_in(second)) * 1000).read(lang);
            tr!(lang, "closed, opens in {left}", "닫힘, {left} 뒤 열림")
        }
    };
    tr!(lang, "{window}: {seen} by the router's clock; judged {judged}", "{window}: 라우터 시계로 {seen}. {judged}")
}

fn chunk_size(balancing: &Balancing, lang: Lang) -> String {
    let Some(settings) = &balancing.settings else { return lang.of("no permission", "권한 없음").to_owned() };
    let size = bytes(balancing.chunk_bytes());
    match settings.chunk_mib {
        Some(_) => size,
        None => {
            let version = balancing.release.version;
            tr!(lang, "{size}, the default of MongoDB {version}", "{size}, MongoDB {version}의 기본값")
        }
    }
}

fn auto_merger(balancing: &Balancing, lang: Lang) -> String {
    let operation = crate::sharding::model::offered::Operation::SwitchAutoMerger;
    if let Err(reason) = operation.offered(balancing.release) {
        return reason.read(lang);
    }
    match balancing.settings.as_ref().map(|it| it.auto_merger) {
        None => lang.of("no permission", "권한 없음"),
        Some(None) => lang.of("on, by default", "켜짐(기본값)"),
        Some(Some(true)) => lang.of("on", "켜짐"),
        Some(Some(false)) => lang.of("off", "꺼짐"),
    }
    .to_owned()
}

fn throttle(name: &str, lang: Lang) -> &'static str {
    match name {
        "_secondaryThrottle" => lang.of("Each document waits for secondaries", "문서마다 세컨더리 대기"),
        "_waitForDelete" => lang.of("Each move waits for its clean-up", "이동마다 정리 대기"),
        _ => lang.of("Jumbo chunks are moved too", "점보 청크도 이동"),
    }
}
