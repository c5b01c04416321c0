//! The page of the balancer.

pub mod collection;
pub mod forms;
pub mod shown;

use leptos::prelude::*;

use self::collection::OneCollection;
use self::forms::Forms;
use self::shown::Board;
use super::api::{plan_balancer, read_balancer};
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::form::error_at;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/sharding/balancer";
const APPLY: &str = "/api/sharding/apply_balancer";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    action: String,
    namespace: String,
    start: String,
    stop: String,
    mib: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            namespace: text("namespace"),
            start: text("start"),
            stop: text("stop"),
            mib: text("mib"),
        }
    })
}

/// `/sharding/balancer`.
#[component]
pub fn BalancerPage() -> impl IntoView {
    let asked = use_asked();
    let planning = asked.with_untracked(|asked| !asked.action.is_empty());
    view! {
        <ClusterFrame
            title=words!("Balancer", "밸런서")
            lead=Some(
                words!(
                    "It moves chunks until every shard has its share. Here is whether it really does.",
                    "모든 샤드가 제 몫을 갖도록 청크를 옮깁니다. 실제로 동작하는지 보여 줍니다.",
                ),
            )
            path=PATH
        >
            {planning.then(|| view! { <Planning asked=asked /> })}
            <Live id="balancer" source=use_source("/live/sharding/balancer") every=2_000>
                <BalancerPart />
            </Live>
            {(!planning).then(|| view! { <Settled asked=asked /> })}
        </ClusterFrame>
    }
    .into_any()
}

/// The plan, or the forms with what is wrong with what was typed.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || asked.get(),
        |it| async move { plan_balancer(it.target, it.action, it.namespace, it.start, it.stop, it.mib).await },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(planned) => {
                        let back = link(PATH, &[("target", &asked.target), ("namespace", &asked.namespace)]);
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    Err(error) if is_typed(&error) => {
                        view! { <TypedAgain asked=asked error=error /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Whether it is told at a field of a form.
fn is_typed(error: &AppError) -> bool {
    ["start", "stop", "mib", "namespace"].iter().any(|field| error_at(Some(error), field).is_some())
}

/// The form again, with all that was typed.
#[component]
fn TypedAgain(asked: Asked, error: AppError) -> impl IntoView {
    if asked.namespace.is_empty() {
        view! { <Forms asked=asked balancing=None error=Some(error) /> }.into_any()
    } else {
        view! { <OneCollection asked=asked error=Some(error) /> }.into_any()
    }
}

/// The forms, filled with what is set now; those of one collection where the address names one.
#[component]
fn Settled(asked: Memo<Asked>) -> impl IntoView {
    let of_collection = asked.with_untracked(|asked| !asked.namespace.is_empty());
    let target = asked.with_untracked(|asked| asked.target.clone());
    let balancing = fetch(move || target.clone(), |target| async move { read_balancer(target).await });
    view! {
        {of_collection.then(|| view! { <OneCollection asked=asked.get_untracked() error=None /> })}
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                // What is wrong is told by the part above.
                let balancing = balancing.await.ok()?;
                Some(view! { <Forms asked=asked.get_untracked() balancing=Some(balancing) error=None /> })
            })}
        </Transition>
    }
}

/// The state of the balancer, which stays fresh.
#[component]
pub fn BalancerPart() -> impl IntoView {
    let asked = use_asked();
    let target = Memo::new(move |_| asked.with(|asked| asked.target.clone()));
    let balancing = fetch(move || target.get(), read_balancer);
    view! {
        <Region id="balancer">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match balancing.await {
                        Ok(balancing) => {
                            view! { <Board balancing=balancing target=target.get_untracked() /> }.into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}
