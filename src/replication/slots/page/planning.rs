//! The plan that the address asks for.

use leptos::prelude::*;

use super::super::api::plan_change;
use super::Asked;
use crate::change::Planned;
use crate::error::AppError;
use crate::ui::address::link;
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;

const APPLY: &str = "/api/replication/apply_change";

/// The plan for what the address asks for; none where it asks for none.
pub(super) type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;

pub(super) fn use_planned(asked: Memo<Asked>) -> PlannedResource {
    fetch(
        move || asked.get(),
        |form| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_change(form.target, form.action, form.name, form.reserve, form.restart_lsn).await.map(Some)
        },
    )
}

/// The plan, or why there is none. What is wrong with the form stands in the form.
#[component]
pub fn Planning(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(Some(planned)) => {
                        let back = link("/replication", &[("target", &asked.target)]);
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    Err(error) if asked.action != "create_slot" => view! { <ErrorNotice error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}
