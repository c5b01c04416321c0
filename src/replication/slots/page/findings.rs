//! What is wrong now, on top of everything else.

use leptos::prelude::*;

use super::super::api::list_findings;
use super::super::model::{Finding, Severity};
use crate::text::use_lang;
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
use crate::ui::table::Badge;

/// The findings of the server that the address names, the worst first. Where the server cannot be asked the list below
/// says so; where nothing is wrong there is nothing to read.
#[component]
pub fn FindingsPart() -> impl IntoView {
    let address = use_address();
    let target = move || address.with(|address| address.text("target"));
    let found = fetch(target, list_findings);
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let found = found.await.unwrap_or_default();
                (!found.is_empty()).then(|| view! { <Findings found=found /> })
            })}
        </Transition>
    }
}

/// A list of findings.
#[component]
pub fn Findings(found: Vec<Finding>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card" aria-labelledby="wrong">
            <h2 id="wrong">{lang.of("What is wrong now", "지금 문제가 있는 것")}</h2>
            <ul class="findings">{found.into_iter().map(|finding| view! { <FindingItem finding=finding /> }).collect_view()}</ul>
        </section>
    }
}

#[component]
fn FindingItem(finding: Finding) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match finding.severity {
        Severity::Bad => ("bad", lang.of("Now", "긴급")),
        Severity::Warn => ("warn", lang.of("Soon", "주의")),
        Severity::Note => ("plain", lang.of("Note", "참고")),
    };
    view! {
        <li>
            <Badge tone=tone text=word />
            <strong>{finding.words.read(lang)}</strong>
            <p class="muted">{finding.why.read(lang)}</p>
            <a href=finding.link>{finding.action.read(lang)}</a>
        </li>
    }
}
