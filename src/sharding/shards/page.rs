//! The page of the shards of one cluster: what there is, what is being drained and why it stands still, and the forms.

pub mod databases;
pub mod drain;
pub mod form;
pub mod list;

use leptos::prelude::*;

use self::databases::Databases;
use self::form::AddForm;
use self::list::ShardsPart;
use super::api::{list_primaries, plan_shards};
use super::model::change::Form;
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::form::error_at;
use crate::ui::live::Live;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/sharding/shards";
const APPLY: &str = "/api/sharding/apply_shards";

/// What the address asks for: a plan where `form` names an action, and which databases are listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    form: Form,
    search: String,
    primary: String,
    after: String,
    record: String,
}

impl Asked {
    /// The page without a plan: these databases, beginning after this one.
    fn listed(&self, after: &str) -> String {
        let Self { target, search, primary, .. } = self;
        link(PATH, &[("target", target), ("search", search), ("primary", primary), ("after", after)])
    }
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            form: Form {
                action: text("action"),
                hosts: text("hosts"),
                name: text("name"),
                shard: text("shard"),
                database: text("database"),
                to: text("to"),
            },
            search: text("search"),
            primary: text("primary"),
            after: text("after"),
            record: text("record"),
        }
    })
}

/// `/sharding/shards`.
#[component]
pub fn ShardsPage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <ClusterFrame
            title=words!("Shards", "샤드")
            lead=Some(
                words!(
                    "Each shard is a replica set that holds a part of the data. A shard is removed by draining it first.",
                    "샤드는 데이터의 일부를 가진 복제 세트입니다. 제거하려면 먼저 드레이닝합니다.",
                ),
            )
            path=PATH
        >
            <Planning asked=asked />
            <Live id="shards" source=use_source("/live/sharding/shards") every=2_000>
                <ShardsPart />
            </Live>
            <Below asked=asked />
        </ClusterFrame>
    }
    .into_any()
}

/// The plan for what the address asks for, or what is wrong with it. A form with a fault is shown below, as it was.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.form.clone())),
        |(target, form)| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            let Form { action, hosts, name, shard, database, to } = form;
            plan_shards(target, action, hosts, name, shard, database, to).await.map(Some)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                let back = asked.listed(&asked.after);
                match planned {
                    Ok(Some(planned)) => view! { <Confirm planned=planned back=back action=APPLY /> }.into_any(),
                    Ok(None) => ().into_any(),
                    Err(error) if is_of_the_form(&error) => {
                        view! { <AddForm asked=asked error=Some(error) /> }.into_any()
                    }
                    // What is no router is told by the list.
                    Err(error) if error_at(Some(&error), "target").is_some() => ().into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

fn is_of_the_form(error: &AppError) -> bool {
    matches!(error.field.as_deref(), Some("hosts" | "name"))
}

/// The databases, and the form for a new shard. Nothing of it is shown where nothing can be sent.
#[component]
fn Below(asked: Memo<Asked>) -> impl IntoView {
    let list = fetch(
        move || {
            asked.with(|it| {
                (it.target.clone(), it.search.clone(), it.primary.clone(), it.after.clone(), it.record.clone())
            })
        },
        |(target, search, primary, after, _)| list_primaries(target, search, primary, after),
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                match list.await {
                    Ok(list) => {
                        // A form with a fault stands above, where the plan would.
                        let adds = asked.form.action != "add_shard";
                        view! {
                            <Databases list=list asked=asked.clone() />
                            {adds.then(|| view! { <AddForm asked=asked error=None /> })}
                        }
                            .into_any()
                    }
                    Err(error) if error_at(Some(&error), "target").is_some() => ().into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}
