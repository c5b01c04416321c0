//! One slot.

use leptos::prelude::*;

use super::one::SlotPart;
use crate::audit::notice::LastRecord;
use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::frame::Frame;
use crate::words;

/// `/replication/slot`.
#[component]
pub fn SlotPage() -> impl IntoView {
    let lang = use_lang();
    let address = use_address().get_untracked();
    let name: String = address.text("name").chars().take(63).collect();
    let back = link("/replication", &[("target", &address.text("target"))]);
    view! {
        <Frame title=words!("Slot {name}", "슬롯 {name}")>
            <p>
                <a href=back>{lang.of("All slots of this server", "이 서버의 모든 슬롯")}</a>
            </p>
            <LastRecord />
            <SlotPart />
        </Frame>
    }
    .into_any()
}
