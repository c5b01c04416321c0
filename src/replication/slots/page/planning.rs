//! The plan that the address asks for.

use leptos::prelude::*;

use super::super::api::plan_change;
use super::wants::Asked;
use crate::change::Planned;
use crate::error::AppError;
use crate::ui::address::link;
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;

const APPLY: &str = "/api/replication/apply_change";

/// The plan for what the address asks for; none where it asks for none.
pub type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;

pub fn use_planned(asked: Memo<Asked>) -> PlannedResource {
    fetch(
        // Searching and turning pages changes no plan.
        move || Asked { search: String::new(), page: 0, ..asked.get() },
        |asked| async move {
            if !asked.plans() {
                return Ok(None);
            }
            let (target, it) = (asked.target, asked.form);
            #[rustfmt::skip]
            let planned = plan_change(
                target, it.action, it.name, it.kind, it.reserve, it.plugin, it.database, it.two_phase, it.failover,
                it.restart_lsn, it.copy, it.to, it.fence, it.gap,
            );
            planned.await.map(Some)
        },
    )
}

/// The plan, or why there is none. What is wrong with a field stands at the field.
#[component]
pub fn Planning(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(Some(planned)) => view! { <Confirm planned=planned back=back(&asked) action=APPLY /> }.into_any(),
                    Err(error) if !in_form(&asked, &error) => view! { <ErrorNotice error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}

/// The page without the plan.
fn back(asked: &Asked) -> String {
    let name = match asked.form.action.as_str() {
        "create_slot" | "log_snapshot" => "",
        _ => asked.form.name.as_str(),
    };
    let page = if name.is_empty() { "/replication" } else { "/replication/slot" };
    link(page, &[("target", &asked.target), ("name", name)])
}

/// Whether the error stands in a form of this page.
fn in_form(asked: &Asked, error: &AppError) -> bool {
    match asked.form.action.as_str() {
        "create_slot" => true,
        "copy_slot" => error.field.as_deref() == Some("copy"),
        "advance_slot" => error.field.as_deref() == Some("to"),
        _ => false,
    }
}
