//! The links between the pages of replication.

use leptos::prelude::*;

use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::tabs::Tabs;

/// All pages of replication, of the server that the address names.
#[component]
pub fn ReplicationTabs() -> impl IntoView {
    let lang = use_lang();
    let address = use_address().get_untracked();
    let (target, database) = (address.text("target"), address.text("database"));
    let of_server = |path: &str| link(path, &[("target", &target)]);
    let of_database = |path: &str| link(path, &[("target", &target), ("database", &database)]);
    let tabs = vec![
        (of_server("/replication"), lang.of("Slots", "슬롯")),
        (of_server("/replication/topology"), lang.of("Topology", "토폴로지")),
        (of_server("/replication/horizon"), lang.of("Horizon", "정리 한계")),
        (of_server("/replication/failover"), lang.of("Failover", "장애 조치")),
        (of_database("/replication/publications"), lang.of("Publications", "발행")),
        (of_database("/replication/subscriptions"), lang.of("Subscriptions", "구독")),
        (of_server("/replication/settings"), lang.of("Settings", "설정")),
        (of_server("/replication/add"), lang.of("Add a replica", "복제본 추가")),
    ];
    view! { <Tabs label=lang.of("Pages of replication", "복제 페이지") tabs=tabs /> }
}
