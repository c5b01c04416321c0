//! The page of replication: the slots of one server, and the forms that create and drop them.

pub mod findings;
pub mod forms;
pub mod list;
pub mod one;
pub mod planning;
pub mod row;
pub mod slot;
pub mod volume;

use leptos::prelude::*;

use crate::audit::notice::LastRecord;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::ui::address::use_address;
use crate::ui::frame::Frame;
use crate::words;
use findings::FindingsPart;
use forms::Creation;
use list::SlotsPart;
use planning::{Planning, use_planned};
use volume::VolumeForm;

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    action: String,
    name: String,
    reserve: String,
    restart_lsn: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            name: text("name"),
            reserve: text("reserve"),
            restart_lsn: text("restart_lsn"),
        }
    })
}

/// `/replication`.
#[component]
pub fn ReplicationPage() -> impl IntoView {
    let asked = use_asked();
    let planned = use_planned(asked);
    view! {
        <Frame
            title=words!("Replication slots", "복제 슬롯")
            lead=Some(
                words!(
                    "A slot makes the server keep WAL until its consumer has read it.",
                    "슬롯은 소비자가 읽을 때까지 서버가 WAL을 보관하게 합니다.",
                ),
            )
        >
            <TargetPicker kind=TargetKind::Postgresql />
            <LastRecord />
            <Planning asked=asked planned=planned />
            <FindingsPart />
            <SlotsPart />
            <VolumeForm />
            <Creation asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}
