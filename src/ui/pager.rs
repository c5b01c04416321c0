//! The links between the pages of a list.

use leptos::prelude::*;

use crate::text::use_lang;

/// Links to other pages of a list; none where there is no other. A list that is read from one place on knows its first
/// page rather than the previous one.
#[component]
pub fn Pager(
    /// What is paged, for those who do not see it.
    label: &'static str,
    #[prop(optional_no_strip)] first: Option<String>,
    #[prop(optional_no_strip)] previous: Option<String>,
    #[prop(optional_no_strip)] next: Option<String>,
) -> impl IntoView {
    let lang = use_lang();
    let link = |href: Option<String>, rel: &'static str, text: &'static str| {
        href.map(|href| view! { <a class="button quiet" href=href rel=rel>{text}</a> })
    };
    (first.is_some() || previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=label>
                {link(first, "first", lang.of("First page", "처음"))}
                {link(previous, "prev", lang.of("Previous", "이전"))}
                {link(next, "next", lang.of("Next", "다음"))}
            </nav>
        }
    })
}

/// The pages before and after page `page`, counted from 0, of `matching` rows.
pub fn around(page: i64, size: i64, matching: i64) -> (Option<i64>, Option<i64>) {
    let page = page.max(0);
    let next = page.saturating_add(1);
    ((page > 0).then(|| page - 1), (next.saturating_mul(size) < matching).then_some(next))
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn a_page_has_those_neighbours_that_hold_rows() {
        assert_eq!(around(0, 50, 50), (None, None));
        assert_eq!(around(0, 50, 51), (None, Some(1)));
        assert_eq!(around(1, 50, 51), (Some(0), None));
        assert_eq!(around(-3, 50, 51), (None, Some(1)));
        assert_eq!(around(i64::MAX, 50, 51), (Some(i64::MAX - 1), None));
    }
}
