//! The page of one chunk.

pub mod facts;
pub mod forms;

use leptos::prelude::*;

use super::api::{plan_chunk, read_chunk};
use super::model::{ChunkForm, ChunkSeen};
use crate::change::Planned;
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::form::error_at;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;
use facts::ChunkFacts;
use forms::ChunkForms;

const PATH: &str = "/sharding/chunk";
const APPLY: &str = "/api/sharding/apply_chunk";

/// What the address asks for. All state of the page is in the address.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    /// `yes`: how much the chunk holds.
    measure: String,
    record: String,
    form: ChunkForm,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            Self {
                target: text("target"),
                measure: text("measure"),
                record: text("record"),
                form: ChunkForm {
                    action: text("action"),
                    namespace: text("namespace"),
                    min: text("min"),
                    how: text("how"),
                    key: address.all("key"),
                    key_kind: address.all("key_kind"),
                    to: text("to"),
                    force_jumbo: text("force_jumbo"),
                    with: text("with"),
                },
            }
        })
    }

    /// The page of the chunk that begins at `min`.
    fn link(&self, min: &str, more: &[(&str, &str)]) -> String {
        let own = [("target", self.target.as_str()), ("namespace", self.form.namespace.as_str()), ("min", min)];
        link(PATH, &[&own, more].concat())
    }
}

type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;
type SeenResource = Fetched<Result<ChunkSeen, AppError>>;

/// `/sharding/chunk`.
#[component]
pub fn ChunkPage() -> impl IntoView {
    let asked = Asked::read();
    let planned: PlannedResource = fetch(
        move || asked.with(|it| (it.target.clone(), it.form.clone())),
        |(target, form)| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_chunk(target, form).await.map(Some)
        },
    );
    let seen: SeenResource = fetch(
        move || {
            let asked = asked.get();
            (asked.target, asked.form.namespace, asked.form.min, asked.measure, asked.record)
        },
        |(target, namespace, min, measure, _)| read_chunk(target, namespace, min, measure),
    );
    view! {
        <ClusterFrame
            title=words!("Chunk", "청크")
            lead=Some(
                words!(
                    "A chunk is a range of keys that lies on one shard; it is what is split, moved and merged.",
                    "청크는 한 샤드에 있는 키 범위이며, 나누고 옮기고 병합하는 단위입니다.",
                ),
            )
            path="/sharding/collections"
        >
            <Body asked=asked planned=planned seen=seen />
        </ClusterFrame>
    }
    .into_any()
}

/// A plan alone, or the chunk with its forms; a form that holds something wrong says so.
#[component]
fn Body(asked: Memo<Asked>, planned: PlannedResource, seen: SeenResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (planned, seen) = (planned.await, seen.await);
                let asked = asked.get_untracked();
                let error = match planned {
                    Ok(Some(planned)) => {
                        let back = asked.link(&asked.form.min, &[]);
                        return view! { <Confirm planned=planned back=back action=APPLY /> }.into_any();
                    }
                    Ok(None) => None,
                    Err(error) => Some(error),
                };
                let router = error_at(error.as_ref(), "target").is_none();
                match seen {
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    Ok(_) if !router => error.map(|error| view! { <ErrorNotice error=error /> }).into_any(),
                    Ok(seen) => {
                        view! {
                            <ChunkFacts seen=seen.clone() asked=asked.clone() />
                            <ChunkForms seen=seen asked=asked error=error />
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}
