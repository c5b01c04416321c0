//! The page of the console's rights at a cache.

use leptos::prelude::*;

use super::api::read_access;
use super::model::{Access, Row, parse_prefix};
use crate::caching::frame::CacheFrame;
use crate::change::Command;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::use_lang;
use crate::tr;
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::CommandList;
use crate::ui::table::{Badge, Table};
use crate::words;

const PATH: &str = "/caching/access";

/// `/caching/access`.
#[component]
pub fn AccessPage() -> impl IntoView {
    let address = use_address();
    let asked = Memo::new(move |_| {
        let address = address.read();
        (address.text("target"), address.text("prefix"))
    });
    let found = fetch(move || asked.get(), |(target, prefix)| async move { read_access(target, prefix).await });
    view! {
        <CacheFrame
            title=words!("Access", "접근 권한")
            lead=Some(
                words!(
                    "What the console's user may do at this cache, and the access list that it needs.",
                    "이 캐시에서 콘솔 사용자가 할 수 있는 일과 필요한 접근 목록입니다.",
                ),
            )
            kind=TargetKind::Redis
            path=PATH
        >
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let found = found.await;
                    let (target, prefix) = asked.get_untracked();
                    view! { <Found target=target prefix=prefix found=found /> }
                })}
            </Transition>
        </CacheFrame>
    }
    .into_any()
}

#[component]
fn Found(target: String, prefix: String, found: Result<Access, AppError>) -> impl IntoView {
    let lang = use_lang();
    let error = found.as_ref().err().and_then(|error| error_at(Some(error), "prefix"));
    let typed_wrong = error.is_some();
    view! {
        <section class="card">
            <h2>{lang.of("Keys", "키")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <TextField
                    name="prefix"
                    label=lang.of("Prefix of the keys", "키 접두사")
                    value=prefix.clone()
                    help=lang.of("The keys that the console may reach, such as :1: or app:. Empty means all keys.", "콘솔이 다룰 키입니다. 예: :1: 또는 app:. 비우면 모든 키입니다.")
                    error=error
                    required=false
                    maxlength=200
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Check", "확인")}</button>
                </p>
            </form>
        </section>
        {match found {
            Ok(access) => view! { <Shown access=access /> }.into_any(),
            Err(_) if typed_wrong || parse_prefix(&prefix).is_err() => ().into_any(),
            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
        }}
    }
    .into_any()
}

#[component]
fn Shown(access: Access) -> impl IntoView {
    let lang = use_lang();
    let missing = access.missing();
    let unknown = !access.unknown.en.is_empty();
    let (level, verdict) = if unknown {
        ("warn", access.unknown.read(lang))
    } else if access.only_reads() {
        (
            "plain",
            lang.of("This user only reads: changes will be refused.", "읽기만 하는 사용자입니다. 변경은 거부됩니다.")
                .to_owned(),
        )
    } else if missing == 0 {
        ("good", lang.of("Nothing is missing.", "부족한 권한이 없습니다.").to_owned())
    } else {
        ("bad", tr!(lang, "{missing} commands are missing.", "명령 {missing}개의 권한이 없습니다."))
    };
    let user = match &access.user {
        Some(user) => user.clone(),
        None => lang.of("unknown", "알 수 없음").to_owned(),
    };
    view! {
        <section class="card" id="preflight">
            <h2>{lang.of("What is allowed now", "지금 허용된 것")}</h2>
            <p>
                {lang.of("User", "사용자")} " " <code>{user}</code> " · " {access.server.clone()}
                {access
                    .replica
                    .then(|| view! { " · " <Badge tone="warn" text=lang.of("replica: read only", "복제본: 읽기 전용") /> })}
            </p>
            <p>
                <Badge tone=level text=verdict />
            </p>
            <Rows rows=access.rows />
        </section>
        <Templates template=access.template reading=access.reading />
    }
    .into_any()
}

#[component]
fn Rows(rows: Vec<Row>) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Command", "명령"),
        lang.of("In order to", "용도"),
        lang.of("Allowed", "허용"),
        lang.of("The line that gives it", "권한을 주는 명령"),
    ];
    // What is missing is looked for first.
    let (first, rest): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| row.allowed == Some(false));
    view! {
        <Table caption=lang.of("Commands that the console sends", "콘솔이 보내는 명령") heads=heads>
            {first
                .into_iter()
                .chain(rest)
                .map(|row| {
                    let (state, text) = match row.allowed {
                        Some(true) => ("good", lang.of("allowed", "허용")),
                        Some(false) => ("bad", lang.of("missing", "없음")),
                        None => ("plain", lang.of("unknown", "알 수 없음")),
                    };
                    view! {
                        <tr>
                            <th scope="row">
                                <code>{row.command}</code>
                            </th>
                            <td>{row.purpose.words().read(lang)}</td>
                            <td>
                                <Badge tone=state text=text />
                            </td>
                            <td>
                                <code>{row.line}</code>
                            </td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
    .into_any()
}

#[component]
fn Templates(template: String, reading: String) -> impl IntoView {
    let lang = use_lang();
    let none = template.is_empty();
    let command = |line: String| {
        vec![Command { exact: line.clone(), typed: line, tool: "redis-cli".to_owned(), database: String::new() }]
    };
    let part = move |title: &'static str, line: String| {
        (!line.is_empty()).then(|| view! { <h3>{title}</h3> <CommandList commands=command(line) /> })
    };
    view! {
        <section class="card" id="template">
            <h2>{lang.of("An access list for the console", "콘솔용 접근 목록")}</h2>
            <p>
                {if none {
                    lang.of("This server has no access lists: they are there from Redis 6.0 and in Valkey.", "이 서버에는 접근 목록이 없습니다. Redis 6.0부터, 그리고 Valkey에 있습니다.")
                } else {
                    lang.of(
                        "It allows what the console sends, for keys of the prefix, and nothing else. Put a password of your own in place of PASSWORD; in a cluster, run it on every server.",
                        "콘솔이 보내는 명령만, 이 접두사의 키에만 허용합니다. PASSWORD를 직접 정한 암호로 바꾸세요. 클러스터에서는 모든 서버에서 실행하세요.",
                    )
                }}
            </p>
            {part(lang.of("To look and to change", "보기와 변경"), template)}
            {part(lang.of("Only to look", "보기만"), reading)}
        </section>
    }
    .into_any()
}
