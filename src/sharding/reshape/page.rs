//! The page on which the spread of a collection is changed: what runs, the plan for what the address asks for, and the
//! forms.

pub mod cockpit;
pub mod forms;

use leptos::prelude::*;

use self::cockpit::ReshapePart;
use self::forms::Forms;
use super::api::{plan_reshape, read_reshape};
use super::model::form::ReshapeForm;
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::text::use_lang;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::live::Live;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/sharding/reshape";
const APPLY: &str = "/api/sharding/apply_reshape";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    form: ReshapeForm,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            form: ReshapeForm {
                action: text("action"),
                namespace: text("namespace"),
                key: text("key"),
                chunks: text("chunks"),
                zones: text("zones"),
                force: text("force"),
                shard: text("shard"),
            },
        }
    })
}

/// `/sharding/reshape`.
#[component]
pub fn ReshapePage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <ClusterFrame
            title=words!("Reshape a collection", "컬렉션 분산 변경")
            lead=Some(
                words!(
                    "Another key, another place, or an end: what changes how a collection is spread over the shards.",
                    "키를 바꾸거나, 옮기거나, 삭제하는 등 컬렉션이 샤드에 분산되는 방식을 바꿉니다.",
                ),
            )
            path=PATH
        >
            <Planning asked=asked />
            <Live id="reshape" source=use_source("/live/sharding/reshape") every=2_000>
                <ReshapePart />
            </Live>
            <Choosing asked=asked />
        </ClusterFrame>
    }
    .into_any()
}

/// The plan once the form is filled.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = use_planned(asked);
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                let back = link(PATH, &[("target", &asked.target), ("namespace", &asked.form.namespace)]);
                match planned.await {
                    Ok(Some(planned)) => view! { <Confirm planned=planned back=back action=APPLY /> }.into_any(),
                    // What is wrong with a field stands at the field.
                    Err(error) if error.field.is_none() => view! { <ErrorNotice error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}

/// The plan for what the address asks for; none where it asks for none.
fn use_planned(asked: Memo<Asked>) -> crate::ui::fetch::Fetched<Result<Option<crate::change::Planned>, AppError>> {
    fetch(
        move || asked.get(),
        |asked| async move {
            if !asked.form.is_filled() {
                return Ok(None);
            }
            plan_reshape(asked.target, asked.form).await.map(Some)
        },
    )
}

/// The forms for the collection that the address names, or the one that names it.
#[component]
fn Choosing(asked: Memo<Asked>) -> impl IntoView {
    let planned = use_planned(asked);
    let subject = fetch(
        move || asked.get(),
        |asked| async move {
            if asked.form.namespace.is_empty() {
                return Ok(None);
            }
            read_reshape(asked.target, asked.form.namespace).await.map(Some)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (planned, subject) = (planned.await, subject.await);
                let Asked { target, form } = asked.get_untracked();
                // Beside a plan there is nothing else to fill in.
                if matches!(planned, Ok(Some(_))) {
                    return ().into_any();
                }
                let wrong = planned.err().filter(|error| error.field.is_some());
                match subject {
                    Ok(Some(subject)) => {
                        view! { <Forms target=target subject=subject form=form error=wrong /> }.into_any()
                    }
                    Ok(None) => view! { <NameForm target=target form=form error=None /> }.into_any(),
                    // No form is shown for what must not be written to.
                    Err(error) if error_at(Some(&error), "namespace").is_none() => {
                        view! { <ErrorNotice error=error /> }.into_any()
                    }
                    Err(error) => view! { <NameForm target=target form=form error=Some(error) /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Asks for the collection.
#[component]
fn NameForm(target: String, form: ReshapeForm, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card">
            <h2>{lang.of("Choose a collection", "컬렉션 선택")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=form.namespace
                    help=lang.of("As database.collection.", "database.collection 형식.")
                    error=error_at(error.as_ref(), "namespace")
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show what can be done", "가능한 작업 보기")}</button>
                </p>
            </form>
        </section>
    }
}
