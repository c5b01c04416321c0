//! The page of publications: what a database offers, which of its tables can be published, and the forms.

pub mod form;
pub mod list;

use leptos::prelude::*;

use super::api::{list_publications, plan_publication};
use super::model::PublicationForm;
use crate::audit::notice::LastRecord;
use crate::change::Planned;
use crate::error::AppError;
use crate::replication::logical::page::place::{Databases, Servers};
use crate::replication::tabs::ReplicationTabs;
use crate::text::use_lang;
use crate::ui::address::{Address, link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::frame::Frame;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;
use form::CreateForm;
use list::{LeftBehindNote, Publications, Tables};

pub const PATH: &str = "/replication/publications";
const APPLY: &str = "/api/replication/apply_publication";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub database: String,
    pub form: PublicationForm,
}

impl Asked {
    fn of(address: &Address) -> Self {
        let text = |name: &str| address.text(name);
        let names = |name: &str| address.all(name).join("\n");
        let extent = text("extent");
        Self {
            target: text("target"),
            database: text("database"),
            form: PublicationForm {
                action: text("action"),
                name: text("name"),
                names: if extent == "schemas" { names("schemas") } else { names("names") },
                extent,
                publish: address.all("publish").join(","),
                via_root: text("via_root"),
                reader: text("reader"),
                identity: text("identity"),
                index: text("index"),
            },
        }
    }
}

/// `/replication/publications`.
#[component]
pub fn PublicationsPage() -> impl IntoView {
    let address = use_address();
    let asked = Memo::new(move |_| address.with(Asked::of));
    let planned = fetch(
        move || asked.get(),
        |asked| async move {
            if asked.form.action.is_empty() {
                return Ok(None);
            }
            plan_publication(asked.target, asked.database, asked.form).await.map(Some)
        },
    );
    view! {
        <Frame
            title=words!("Publications", "발행")
            lead=Some(
                words!(
                    "A publication names the tables whose changes a database offers to subscribers.",
                    "발행은 데이터베이스가 구독자에게 변경을 제공하는 테이블을 정합니다.",
                ),
            )
        >
            <ReplicationTabs />
            <Servers path=PATH />
            <LastRecord />
            <Planning asked=asked planned=planned />
            <Everything asked=asked planned=planned />
        </Frame>
    }
    .into_any()
}

type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;

/// The plan, or why there is none. What is wrong with the form of a new publication stands in the form.
#[component]
fn Planning(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(Some(planned)) => {
                        let back = link(PATH, &[("target", &asked.target), ("database", &asked.database)]);
                        let blocked = planned.plan.blocked();
                        view! {
                            <Confirm planned=planned back=back action=APPLY />
                            {(blocked && asked.form.action == "create_publication").then(|| view! { <InsertsOnly asked=asked /> })}
                        }
                            .into_any()
                    }
                    Err(error) if asked.form.action != "create_publication" => {
                        view! { <ErrorNotice error=error /> }.into_any()
                    }
                    _ => ().into_any(),
                }
            })}
        </Transition>
    }
}

/// The fix that needs nobody else: the same publication, without what could fail.
#[component]
fn InsertsOnly(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let form = asked.form;
    let mut address = link(
        PATH,
        &[
            ("target", &asked.target),
            ("database", &asked.database),
            ("action", "create_publication"),
            ("name", &form.name),
            ("extent", &form.extent),
            ("publish", "insert"),
            ("via_root", &form.via_root),
            ("reader", &form.reader),
        ],
    );
    let field = if form.extent == "schemas" { "schemas" } else { "names" };
    for name in form.names.lines().filter(|name| !name.is_empty()) {
        address.push_str(&format!("&{field}={}", crate::text::url_text(name)));
    }
    (form.publish != "insert").then(|| {
        view! {
            <p>
                <a class="button" href=address>
                    {lang.of("Plan again, with inserts only", "insert만 보내도록 다시 계획")}
                </a>
            </p>
        }
    })
}

/// The lists and the form, unless a plan is being looked at.
#[component]
fn Everything(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    let seen = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.database.clone())),
        |(target, database)| list_publications(target, database),
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (seen, planned) = (seen.await, planned.await);
                let asked = asked.get_untracked();
                let error = match &planned {
                    Err(error) if asked.form.action == "create_publication" => Some(error.clone()),
                    _ => None,
                };
                let free = !matches!(planned, Ok(Some(_)));
                match seen {
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    Ok(seen) => {
                        let (target, database) = (seen.target.to_string(), seen.database.clone());
                        view! {
                            <Databases path=PATH target=target databases=seen.databases.clone() chosen=database />
                            <Publications seen=seen.clone() />
                            {free.then(|| view! { <CreateForm asked=asked seen=seen.clone() error=error /> })}
                            <Tables seen=seen.clone() />
                            <LeftBehindNote left=seen.left_behind />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}
