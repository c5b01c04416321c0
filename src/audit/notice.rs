//! What became of the last action: the record that the address names with `?record=N`.

use leptos::prelude::*;

use super::api::read_record;
use super::model::Record;
use crate::change::{Outcome, Underway};
use crate::text::{Words, span, use_lang};
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
use crate::ui::live::{Live, Region};
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::plan::ReportView;
use crate::words;

/// The notice of the last action. It is read from the record, so nothing that stands in an address is ever shown as
/// the console's own words.
#[component]
pub fn LastRecord() -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let id = Memo::new(move |_| address.with(|address| address.number("record")));
    let record = fetch(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => read_record(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match record.await {
                    Ok(None) => ().into_any(),
                    Ok(Some(record)) => {
                        let number = record.entry.id;
                        let link = format!("/audit?record={number}");
                        view! {
                            <Attempt record=record />
                            <p class="muted">
                                <a href=link>{lang.of("Record no. ", "기록 번호 ")} {number}</a>
                            </p>
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// What became of an attempt. While it runs, how far it is, fresh every second until it has its end.
#[component]
pub fn Attempt(record: Record) -> impl IntoView {
    match record.report {
        Some(report) => view! { <ReportView report=report /> }.into_any(),
        None => {
            let source = format!("/live/audit/attempt?record={}", record.entry.id);
            view! {
                <Live id="attempt" source=source>
                    <AttemptPart />
                </Live>
            }
            .into_any()
        }
    }
}

/// `/live/audit/attempt?record=N`.
#[component]
pub fn AttemptPart() -> impl IntoView {
    let address = use_address();
    let id = Memo::new(move |_| address.with(|address| address.number("record")).unwrap_or_default());
    let record = fetch(move || id.get(), read_record);
    view! {
        <Region id="attempt">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match record.await {
                        Ok(Record { report: Some(report), .. }) => view! { <ReportView report=report /> }.into_any(),
                        Ok(record) => view! { <StillRuns id=record.entry.id underway=record.underway /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

/// An attempt without an end: how far it is, and how to stop it; or that nobody knows.
#[component]
fn StillRuns(id: i64, underway: Option<Underway>) -> impl IntoView {
    let lang = use_lang();
    let Some(underway) = underway else {
        let text = words!(
            "It has begun and has no end: the console was stopped in the middle. Look at the target.",
            "시작되었지만 끝이 기록되지 않았습니다. 콘솔이 도중에 멈췄으니 대상을 확인하세요.",
        );
        let word = crate::ui::plan::outcome_tone(Outcome::Unknown, lang).1;
        return view! { <Notice tone=Tone::Warn text=text word=Some(word) /> }.into_any();
    };
    let since = span(i64::try_from(underway.millis).unwrap_or(i64::MAX));
    let text = Words::new(
        format!("{} Running for {}.", underway.doing.en, since.en),
        format!("{} {} 동안 실행 중입니다.", underway.doing.ko, since.ko),
    );
    let done = underway.total.map(|total| (underway.done.min(total).to_string(), total.to_string()));
    let stop = underway.cancellable && !underway.cancelling;
    let pause = (underway.pausable && !underway.cancelling).then_some(underway.paused);
    let word = if underway.paused { lang.of("Paused", "일시 중지") } else { lang.of("Running", "실행 중") };
    view! {
        <Notice tone=Tone::Warn text=text word=Some(word)>
            {done.map(|(done, total)| {
                view! { <progress value=done max=total aria-label=lang.of("Progress", "진행률")></progress> }
            })}
            {underway.statement.map(|statement| view! { <pre tabindex="0"><code>{statement}</code></pre> })}
            {underway.cancelling.then(|| view! { <p>{lang.of("Stopping…", "중단하는 중…")}</p> })}
            {pause.map(|paused| view! { <PauseButton id=id paused=paused /> })}
            {stop
                .then(|| {
                    view! {
                        <form method="post" action="/api/audit/cancel_run">
                            <input type="hidden" name="id" value=id />
                            <button class="danger">{lang.of("Stop it", "중단")}</button>
                        </form>
                    }
                })}
        </Notice>
    }
    .into_any()
}

/// Makes what runs wait, or lets what waits go on.
#[component]
fn PauseButton(id: i64, paused: bool) -> impl IntoView {
    let lang = use_lang();
    let label = if paused { lang.of("Resume", "재개") } else { lang.of("Pause", "일시 중지") };
    view! {
        <form method="post" action="/api/audit/pause_run">
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="resume" value=paused.to_string() />
            <button>{label}</button>
        </form>
    }
}
