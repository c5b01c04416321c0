//! What all pages of sharding begin with: the links between them, the choice of a cluster, and what was done last.

use leptos::prelude::*;

use crate::audit::notice::LastRecord;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Words, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::frame::{Frame, use_visit};
use crate::ui::notice::{Notice, Tone};
use crate::ui::tabs::Tabs;
use crate::words;

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
            {use_visit().looks_only.then(|| view! { <LooksOnly /> })}
            {children()}
        </Frame>
    }
}

/// Why no form of these pages leads to a plan: told once, before one is filled in.
#[component]
fn LooksOnly() -> impl IntoView {
    let lang = use_lang();
    let text = words!(
        "Your account may look, but not change: the forms here lead to no plan.",
        "이 계정은 보기만 할 수 있습니다. 여기의 양식으로는 계획을 세울 수 없습니다.",
    );
    let next = lang.of(
        "Ask an administrator of this console for the role operator.",
        "콘솔 관리자에게 operator 역할을 요청하세요.",
    );
    view! {
        <Notice tone=Tone::Warn text=text word=None>
            <p>{next}</p>
        </Notice>
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
