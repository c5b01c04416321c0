//! The form that asks for a replica.

use leptos::prelude::*;

use super::PATH;
use crate::error::AppError;
use crate::replication::wizard::model::replica::Asked;
use crate::text::{Lang, use_lang};
use crate::ui::form::{TextField, error_at};

/// Open while there is something to fill in, folded once there are steps to follow.
#[component]
pub fn ReplicaForm(target: String, asked: Asked, error: Option<AppError>, open: bool) -> impl IntoView {
    let lang = use_lang();
    let title = if open {
        lang.of("Which replica?", "어떤 복제본인가요?")
    } else {
        lang.of("Change the answers", "입력 내용 변경")
    };
    view! {
        <details class="card" open=open>
            <summary>
                <h2>{title}</h2>
            </summary>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <Fields asked=asked error=error />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the steps", "단계 보기")}</button>
                </p>
            </form>
        </details>
    }
}

#[component]
fn Fields(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name: &str| error_at(error.as_ref(), name);
    let name = at("name");
    let host = at("host");
    view! {
        <TextField
            name="name"
            label=lang.of("Name of the replica", "복제본 이름")
            value=asked.name
            help=lang.of(
                "Names its slot and its connections: replica1.",
                "슬롯과 연결의 이름이 됩니다. 예: replica1",
            )
            error=name
            maxlength=100
        />
        <TextField
            name="host"
            label=lang.of("Its IP address", "복제본 IP 주소")
            value=asked.host
            help=lang.of("As the primary sees it: 10.0.0.5.", "기본 서버에서 보이는 주소입니다. 예: 10.0.0.5")
            error=host
            maxlength=100
        />
        {optional("role", asked.role, at("role"), lang)}
        {optional("primary", asked.primary, at("primary"), lang)}
        {optional("port", asked.port, at("port"), lang)}
        {optional("data", asked.data, at("data"), lang)}
        {optional("client", asked.client, at("client"), lang)}
        {optional("known", asked.known, at("known"), lang)}
        {optional("minutes", asked.minutes, at("minutes"), lang)}
    }
}

/// A field that may stay empty.
fn optional(name: &'static str, value: String, error: Option<crate::text::Words>, lang: Lang) -> impl IntoView + use<> {
    let (label, help) = match name {
        "role" => (
            lang.of("Role (may stay empty)", "역할(비워도 됨)"),
            lang.of("The replica logs in as it. Empty: repl.", "복제본이 로그인할 역할입니다. 비우면 repl."),
        ),
        "primary" => (
            lang.of("Address of the primary (may stay empty)", "기본 서버 주소(비워도 됨)"),
            lang.of(
                "As the replica reaches it. Empty: as the console does.",
                "복제본에서 연결할 주소입니다. 비우면 콘솔이 쓰는 주소.",
            ),
        ),
        "port" => (
            lang.of("Port of the primary (may stay empty)", "기본 서버 포트(비워도 됨)"),
            lang.of("Empty: as the console reaches it.", "비우면 콘솔이 쓰는 포트."),
        ),
        "data" => (
            lang.of("Data directory of the replica (may stay empty)", "복제본 데이터 디렉터리(비워도 됨)"),
            lang.of("Empty: $PGDATA of the account.", "비우면 계정의 $PGDATA."),
        ),
        "client" => (
            lang.of("Version of its pg_basebackup (may stay empty)", "pg_basebackup 버전(비워도 됨)"),
            lang.of("What pg_basebackup --version says there.", "복제본 장비에서 pg_basebackup --version의 출력."),
        ),
        "known" => (
            lang.of("The replica as a target (may stay empty)", "복제본의 대상 이름(비워도 됨)"),
            lang.of(
                "Its name in this console, to see it from its side too.",
                "이 콘솔에 등록된 이름. 복제본 쪽에서도 확인합니다.",
            ),
        ),
        _ => (
            lang.of("Minutes to wait (may stay empty)", "기다릴 시간(분, 비워도 됨)"),
            lang.of(
                "If nobody has come by then, the slot's removal is offered. Empty: 10.",
                "그때까지 연결이 없으면 슬롯 삭제를 제안합니다. 비우면 10.",
            ),
        ),
    };
    view! { <TextField name=name label=label value=value help=help error=error required=false maxlength=1000 /> }
}
