//! The button that copies a command.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::Element;

use crate::text::use_lang;

/// Copies `text` to the clipboard. No island, so that it costs nothing where there are hundreds, and may stand in a
/// live region: one listener serves all.
#[component]
pub fn Copy(#[prop(into)] text: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <button type="button" class="quiet needs-wasm" data-copy=text data-copied=lang.of("Copied", "복사됨")>
            {lang.of("Copy", "복사")}
        </button>
    }
}

/// Serves every such button of the document. A browser has no clipboard for a page that comes over plain HTTP from
/// another machine; there the buttons are hidden.
pub fn listen() {
    if !window().is_secure_context() {
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-no-clipboard", "");
        }
        return;
    }
    let handle = window_event_listener(ev::click, |event| {
        let clicked = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if let Some(button) = clicked.and_then(|element| element.closest("[data-copy]").ok().flatten()) {
            leptos::task::spawn_local(copy(button));
        }
    });
    // It lives as long as the document.
    std::mem::forget(handle);
}

/// The button says that it is done, for as long as one looks at it.
async fn copy(button: Element) {
    let (Some(text), Some(done)) = (button.get_attribute("data-copy"), button.get_attribute("data-copied")) else {
        return;
    };
    // A person may have refused it; then nothing is said to be copied.
    let written = window().navigator().clipboard().write_text(&text);
    if wasm_bindgen_futures::JsFuture::from(written).await.is_err() {
        return;
    }
    let label = button.text_content();
    if label.as_ref() != Some(&done) {
        button.set_text_content(Some(&done));
        set_timeout(move || button.set_text_content(label.as_deref()), std::time::Duration::from_secs(2));
    }
}
