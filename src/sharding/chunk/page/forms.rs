//! What can be done with a chunk: each form leads to a plan.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::error::AppError;
use crate::sharding::chunk::model::ChunkSeen;
use crate::sharding::model::Namespace;
use crate::sharding::zones::page::bounds::{BoundFields, Pick};
use crate::text::{Lang, Words, use_lang};
use crate::ui::form::{Choice, Tick, error_at};
use crate::ui::notice::ErrorNotice;

#[component]
pub fn ChunkForms(seen: ChunkSeen, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at_form = |error: &AppError| {
        error.field.as_deref().is_some_and(|field| field == "to" || field == "with" || field.starts_with("key."))
    };
    // What belongs to MongoDB itself is shown, and not offered to change.
    if Namespace::parse(&seen.namespace).is_err() {
        return view! {
            {error.map(|error| view! { <ErrorNotice error=error /> })}
            <section class="card">
                <p class="muted">
                    {lang
                        .of(
                            "Chunks of MongoDB's own collections and of a time series' buckets are shown here, not changed.",
                            "MongoDB 자체 컬렉션과 시계열 버킷의 청크는 여기서 볼 수만 있고 바꿀 수 없습니다.",
                        )}
                </p>
            </section>
        }
        .into_any();
    }
    let elsewhere = error.clone().filter(|error| !at_form(error));
    view! {
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        <SplitForm seen=seen.clone() asked=asked.clone() error=error.clone() />
        <MoveForm seen=seen.clone() asked=asked.clone() error=error.clone() />
        <MergeForm seen=seen.clone() asked=asked.clone() error=error />
        <ClearForm seen=seen asked=asked />
    }
    .into_any()
}

/// A form of this page in a card, or why this cluster does not have it.
fn card(
    title: &'static str,
    action: &'static str,
    why_not: Option<Words>,
    seen: &ChunkSeen,
    asked: &Asked,
    lang: Lang,
    fields: impl FnOnce() -> AnyView,
) -> AnyView {
    let body = match why_not {
        Some(why_not) => view! { <p class="muted">{why_not.read(lang)}</p> }.into_any(),
        None => view! {
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target.clone() />
                <input type="hidden" name="action" value=action />
                <input type="hidden" name="namespace" value=seen.namespace.clone() />
                <input type="hidden" name="min" value=seen.chunk.min.ejson.clone() />
                {fields()}
                <p class="buttons">
                    <button class="primary" aria-label=format!("{}: {title}", lang.of("Show the plan", "계획 보기"))>
                        {lang.of("Show the plan", "계획 보기")}
                    </button>
                </p>
            </form>
        }
        .into_any(),
    };
    view! {
        <section class="card" id=action>
            <h2>{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

#[component]
fn SplitForm(seen: ChunkSeen, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let mut options = vec![(
        "middle",
        lang.of("In the middle", "가운데에서"),
        lang.of("Half of its documents on either side.", "문서를 절반씩 나눕니다."),
    )];
    if seen.key.is_some() {
        options.extend([
            (
                "key",
                lang.of("At a key", "키에서"),
                lang.of("The upper half begins at the key below.", "아래 키에서 뒤쪽 청크가 시작됩니다."),
            ),
            (
                "document",
                lang.of("By a document", "문서로"),
                lang.of(
                    "The chunk of a document with the values below is split in its middle. Of a hashed field, enter its own value.",
                    "아래 값을 가진 문서의 청크를 가운데에서 나눕니다. 해시 필드에는 필드의 값을 입력하세요.",
                ),
            ),
        ]);
    }
    let (key, form) = (seen.key.clone(), asked.form.clone());
    card(lang.of("Split", "나누기"), "split_chunk", seen.offered.split.clone(), &seen, &asked, lang, move || {
        view! {
            <Choice name="how" label=lang.of("Where", "위치") value=form.how options=options />
            {key
                .map(|key| {
                    view! {
                        <BoundFields
                            name="key"
                            legend=lang.of("Key", "키")
                            key=key
                            values=form.key
                            kinds=form.key_kind
                            error=error
                        />
                    }
                })}
        }
        .into_any()
    })
}

#[component]
fn MoveForm(seen: ChunkSeen, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let others: Vec<String> = seen.shards.iter().filter(|it| **it != seen.chunk.shard).cloned().collect();
    let form = asked.form.clone();
    let no_force = seen.offered.force_jumbo.clone();
    card(
        lang.of("Move to another shard", "다른 샤드로 이동"),
        "move_chunk",
        seen.offered.moving.clone(),
        &seen,
        &asked,
        lang,
        move || {
            view! {
                <Pick
                    name="to"
                    label=lang.of("To", "대상 샤드")
                    options=others
                    value=form.to
                    error=error_at(error.as_ref(), "to")
                />
                {match no_force {
                    Some(why_not) => view! { <p class="muted">{why_not.read(lang)}</p> }.into_any(),
                    None => {
                        view! {
                            <Tick
                                name="force_jumbo"
                                label=lang.of("Also if it is too big", "너무 커도 이동")
                                checked=form.force_jumbo == "yes"
                                help=lang
                                    .of(
                                        "Then no write to the collection is possible for the whole move (forceJumbo).",
                                        "이동이 끝날 때까지 컬렉션에 쓸 수 없습니다(forceJumbo).",
                                    )
                            />
                        }
                            .into_any()
                    }
                }}
            }
            .into_any()
        },
    )
}

#[component]
fn MergeForm(seen: ChunkSeen, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let mut options = Vec::new();
    let same = |chunk: &Option<crate::sharding::chunk::model::ChunkInfo>| {
        chunk.as_ref().is_some_and(|it| it.shard == seen.chunk.shard)
    };
    let elsewhere = lang.of("It is on another shard: move it first.", "다른 샤드에 있으니 먼저 옮기세요.");
    let help = |same: bool| if same { "" } else { elsewhere };
    if seen.previous.is_some() {
        options.push(("previous", lang.of("With the one before", "앞 청크와"), help(same(&seen.previous))));
    }
    if seen.next.is_some() {
        options.push(("next", lang.of("With the one after", "뒤 청크와"), help(same(&seen.next))));
    }
    if options.len() == 2 {
        options.push(("both", lang.of("With both", "양쪽 모두와"), ""));
    }
    if options.is_empty() {
        return ().into_any();
    }
    let value = asked.form.with.clone();
    card(
        lang.of("Merge with neighbours", "이웃과 병합"),
        "merge_chunks",
        seen.offered.merge.clone(),
        &seen,
        &asked,
        lang,
        move || {
            let error = error_at(error.as_ref(), "with");
            view! { <Choice name="with" label=lang.of("With", "대상") value=value options=options error=error /> }
                .into_any()
        },
    )
}

#[component]
fn ClearForm(seen: ChunkSeen, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    if !seen.chunk.jumbo {
        return ().into_any();
    }
    card(
        lang.of("Clear the jumbo mark", "점보 표시 해제"),
        "clear_jumbo",
        seen.offered.clear_jumbo.clone(),
        &seen,
        &asked,
        lang,
        move || {
            view! {
                <p>
                    {lang
                        .of(
                            "Split the chunk first: a chunk that is still too big is marked again.",
                            "먼저 청크를 나누세요. 여전히 크면 다시 표시됩니다.",
                        )}
                </p>
            }
            .into_any()
        },
    )
}
