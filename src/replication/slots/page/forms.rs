//! The form that makes a slot. The fields of both kinds stand in it, so that nothing typed is lost by a change of mind;
//! the style sheet shows those of the kind that is chosen.

use leptos::prelude::*;

use super::super::api::read_choices;
use super::super::model::action::{CreationChoices, DatabaseChoice};
use super::planning::PlannedResource;
use super::rules::{name_rule, plugin_rule};
use super::wants::Asked;
use crate::error::AppError;
use crate::text::{Words, use_lang};
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::form::{Choice, TextField, error_at};
use crate::ui::notice::ErrorNotice;

/// The form for a new slot, unless a plan is being looked at.
#[component]
pub fn Creation(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    let choices = fetch(move || asked.with(|asked| asked.target.clone()), read_choices);
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (planned, choices) = (planned.await, choices.await);
                let asked = asked.get_untracked();
                // That a server does not answer is told by the list already.
                let choices = choices.unwrap_or_default();
                match planned {
                    Ok(Some(_)) => ().into_any(),
                    Ok(None) => view! { <CreateForm asked=asked choices=choices error=None /> }.into_any(),
                    Err(error) => {
                        let error = (asked.form.action == "create_slot").then_some(error);
                        view! { <CreateForm asked=asked choices=choices error=error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn CreateForm(asked: Asked, choices: CreationChoices, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |field: &str| error_at(error.as_ref(), field);
    let (at_name, at_plugin, at_database) = (at("name"), at("plugin"), at("database"));
    let known = ["name", "plugin", "database"];
    let elsewhere = error.filter(|error| error.field.as_deref().is_none_or(|field| !known.contains(&field)));
    let Asked { target, form, .. } = asked;
    let database = if form.database.is_empty() { choices.own_database.clone() } else { form.database };
    view! {
        <section class="card">
            <h2>{lang.of("Create a slot", "슬롯 생성")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action="/replication" class="by-kind">
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="create_slot" />
                <Choice
                    name="kind"
                    label=lang.of("Kind", "종류")
                    value=form.kind
                    options=vec![
                        ("physical", lang.of("Physical", "물리"), lang.of("For a streaming standby.", "스트리밍 대기 서버용.")),
                        (
                            "logical",
                            lang.of("Logical", "논리"),
                            lang.of("For a subscription or another reader of changes.", "구독 등 변경을 읽는 소비자용."),
                        ),
                    ]
                />
                <TextField
                    name="name"
                    label=lang.of("Slot name", "슬롯 이름")
                    value=form.name
                    help=lang
                        .of(
                            "The consumer names it. Lower-case letters, digits and underscores.",
                            "소비자가 지정하는 이름입니다. 영문 소문자, 숫자, 밑줄(_).",
                        )
                    error=at_name
                    rule=name_rule()
                    maxlength=100
                />
                <div class="of-physical">
                    <Reserve value=form.reserve />
                </div>
                <div class="of-logical">
                    {choices.no_logical.clone().map(|why| view! { <p class="field-error">{why.read(lang)}</p> })}
                    <Databases choices=choices.databases.clone() value=database error=at_database />
                    <TextField
                        name="plugin"
                        label=lang.of("Output plugin", "출력 플러그인")
                        value=if form.plugin.is_empty() { "pgoutput".to_owned() } else { form.plugin }
                        help=lang
                            .of(
                                "pgoutput is always there. Others that are often installed: test_decoding, wal2json, \
                                 decoderbufs. No server lists its plugins: it is tried when the slot is made.",
                                "pgoutput은 항상 있습니다. 자주 설치되는 것: test_decoding, wal2json, decoderbufs. \
                                 서버는 플러그인 목록을 주지 않으므로 생성할 때 확인됩니다.",
                            )
                        error=at_plugin
                        rule=plugin_rule()
                        required=false
                        maxlength=63
                    />
                    <Option
                        name="two_phase"
                        label=lang.of("two_phase: send prepared transactions when prepared", "two_phase: 준비된 트랜잭션을 준비 시점에 전송")
                        checked=form.two_phase == "yes"
                        refused=choices.no_two_phase.clone()
                    />
                    <Option
                        name="failover"
                        label=lang.of("failover: standbys keep a copy of the slot", "failover: 대기 서버가 슬롯 사본을 유지")
                        checked=form.failover == "yes"
                        refused=choices.no_failover.clone()
                    />
                    {standby_hint(&choices, lang)}
                </div>
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

#[component]
fn Reserve(value: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Choice
            name="reserve"
            label=lang.of("Hold WAL", "WAL 보관 시점")
            value=value
            options=vec![
                (
                    "yes",
                    lang.of("From now on", "지금부터"),
                    lang
                        .of(
                            "A base backup that starts later can be caught up.",
                            "이후 시작하는 베이스 백업이 따라잡을 수 있습니다.",
                        ),
                ),
                (
                    "no",
                    lang.of("From the first connection", "첫 연결부터"),
                    lang.of("Protects nothing until then.", "그 전에는 아무것도 보호하지 않습니다."),
                ),
            ]
        />
    }
}

#[component]
fn Databases(choices: Vec<DatabaseChoice>, value: String, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let invalid = error.is_some().to_string();
    view! {
        <div class="field">
            <label for="database">{lang.of("Database", "데이터베이스")}</label>
            <select id="database" name="database" aria-describedby="database-error" aria-invalid=invalid>
                {choices
                    .into_iter()
                    .map(|choice| {
                        let closed = choice.closed.map(|why| format!(" – {}", why.read(lang)));
                        let disabled = closed.is_some();
                        let selected = choice.name == value;
                        let text = format!("{}{}", choice.name, closed.unwrap_or_default());
                        view! {
                            <option value=choice.name selected=selected disabled=disabled>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            <p class="field-error" id="database-error" role="alert">{error.map(|words| words.read(lang))}</p>
        </div>
    }
}

/// An option that this version of the server may lack: then it is shown with the reason, and cannot be ticked.
#[component]
fn Option(
    name: &'static str,
    label: &'static str,
    checked: bool,
    refused: std::option::Option<Words>,
) -> impl IntoView {
    let lang = use_lang();
    let disabled = refused.is_some();
    let why = refused.map(|why| why.read(lang));
    view! {
        <div class="field option">
            <input type="checkbox" id=name name=name value="yes" checked=checked && !disabled disabled=disabled />
            <label for=name>
                {label} " " <span class="help">{why}</span>
            </label>
        </div>
    }
}

/// Where a creation on a standby can be helped.
fn standby_hint(choices: &CreationChoices, lang: crate::text::Lang) -> impl IntoView {
    let primary = choices.primary.clone();
    choices.standby.then(|| match primary {
        Some((target, name)) => {
            let href = link("/replication/slot", &[("target", &target), ("action", "log_snapshot")]);
            view! {
                <p>
                    {lang
                        .of(
                            "A creation here waits for a snapshot record from the primary. If it waits long: ",
                            "여기서 생성하면 기본 서버의 스냅샷 레코드를 기다립니다. 오래 기다리면: ",
                        )}
                    <a href=href>{lang.of("let the primary write one: ", "기본 서버에서 기록하기: ")} {name}</a>
                </p>
            }
            .into_any()
        }
        None => view! {
            <p>
                {lang
                    .of(
                        "A creation here waits for a snapshot record from the primary, which is no target of this console. If it \
                         waits long, run there: SELECT pg_log_standby_snapshot();",
                        "여기서 생성하면 기본 서버의 스냅샷 레코드를 기다립니다. 그 서버는 이 콘솔의 대상이 아닙니다. \
                         오래 기다리면 그 서버에서 실행하세요: SELECT pg_log_standby_snapshot();",
                    )}
            </p>
        }
        .into_any(),
    })
}
