//! The page of one slot: what is known of it, what can be done with it, and the plan for that.

use leptos::prelude::*;

use super::actions::SlotActions;
use super::one::SlotPart;
use super::planning::{Planning, use_planned};
use super::wants::use_asked;
use crate::audit::notice::LastRecord;
use crate::replication::tabs::ReplicationTabs;
use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::frame::Frame;
use crate::ui::live::Live;
use crate::words;

/// `/replication/slot`.
#[component]
pub fn SlotPage() -> impl IntoView {
    let lang = use_lang();
    let asked = use_asked();
    let planned = use_planned(asked);
    let address = use_address().get_untracked();
    let (target, name) = (address.text("target"), address.text("name").chars().take(63).collect::<String>());
    let back = link("/replication", &[("target", &target)]);
    let source =
        link("/live/replication/slot", &[("target", &target), ("name", &name), ("span", &address.text("span"))]);
    let named = !name.is_empty();
    // What is planned for the server itself names no slot.
    let title = match (name.as_str(), address.text("action").as_str()) {
        ("", "log_snapshot") => words!("Snapshot record for standbys", "대기 서버용 스냅샷 레코드"),
        ("", _) => words!("No slot is named", "슬롯이 지정되지 않음"),
        (name, _) => words!("Slot {name}", "슬롯 {name}"),
    };
    view! {
        <Frame title=title>
            <ReplicationTabs />
            <p>
                <a href=back>{lang.of("All slots of this server", "이 서버의 모든 슬롯")}</a>
            </p>
            <LastRecord />
            <Planning asked=asked planned=planned />
            {named
                .then(|| {
                    view! {
                        <Live id="slot" source=source>
                            <SlotPart />
                        </Live>
                    }
                })}
            <SlotActions asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}
