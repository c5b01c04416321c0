//! One slot, and what can be done with it.

use leptos::prelude::*;

use super::actions::SlotActions;
use super::planning::{Planning, use_planned};
use super::wants::use_asked;
use crate::audit::notice::LastRecord;
use crate::text::use_lang;
use crate::ui::address::link;
use crate::ui::frame::Frame;
use crate::words;

/// `/replication/slot`.
#[component]
pub fn SlotPage() -> impl IntoView {
    let lang = use_lang();
    let asked = use_asked();
    let planned = use_planned(asked);
    let (target, name) = asked.with_untracked(|asked| (asked.target.clone(), asked.form.name.clone()));
    let list = link("/replication", &[("target", &target)]);
    view! {
        <Frame title=words!("Slot {name}", "슬롯 {name}")>
            <p>
                <a href=list>{lang.of("All slots of this server", "이 서버의 모든 슬롯")}</a>
            </p>
            <LastRecord />
            <Planning asked=asked planned=planned />
            <SlotActions asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}
