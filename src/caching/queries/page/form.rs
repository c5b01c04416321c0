//! The form of a cached query: SQL or a find, the key, and how long its answer lives.

use leptos::prelude::*;

use super::ONE;
use crate::caching::queries::model::Form;
use crate::error::AppError;
use crate::targets::api::list_names;
use crate::targets::model::TargetKind;
use crate::text::{Words, use_lang};
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::form::{Choice, TextArea, TextField, error_at};
use crate::ui::notice::ErrorNotice;

/// Empty, filled from what the console keeps (`action` is `edit`), or with what is wrong with what was typed.
#[component]
pub fn QueryForm(target: String, form: Form, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let known = matches!(form.action.as_str(), "edit" | "save_query") && !form.name.is_empty();
    let elsewhere = error.clone().filter(|error| !is_shown(error, form.is_find()));
    let kind = if form.is_find() { "find" } else { "sql" };
    let buttons = if known {
        view! {
            <button class="primary" name="action" value="save_query">
                {lang.of("Show the plan of keeping it", "저장 계획 보기")}
            </button>
        }
        .into_any()
    } else {
        view! {
            <button class="primary" name="action" value="store_query">
                {lang.of("Show the plan", "계획 보기")}
            </button>
            <button class="quiet" name="action" value="save_query">
                {lang.of("Keep it without running it…", "실행하지 않고 저장…")}
            </button>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2>
                {if known {
                    lang.of("Change a cached query", "쿼리 캐시 수정")
                } else {
                    lang.of("Cache the result of a query", "쿼리 결과 캐시")
                }}
            </h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <Kinds target=target.clone() find=form.is_find() />
            <form method="get" action=ONE>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="kind" value=kind />
                <SourceField find=form.is_find() chosen=form.source.clone() error=error_at(error.as_ref(), "source") />
                <Reading form=form.clone() error=error.clone() />
                <Fate form=form error=error />
                <p class="buttons">{buttons}</p>
            </form>
        </section>
    }
    .into_any()
}

/// Whether a failure belongs to a field that the form has.
fn is_shown(error: &AppError, find: bool) -> bool {
    let fields: &[&str] = if find { &["namespace", "filter", "projection", "sort", "limit"] } else { &["query"] };
    let always = ["source", "name", "key", "ttl", "grace", "jitter", "format"];
    error.field.as_deref().is_some_and(|field| fields.contains(&field) || always.contains(&field))
}

/// Which of the two forms it is.
#[component]
fn Kinds(target: String, find: bool) -> impl IntoView {
    let lang = use_lang();
    let of = |kind: &str| link(ONE, &[("target", &target), ("kind", kind)]);
    let current = |is: bool| is.then_some("true");
    view! {
        <nav class="picker" aria-label=lang.of("Kind of query", "쿼리 종류")>
            <a href=of("") aria-current=current(!find)>
                "SQL (PostgreSQL)"
            </a>
            <a href=of("find") aria-current=current(find)>
                "find (MongoDB)"
            </a>
        </nav>
    }
}

/// What is asked.
#[component]
fn Reading(form: Form, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name| error_at(error.as_ref(), name);
    if !form.is_find() {
        let help = lang.of(
            "Read only: one SELECT. Its rows are stored as JSON, or as the keys beside it are.",
            "읽기 전용: SELECT 하나. 결과 행은 JSON 또는 옆 키들의 형식으로 저장됩니다.",
        );
        let error = at("query");
        return view! {
            <TextArea name="query" label=lang.of("Query", "쿼리") value=form.query help=help error=error rows=5 />
        }
        .into_any();
    }
    let filter = if form.filter.is_empty() { "{}".to_owned() } else { form.filter };
    view! {
        <TextField
            name="namespace"
            label=lang.of("Collection", "컬렉션")
            value=form.namespace
            help="database.collection"
            error=at("namespace")
        />
        <TextArea
            name="filter"
            label=lang.of("Filter", "조건")
            value=filter
            help=lang
                .of(
                    "As in mongosh: { level: \"error\", at: { $gte: ISODate(\"2026-01-01\") } }. Operators that only read.",
                    "mongosh와 같음: { level: \"error\", at: { $gte: ISODate(\"2026-01-01\") } }. 읽기 전용 연산자만.",
                )
            error=at("filter")
            rows=3
        />
        <TextField
            name="projection"
            label=lang.of("Projection", "프로젝션")
            value=form.projection
            error=at("projection")
            required=false
            maxlength=2_000
        />
        <TextField
            name="sort"
            label=lang.of("Sort", "정렬")
            value=form.sort
            error=at("sort")
            required=false
            maxlength=2_000
        />
        <TextField
            name="limit"
            label=lang.of("Limit", "최대 문서 수")
            value=form.limit
            help=lang.of("At most 10,000.", "최대 10,000.")
            error=at("limit")
            kind="number"
            required=false
            maxlength=6
        />
    }
    .into_any()
}

/// Where the answer goes, and for how long.
#[component]
fn Fate(form: Form, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name| error_at(error.as_ref(), name);
    let ttl = if form.ttl.is_empty() && form.action.is_empty() { "60".to_owned() } else { form.ttl };
    let units = lang.of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.");
    let grace = lang.of(
        "An old answer is served so much longer while a newer one is fetched. Empty: as long as the time to live, with a name.",
        "새 결과를 가져오는 동안 이전 결과를 더 제공하는 시간. 비우면 이름이 있을 때 TTL과 같습니다.",
    );
    let jitter = lang.of(
        "Keys that were set together do not die together. Empty: 10 with a name, else none.",
        "함께 저장된 키가 한꺼번에 만료되지 않게 합니다. 비우면 이름이 있을 때 10, 없으면 0입니다.",
    );
    let name = lang.of(
        "With a name the console keeps the query, and serves it by run_query.",
        "이름을 주면 콘솔이 쿼리를 저장하고 run_query로 제공합니다.",
    );
    let formats = vec![
        (
            "found",
            lang.of("As the keys beside it", "옆 키들과 같게"),
            lang.of("The plan says which.", "계획에 표시됩니다."),
        ),
        (
            "json",
            "JSON",
            lang.of("Django with a JSON serializer reads it.", "JSON serializer를 쓰는 Django가 읽습니다."),
        ),
        ("pickle", "pickle", lang.of("Django's own cache reads it.", "Django 기본 캐시가 읽습니다.")),
    ];
    view! {
        <TextField
            name="key"
            label=lang.of("Store under the key", "저장할 키")
            value=form.key
            error=at("key")
            maxlength=2_048
        />
        <TextField
            name="ttl"
            label=lang.of("Time to live", "TTL")
            value=ttl
            help=units
            error=at("ttl")
            maxlength=20
        />
        <TextField
            name="name"
            label=lang.of("Name (optional)", "이름(선택)")
            value=form.name
            help=name
            error=at("name")
            required=false
            maxlength=40
        />
        <TextField
            name="grace"
            label=lang.of("Grace", "유예 시간")
            value=form.grace
            help=grace
            error=at("grace")
            required=false
            maxlength=20
        />
        <TextField
            name="jitter"
            label=lang.of("Jitter, percent", "지터(%)")
            value=form.jitter
            help=jitter
            error=at("jitter")
            required=false
            maxlength=4
        />
        <Choice name="format" label=lang.of("Form of the rows", "저장 형식") options=formats value=form.format error=at("format") />
    }
}

/// The databases that such a query can be asked of.
#[component]
fn SourceField(find: bool, chosen: String, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let kind = if find { TargetKind::Mongodb } else { TargetKind::Postgresql };
    let names = fetch(|| (), |()| list_names());
    view! {
        <div class="field">
            <label for="source">{lang.of("Database", "데이터베이스")}</label>
            <select id="source" name="source" aria-describedby="source-error">
                <Transition fallback=|| ()>
                    {move || {
                        let chosen = chosen.clone();
                        Suspend::new(async move {
                            let targets = names.await.unwrap_or_default().into_iter();
                            targets
                                .filter(|target| target.kind == kind)
                                .map(|target| {
                                    let id = target.id.to_string();
                                    let selected = id == chosen;
                                    view! {
                                        <option value=id selected=selected>
                                            {target.name}
                                        </option>
                                    }
                                })
                                .collect_view()
                        })
                    }}
                </Transition>
            </select>
            <p class="field-error" id="source-error" role="alert">
                {error.map(|words| words.read(lang))}
            </p>
        </div>
    }
}
