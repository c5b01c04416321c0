//! The one thing that is done most with a slot of the list.

use leptos::prelude::*;

use super::super::model::Slot;
use crate::text::use_lang;
use crate::tr;
use crate::ui::address::link;

/// A link to the plan that drops the slot, or why there is none. All other actions stand on the slot's own page.
#[component]
pub fn RowActions(target: String, seen: Slot) -> impl IntoView {
    let (lang, slot) = (use_lang(), seen);
    if slot.active {
        return view! { <span class="muted">{lang.of("in use", "사용 중")}</span> }.into_any();
    }
    if slot.table_copy_of().is_some() {
        let href = link("/replication/subscriptions", &[("target", &target)]);
        return view! {
            <a class="button quiet" href=href>
                {lang.of("Subscriptions", "구독")}
            </a>
        }
        .into_any();
    }
    let (name, lsn) = (slot.name, slot.restart_lsn.unwrap_or_default());
    let asked = [("target", &*target), ("action", "drop_slot"), ("name", &*name), ("restart_lsn", &*lsn)];
    let href = link("/replication/slot", &asked);
    let label = tr!(lang, "Drop {name}", "{name} 삭제");
    view! {
        <a class="button quiet" href=href aria-label=label>
            {lang.of("Drop…", "삭제…")}
        </a>
    }
    .into_any()
}
