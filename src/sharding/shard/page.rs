//! The page on which a collection is sharded: the form, and the plan for what it holds.

use leptos::prelude::*;

pub mod form;

use self::form::ShardingForm;
use super::api::{open_shard_form, plan_change};
use super::model::form::ShardForm;
use super::model::offer::Offer;
use crate::change::Planned;
use crate::error::{AppError, Kind};
use crate::sharding::frame::ClusterFrame;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::form::error_at;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/sharding/shard";
const APPLY: &str = "/api/sharding/apply_change";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    form: ShardForm,
}

impl Asked {
    /// The form as it was filled, without the plan. What was observed is left out: the form is opened anew, and looks at
    /// the collection that is there now.
    fn back(&self) -> String {
        let form = &self.form;
        let pairs = [
            ("target", &self.target),
            ("namespace", &form.namespace),
            ("key", &form.key),
            ("spread", &form.spread),
            ("unique", &form.unique),
            ("chunks", &form.chunks),
            ("presplit", &form.presplit),
            ("time_field", &form.time_field),
            ("meta_field", &form.meta_field),
            ("granularity", &form.granularity),
        ];
        link(PATH, &pairs.map(|(name, value)| (name, value.as_str())))
    }
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        let form = ShardForm {
            action: text("action"),
            namespace: text("namespace"),
            key: text("key"),
            spread: text("spread"),
            unique: text("unique"),
            chunks: text("chunks"),
            presplit: text("presplit"),
            time_field: text("time_field"),
            meta_field: text("meta_field"),
            granularity: text("granularity"),
            observed: text("observed"),
        };
        Asked { target: text("target"), form }
    })
}

/// `/sharding/shard`.
#[component]
pub fn ShardPage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <ClusterFrame
            title=words!("Shard a collection", "컬렉션 샤딩")
            lead=Some(
                words!(
                    "A shard key decides on which shard each document of a collection lives.",
                    "샤드 키는 컬렉션의 각 문서가 어느 샤드에 있을지 정합니다.",
                ),
            )
            path=PATH
        >
            <Planning asked=asked />
        </ClusterFrame>
    }
    .into_any()
}

/// What is shown: the plan, or the form with what was wrong.
#[derive(Clone)]
enum Shown {
    Plan(Box<Planned>),
    Form(Box<Filled>),
    /// No form is shown for what must not be written to, or by whom.
    Nothing(AppError),
}

/// The form as it was filled, and what was wrong with it.
#[derive(Clone)]
struct Filled {
    form: ShardForm,
    offer: Offer,
    error: Option<AppError>,
}

/// The form, or the plan once the form is filled.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let shown = fetch(move || asked.get(), |asked| show(asked.target, asked.form));
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                match shown.await {
                    Shown::Plan(planned) => {
                        view! { <Confirm planned=*planned back=asked.back() action=APPLY /> }.into_any()
                    }
                    Shown::Form(filled) => {
                        let Filled { form, offer, error } = *filled;
                        view! { <ShardingForm target=asked.target form=form offer=offer error=error /> }.into_any()
                    }
                    Shown::Nothing(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

async fn show(target: String, mut form: ShardForm) -> Shown {
    let mut wrong = None;
    if !form.action.is_empty() {
        match plan_change(target.clone(), form.clone()).await {
            Ok(planned) => return Shown::Plan(Box::new(planned)),
            Err(error) => wrong = Some(error),
        }
    }
    match open_shard_form(target, form.namespace.clone()).await {
        Ok(offer) => {
            // What was seen first counts: a form that comes back with a fault is still the same form.
            if form.observed.is_empty() {
                form.observed.clone_from(&offer.observed);
            }
            Shown::Form(Box::new(Filled { form, offer, error: wrong }))
        }
        Err(error) if error_at(Some(&error), "target").is_some() || error.kind == Kind::Forbidden => {
            Shown::Nothing(error)
        }
        Err(error) => Shown::Form(Box::new(Filled { form, offer: Offer::default(), error: wrong.or(Some(error)) })),
    }
}
