//! What runs in the cluster: how far each resharding, move or unsharding is, by the servers' own state, whoever began it.

use leptos::prelude::*;

use super::PATH;
use crate::sharding::reshape::api::list_reshaping;
use crate::sharding::reshape::model::operation::{Donor, Kind, Operation, Phase, Recipient};
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::table::{Badge, Table};
use crate::words;

/// `/live/sharding/reshape`.
#[component]
pub fn ReshapePart() -> impl IntoView {
    let address = use_address();
    let target = Memo::new(move |_| address.with(|address| address.text("target")));
    let running = fetch(move || target.get(), list_reshaping);
    view! {
        <Region id="reshape">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match running.await {
                        Ok(Some(running)) => {
                            view! { <Running running=running target=target.get_untracked() /> }.into_any()
                        }
                        Ok(None) => view! { <NotTold /> }.into_any(),
                        // No router: the page says so at its forms.
                        Err(error) if error.field.is_some() => ().into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn NotTold() -> impl IntoView {
    let text = words!(
        "Whether a resharding runs is unknown: the console's user needs the role clusterMonitor.",
        "리샤딩 진행 여부를 알 수 없습니다. 콘솔 사용자에 clusterMonitor 역할이 필요합니다.",
    );
    view! { <Notice tone=Tone::Warn text=text word=None /> }
}

#[component]
fn Running(running: Vec<Operation>, target: String) -> impl IntoView {
    let lang = use_lang();
    let running: Vec<Operation> = running.into_iter().filter(|it| it.phase != Phase::Ended).collect();
    if running.is_empty() {
        let text =
            lang.of("No resharding, move or unsharding is under way.", "진행 중인 리샤딩, 이동, 샤딩 해제가 없습니다.");
        return view! { <p class="muted">{text}</p> }.into_any();
    }
    running
        .into_iter()
        .map(|operation| view! { <Cockpit operation=operation target=target.clone() /> })
        .collect_view()
        .into_any()
}

#[component]
fn Cockpit(operation: Operation, target: String) -> impl IntoView {
    let lang = use_lang();
    let kind = operation.kind.words().read(lang);
    let title = format!("{kind}: {}", operation.namespace);
    let to = (!operation.key.is_empty()).then(|| {
        let key = &operation.key;
        tr!(lang, "To {key}", "새 키 {key}")
    });
    let bar = operation.bytes.filter(|of| *of > 0).map(|of| (operation.copied_bytes().unwrap_or(0).min(of), of));
    let (key, label) = (operation.namespace.clone(), title.clone());
    view! {
        <section class="card" data-key=key aria-label=label>
            <h2>{title}</h2>
            <p>{to}</p>
            <Steps phase=operation.phase />
            {bar
                .map(|(done, of)| {
                    view! {
                        <progress
                            value=done.to_string()
                            max=of.to_string()
                            aria-label=lang.of("Copied", "복사됨")
                        ></progress>
                    }
                })}
            <Figures operation=operation.clone() />
            <Recipients recipients=operation.recipients.clone() silent=operation.silent.clone() />
            <Donors donors=operation.donors.clone() />
            <Ways operation=operation target=target />
        </section>
    }
}

/// The phases in their order; the present one is marked.
#[component]
fn Steps(phase: Phase) -> impl IntoView {
    let lang = use_lang();
    let known = Phase::STEPS.contains(&phase);
    view! {
        <ol class="phases">
            {Phase::STEPS
                .into_iter()
                .map(|step| {
                    let now = step == phase;
                    let tone = if now { "warn" } else if known && step < phase { "good" } else { "plain" };
                    view! {
                        <li aria-current=now.then_some("step")>
                            <Badge tone=tone text=step.words().read(lang) />
                        </li>
                    }
                })
                .collect_view()}
            {(!known).then(|| view! { <li aria-current="step"><Badge tone="bad" text=phase.words().read(lang) /></li> })}
        </ol>
    }
}

#[component]
fn Figures(operation: Operation) -> impl IntoView {
    let lang = use_lang();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let number = |value: Option<i64>| value.map_or_else(unknown, count);
    let size = |value: Option<i64>| value.map_or_else(unknown, bytes);
    let time = |value: Option<i64>| value.map_or_else(unknown, |it| span(it * 1000).read(lang));
    let part = |done: String, of: String| tr!(lang, "{done} of about {of}", "{done} / 약 {of}");
    let rate = operation.rate().map_or_else(unknown, |rate| format!("{}/s", bytes(rate)));
    let by_rate = if operation.waits_for_minimum() {
        lang.of("all is copied; the minimum duration is still running", "복사 완료, 최소 소요 시간 대기 중").to_owned()
    } else {
        time(operation.by_rate())
    };
    let rows = [
        (lang.of("Running for", "경과 시간"), time(operation.seconds)),
        (lang.of("Documents copied", "복사한 문서"), part(number(operation.copied()), number(operation.documents))),
        (lang.of("Bytes copied", "복사한 크기"), part(size(operation.copied_bytes()), size(operation.bytes))),
        (lang.of("Rate", "속도"), rate),
        (lang.of("Left, by this rate", "이 속도로 남은 시간"), by_rate),
        (lang.of("Left, as the servers estimate", "서버가 추정한 남은 시간"), time(operation.told())),
    ];
    view! {
        <dl class="facts">
            {rows
                .into_iter()
                .map(|(name, value)| {
                    view! {
                        <dt>{name}</dt>
                        <dd>{value}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
}

#[component]
fn Recipients(recipients: Vec<Recipient>, silent: Vec<String>) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Receiving shard", "받는 샤드"),
        lang.of("State", "상태"),
        lang.of("Documents", "문서"),
        lang.of("Bytes", "크기"),
        lang.of("Writes fetched / applied", "쓰기 가져옴/적용"),
        lang.of("Server's estimate", "서버 추정"),
    ];
    view! {
        <Table caption=lang.of("Receiving shards", "받는 샤드") heads=heads>
            {recipients.into_iter().map(|it| view! { <RecipientRow recipient=it /> }).collect_view()}
            {silent
                .into_iter()
                .map(|shard| {
                    let key = format!("silent-{shard}");
                    view! {
                        <tr data-key=key>
                            <th scope="row">{shard}</th>
                            <td colspan="5" class="muted">
                                {lang.of("takes part; does not tell how far it is", "참여 중이나 진행 상황을 알리지 않음")}
                            </td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

#[component]
fn RecipientRow(recipient: Recipient) -> impl IntoView {
    let lang = use_lang();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let of = |done: Option<i64>, all: Option<i64>, shown: fn(i64) -> String| match (done, all) {
        (Some(done), Some(all)) => format!("{} / {}", shown(done), shown(all)),
        (Some(done), None) => shown(done),
        _ => unknown(),
    };
    let (documents, size) =
        (of(recipient.documents, recipient.documents_of, count), of(recipient.bytes, recipient.bytes_of, bytes));
    let writes = of(recipient.fetched, recipient.applied, count);
    let left = recipient.left.map_or_else(unknown, |it| span(it * 1000).read(lang));
    let key = format!("to-{}", recipient.shard);
    view! {
        <tr data-key=key>
            <th scope="row">{recipient.shard}</th>
            <td>{state(recipient.state, recipient.status, lang)}</td>
            <td class="number">{documents}</td>
            <td class="number">{size}</td>
            <td class="number">{writes}</td>
            <td class="number">{left}</td>
        </tr>
    }
}

#[component]
fn Donors(donors: Vec<Donor>) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Giving shard", "주는 샤드"),
        lang.of("State", "상태"),
        lang.of("Writes that had to wait", "대기한 쓰기"),
        lang.of("Writes blocked for", "쓰기 차단 시간"),
    ];
    let unknown = move || lang.of("unknown", "알 수 없음").to_owned();
    view! {
        <Table caption=lang.of("Giving shards", "주는 샤드") heads=heads>
            {donors
                .into_iter()
                .map(|it| {
                    let blocked = it.blocked.map_or_else(unknown, count);
                    let blocking = it.blocking.map_or_else(unknown, |it| span(it * 1000).read(lang));
                    let key = format!("from-{}", it.shard);
                    view! {
                        <tr data-key=key>
                            <th scope="row">{it.shard}</th>
                            <td>{state(it.state, it.status, lang)}</td>
                            <td class="number">{blocked}</td>
                            <td class="number">{blocking}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

/// The server's own words: they are what its documentation and its log call it.
fn state(state: String, status: String, lang: Lang) -> String {
    match status.as_str() {
        "" | "running" => state,
        "success" => tr!(lang, "{state}, done", "{state}, 완료"),
        _ => format!("{state}, {status}"),
    }
}

/// What can be done about it: links to plans.
#[component]
fn Ways(operation: Operation, target: String) -> impl IntoView {
    let lang = use_lang();
    let to = |action: &str| link(PATH, &[("target", &target), ("namespace", &operation.namespace), ("action", action)]);
    if !operation.phase.can_abort() {
        let text = lang.of("It cannot be aborted any more.", "더는 중단할 수 없습니다.");
        return view! { <p class="muted">{text}</p> }.into_any();
    }
    let abort = to(operation.kind.abort_action());
    let commit = (operation.kind == Kind::Reshard).then(|| to("commit_reshard"));
    view! {
        <p class="buttons">
            <a class="button danger" href=abort>
                {lang.of("Abort…", "중단…")}
            </a>
            {commit
                .map(|commit| {
                    view! {
                        <a class="button" href=commit>
                            {lang.of("Commit as soon as possible…", "가능한 한 빨리 확정…")}
                        </a>
                    }
                })}
        </p>
    }
    .into_any()
}
