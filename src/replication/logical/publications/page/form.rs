//! The form for a new publication.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::error::AppError;
use crate::replication::logical::publications::model::{Overview, Table};
use crate::text::{Words, use_lang};
use crate::ui::form::{Choice, TextField, Tick, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::rule::Rule;
use crate::words;

#[component]
pub fn CreateForm(asked: Asked, seen: Overview, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let (at_name, at_names) = (error_at(error.as_ref(), "name"), error_at(error.as_ref(), "names"));
    let at_reader = error_at(error.as_ref(), "reader");
    let elsewhere = error.filter(|error| error.field.is_none());
    let form = asked.form;
    let mut extents = vec![(
        "tables",
        lang.of("The tables that are ticked", "선택한 테이블"),
        lang.of("Only these, also later.", "이후에도 이 테이블만입니다."),
    )];
    if seen.major >= 15 {
        extents.push((
            "schemas",
            lang.of("All tables of schemas", "스키마의 모든 테이블"),
            lang.of("Also tables made later.", "나중에 만든 테이블도 포함합니다."),
        ));
    }
    extents.push((
        "all",
        lang.of("All tables", "모든 테이블"),
        lang.of(
            "Also tables made later. Needs a superuser.",
            "나중에 만든 테이블도 포함합니다. 슈퍼유저가 필요합니다.",
        ),
    ));
    let schemas = if form.extent == "schemas" { form.names.clone() } else { String::new() };
    let ticked: Vec<String> = form.names.lines().map(str::to_owned).collect();
    view! {
        <section class="card">
            <h2>{lang.of("Create a publication", "발행 생성")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=seen.target.to_string() />
                <input type="hidden" name="database" value=seen.database.clone() />
                <input type="hidden" name="action" value="create_publication" />
                <TextField
                    name="name"
                    label=lang.of("Publication name", "발행 이름")
                    value=form.name
                    error=at_name
                    rule=name_rule()
                    maxlength=63
                />
                <Choice name="extent" label=lang.of("Tables", "테이블") value=form.extent options=extents />
                <TableTicks tables=seen.tables ticked=ticked error=at_names />
                {(seen.major >= 15)
                    .then(|| {
                        view! {
                            <TextField
                                name="schemas"
                                label=lang.of("Schemas", "스키마")
                                value=schemas
                                help=lang.of("Only for “All tables of schemas”, parted by commas.", "“스키마의 모든 테이블”일 때만, 쉼표로 구분합니다.")
                                required=false
                            />
                        }
                    })}
                <OperationTicks publish=form.publish />
                <Tick
                    name="via_root"
                    label=lang.of("Partitions as their partitioned table", "파티션을 파티션 테이블로 전송")
                    help=lang.of("So that the subscriber may be partitioned in another way.", "구독 서버의 파티션 구성이 달라도 됩니다.")
                    checked=form.via_root == "yes"
                />
                <TextField
                    name="reader"
                    label=lang.of("Role that will subscribe", "구독할 역할")
                    value=form.reader
                    error=at_reader
                    help=lang
                        .of(
                            "If you know it: its right to read the tables is checked.",
                            "알고 있으면 입력하세요. 테이블 읽기 권한을 확인합니다.",
                        )
                    required=false
                    maxlength=63
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

fn name_rule() -> Rule {
    Rule::new()
        .filled(words!("Give a name.", "이름을 입력하세요."))
        .longest(63, words!("At most 63 bytes.", "최대 63바이트입니다."))
}

/// The tables that can be ticked.
#[component]
fn TableTicks(tables: Vec<Table>, ticked: Vec<String>, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <fieldset class="field choice">
            <legend>{lang.of("Which tables", "테이블 선택")}</legend>
            {tables
                .into_iter()
                .enumerate()
                .map(|(place, table)| {
                    let id = format!("table-{place}");
                    let name = table.name.to_string();
                    let checked = ticked.contains(&name);
                    let warning = super::list::trouble_word(&table, lang).map(|(_, word)| word);
                    view! {
                        <div class="option">
                            <input type="checkbox" id=id.clone() name="names" value=name.clone() checked=checked />
                            <label for=id>
                                <code>{name}</code>
                                " "
                                <span class="help">{warning}</span>
                            </label>
                        </div>
                    }
                })
                .collect_view()}
            <p class="field-error" role="alert">{error.map(|words| words.read(lang))}</p>
        </fieldset>
    }
}

#[component]
fn OperationTicks(publish: String) -> impl IntoView {
    let lang = use_lang();
    let has = |word: &str| publish.is_empty() || publish.split(',').any(|it| it.trim() == word);
    let all = ["insert", "update", "delete", "truncate"].map(|word| (word, has(word)));
    view! {
        <fieldset class="field choice">
            <legend>{lang.of("Changes that are sent", "전송할 변경")}</legend>
            {all
                .into_iter()
                .map(|(word, checked)| {
                    let id = format!("publish-{word}");
                    view! {
                        <div class="option">
                            <input type="checkbox" id=id.clone() name="publish" value=word checked=checked />
                            <label for=id>{word}</label>
                        </div>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}
