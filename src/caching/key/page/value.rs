//! The value of a key, and the form that writes another one.

use leptos::prelude::*;

use super::forms::Named;
use super::{Asked, PATH};
use crate::caching::key::api::{measure_key, plan_key, read_value};
use crate::caching::key::model::{Digest, Editable, Shown, Value};
use crate::error::{AppError, Kind};
use crate::text::{Lang, Words, bytes, count, use_lang};
use crate::tr;
use crate::ui::fetch::fetch;
use crate::ui::form::{TextArea, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::micros;
use crate::ui::table::{Empty, Table};

/// The value as it was when the page was opened: reading it makes the key used, so it is not read by a clock.
#[component]
pub fn ValueCard(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    let read = fetch(
        move || asked.get(),
        |it| async move {
            let value = read_value(it.target.clone(), it.key.clone()).await;
            let size = match &value {
                Err(error) if error.kind == Kind::Forbidden => {
                    measure_key(it.target.clone(), it.key.clone()).await.ok()
                }
                _ => None,
            };
            let wrong = if it.action == "set_value" { wrong(it).await } else { None };
            (value, size.flatten(), wrong)
        },
    );
    view! {
        <section class="card">
            <h2>{lang.of("Value", "값")}</h2>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let (value, size, wrong) = read.await;
                    match value {
                        Ok(value) => view! { <Read value=value asked=asked.get_untracked() wrong=wrong /> }.into_any(),
                        Err(error) if error.kind == Kind::Forbidden => view! { <Hidden size=size /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

/// What is wrong with what was typed as the value.
async fn wrong(it: Asked) -> Option<AppError> {
    let Asked { target, action, key, ttl, only, at, value, seen, dies, .. } = it;
    let planned = plan_key(target, action, key, ttl, only, at, value, seen, dies).await;
    planned.err().filter(|error| error.field.as_deref() == Some("value"))
}

/// For those who may look and not change.
#[component]
fn Hidden(size: Option<i64>) -> impl IntoView {
    let lang = use_lang();
    let size = size.map(|size| {
        let size = count(size);
        tr!(lang, "It has {size} bytes or elements.", "크기는 {size}바이트(또는 요소)입니다.")
    });
    view! {
        <p class="muted">
            {lang.of("Values are shown only to those who may change this target.", "값은 이 대상을 변경할 권한이 있는 사람에게만 표시합니다.")} " "
            {size}
        </p>
    }
}

#[component]
fn Read(value: Value, asked: Asked, wrong: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let Value { size, shown, micros: time } = value;
    let time = micros(time, lang);
    match shown {
        Shown::Missing => view! {
            <Empty text=lang.of("There is no such key now.", "지금은 그런 키가 없습니다.") />
            <Typed asked=asked />
        }
        .into_any(),
        Shown::Nothing(why) => {
            let size = elements(size, lang);
            view! { <p class="muted">{size} " " {why.read(lang)}</p> }.into_any()
        }
        Shown::Elements(pairs) => {
            let caption = of_elements(size, pairs.len(), lang);
            view! {
                <Table caption=caption heads=vec![lang.of("Field, score or place", "필드·점수·위치"), lang.of("Element", "요소")]>
                    {pairs
                        .into_iter()
                        .map(|(name, element)| {
                            // A set has elements and nothing beside them.
                            let (name, element) = if element.is_empty() { (String::new(), name) } else { (name, element) };
                            view! {
                                <tr>
                                    <td>
                                        <code>{name}</code>
                                    </td>
                                    <td>
                                        <code>{element}</code>
                                    </td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </Table>
                <p class="muted">{tr!(lang, "Read in {time}.", "{time} 만에 읽었습니다.")}</p>
            }
                .into_any()
        }
        Shown::Text { format, text, whole, edit } => {
            let size = bytes(size.unwrap_or_default());
            let part = (!whole).then(|| lang.of(" The first 4 KiB are shown.", " 처음 4KiB만 표시합니다."));
            let form = match edit {
                Ok(edit) => view! { <EditForm edit=edit asked=asked wrong=wrong /> }.into_any(),
                Err(why) => view! {
                    <NoEdit why=why />
                    <Typed asked=asked />
                }
                .into_any(),
            };
            let format = format.read(lang);
            view! {
                <p class="muted">
                    {tr!(lang, "{format}, {size}, read in {time}.", "{format}, {size}, {time} 만에 읽었습니다.")} {part}
                </p>
                <pre tabindex="0" class="value">
                    <code>{text}</code>
                </pre>
                {form}
            }
            .into_any()
        }
    }
}

fn elements(size: Option<i64>, lang: Lang) -> String {
    let Some(size) = size.map(count) else { return String::new() };
    tr!(lang, "{size} elements.", "요소 {size}개.")
}

fn of_elements(size: Option<i64>, shown: usize, lang: Lang) -> String {
    match size.map(count) {
        Some(size) => tr!(lang, "{shown} of {size} elements", "요소 {size}개 중 {shown}개"),
        None => tr!(lang, "{shown} elements", "요소 {shown}개"),
    }
}

#[component]
fn NoEdit(why: Words) -> impl IntoView {
    let lang = use_lang();
    let why = why.read(lang);
    view! { <p class="muted">{tr!(lang, "It cannot be edited here: {why}", "여기서 편집할 수 없습니다: {why}")}</p> }
}

/// What was typed for a value that is gone meanwhile, or that cannot be edited any more: it has no form to stand in.
#[component]
fn Typed(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let Asked { action, value, .. } = asked;
    (action == "set_value" && !value.is_empty()).then(|| {
        view! {
            <p class="muted">{lang.of("What you typed, and what was not written:", "입력했지만 저장되지 않은 값:")}</p>
            <pre tabindex="0" class="value">
                <code>{value}</code>
            </pre>
        }
    })
}

/// Filled with what was read just now; what was typed stays. It is written only over what was read.
#[component]
fn EditForm(edit: Editable, asked: Asked, wrong: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let ours = asked.action == "set_value";
    let Editable { text, seen, dies } = edit;
    let value = if ours { asked.value.clone() } else { text };
    let (seen, dies) = match (Digest::try_from(asked.seen.clone()), asked.dies.parse::<i64>()) {
        // Only the text was wrong. It was typed over what was read then, and nobody was told of a change since.
        (Ok(seen), Ok(dies)) if ours && wrong.is_some() => (seen, dies),
        _ => (seen, dies),
    };
    let help = lang.of(
        "The TTL stays. If somebody else changes the key meanwhile, nothing is overwritten.",
        "TTL은 그대로 유지됩니다. 그사이 다른 사람이 바꾸면 덮어쓰지 않습니다.",
    );
    view! {
        <details open=ours>
            <summary>{lang.of("Edit the value", "값 편집")}</summary>
            <form method="get" action=PATH>
                <Named asked=asked />
                <input type="hidden" name="action" value="set_value" />
                <input type="hidden" name="seen" value=seen.as_str().to_owned() />
                <input type="hidden" name="dies" value=dies.to_string() />
                <TextArea
                    name="value"
                    label=lang.of("New value", "새 값")
                    value=value
                    help=help
                    error=error_at(wrong.as_ref(), "value")
                    rows=6
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Plan the edit", "편집 계획 보기")}</button>
                </p>
            </form>
        </details>
    }
    .into_any()
}
