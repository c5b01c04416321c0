//! The page of subscriptions: how far each is, what can be done to it, and the form for a new one.

pub mod actions;
pub mod cutover;
pub mod form;
pub mod list;

use leptos::prelude::*;

use super::api::{list_offered, list_subscriptions, plan_subscription};
use super::model::form::SubscriptionForm;
use crate::audit::notice::LastRecord;
use crate::change::Planned;
use crate::error::AppError;
use crate::replication::logical::page::place::{Databases, Servers};
use crate::replication::tabs::ReplicationTabs;
use crate::targets::api::list_names;
use crate::targets::model::TargetKind;
use crate::text::use_lang;
use crate::ui::address::{Address, link, use_address, use_source};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;
use form::{CreateForm, PasswordForm};
use list::Subscriptions;

pub const PATH: &str = "/replication/subscriptions";
const APPLY: &str = "/api/replication/apply_subscription";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub database: String,
    pub form: SubscriptionForm,
}

impl Asked {
    fn of(address: &Address) -> Self {
        let text = |name: &str| address.text(name);
        Self {
            target: text("target"),
            database: text("database"),
            form: SubscriptionForm {
                action: text("action"),
                name: text("name"),
                publisher: text("publisher"),
                publisher_database: text("publisher_database"),
                host: text("host"),
                port: text("port"),
                user: text("user"),
                secret: text("secret"),
                publications: address.all("publications").join(","),
                slot: text("slot"),
                copy_data: text("copy_data"),
                create_slot: text("create_slot"),
                enabled: text("enabled"),
                binary: text("binary"),
                streaming: text("streaming"),
                two_phase: text("two_phase"),
                disable_on_error: text("disable_on_error"),
                origin_none: text("origin_none"),
                failover: text("failover"),
                lsn: text("lsn"),
                keep_slot: text("keep_slot"),
                margin: text("margin"),
            },
        }
    }

    /// The page without a plan.
    fn back(&self) -> String {
        link(PATH, &[("target", &self.target), ("database", &self.database)])
    }
}

/// `/replication/subscriptions`.
#[component]
pub fn SubscriptionsPage() -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let asked = Memo::new(move |_| address.with(Asked::of));
    let planned = fetch(
        move || asked.get(),
        |asked| async move {
            // A form that is being filled in names a publisher and no action yet.
            if asked.form.action.is_empty() {
                return Ok(None);
            }
            plan_subscription(asked.target, asked.database, asked.form).await.map(Some)
        },
    );
    view! {
        <Frame
            title=words!("Subscriptions", "구독")
            lead=Some(
                words!(
                    "A subscription copies the tables of a publication and then follows their changes.",
                    "구독은 발행된 테이블을 복사한 뒤 변경을 이어받습니다.",
                ),
            )
        >
            <ReplicationTabs />
            <Servers path=PATH />
            <p>
                <a href="/replication/add-logical">{lang.of("Add a logical copy, step by step", "논리 복제를 단계별로 추가")}</a>
            </p>
            <LastRecord />
            <Planning asked=asked planned=planned />
            <Live id="subscriptions" source=use_source("/live/replication/subscriptions") every=2_000>
                <SubscriptionList />
            </Live>
            <Creation asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}

type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;

/// The plan, or why there is none. What is wrong with the form of a new subscription stands in the form.
#[component]
fn Planning(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                let creates = asked.form.action == "create_subscription";
                match planned {
                    Ok(Some(planned)) => {
                        let back = asked.back();
                        view! {
                            <Confirm planned=planned back=back action=APPLY />
                            {creates.then(|| view! { <PasswordForm asked=asked /> })}
                        }
                            .into_any()
                    }
                    Err(error) if !creates => view! { <ErrorNotice error=error /> }.into_any(),
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}

/// How far each subscription is. Everything that it shows follows from the address alone.
#[component]
pub fn SubscriptionList() -> impl IntoView {
    let address = use_address();
    let seen = fetch(
        move || address.with(|address| (address.text("target"), address.text("database"))),
        |(target, database)| list_subscriptions(target, database),
    );
    view! {
    <Region id="subscriptions">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match seen.await {
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        Ok(seen) => {
                            let (target, database) = (seen.target.to_string(), seen.database.clone());
                            view! {
                                <Databases path=PATH target=target databases=seen.databases.clone() chosen=database />
                                <Subscriptions seen=seen />
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
    </Region>
        }
    .into_any()
}

/// The form for a new subscription, unless a plan is being looked at.
#[component]
fn Creation(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    let names = fetch(|| (), |()| list_names());
    let offered = fetch(
        move || asked.with(|asked| (asked.form.publisher.clone(), asked.form.publisher_database.clone())),
        |(publisher, database)| async move {
            if publisher.is_empty() { Ok(None) } else { list_offered(publisher, database).await.map(Some) }
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (planned, names, offered) = (planned.await, names.await, offered.await);
                let asked = asked.get_untracked();
                let error = match planned {
                    Ok(Some(_)) => return ().into_any(),
                    Ok(None) => None,
                    Err(error) => (asked.form.action == "create_subscription").then_some(error),
                };
                let mut targets = names.unwrap_or_default();
                targets.retain(|target| target.kind == TargetKind::Postgresql);
                view! { <CreateForm asked=asked targets=targets offered=offered error=error /> }.into_any()
            })}
        </Transition>
    }
}
