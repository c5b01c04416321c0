//! Fields for the bound of a range: a value for each field of the key.

use leptos::prelude::*;

use crate::error::AppError;
use crate::sharding::model::{KeyField, ShardKey, Spread};
use crate::text::{Lang, Words, use_lang};
use crate::tr;
use crate::ui::form::error_at;

/// One field for each field of the key. An error belongs to `name.0`, `name.1` and so on.
#[component]
pub fn BoundFields(
    name: &'static str,
    legend: &'static str,
    key: ShardKey,
    values: Vec<String>,
    kinds: Vec<String>,
    error: Option<AppError>,
) -> impl IntoView {
    let lang = use_lang();
    let several = key.fields().len() > 1;
    let fields = key.fields().iter().enumerate().map(|(place, field)| {
        let told = error_at(error.as_ref(), &format!("{name}.{place}"));
        let value = values.get(place).cloned().unwrap_or_default();
        let kind = kinds.get(place).cloned().unwrap_or_default();
        view! { <BoundField name=name place=place field=field.clone() value=value kind=kind error=told /> }
    });
    view! {
        <fieldset class="field">
            <legend>{legend}</legend>
            {fields.collect_view()}
            {several
                .then(|| {
                    view! {
                        <p class="help">
                            {lang
                                .of(
                                    "The last fields can be left empty: the bound then lies below all their values.",
                                    "뒤쪽 필드는 비워 둘 수 있으며, 그러면 경계는 그 필드의 모든 값보다 아래에 있습니다.",
                                )}
                        </p>
                    }
                })}
        </fieldset>
    }
}

#[component]
fn BoundField(
    name: &'static str,
    place: usize,
    field: KeyField,
    value: String,
    kind: String,
    error: Option<Words>,
) -> impl IntoView {
    let lang = use_lang();
    let id = format!("{name}-{place}");
    let of = &field.field;
    let kind_label = tr!(lang, "Kind of {of}", "{of}의 종류");
    let invalid = error.is_some().to_string();
    let options = [
        ("", lang.of("value", "값")),
        ("min", lang.of("MinKey: below all values", "MinKey: 모든 값보다 아래")),
        ("max", lang.of("MaxKey: above all values", "MaxKey: 모든 값보다 위")),
    ];
    view! {
        <div class="bound">
            <label for=id.clone()>
                <code>{field.field.clone()}</code>
            </label>
            <select name=format!("{name}_kind") aria-label=kind_label>
                {options
                    .into_iter()
                    .map(|(option, text)| {
                        view! {
                            <option value=option selected=option == kind>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <input
                id=id.clone()
                name=name
                value=value
                autocomplete="off"
                spellcheck="false"
                autocapitalize="none"
                maxlength="2000"
                aria-describedby=format!("{id}-help {id}-error")
                aria-invalid=invalid
            />
            <p class="help" id=format!("{id}-help")>
                {help(field.spread, lang)}
            </p>
            <p class="field-error" id=format!("{id}-error") role="alert">
                {error.map(|words| words.read(lang))}
            </p>
        </div>
    }
}

fn help(spread: Spread, lang: Lang) -> &'static str {
    match spread {
        Spread::Ranged => lang.of(
            "As in mongosh: 5, \"kr\", Long(\"5\"), ObjectId(\"…\"), ISODate(\"…\"), UUID(\"…\"), Decimal128(\"…\").",
            "mongosh처럼 입력: 5, \"kr\", Long(\"5\"), ObjectId(\"…\"), ISODate(\"…\"), UUID(\"…\"), Decimal128(\"…\").",
        ),
        Spread::Hashed => lang.of(
            "This field is hashed: the bound is a hash of 64 bits such as Long(\"-4611686018427387902\"), not a value of the field.",
            "해시 필드이므로 경계는 필드의 값이 아니라 Long(\"-4611686018427387902\") 같은 64비트 해시입니다.",
        ),
    }
}

/// One of many names.
#[component]
pub fn Pick(
    name: &'static str,
    label: &'static str,
    options: Vec<String>,
    value: String,
    #[prop(optional_no_strip)] error: Option<Words>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name aria-describedby=format!("{name}-error")>
                {options
                    .into_iter()
                    .map(|option| {
                        let selected = option == value;
                        let text = option.clone();
                        view! {
                            <option value=option selected=selected>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <p class="field-error" id=format!("{name}-error") role="alert">
                {error.map(|words| words.read(lang))}
            </p>
        </div>
    }
}
