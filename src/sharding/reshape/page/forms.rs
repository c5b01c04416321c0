//! The forms for one collection: each leads to a plan. What this cluster does not have is shown with the reason.

pub mod choices;

use leptos::prelude::*;

use self::choices::{ShardChoice, ZoneChoice};
use super::PATH;
use crate::error::AppError;
use crate::sharding::reshape::model::Subject;
use crate::sharding::reshape::model::form::ReshapeForm;
use crate::text::{Words, use_lang};
use crate::ui::address::link;
use crate::ui::form::{TextField, Tick, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::rule::Rule;
use crate::words;

/// All forms of one collection. The one that the address asks for is open, with what was typed and what is wrong.
#[component]
pub fn Forms(target: String, subject: Subject, form: ReshapeForm, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let elsewhere = error.clone().filter(|error| {
        !["key", "chunks", "zones", "shard"].iter().any(|field| error_at(Some(error), field).is_some())
    });
    let is = match (&subject.key, subject.exists) {
        (Some(key), _) => {
            let unique = if subject.unique { lang.of(", unique", ", 고유") } else { "" };
            format!("{} {key}{unique}", lang.of("Sharded on", "샤드 키"))
        }
        (None, true) => lang.of("Not sharded.", "샤딩되지 않음.").to_owned(),
        (None, false) => lang.of("There is no such collection.", "그런 컬렉션이 없습니다.").to_owned(),
    };
    let sharded = subject.key.is_some();
    let hub = link("/sharding/collection", &[("target", &target), ("namespace", &subject.namespace)]);
    let part = move |action: &'static str| Part {
        target: target.clone(),
        form: if form.action == action { form.clone() } else { ReshapeForm::default() },
        error: error.clone().filter(|_| form.action == action),
        open: form.action == action,
        refusal: subject.refusal(action),
        subject: subject.clone(),
        action,
    };
    let name = part("").subject.namespace;
    view! {
        <section class="card" id="reshape-forms">
            <h2>{name}</h2>
            <p>{is} " " <a href=hub>{lang.of("All about this collection", "이 컬렉션의 모든 정보")}</a></p>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            {sharded
                .then(|| {
                    view! {
                        <RefineForm part=part("refine_key") />
                        <ReshardForm part=part("reshard_collection") />
                        <UnshardForm part=part("unshard_collection") />
                        <DropForm part=part("drop_collection") />
                    }
                })}
            {(!sharded && part("").subject.exists).then(|| view! { <MoveForm part=part("move_collection") /> })}
        </section>
    }
}

/// What each form is made of.
#[derive(Clone)]
struct Part {
    action: &'static str,
    target: String,
    subject: Subject,
    form: ReshapeForm,
    error: Option<AppError>,
    open: bool,
    /// Why this cluster does not have it.
    refusal: Option<Words>,
}

/// One form behind its heading; the reason instead of the fields where the cluster does not have it.
#[component]
fn Folded(part: Part, title: &'static str, button: &'static str, children: ChildrenFn) -> impl IntoView {
    let lang = use_lang();
    let Part { action, target, subject, open, refusal, .. } = part;
    view! {
        <details class="step" open=open>
            <summary>{title}</summary>
            {match refusal {
                Some(why) => {
                    view! {
                        <p class="muted">{why.read(lang)}</p>
                        <p class="buttons">
                            <button type="button" disabled=true>
                                {button}
                            </button>
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <form method="get" action=PATH>
                            <input type="hidden" name="target" value=target />
                            <input type="hidden" name="action" value=action />
                            <input type="hidden" name="namespace" value=subject.namespace />
                            {children()}
                            <p class="buttons">
                                <button class="primary">{button}</button>
                            </p>
                        </form>
                    }
                        .into_any()
                }
            }}
        </details>
    }
}

#[component]
fn RefineForm(part: Part) -> impl IntoView {
    let lang = use_lang();
    let value = if part.form.key.is_empty() { part.subject.key_typed.clone() } else { part.form.key.clone() };
    let error = error_at(part.error.as_ref(), "key");
    view! {
        <Folded
            part=part
            title=lang.of("Refine the key: add fields at its end", "키 확장: 끝에 필드 추가")
            button=lang.of("Plan the refining", "확장 계획 보기")
        >
            <TextField
                name="key"
                id="refine-key"
                label=lang.of("Refined key", "확장한 키")
                value=value.clone()
                help=lang
                    .of(
                        "The present key with further fields, parted by commas: region, user_id. No document moves.",
                        "현재 키 뒤에 필드를 쉼표로 추가합니다: region, user_id. 문서는 이동하지 않습니다.",
                    )
                error=error.clone()
                rule=key_rule()
                maxlength=1000
            />
        </Folded>
    }
}

#[component]
fn ReshardForm(part: Part) -> impl IntoView {
    let lang = use_lang();
    let form = part.form.clone();
    let errors = part.error.clone();
    let zones = part.subject.zones.clone();
    let refused = part.subject.refusal("redistribute");
    view! {
        <Folded
            part=part
            title=lang.of("Reshard: copy all documents to where another key puts them", "리샤딩: 다른 키에 따라 모든 문서를 복사")
            button=lang.of("Plan the resharding", "리샤딩 계획 보기")
        >
            <TextField
                name="key"
                id="reshard-key"
                label=lang.of("New key", "새 키")
                value=form.key.clone()
                help=lang
                    .of(
                        "One field, or several in order: region, user_id. Mark a hashed one: user_id:hashed",
                        "필드 하나 또는 순서대로 여러 개: region, user_id. 해시할 필드는 표시: user_id:hashed",
                    )
                error=error_at(errors.as_ref(), "key")
                rule=key_rule()
                maxlength=1000
            />
            <TextField
                name="chunks"
                label=lang.of("Chunks to begin with", "초기 청크 수")
                value=form.chunks.clone()
                help=lang.of("Empty: the servers choose.", "비우면 서버가 정합니다.")
                error=error_at(errors.as_ref(), "chunks")
                kind="number"
                required=false
                maxlength=5
            />
            {(!zones.is_empty())
                .then(|| {
                    view! {
                        <ZoneChoice zones=zones.clone() value=form.zones.clone() error=error_at(errors.as_ref(), "zones") />
                    }
                })}
            {match refused.clone() {
                Some(why) => view! { <p class="muted">{why.read(lang)}</p> }.into_any(),
                None => {
                    view! {
                        <Tick
                            name="force"
                            label=lang.of("Also with the same key", "같은 키라도 실행")
                            checked=form.force == "yes"
                            help=lang
                                .of(
                                    "Spreads all documents anew without changing the key.",
                                    "키를 바꾸지 않고 모든 문서를 다시 분산합니다.",
                                )
                        />
                    }
                        .into_any()
                }
            }}
        </Folded>
    }
}

#[component]
fn UnshardForm(part: Part) -> impl IntoView {
    let lang = use_lang();
    let (shards, value, error) =
        (part.subject.shards.clone(), part.form.shard.clone(), error_at(part.error.as_ref(), "shard"));
    view! {
        <Folded
            part=part
            title=lang.of("Unshard: bring all documents to one shard", "샤딩 해제: 모든 문서를 한 샤드로")
            button=lang.of("Plan the unsharding", "샤딩 해제 계획 보기")
        >
            <ShardChoice id="unshard-shard" shards=shards.clone() any=true value=value.clone() error=error.clone() />
        </Folded>
    }
}

#[component]
fn MoveForm(part: Part) -> impl IntoView {
    let lang = use_lang();
    let (shards, value, error) =
        (part.subject.shards.clone(), part.form.shard.clone(), error_at(part.error.as_ref(), "shard"));
    view! {
        <Folded
            part=part
            title=lang.of("Move to another shard", "다른 샤드로 이동")
            button=lang.of("Plan the move", "이동 계획 보기")
        >
            <ShardChoice id="move-shard" shards=shards.clone() any=false value=value.clone() error=error.clone() />
        </Folded>
    }
}

#[component]
fn DropForm(part: Part) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Folded
            part=part
            title=lang.of("Drop the collection", "컬렉션 삭제")
            button=lang.of("Plan the dropping", "삭제 계획 보기")
        >
            <p class="muted">
                {lang.of("All of its documents are lost on all shards.", "모든 샤드의 모든 문서가 사라집니다.")}
            </p>
        </Folded>
    }
}

/// Which fields go together is left to the server.
fn key_rule() -> Rule {
    Rule::new().parts(',', words!("A field's name is missing.", "필드 이름이 빠졌습니다."))
}
