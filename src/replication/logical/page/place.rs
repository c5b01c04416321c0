//! Links to the servers and to the databases of the one that the page is about.

use leptos::prelude::*;

use crate::targets::api::list_names;
use crate::targets::model::TargetKind;
use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;

/// Links to all PostgreSQL targets, on this page.
#[component]
pub fn Servers(path: &'static str) -> impl IntoView {
    let lang = use_lang();
    let chosen = use_address().with_untracked(|address| address.text("target"));
    let names = fetch(|| (), |()| list_names());
    view! {
        <nav class="picker" aria-label=lang.of("Targets", "대상")>
            <Transition fallback=|| ()>
                {move || {
                    let chosen = chosen.clone();
                    Suspend::new(async move {
                        let mut targets = names.await.unwrap_or_default();
                        targets.retain(|target| target.kind == TargetKind::Postgresql);
                        let first = targets.first().map(|target| target.id.to_string()).unwrap_or_default();
                        let chosen = if chosen.is_empty() { first } else { chosen };
                        targets
                            .into_iter()
                            .map(|target| {
                                let id = target.id.to_string();
                                let current = (id == chosen).then_some("true");
                                view! {
                                    <a href=link(path, &[("target", &id)]) aria-current=current>
                                        {target.name}
                                    </a>
                                }
                            })
                            .collect_view()
                    })
                }}
            </Transition>
        </nav>
    }
}

/// Links to the databases of a server.
#[component]
pub fn Databases(path: &'static str, target: String, databases: Vec<String>, chosen: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <nav class="picker" aria-label=lang.of("Databases", "데이터베이스")>
            {databases
                .into_iter()
                .map(|database| {
                    let current = (database == chosen).then_some("true");
                    let href = link(path, &[("target", &target), ("database", &database)]);
                    view! {
                        <a href=href aria-current=current>
                            {database}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}
