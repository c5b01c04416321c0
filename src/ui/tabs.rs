//! The links between the pages of one feature.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// Links to the pages of a feature: the address and the name of each. That of this page is marked; what stands behind
/// the question mark, such as the target, does not count.
#[component]
pub fn Tabs(
    /// What the pages are of, for those who do not see it.
    label: &'static str,
    tabs: Vec<(String, &'static str)>,
) -> impl IntoView {
    let here = use_location().pathname.get_untracked();
    view! {
        <nav class="tabs" aria-label=label>
            {tabs
                .into_iter()
                .map(|(href, text)| {
                    let current = (path_of(&href) == here).then_some("page");
                    view! {
                        <a href=href aria-current=current>
                            {text}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

fn path_of(href: &str) -> &str {
    href.split(['?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn a_page_is_known_by_its_path() {
        assert_eq!(path_of("/replication/slots?target=pg#top"), "/replication/slots");
        assert_eq!(path_of("/replication"), "/replication");
    }
}
