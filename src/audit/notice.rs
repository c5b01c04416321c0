//! What became of the last action: the record that the address names with `?record=N`.

use leptos::prelude::*;

use super::api::read_record;
use crate::change::{Outcome, Report};
use crate::text::use_lang;
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
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
                        let link = format!("/audit?record={}", record.entry.id);
                        let number = record.entry.id;
                        view! {
                            {record.report.map_or_else(|| view! { <StillRuns /> }.into_any(), shown)}
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

fn shown(report: Report) -> AnyView {
    view! { <ReportView report=report /> }.into_any()
}

#[component]
fn StillRuns() -> impl IntoView {
    let lang = use_lang();
    let word = crate::ui::plan::outcome_tone(Outcome::Unknown, lang).1;
    let text = words!(
        "It still runs, or the console was stopped in the middle. Reload to see its end.",
        "아직 실행 중이거나 콘솔이 도중에 멈췄습니다. 새로 고쳐 결과를 확인하세요.",
    );
    view! { <Notice tone=Tone::Warn text=text word=Some(word) /> }
}
