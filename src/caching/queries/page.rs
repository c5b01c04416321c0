//! The pages of cached queries: the list, one of them, and the form that the textbook's three lines are typed into.

pub mod form;
pub mod list;
pub mod one;
pub mod verdict;

use leptos::prelude::*;

use self::form::QueryForm;
use self::list::{ListPart, NewLinks};
use self::one::{Deeds, OnePart};
use super::api::{open_query_form, plan_query};
use super::model::Form;
use crate::caching::frame::CacheFrame;
use crate::targets::model::TargetKind;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::live::Live;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const LIST: &str = "/caching/queries";
const ONE: &str = "/caching/query";
const APPLY: &str = "/api/caching/apply_query";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    form: Form,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        let form = Form {
            action: text("action"),
            name: text("name"),
            key: text("key"),
            ttl: text("ttl"),
            grace: text("grace"),
            jitter: text("jitter"),
            format: text("format"),
            source: text("source"),
            query: text("query"),
            kind: text("kind"),
            namespace: text("namespace"),
            filter: text("filter"),
            projection: text("projection"),
            sort: text("sort"),
            limit: text("limit"),
        };
        Asked { target: text("target"), form }
    })
}

/// `/caching/queries`.
#[component]
pub fn QueriesPage() -> impl IntoView {
    let target = use_asked().with_untracked(|asked| asked.target.clone());
    view! {
        <CacheFrame
            title=words!("Cached queries", "쿼리 캐시")
            lead=Some(
                words!(
                    "Queries that the console answers from the cache, and asks the database once for all who wait.",
                    "콘솔이 캐시에서 응답하고, 기다리는 모두를 위해 데이터베이스에는 한 번만 묻는 쿼리입니다.",
                ),
            )
            kind=TargetKind::Redis
            path=LIST
        >
            <NewLinks target=target />
            <Live id="queries" source=use_source("/live/caching/queries") every=2_000>
                <ListPart />
            </Live>
        </CacheFrame>
    }
    .into_any()
}

/// `/caching/query`: one query by its name or its key, the plan for what a form asks, or the form.
#[component]
pub fn QueryPage() -> impl IntoView {
    let asked = use_asked();
    let Asked { target, form } = asked.get_untracked();
    let shown = match (form.action.as_str(), form.name.is_empty(), form.key.is_empty()) {
        ("", false, _) | ("", true, false) => view! { <One target=target form=form /> }.into_any(),
        ("", true, true) => view! { <QueryForm target=target form=form error=None /> }.into_any(),
        ("edit", ..) => view! { <Editing asked=asked /> }.into_any(),
        _ => view! { <Planning asked=asked /> }.into_any(),
    };
    view! {
        <CacheFrame title=words!("Cached query", "쿼리 캐시") lead=None kind=TargetKind::Redis path=LIST>
            {shown}
        </CacheFrame>
    }
    .into_any()
}

#[component]
fn One(target: String, form: Form) -> impl IntoView {
    view! {
        <section class="card">
            <Live id="query" source=use_source("/live/caching/query") every=2_000>
                <OnePart />
            </Live>
            <Deeds target=target form=form />
        </section>
    }
}

/// The plan, or the form with what is wrong with what was typed.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(move || asked.get(), |asked| async move { plan_query(asked.target, asked.form).await });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let Asked { target, form } = asked.get_untracked();
                let is_typed = matches!(form.action.as_str(), "store_query" | "save_query");
                match planned {
                    Ok(planned) => {
                        let back = match (form.action.as_str(), form.name.is_empty()) {
                            ("store_query", _) | (_, true) => again(&target, &form),
                            // There may be none of this name yet.
                            ("save_query", _) => link(LIST, &[("target", &target)]),
                            _ => link(ONE, &[("target", &target), ("name", &form.name)]),
                        };
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    Err(error) if is_typed => {
                        view! { <QueryForm target=target form=form error=Some(error) /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// An empty form, which Cancel leads to; Back keeps what was typed.
fn again(target: &str, form: &Form) -> String {
    link(ONE, &[("target", target), ("kind", &form.kind)])
}

/// The form of a query that the console keeps.
#[component]
fn Editing(asked: Memo<Asked>) -> impl IntoView {
    let opened =
        fetch(move || asked.get(), |asked| async move { open_query_form(asked.target, asked.form.name).await });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match opened.await {
                    Ok(form) => {
                        let form = Form { action: "edit".to_owned(), ..form };
                        view! { <QueryForm target=asked.get_untracked().target form=form error=None /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}
