//! The lists of the history.

use leptos::prelude::*;

use super::Nothing;
use crate::sharding::history::model::{Ending, Event, Failure, Move, Step};
use crate::text::{Lang, bytes, count, span, use_lang, utc};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Empty, Table};

/// What went wrong, each kind once.
#[component]
pub fn FailureList(failures: Vec<Failure>, target: String) -> impl IntoView {
    let lang = use_lang();
    if failures.is_empty() {
        let none = lang.of("Nothing failed, as far as the log tells.", "로그상 실패가 없습니다.");
        return view! { <Empty text=none /> }.into_any();
    }
    view! { <ul class="findings">{failures.into_iter().map(|it| failure(it, &target, lang)).collect_view()}</ul> }
        .into_any()
}

fn failure(failure: Failure, target: &str, lang: Lang) -> impl IntoView + use<> {
    let Failure { what, from, to, cause, next, count: times, first, last, namespaces } = failure;
    let between = if from.is_empty() { String::new() } else { format!(" {from} → {to}") };
    let (times, first, last) = (count(times), utc(first), utc(last));
    let when = match first == last {
        true => tr!(lang, "at {first}", "{first}"),
        false => tr!(lang, "from {first} to {last}", "{first} ~ {last}"),
    };
    let links = namespaces.into_iter().map(|namespace| {
        let href = link("/sharding/chunks", &[("target", target), ("namespace", &namespace)]);
        view! {
            <a href=href>
                <code>{namespace}</code>
            </a>
            " "
        }
    });
    view! {
        <li>
            <Badge tone="bad" text=format!("{times} ×") />
            <strong>{what.read(lang)} {between} ": " {cause.read(lang)}</strong>
            <p class="muted">{next.read(lang)}</p>
            <p class="muted">{when} " " {links.collect_view()}</p>
        </li>
    }
}

/// Moves, the newest first; with their collections where there are several.
#[component]
pub fn MoveTable(moves: Vec<Move>, target: String, named: bool) -> impl IntoView {
    let lang = use_lang();
    if moves.is_empty() {
        return view! { <Nothing /> }.into_any();
    }
    let mut heads = vec![
        lang.of("Ended", "종료"),
        lang.of("From key", "시작 키"),
        lang.of("From → to", "이동"),
        lang.of("Result", "결과"),
        lang.of("Took", "소요"),
        lang.of("Copied", "복사"),
    ];
    if named {
        heads.insert(1, lang.of("Collection", "컬렉션"));
    }
    let rows = moves.into_iter().map(|it| row(it, &target, named, lang)).collect_view();
    view! {
        <Table caption=lang.of("Moves, the newest first", "최신순 이동") heads=heads>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(moved: Move, target: &str, named: bool, lang: Lang) -> impl IntoView + use<> {
    let took: i64 = moved.giving.iter().map(|step| step.took).sum();
    let took = if moved.giving.is_empty() { moved.last - moved.first } else { took };
    let copied = match (moved.documents, moved.bytes) {
        (Some(documents), Some(size)) => {
            let (documents, size) = (count(documents), bytes(size));
            tr!(lang, "{documents} documents, {size}", "문서 {documents}개, {size}")
        }
        _ => "–".to_owned(),
    };
    let (badge, why) = match &moved.end {
        Ending::Done => (view! { <Badge tone="good" text=lang.of("moved", "이동됨") /> }, String::new()),
        Ending::Failed(why) => (view! { <Badge tone="bad" text=lang.of("failed", "실패") /> }, why.read(lang)),
        Ending::Open => (
            view! { <Badge tone="plain" text=lang.of("begun", "시작됨") /> },
            lang.of("The log has no end of it (yet).", "아직 로그에 끝이 없습니다.").to_owned(),
        ),
    };
    let collection = named.then(|| {
        let href = link("/sharding/chunks", &[("target", target), ("namespace", &moved.namespace)]);
        view! {
            <td>
                <a href=href>
                    <code>{moved.namespace.clone()}</code>
                </a>
            </td>
        }
    });
    let steps = steps(&moved.giving, &moved.taking, lang);
    view! {
        <tr>
            <th scope="row">{utc(moved.last)}</th>
            {collection}
            <td>
                <code>{moved.min.shown}</code>
            </td>
            <td>{moved.from} " → " {moved.to}</td>
            <td>{badge} " " {why}</td>
            <td class="number">{span(took).read(lang)} {steps}</td>
            <td>{copied}</td>
        </tr>
    }
}

/// How long each step took, on either side.
fn steps(giving: &[Step], taking: &[Step], lang: Lang) -> Option<impl IntoView + use<>> {
    if giving.is_empty() && taking.is_empty() {
        return None;
    }
    let list = |steps: &[Step]| {
        let each: Vec<String> =
            steps.iter().map(|it| format!("{}/{}: {}", it.step, it.of, span(it.took).read(lang))).collect();
        each.join(" · ")
    };
    let (giving, taking) = (list(giving), list(taking));
    let giving = (!giving.is_empty()).then(|| tr!(lang, "Giving shard: {giving}", "보내는 샤드: {giving}"));
    let taking = (!taking.is_empty()).then(|| tr!(lang, "Taking shard: {taking}", "받는 샤드: {taking}"));
    Some(view! {
        <details>
            <summary>{lang.of("Steps", "단계")}</summary>
            <p>{giving}</p>
            <p>{taking}</p>
        </details>
    })
}

#[component]
pub fn EventTable(events: Vec<Event>) -> impl IntoView {
    let lang = use_lang();
    if events.is_empty() {
        return view! { <Nothing /> }.into_any();
    }
    let heads = vec![
        lang.of("Time", "시각"),
        lang.of("What", "내용"),
        lang.of("Collection", "컬렉션"),
        lang.of("Detail", "자세히"),
    ];
    let row = |event: Event| {
        view! {
            <tr>
                <th scope="row">{utc(event.at)}</th>
                <td>{event.what.read(lang)}</td>
                <td>
                    <code>{event.namespace}</code>
                </td>
                <td>{event.detail.read(lang)}</td>
            </tr>
        }
    };
    let rows = events.into_iter().map(row).collect_view();
    view! {
        <Table caption=lang.of("Other changes, the newest first", "최신순 변화") heads=heads>
            {rows}
        </Table>
    }
    .into_any()
}
