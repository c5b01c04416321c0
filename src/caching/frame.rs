//! What all pages of caching begin with: the links between them, the choice of a target, and what was done last.

use leptos::prelude::*;

use crate::audit::notice::LastRecord;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Words, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::frame::Frame;
use crate::ui::tabs::Tabs;

/// A page about the target that the address names.
#[component]
pub fn CacheFrame(
    title: Words,
    #[prop(optional_no_strip)] lead: Option<Words>,
    /// What can be looked at here.
    kind: TargetKind,
    /// The page on which another target is looked at.
    path: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <Frame title=title lead=lead>
            <CachingTabs kind=kind />
            <TargetPicker kind=kind path=path />
            <LastRecord />
            {children()}
        </Frame>
    }
}

/// All pages of caching. Those for the same kind of database keep the target of this page.
#[component]
fn CachingTabs(kind: TargetKind) -> impl IntoView {
    let lang = use_lang();
    let target = use_address().get_untracked().text("target");
    let of = |its: TargetKind, path: &str| link(path, &[("target", if its == kind { &target } else { "" })]);
    let cache = |path: &str| of(TargetKind::Redis, path);
    let tabs = vec![
        (cache("/caching"), lang.of("Cache", "캐시")),
        (cache("/caching/keys"), lang.of("Keys", "키")),
        (cache("/caching/bulk"), lang.of("TTL by pattern", "패턴별 TTL")),
        (cache("/caching/policies"), lang.of("Policies", "TTL 정책")),
        (cache("/caching/queries"), lang.of("Cached queries", "쿼리 캐시")),
        (cache("/caching/advisor"), lang.of("Advisor", "TTL 추천")),
        (of(TargetKind::Mongodb, "/caching/ttl-indexes"), lang.of("TTL indexes", "TTL 인덱스")),
        (of(TargetKind::Postgresql, "/caching/tables"), lang.of("Cache tables", "캐시 테이블")),
        (cache("/caching/access"), lang.of("Access", "접근 권한")),
    ];
    view! { <Tabs label=lang.of("Pages of caching", "캐싱 페이지") tabs=tabs /> }
}
