//! The pages of slots: the list with the form for a new one, and one slot with what can be done with it.

pub mod actions;
pub mod findings;
pub mod forms;
pub mod list;
pub mod one;
pub mod planning;
pub mod row;
pub mod rules;
pub mod slot;
pub mod volume;
pub mod wants;

use leptos::prelude::*;

use crate::audit::notice::LastRecord;
use crate::replication::tabs::ReplicationTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::ui::frame::Frame;
use crate::words;
use forms::Creation;
use list::Slots;
use planning::{Planning, use_planned};
use volume::VolumeForm;
use wants::use_asked;

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
            <ReplicationTabs />
            <TargetPicker kind=TargetKind::Postgresql />
            <LastRecord />
            <Planning asked=asked planned=planned />
            <Slots />
            <VolumeForm />
            <Creation asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}
