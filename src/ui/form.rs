//! Fields of forms: a label, the control, its help, and the error beside it.

use leptos::prelude::*;

use crate::error::AppError;
use crate::text::{Words, use_lang};

/// The text of an error that belongs to the field `name`.
pub fn error_at(error: Option<&AppError>, name: &str) -> Option<Words> {
    error.filter(|error| error.field.as_deref() == Some(name)).map(|error| error.happened.clone())
}

/// The rule that a field keeps, as its model tells it.
pub type Check = fn(&str) -> Result<(), Words>;

/// A line of text. `check` is run on every key once WASM is there, by the same function that the server uses.
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
    #[prop(optional)] check: Option<Check>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = true)] required: bool,
    #[prop(default = 255)] maxlength: u32,
) -> impl IntoView {
    let lang = use_lang();
    let (shown, set_shown) = signal(error);
    let mode = if kind == "number" { "numeric" } else { "text" };
    // A number is typed into a text control: a spinner changes values by the mouse wheel, and drops what it cannot read.
    let kind = if kind == "number" { "text" } else { kind };
    let watch = move |event| {
        if let Some(check) = check {
            set_shown.set(check(&event_target_value(&event)).err());
        }
    };
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
                aria-invalid=move || shown.read().is_some().to_string()
                on:input=watch
            />
            <p class="help" id=format!("{id}-help")>{help}</p>
            <p class="field-error" id=format!("{id}-error") role="alert">
                {move || shown.read().as_ref().map(|words| words.read(lang))}
            </p>
        </div>
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
