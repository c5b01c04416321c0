//! Fields of forms: a label, the control, its help, and the error beside it.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::error::AppError;
use crate::text::{Words, use_lang};
use crate::ui::rule::Rule;

/// The text of an error that belongs to the field `name`.
pub fn error_at(error: Option<&AppError>, name: &str) -> Option<Words> {
    error.filter(|error| error.field.as_deref() == Some(name)).map(|error| error.happened.clone())
}

/// A line of text. Once WASM is there, `rule` is checked on every key.
#[component]
pub fn TextField(
    name: &'static str,
    /// Only where a page has two fields of this name.
    #[prop(default = name)]
    id: &'static str,
    label: &'static str,
    #[prop(into)] value: String,
    #[prop(optional)] help: &'static str,
    #[prop(optional_no_strip)] error: Option<Words>,
    #[prop(optional)] rule: Option<Rule>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = true)] required: bool,
    #[prop(default = 255)] maxlength: u32,
) -> impl IntoView {
    let lang = use_lang();
    let mode = if kind == "number" { "numeric" } else { "text" };
    // A number is typed into a text control: a spinner changes values by the mouse wheel, and drops what it cannot read.
    let kind = if kind == "number" { "text" } else { kind };
    let invalid = error.is_some().to_string();
    let told = error.map(|words| words.read(lang));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                name=name
                type=kind
                inputmode=mode
                value=value
                autocomplete=autocomplete
                spellcheck="false"
                autocapitalize="none"
                required=required
                maxlength=maxlength
                aria-describedby=format!("{id}-help {id}-error")
                aria-invalid=invalid
            />
            <p class="help" id=format!("{id}-help")>{help}</p>
            {match rule {
                Some(rule) => view! { <Fault field=id.to_owned() rule=rule.read(lang) told=told /> }.into_any(),
                None => {
                    view! {
                        <p class="field-error" id=format!("{id}-error") role="alert">
                            {told}
                        </p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// What is wrong with what is typed into the field `field`; `told` is what the server said of it.
#[island]
pub fn Fault(field: String, rule: Rule<String>, told: Option<String>) -> impl IntoView {
    let (shown, set_shown) = signal(told);
    let id = format!("{field}-error");
    Effect::new(move |_| {
        let Some(input) = document().get_element_by_id(&field).and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
        else {
            return;
        };
        let rule = rule.clone();
        let handle = window_event_listener(ev::input, move |event| {
            if event.target().as_ref() == Some(input.as_ref()) {
                let fault = rule.fault(&input.value());
                let _ = input.set_attribute("aria-invalid", if fault.is_some() { "true" } else { "false" });
                set_shown.set(fault);
            }
        });
        on_cleanup(move || handle.remove());
    });
    view! {
        <p class="field-error" id=id role="alert">
            {shown}
        </p>
    }
}

/// Several lines of text. The renderer does not escape the children of a textarea, so this is the one place where
/// markup is written by hand: both sides read the same escaped text.
#[component]
pub fn TextArea(
    name: &'static str,
    label: &'static str,
    #[prop(into)] value: String,
    #[prop(optional)] help: &'static str,
    #[prop(optional_no_strip)] error: Option<Words>,
    #[prop(default = 8)] rows: u32,
) -> impl IntoView {
    let lang = use_lang();
    let invalid = error.is_some().to_string();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                id=name
                name=name
                rows=rows
                spellcheck="false"
                required=true
                maxlength="20000"
                aria-describedby=format!("{name}-help {name}-error")
                aria-invalid=invalid
                inner_html=escaped(&value)
            ></textarea>
            <p class="help" id=format!("{name}-help")>{help}</p>
            <p class="field-error" id=format!("{name}-error") role="alert">{error.map(|words| words.read(lang))}</p>
        </div>
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// One of a few: radio buttons, so that all choices can be read at once.
#[component]
pub fn Choice(
    name: &'static str,
    label: &'static str,
    /// Value, label and a sentence of help for each.
    options: Vec<(&'static str, &'static str, &'static str)>,
    #[prop(into)] value: String,
    #[prop(optional_no_strip)] error: Option<Words>,
) -> impl IntoView {
    let lang = use_lang();
    let first = options.first().map(|(value, ..)| *value).unwrap_or_default();
    let known = options.iter().any(|(option, ..)| *option == value);
    let value = if known { value } else { first.to_owned() };
    view! {
        <fieldset class="field choice">
            <legend>{label}</legend>
            {options
                .into_iter()
                .map(|(option, text, help)| {
                    let id = format!("{name}-{option}");
                    view! {
                        <div class="option">
                            <input type="radio" id=id.clone() name=name value=option checked=option == value />
                            <label for=id>
                                {text} <span class="help">{help}</span>
                            </label>
                        </div>
                    }
                })
                .collect_view()}
            <p class="field-error" role="alert">{error.map(|words| words.read(lang))}</p>
        </fieldset>
    }
}

/// Yes or no.
#[component]
pub fn Tick(
    name: &'static str,
    label: &'static str,
    checked: bool,
    #[prop(optional)] help: &'static str,
) -> impl IntoView {
    view! {
        <div class="field option">
            <input type="checkbox" id=name name=name value="yes" checked=checked />
            <label for=name>
                {label} <span class="help">{help}</span>
            </label>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_was_typed_cannot_end_its_textarea() {
        assert_eq!(escaped("</textarea><script>&\"x"), "&lt;/textarea&gt;&lt;script&gt;&amp;&quot;x");
    }
}
