//! The page of a cluster as a whole.

use leptos::prelude::*;

use super::tabs::ShardingTabs;
use crate::audit::notice::LastRecord;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::ui::frame::Frame;
use crate::words;

/// `/sharding`.
#[component]
pub fn ShardingPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Sharding", "샤딩")
            lead=Some(
                words!(
                    "A shard key decides on which shard each document of a collection lives.",
                    "샤드 키는 컬렉션의 각 문서가 어느 샤드에 있을지 정합니다.",
                ),
            )
        >
            <ShardingTabs />
            <TargetPicker kind=TargetKind::Mongodb />
            <LastRecord />
        </Frame>
    }
    .into_any()
}
