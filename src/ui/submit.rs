//! The button that sends a form that changes something.

use leptos::ev;
use leptos::html::Button;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement, PageTransitionEvent};

/// Sends its form once: from then on it is disabled and says `busy`. With `name` it is enabled only once the form's
/// field `typed` holds that text. Without WASM the browser compares it, and a second click finds the first one's record.
#[island]
pub fn Submit(
    label: String,
    busy: String,
    /// `primary` or `danger`.
    class: String,
    blocked: bool,
    /// The element that says why it is blocked.
    described: Option<String>,
    name: Option<String>,
) -> impl IntoView {
    let button = NodeRef::<Button>::new();
    let sent = RwSignal::new(false);
    let named = RwSignal::new(true);
    Effect::new(move |_| {
        let Some(form) = button.get_untracked().and_then(|button| button.form()) else { return };
        if let Some(name) = name.clone() {
            compare(&form, name, named);
        }
        once(form, sent);
    });
    let text = move || if sent.get() { busy.clone() } else { label.clone() };
    view! {
        <button
            type="submit"
            class=class
            node_ref=button
            disabled=move || blocked || sent.get() || !named.get()
            aria-describedby=described
        >
            {text}
        </button>
    }
}

fn compare(form: &HtmlFormElement, name: String, named: RwSignal<bool>) {
    let field = form.query_selector("[name=typed]").ok().flatten();
    let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) else { return };
    // The browser may have brought back what was typed before.
    named.set(field.value() == name);
    let handle = window_event_listener(ev::input, move |_| named.set(field.value() == name));
    on_cleanup(move || handle.remove());
}

fn once(form: HtmlFormElement, sent: RwSignal<bool>) {
    let submitted = window_event_listener(ev::submit, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        if target.as_ref() == Some(&form) {
            sent.set(true);
        }
    });
    // A page that Back brings back as it was left.
    let shown = window_event_listener_untyped("pageshow", move |event| {
        if event.dyn_ref::<PageTransitionEvent>().is_some_and(PageTransitionEvent::persisted) {
            sent.set(false);
        }
    });
    on_cleanup(move || {
        submitted.remove();
        shown.remove();
    });
}
