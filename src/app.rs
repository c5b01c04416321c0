//! The document, the one table of routes, and what every page can rely on.

use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::audit::page::AuditPage;
use crate::auth::page::{LoginPage, SetupPage};
use crate::caching::page::CachingPage;
use crate::replication::logical::page::wizard::AddLogicalPage;
use crate::replication::logical::publications::page::PublicationsPage;
use crate::replication::logical::subscriptions::page::SubscriptionsPage;
use crate::replication::slots::page::ReplicationPage;
use crate::sharding::page::ShardingPage;
use crate::targets::page::OverviewPage;
use crate::targets::settings::SettingsPage;
use crate::ui::frame::{Frame, Visit, use_visit};
use crate::words;

/// The document around the app. `version` names the build of the WASM, so that a page never meets another build's.
/// `nonce` is what the content policy lets our one inline script run by.
pub fn shell(version: &'static str, nonce: Option<String>) -> impl IntoView {
    let visit = use_visit();
    let theme = (!visit.theme.is_empty()).then_some(visit.theme);
    let script = format!(
        "import init,{{hydrate}} from '/pkg/outgrow.js?v={version}';\
         init({{module_or_path:'/pkg/outgrow_bg.wasm?v={version}'}}).then(()=>hydrate());"
    );
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

/// The app. Runs on the server for each request and in the browser once.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // The server knows the visit from cookies and session; the browser is told by the page that it hydrates.
    let visit = SharedValue::new(|| use_context::<Visit>().unwrap_or_default()).into_inner();
    provide_context(visit.lang);
    provide_context(visit);
    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                <Route path=path!("/sharding") view=ShardingPage ssr=SsrMode::Async />
                <Route path=path!("/replication") view=ReplicationPage ssr=SsrMode::Async />
                <Route path=path!("/replication/publications") view=PublicationsPage ssr=SsrMode::Async />
                <Route path=path!("/replication/subscriptions") view=SubscriptionsPage ssr=SsrMode::Async />
                <Route path=path!("/replication/add-logical") view=AddLogicalPage ssr=SsrMode::Async />
                <Route path=path!("/caching") view=CachingPage ssr=SsrMode::Async />
                <Route path=path!("/audit") view=AuditPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/login") view=LoginPage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=SetupPage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
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
