//! The page of one collection: what it is, how it lies on the shards, and everything that can be done to it.

pub mod facts;
pub mod picture;

use leptos::prelude::*;

use self::facts::{Facts, Indexes};
use self::picture::Spread;
use super::super::api::read_collection;
use super::super::model::{Action, One};
use crate::finding::page::Findings;
use crate::sharding::frame::ClusterFrame;
use crate::text::{Lang, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Empty;
use crate::words;

/// `/sharding/collection`.
#[component]
pub fn CollectionPage() -> impl IntoView {
    let address = use_address();
    let asked = Memo::new(move |_| address.with(|address| (address.text("target"), address.text("namespace"))));
    let name = asked.get_untracked().1;
    let one = fetch(move || asked.get(), |(target, namespace)| read_collection(target, namespace));
    let title = if name.is_empty() {
        words!("Collection", "컬렉션")
    } else {
        words!("Collection {name}", "컬렉션 {name}")
    };
    view! {
        <ClusterFrame title=title path="/sharding/collections">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match one.await {
                        Ok(one) => view! { <Shown one=one /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </ClusterFrame>
    }
    .into_any()
}

#[component]
fn Shown(one: One) -> impl IntoView {
    let lang = use_lang();
    if !one.exists {
        let none = lang.of(
            "There is no such collection, or its database does not answer.",
            "해당 컬렉션이 없거나 데이터베이스가 응답하지 않습니다.",
        );
        let href = link("/sharding/collections", &[("target", &one.target)]);
        return view! {
            <Empty text=none />
            <p>
                <a href=href>{lang.of("All collections", "모든 컬렉션")}</a>
            </p>
        }
        .into_any();
    }
    let (findings, actions) = (one.findings.clone(), one.actions.clone());
    let refresh = link("/sharding/collection", &[("target", &one.target), ("namespace", &one.namespace)]);
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "확인할 점")}</h2>
            <Findings findings=findings />
            <p>
                <a class="button quiet" href=refresh>
                    {lang.of("Refresh", "새로 고침")}
                </a>
            </p>
        </section>
        <section class="card">
            <h2>{lang.of("How it is sharded", "샤딩 방식")}</h2>
            <Facts one=one.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("On the shards", "샤드별 분포")}</h2>
            <Spread one=one.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Indexes", "인덱스")}</h2>
            <Indexes one=one />
        </section>
        <section class="card">
            <h2>{lang.of("What can be done", "할 수 있는 작업")}</h2>
            <Actions actions=actions />
        </section>
    }
    .into_any()
}

/// What cannot be done is told with its reason, not left out.
#[component]
fn Actions(actions: Vec<Action>) -> impl IntoView {
    let lang = use_lang();
    view! { <ul class="actions">{actions.into_iter().map(|action| deed(action, lang)).collect_view()}</ul> }
}

fn deed(action: Action, lang: Lang) -> impl IntoView {
    let title = action.title.read(lang);
    match action.why_not {
        None => view! {
            <li>
                <a class="button quiet" href=action.link>
                    {title}
                </a>
            </li>
        }
        .into_any(),
        Some(why) => view! {
            <li>
                <button class="quiet" type="button" disabled>
                    {title}
                </button>
                " "
                <span class="muted">{why.read(lang)}</span>
            </li>
        }
        .into_any(),
    }
}
