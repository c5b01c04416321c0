//! Findings as a list, the worst first.

use leptos::prelude::*;

use super::{Finding, Severity};
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
        Severity::Bad => ("bad", lang.of("Trouble", "장애")),
        Severity::Warn => ("warn", lang.of("Attention", "주의")),
        Severity::Note => ("plain", lang.of("Note", "참고")),
    };
    let link = (!finding.link.is_empty()).then(|| {
        let label = finding.what.read(lang);
        view! {
            " "
            <a href=finding.link aria-label=label>
                {lang.of("Look", "확인")}
            </a>
        }
    });
    view! {
        <li>
            <Badge tone=tone text=word />
            <p>
                <strong>{finding.what.read(lang)}</strong>
                " "
                {finding.why.read(lang)}
                {link}
            </p>
        </li>
    }
}
