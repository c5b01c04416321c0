//! The pages of changes to many keys: the form with its plan and preview, one job, and the storm forecast.

pub mod form;
pub mod job;
pub mod shown;
pub mod storm;

use leptos::prelude::*;

use self::form::BulkForm;
use self::job::UndoForm;
use self::shown::PreviewCard;
use super::api::{plan_bulk, preview_bulk};
use super::model::Form;
use crate::caching::frame::CacheFrame;
use crate::targets::model::TargetKind;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/caching/bulk";
const APPLY: &str = "/api/caching/apply_bulk";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub form: Form,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        let form = Form {
            action: text("action"),
            pattern: text("pattern"),
            ttl: text("ttl"),
            aim: text("aim"),
            only: text("only"),
            jitter: text("jitter"),
            rate: text("rate"),
            job: text("job"),
            seconds: text("seconds"),
        };
        Asked { target: text("target"), form }
    })
}

/// `/caching/bulk`.
#[component]
pub fn BulkPage() -> impl IntoView {
    let asked = use_asked();
    let planning = asked.with_untracked(|asked| !asked.form.action.is_empty());
    let looking = asked.with_untracked(|asked| !asked.form.pattern.is_empty() && asked.form.action != "undo_bulk");
    view! {
        <CacheFrame
            title=words!("TTL by pattern", "패턴별 TTL")
            lead=Some(
                words!(
                    "Gives all keys of a pattern another time to live, and remembers the former one of each.",
                    "패턴에 맞는 모든 키의 TTL을 바꾸고, 각 키의 이전 만료 시각을 기억합니다.",
                ),
            )
            kind=TargetKind::Redis
            path=PATH
        >
            {if planning {
                view! { <Planning asked=asked /> }.into_any()
            } else {
                view! { <BulkForm asked=asked.get_untracked() error=None /> }.into_any()
            }}
            {looking.then(|| view! { <Looked asked=asked /> })}
        </CacheFrame>
    }
    .into_any()
}

/// The plan, or the form with what is wrong with what was typed.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(move || asked.get(), |it| async move { plan_bulk(it.target, it.form).await });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(planned) => view! { <Confirm planned=planned back=back(&asked) action=APPLY /> }.into_any(),
                    Err(error) if error.field.is_some() && asked.form.action == "bulk_ttl" => {
                        view! { <BulkForm asked=asked error=Some(error) /> }.into_any()
                    }
                    Err(error) if error.field.as_deref() == Some("pattern") && asked.form.action == "undo_bulk" => {
                        let Asked { target, form } = asked;
                        view! { <UndoForm target=target record=form.job pattern=form.pattern error=Some(error) /> }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Where Cancel leads: the form with what was typed, or the job.
fn back(Asked { target, form }: &Asked) -> String {
    match form.action.as_str() {
        "sweep" => link("/caching/storm", &[("target", target)]),
        "undo_bulk" | "continue_bulk" => link("/caching/bulk/job", &[("target", target), ("record", &form.job)]),
        _ => {
            let pairs = [
                ("target", target),
                ("pattern", &form.pattern),
                ("ttl", &form.ttl),
                ("aim", &form.aim),
                ("only", &form.only),
                ("jitter", &form.jitter),
                ("rate", &form.rate),
            ];
            link(PATH, &pairs.map(|(name, value)| (name, value.as_str())))
        }
    }
}

/// What the pattern meets now.
#[component]
fn Looked(asked: Memo<Asked>) -> impl IntoView {
    let preview = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.form.pattern.clone())),
        |(target, pattern)| async move { preview_bulk(target, pattern).await },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                match preview.await {
                    Ok(preview) => view! { <PreviewCard preview=preview target=asked.target /> }.into_any(),
                    // A wrong pattern is told at its field.
                    Err(error) if error.field.is_some() => ().into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}
