//! The forms that make slots.

use leptos::prelude::*;
use leptos_router::components::Form;

use super::super::model::SlotName;
use super::Asked;
use super::planning::PlannedResource;
use crate::error::AppError;
use crate::text::{Words, use_lang};
use crate::ui::form::{Choice, TextField, error_at};
use crate::ui::notice::ErrorNotice;

/// The form for a new slot, unless a plan is being looked at.
#[component]
pub fn Creation(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(Some(_)) => ().into_any(),
                    Ok(None) => view! { <CreateForm asked=asked error=None /> }.into_any(),
                    Err(error) => {
                        let error = (asked.action == "create_slot").then_some(error);
                        view! { <CreateForm asked=asked error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn CreateForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at_name = error_at(error.as_ref(), "name");
    let elsewhere = error.filter(|error| error.field.is_none());
    view! {
        <section class="card">
            <h2>{lang.of("Create a physical slot", "물리 슬롯 생성")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <Form method="GET" action="/replication">
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="create_slot" />
                <TextField
                    name="name"
                    label=lang.of("Slot name", "슬롯 이름")
                    value=asked.name
                    help=lang
                        .of(
                            "The standby names it as primary_slot_name. Lower-case letters, digits and underscores.",
                            "대기 서버가 primary_slot_name으로 지정합니다. 영문 소문자, 숫자, 밑줄(_).",
                        )
                    error=at_name
                    check=name_rule
                    maxlength=100
                />
                <Choice
                    name="reserve"
                    label=lang.of("Hold WAL", "WAL 보관 시점")
                    value=asked.reserve
                    options=vec![
                        (
                            "yes",
                            lang.of("From now on", "지금부터"),
                            lang
                                .of(
                                    "A base backup that starts later can be caught up.",
                                    "이후 시작하는 베이스 백업이 따라잡을 수 있습니다.",
                                ),
                        ),
                        (
                            "no",
                            lang.of("From the first connection", "첫 연결부터"),
                            lang.of("Protects nothing until then.", "그 전에는 아무것도 보호하지 않습니다."),
                        ),
                    ]
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </Form>
        </section>
    }
}

fn name_rule(text: &str) -> Result<(), Words> {
    SlotName::parse(text.trim()).map(|_| ())
}
