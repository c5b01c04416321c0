//! Findings as a list, the worst first, and the ways out of them.

use leptos::prelude::*;

use super::{Finding, Severity, Way};
use crate::text::{Lang, use_lang};
use crate::ui::table::Badge;

/// The list, or a sentence that nothing was found.
#[component]
pub fn Findings(mut findings: Vec<Finding>) -> impl IntoView {
    let lang = use_lang();
    if findings.is_empty() {
        let nothing = lang.of("Nothing stands out.", "특별히 눈에 띄는 문제가 없습니다.");
        return view! { <p class="muted">{nothing}</p> }.into_any();
    }
    findings.sort_by_key(|finding| finding.severity);
    view! { <ul class="findings">{findings.into_iter().map(|finding| row(finding, lang)).collect_view()}</ul> }
        .into_any()
}

fn row(finding: Finding, lang: Lang) -> impl IntoView {
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
            {way_out(Way { link: finding.link, action: finding.action }, lang)}
        </li>
    }
}

/// A link to where something can be done; nothing where there is no such page.
pub fn way_out(way: Way, lang: Lang) -> Option<impl IntoView> {
    let Way { link, action } = way;
    (!link.is_empty()).then(|| {
        view! {
            <a href=link>{action.read(lang)}</a>
        }
    })
}
