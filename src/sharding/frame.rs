//! What all pages of sharding begin with: the links between them, the choice of a cluster, and what was done last.

use leptos::prelude::*;

use crate::audit::notice::LastRecord;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Words, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::frame::Frame;
use crate::ui::tabs::Tabs;

/// A page about the cluster that the address names.
#[component]
pub fn ClusterFrame(
    title: Words,
    #[prop(optional_no_strip)] lead: Option<Words>,
    /// The page on which another cluster is looked at.
    path: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <Frame title=title lead=lead>
            <ShardingTabs />
            <TargetPicker kind=TargetKind::Mongodb path=path />
            <LastRecord />
            {children()}
        </Frame>
    }
}

/// All pages of sharding, of the cluster that the address names.
#[component]
fn ShardingTabs() -> impl IntoView {
    let lang = use_lang();
    let target = use_address().get_untracked().text("target");
    let of = |path: &str| link(path, &[("target", &target)]);
    let tabs = vec![
        (of("/sharding"), lang.of("Cluster", "클러스터")),
        (of("/sharding/collections"), lang.of("Collections", "컬렉션")),
        (of("/sharding/shard"), lang.of("Shard a collection", "컬렉션 샤딩")),
        (of("/sharding/advisor"), lang.of("Advisor", "키 추천")),
        (of("/sharding/reshape"), lang.of("Reshape", "분산 변경")),
        (of("/sharding/shards"), lang.of("Shards", "샤드")),
        (of("/sharding/balancer"), lang.of("Balancer", "밸런서")),
        (of("/sharding/zones"), lang.of("Zones", "존")),
        (of("/sharding/history"), lang.of("History", "이력")),
    ];
    view! { <Tabs label=lang.of("Pages of sharding", "샤딩 페이지") tabs=tabs /> }
}
