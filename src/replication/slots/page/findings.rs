//! What is wrong now, on top of everything else.

use leptos::prelude::*;

use super::super::api::list_findings;
use crate::finding::page::Findings;
use crate::text::use_lang;
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;

/// The findings of the server that the address names, the worst first. Where the server cannot be asked the list below
/// says so; where nothing is wrong there is nothing to read.
#[component]
pub fn FindingsPart() -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let target = move || address.with(|address| address.text("target"));
    let found = fetch(target, list_findings);
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let found = found.await.unwrap_or_default();
                (!found.is_empty())
                    .then(|| {
                        view! {
                            <section class="card" aria-labelledby="wrong" data-key="findings">
                                <h2 id="wrong">{lang.of("What is wrong now", "지금 문제가 있는 것")}</h2>
                                <Findings findings=found />
                            </section>
                        }
                    })
            })}
        </Transition>
    }
}
