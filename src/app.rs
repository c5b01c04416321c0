//! The document, the one table of routes, and what every page can rely on.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::audit::notice::AttemptPart;
use crate::audit::page::AuditPage;
use crate::auth::page::{LoginPage, SetupPage};
use crate::caching::access::page::AccessPage;
use crate::caching::advisor::page::{AdvicePart, TtlAdvisorPage};
use crate::caching::bulk::page::BulkPage;
use crate::caching::bulk::page::job::{BulkJobPage, JobPart};
use crate::caching::bulk::page::storm::StormPage;
use crate::caching::key::page::{KeyPage, KeyPart};
use crate::caching::keys::page::KeysPage;
use crate::caching::overview::page::history::HistoryPart as CacheHistoryPart;
use crate::caching::overview::page::picture::PicturePart;
use crate::caching::overview::page::{CachePart, CachingPage};
use crate::caching::policy::page::PoliciesPage;
use crate::caching::queries::page::list::ListPart as QueriesPart;
use crate::caching::queries::page::one::OnePart as QueryPart;
use crate::caching::queries::page::{QueriesPage, QueryPage};
use crate::caching::table::page::CacheTablesPage;
use crate::caching::table::page::one::CacheTablePage;
use crate::caching::ttl_index::page::list::{TtlIndexesPage, TtlIndexesPart};
use crate::caching::ttl_index::page::one::{TtlIndexPage, TtlIndexPart};
use crate::replication::failover::page::{FailoverPage, FailoverPart};
use crate::replication::history::page::LagPart;
use crate::replication::horizon::page::{HorizonPage, HorizonPart};
use crate::replication::logical::page::wizard::{AddLogicalPage, LogicalSteps};
use crate::replication::logical::publications::page::PublicationsPage;
use crate::replication::logical::subscriptions::page::{SubscriptionList, SubscriptionsPage};
use crate::replication::settings::page::{ReplicationSettingsPage, SettingsPart};
use crate::replication::slots::page::ReplicationPage;
use crate::replication::slots::page::list::SlotsPart;
use crate::replication::slots::page::one::SlotPart;
use crate::replication::slots::page::slot::SlotPage;
use crate::replication::topology::page::{TopologyPage, TopologyPart};
use crate::replication::wizard::page::{AddReplicaPage, ReplicaSteps};
use crate::sharding::advisor::page::AdvisorPage;
use crate::sharding::balancer::page::{BalancerPage, BalancerPart};
use crate::sharding::chunk::page::ChunkPage;
use crate::sharding::chunks::page::{ChunksPage, ChunksPart};
use crate::sharding::collections::page::CollectionsPage;
use crate::sharding::collections::page::one::CollectionPage;
use crate::sharding::history::page::HistoryPage;
use crate::sharding::overview::page::{ClusterPart, ShardingPage};
use crate::sharding::reshape::page::ReshapePage;
use crate::sharding::reshape::page::cockpit::ReshapePart;
use crate::sharding::shard::page::ShardPage;
use crate::sharding::shards::page::ShardsPage;
use crate::sharding::shards::page::list::ShardsPart;
use crate::sharding::zones::page::ZonesPage;
use crate::targets::page::{OverviewPage, TargetStates};
use crate::targets::settings::SettingsPage;
use crate::ui::frame::{Frame, use_visit};
use crate::words;

/// The document around the app. `version` names the build of the WASM, so that a page never meets another build's.
/// `nonce` is what the content policy lets our one inline script run by.
pub fn shell(version: &'static str, nonce: Option<String>) -> impl IntoView {
    only_islands();
    let visit = use_visit();
    let theme = (!visit.theme.is_empty()).then_some(visit.theme);
    let script = START.replace("{version}", version);
    view! {
        <!DOCTYPE html>
        <html lang=visit.lang.tag() data-theme=theme>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <link rel="stylesheet" href=format!("/pkg/outgrow.css?v={version}") />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="modulepreload" href=format!("/pkg/outgrow.js?v={version}") />
                <link
                    rel="preload"
                    href=format!("/pkg/outgrow_bg.wasm?v={version}")
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <MetaTags />
                <script type="module" nonce=nonce inner_html=script></script>
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// Loads the WASM and starts each island in the order of the document, then says so: tests wait for the mark, and what
/// needs WASM shows itself. An island that fails stops this before the mark is set. The event is how a part of a page
/// that was fetched later asks for the islands in it.
const START: &str = "\
import load,* as wasm from '/pkg/outgrow.js?v={version}';\
const start=root=>{for(const island of root.querySelectorAll('leptos-island:not([data-started])')){\
island.dataset.started='';wasm[island.dataset.component](island)}};\
load({module_or_path:'/pkg/outgrow_bg.wasm?v={version}'}).then(()=>{wasm.hydrate();start(document);\
addEventListener('islands',event=>start(event.target));\
document.documentElement.dataset.hydrated=''})";

/// Nothing that was read on the server is sent along for the browser: an island gets its own arguments only.
fn only_islands() {
    if let Some(context) = leptos::reactive::owner::Owner::current_shared_context() {
        context.set_is_hydrating(false);
    }
}

/// The console's pages. Like all that is no island, this runs on the server only.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_visit();
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                <Route path=path!("/sharding") view=ShardingPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/chunk") view=ChunkPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/collections") view=CollectionsPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/collection") view=CollectionPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/chunks") view=ChunksPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/history") view=HistoryPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/advisor") view=AdvisorPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/shard") view=ShardPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/reshape") view=ReshapePage ssr=SsrMode::Async />
                <Route path=path!("/sharding/zones") view=ZonesPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/shards") view=ShardsPage ssr=SsrMode::Async />
                <Route path=path!("/sharding/balancer") view=BalancerPage ssr=SsrMode::Async />
                <Route path=path!("/replication") view=ReplicationPage ssr=SsrMode::Async />
                <Route path=path!("/replication/slot") view=SlotPage ssr=SsrMode::Async />
                <Route path=path!("/replication/topology") view=TopologyPage ssr=SsrMode::Async />
                <Route path=path!("/replication/horizon") view=HorizonPage ssr=SsrMode::Async />
                <Route path=path!("/replication/failover") view=FailoverPage ssr=SsrMode::Async />
                <Route path=path!("/replication/add") view=AddReplicaPage ssr=SsrMode::Async />
                <Route path=path!("/replication/settings") view=ReplicationSettingsPage ssr=SsrMode::Async />
                <Route path=path!("/replication/publications") view=PublicationsPage ssr=SsrMode::Async />
                <Route path=path!("/replication/subscriptions") view=SubscriptionsPage ssr=SsrMode::Async />
                <Route path=path!("/replication/add-logical") view=AddLogicalPage ssr=SsrMode::Async />
                <Route path=path!("/caching/bulk") view=BulkPage ssr=SsrMode::Async />
                <Route path=path!("/caching/bulk/job") view=BulkJobPage ssr=SsrMode::Async />
                <Route path=path!("/caching/storm") view=StormPage ssr=SsrMode::Async />
                <Route path=path!("/caching/policies") view=PoliciesPage ssr=SsrMode::Async />
                <Route path=path!("/caching") view=CachingPage ssr=SsrMode::Async />
                <Route path=path!("/caching/access") view=AccessPage ssr=SsrMode::Async />
                <Route path=path!("/caching/ttl-indexes") view=TtlIndexesPage ssr=SsrMode::Async />
                <Route path=path!("/caching/ttl-index") view=TtlIndexPage ssr=SsrMode::Async />
                <Route path=path!("/caching/advisor") view=TtlAdvisorPage ssr=SsrMode::Async />
                <Route path=path!("/caching/keys") view=KeysPage ssr=SsrMode::Async />
                <Route path=path!("/caching/queries") view=QueriesPage ssr=SsrMode::Async />
                <Route path=path!("/caching/query") view=QueryPage ssr=SsrMode::Async />
                <Route path=path!("/caching/key") view=KeyPage ssr=SsrMode::Async />
                <Route path=path!("/caching/tables") view=CacheTablesPage ssr=SsrMode::Async />
                <Route path=path!("/caching/table") view=CacheTablePage ssr=SsrMode::Async />
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The parts of pages that stay fresh, each alone under an address of its own: `/live/<feature>/<part>`.
#[component]
pub fn Parts() -> impl IntoView {
    only_islands();
    provide_visit();
    view! {
        <Router>
            <Routes fallback=|| ()>
                <Route path=path!("/live/audit/attempt") view=AttemptPart ssr=SsrMode::Async />
                <Route path=path!("/live/targets/states") view=TargetStates ssr=SsrMode::Async />
                <Route path=path!("/live/replication/slots") view=SlotsPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/slot") view=SlotPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/topology") view=TopologyPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/lag") view=LagPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/horizon") view=HorizonPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/failover") view=FailoverPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/settings") view=SettingsPart ssr=SsrMode::Async />
                <Route path=path!("/live/replication/subscriptions") view=SubscriptionList ssr=SsrMode::Async />
                <Route path=path!("/live/replication/add") view=ReplicaSteps ssr=SsrMode::Async />
                <Route path=path!("/live/replication/add-logical") view=LogicalSteps ssr=SsrMode::Async />
                <Route path=path!("/live/sharding/cluster") view=ClusterPart ssr=SsrMode::Async />
                <Route path=path!("/live/sharding/chunks") view=ChunksPart ssr=SsrMode::Async />
                <Route path=path!("/live/sharding/reshape") view=ReshapePart ssr=SsrMode::Async />
                <Route path=path!("/live/sharding/shards") view=ShardsPart ssr=SsrMode::Async />
                <Route path=path!("/live/sharding/balancer") view=BalancerPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/advice") view=AdvicePart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/cache") view=CachePart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/picture") view=PicturePart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/history") view=CacheHistoryPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/job") view=JobPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/key") view=KeyPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/ttl-indexes") view=TtlIndexesPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/ttl-index") view=TtlIndexPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/queries") view=QueriesPart ssr=SsrMode::Async />
                <Route path=path!("/live/caching/query") view=QueryPart ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// The language apart, since every text asks for it.
fn provide_visit() {
    let visit = use_visit();
    provide_context(visit.lang);
    provide_context(visit);
}

#[component]
fn NotFound() -> impl IntoView {
    view! {
        <Frame title=words!("There is no such page", "페이지가 없습니다")>
            <p>
                <a href="/">"Outgrow"</a>
            </p>
        </Frame>
    }
}
