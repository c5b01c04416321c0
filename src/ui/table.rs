//! Tables: a caption, heads with scope, and a sentence where there is nothing to show.

use leptos::prelude::*;

/// A table with its caption. The children are the rows; the body element is always written, or hydration fails.
#[component]
pub fn Table(#[prop(into)] caption: String, heads: Vec<&'static str>, children: Children) -> impl IntoView {
    let label = caption.clone();
    view! {
        <div class="table" tabindex="0" role="region" aria-label=label>
            <table>
                <caption>{caption}</caption>
                <thead>
                    <tr>{heads.into_iter().map(|head| view! { <th scope="col">{head}</th> }).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// What stands where a list would be.
#[component]
pub fn Empty(text: &'static str) -> impl IntoView {
    view! { <p class="empty">{text}</p> }
}

/// A state as a word with a colour behind it.
#[component]
pub fn Badge(
    /// `good`, `warn`, `bad` or `plain`.
    tone: &'static str,
    #[prop(into)] text: String,
) -> impl IntoView {
    view! { <span class=format!("badge {tone}")>{text}</span> }
}
