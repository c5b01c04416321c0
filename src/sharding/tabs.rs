//! The links between the pages of sharding.

use leptos::prelude::*;

use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::tabs::Tabs;

/// All pages of sharding, of the cluster that the address names.
#[component]
pub fn ShardingTabs() -> impl IntoView {
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
