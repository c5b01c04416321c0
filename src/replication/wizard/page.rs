//! The page that adds a replica. Its whole state is in the address, so that it survives a reload and can be sent.

pub mod form;
pub mod step;

use leptos::prelude::*;

use super::api::{plan_replica, read_replica_steps};
use super::model::replica::Asked;
use crate::audit::notice::LastRecord;
use crate::error::AppError;
use crate::replication::tabs::ReplicationTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::ui::address::{link, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;
use form::ReplicaForm;
use step::StepList;

const PATH: &str = "/replication/add";
const APPLY: &str = "/api/replication/apply_replica";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Question {
    target: String,
    action: String,
    asked: Asked,
}

impl Question {
    /// Whether the form has been filled in.
    fn is_asked(&self) -> bool {
        !self.asked.name.is_empty() || !self.asked.host.is_empty()
    }
}

fn use_question() -> Memo<Question> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Question {
            target: text("target"),
            action: text("action"),
            asked: Asked {
                name: text("name"),
                host: text("host"),
                role: text("role"),
                primary: text("primary"),
                port: text("port"),
                data: text("data"),
                client: text("client"),
                known: text("known"),
                minutes: text("minutes"),
            },
        }
    })
}

/// `/replication/add`.
#[component]
pub fn AddReplicaPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Add a replica", "복제본 추가")
            lead=Some(
                words!(
                    "What SQL can do is done here; the rest is printed, and each step is watched until it is there.",
                    "SQL로 할 수 있는 일은 여기서 하고, 나머지는 명령을 보여 주며 끝날 때까지 확인합니다.",
                ),
            )
        >
            <ReplicationTabs />
            <TargetPicker kind=TargetKind::Postgresql />
            <LastRecord />
            <Planning />
            <Live id="add" source=use_source("/live/replication/add") every=2_000>
                <ReplicaSteps />
            </Live>
        </Frame>
    }
    .into_any()
}

/// The plan of the wizard's own writes, where the address asks for one.
#[component]
fn Planning() -> impl IntoView {
    let question = use_question();
    let planned = fetch(
        move || question.get(),
        |question| async move {
            if question.action.is_empty() {
                return Ok(None);
            }
            plan_replica(question.target, question.action, question.asked).await.map(Some)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let question = question.get_untracked();
                match planned {
                    Ok(Some(planned)) => {
                        let mut pairs = vec![("target", question.target.as_str())];
                        pairs.extend(question.asked.pairs());
                        let back = link(PATH, &pairs);
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    // What is wrong with the form stands in the form.
                    Err(error) if error.field.is_none() => view! { <ErrorNotice error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}

/// The form and the steps, as the address asks for them and as the server shows them now.
#[component]
pub fn ReplicaSteps() -> impl IntoView {
    let question = use_question();
    let steps = fetch(
        // A plan is looked at beside the steps; it does not change them.
        move || Question { action: String::new(), ..question.get() },
        |question| async move {
            if !question.is_asked() {
                return Ok(None);
            }
            read_replica_steps(question.target, question.asked).await.map(Some)
        },
    );
    view! {
    <Region id="add">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let steps = steps.await;
                    let Question { target, asked, .. } = question.get_untracked();
                    match steps {
                        Ok(None) => view! { <ReplicaForm target=target asked=asked error=None open=true /> }.into_any(),
                        Ok(Some(steps)) => {
                            view! {
                                <StepList steps=steps />
                                <ReplicaForm target=target asked=asked error=None open=false />
                            }
                                .into_any()
                        }
                        Err(error) => told(target, asked, error),
                    }
                })}
            </Transition>
    </Region>
        }
    .into_any()
}

/// An error at its field, with everything that was typed; what belongs to no field stands above.
fn told(target: String, asked: Asked, error: AppError) -> AnyView {
    let elsewhere = error.field.is_none().then(|| error.clone());
    view! {
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        <ReplicaForm target=target asked=asked error=Some(error) open=true />
    }
    .into_any()
}
