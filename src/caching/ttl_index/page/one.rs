//! One TTL index: what it is, what it would delete, and the plan for what a form asks.

use leptos::prelude::*;

use super::form::{ChangeForm, CreateForm, Deeds};
use super::shown::{Facts, PreviewCard};
use super::{APPLY, Asked, LIST, ONE, is_typed, use_asked};
use crate::caching::frame::CacheFrame;
use crate::caching::ttl_index::api::{plan_ttl_index, preview_ttl_index};
use crate::caching::ttl_index::model::{Preview, Subject};
use crate::change::Planned;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::use_lang;
use crate::ui::address::{link, use_source};
use crate::ui::fetch::fetch;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

/// `/caching/ttl-index`.
#[component]
pub fn TtlIndexPage() -> impl IntoView {
    let asked = use_asked();
    let now = asked.get_untracked();
    let name = now.name.clone();
    let title = match (now.action.as_str(), name.is_empty()) {
        ("create_ttl_index", _) => words!("New TTL index", "새 TTL 인덱스"),
        (_, true) => words!("Expiry of a collection", "컬렉션 만료"),
        _ => words!("TTL index {name}", "TTL 인덱스 {name}"),
    };
    let all = link(LIST, &[("target", &now.target)]);
    view! {
        <CacheFrame title=title kind=TargetKind::Mongodb path=LIST>
            <p>
                <a href=all>{use_lang().of("All TTL indexes", "전체 TTL 인덱스")}</a>
            </p>
            <Planning asked=asked />
        </CacheFrame>
    }
    .into_any()
}

/// The plan where one is asked for; what is wrong with what was typed stands at the fields of the form.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || asked.get(),
        |it| async move {
            if it.action.is_empty() {
                return None;
            }
            let planned = plan_ttl_index(
                it.target,
                it.action,
                it.namespace,
                it.name,
                it.field,
                it.when,
                it.seconds,
                it.most,
                it.stop,
            );
            Some(planned.await)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                view! { <Answer planned=planned asked=asked /> }
            })}
        </Transition>
    }
}

#[component]
fn Answer(planned: Option<Result<Planned, AppError>>, asked: Asked) -> impl IntoView {
    let is_new = asked.action == "create_ttl_index";
    let back = if is_new {
        let pairs = [
            ("target", &asked.target),
            ("namespace", &asked.namespace),
            ("field", &asked.field),
            ("when", &asked.when),
            ("seconds", &asked.seconds),
        ];
        link(LIST, &pairs.map(|(name, value)| (name, value.as_str())))
    } else {
        let pairs = [
            ("target", &asked.target),
            ("namespace", &asked.namespace),
            ("name", &asked.name),
            ("when", &asked.when),
            ("seconds", &asked.seconds),
            ("most", &asked.most),
            ("stop", &asked.stop),
        ];
        link(ONE, &pairs.map(|(name, value)| (name, value.as_str())))
    };
    let (plan, error) = match planned {
        None => (None, None),
        Some(Ok(planned)) => (Some(planned), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let (at_field, elsewhere) = match error {
        Some(error) if is_typed(&error) => (Some(error), None),
        other => (None, other),
    };
    let is_planned = plan.is_some();
    view! {
        {plan.map(|planned| view! { <Confirm planned=planned back=back action=APPLY /> })}
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        {if is_new {
            (!is_planned)
                .then(|| {
                    view! {
                        <section class="card" id="create">
                            <CreateForm asked=asked error=at_field />
                        </section>
                    }
                })
                .into_any()
        } else {
            view! { <Sheet asked=asked error=at_field is_planned=is_planned /> }.into_any()
        }}
    }
}

#[component]
fn Sheet(asked: Asked, error: Option<AppError>, is_planned: bool) -> impl IntoView {
    let form = asked.clone();
    let found = fetch(
        move || asked.clone(),
        |it| async move {
            let looked =
                preview_ttl_index(it.target.clone(), it.namespace.clone(), it.name.clone(), it.when, it.seconds).await;
            match looked {
                // The form is shown again, with what is wrong at its field.
                Err(error) if is_typed(&error) && error.field.as_deref() != Some("namespace") => {
                    let plain = preview_ttl_index(it.target, it.namespace, it.name, String::new(), String::new()).await;
                    plain.map(|(subject, preview)| (subject, preview, Some(error)))
                }
                looked => looked.map(|(subject, preview)| (subject, preview, None)),
            }
        },
    );
    view! {
        <Live id="ttl-index" source=use_source("/live/caching/ttl-index") every=5_000>
            <TtlIndexPart />
        </Live>
        {(!is_planned)
            .then(|| {
                view! {
                    <Transition fallback=|| ()>
                        {move || {
                            let (form, error) = (form.clone(), error.clone());
                            Suspend::new(async move {
                                found
                                    .await
                                    .ok()
                                    .map(|(subject, _, typed)| {
                                        let error = error.or(typed);
                                        view! {
                                            <Deeds target=form.target.clone() subject=subject.clone() />
                                            <ChangeForm asked=form subject=subject error=error />
                                        }
                                    })
                            })
                        }}
                    </Transition>
                }
            })}
    }
}

/// The index and what it would delete, as it is now.
#[component]
pub fn TtlIndexPart() -> impl IntoView {
    let asked = use_asked().get_untracked();
    let wanted = !asked.seconds.is_empty() || !asked.when.is_empty();
    let found = fetch(move || asked.clone(), |it| async move { looked(it).await });
    view! {
        <Region id="ttl-index">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok((subject, preview)) => {
                            view! {
                                <Facts subject=subject.clone() />
                                {preview.map(|it| view! { <PreviewCard preview=it subject=subject wanted=wanted /> })}
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
}

/// What was typed wrong is told at its field; the index is shown as it is.
async fn looked(it: Asked) -> Result<(Subject, Option<Preview>), AppError> {
    let (target, namespace, name) = (it.target.clone(), it.namespace.clone(), it.name.clone());
    match preview_ttl_index(it.target, it.namespace, it.name, it.when, it.seconds).await {
        Err(error) if matches!(error.field.as_deref(), Some("seconds" | "when")) => {
            preview_ttl_index(target, namespace, name, String::new(), String::new()).await
        }
        answer => answer,
    }
}
