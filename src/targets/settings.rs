//! The settings page: which databases the console knows, and the form that adds one.

use leptos::prelude::*;

use super::api::list_entered;
use super::model::{Entered, TargetForm};
use crate::audit::notice::LastRecord;
use crate::text::use_lang;
use crate::tr;
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;
use crate::ui::form::{Choice, TextField, Tick, error_at};
use crate::ui::frame::Frame;
use crate::ui::notice::ErrorNotice;
use crate::ui::rule::Rule;
use crate::ui::submit::Submit;
use crate::ui::table::{Empty, Table};
use crate::words;

/// `/settings`.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let lang = use_lang();
    let list = fetch(|| (), |()| list_entered());
    view! {
        <Frame
            title=words!("Settings", "설정")
            lead=Some(words!("The databases that this console may act on.", "이 콘솔이 다룰 수 있는 데이터베이스입니다."))
        >
            <LastRecord />
            <section class="card">
                <Transition fallback=|| ()>
                    {move || Suspend::new(async move {
                        match list.await {
                            Ok(list) if list.is_empty() => {
                                view! { <Empty text=lang.of("No target has been entered yet.", "등록된 대상이 없습니다.") /> }
                                    .into_any()
                            }
                            Ok(list) => view! { <TargetTable list=list /> }.into_any(),
                            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        }
                    })}
                </Transition>
            </section>
            <AddForm />
        </Frame>
    }
    .into_any()
}

#[component]
fn TargetTable(list: Vec<Entered>) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Target", "대상"),
        lang.of("Kind", "종류"),
        lang.of("Address", "주소"),
        lang.of("User", "사용자"),
        lang.of("Entered", "등록 위치"),
    ];
    view! {
        <Table caption=lang.of("Targets", "대상") heads=heads>
            {list
                .into_iter()
                .map(|entered| {
                    let Entered { target, user, here, .. } = entered;
                    let label = {
                        let id = &target.id;
                        tr!(lang, "Remove {id}", "{id} 제거")
                    };
                    let id = target.id.to_string();
                    let place = if here {
                        view! {
                            <form method="post" action="/api/targets/remove_target">
                                <input type="hidden" name="id" value=id />
                                <button class="quiet" aria-label=label>
                                    {lang.of("Remove", "제거")}
                                </button>
                            </form>
                        }
                            .into_any()
                    } else {
                        lang.of("in the targets file", "대상 파일").into_any()
                    };
                    view! {
                        <tr>
                            <th scope="row">{target.name} " " <code class="muted">{target.id.to_string()}</code></th>
                            <td>{target.kind.name()}</td>
                            <td>
                                <code>{format!("{}:{}", target.host, target.port)}</code>
                            </td>
                            <td>{user}</td>
                            <td>{place}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

fn id_rule() -> Rule {
    let told = words!(
        "A target's name has 1 to 40 lower-case letters, digits and dashes.",
        "대상 이름은 영문 소문자, 숫자, 대시(-) 1~40자입니다.",
    );
    Rule::new().filled(told.clone()).longest(40, told.clone()).only("a-z0-9-", told)
}

#[component]
fn AddForm() -> impl IntoView {
    let lang = use_lang();
    // What was typed comes back in the address, but for the password.
    let address = use_address();
    let typed = Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        TargetForm {
            id: text("id"),
            kind: text("kind"),
            name: text("name"),
            host: text("host"),
            port: text("port"),
            user: text("user"),
            database: text("database"),
        }
    });
    view! {
        <section class="card">
            <h2>{lang.of("Add a target", "대상 추가")}</h2>
            <form method="post" action="/api/targets/add_target">
                {move || view! { <Fields typed=typed.get() /> }}
                <p class="buttons">
                    <Submit
                        label=lang.of("Test and add", "연결 확인 후 추가").to_owned()
                        busy=lang.of("Testing…", "연결 확인 중…").to_owned()
                        class="primary".to_owned()
                        blocked=false
                        described=None
                        name=None
                    />
                </p>
            </form>
        </section>
    }
}

#[component]
fn Fields(typed: TargetForm) -> impl IntoView {
    let lang = use_lang();
    // A form that came back is looked at again here, so that what is wrong stands at its field.
    let wrong = Some(&typed).filter(|typed| **typed != TargetForm::default()).and_then(|typed| typed.parse().err());
    let at = |name| error_at(wrong.as_ref(), name);
    let (at_kind, at_id, at_name, at_host) = (at("kind"), at("id"), at("name"), at("host"));
    let (at_port, at_user, at_database) = (at("port"), at("user"), at("database"));
    let kinds = vec![
        ("postgresql", "PostgreSQL", lang.of("13 to 18", "13~18")),
        ("mongodb", "MongoDB", lang.of("the router (mongos) of a sharded cluster", "샤딩 클러스터의 라우터(mongos)")),
        ("redis", "Redis", lang.of("or Valkey", "또는 Valkey")),
    ];
    view! {
        <Choice name="kind" label=lang.of("Kind of database", "데이터베이스 종류") value=typed.kind options=kinds error=at_kind />
        <TextField
            name="id"
            label=lang.of("Short name", "짧은 이름")
            value=typed.id
            help=lang.of("In addresses and records: lower-case letters, digits, dashes.", "주소와 기록에 쓰입니다: 영문 소문자, 숫자, 대시(-).")
            rule=id_rule()
            error=at_id
            maxlength=40
        />
        <TextField
            name="name"
            label=lang.of("Name for people", "표시 이름")
            value=typed.name
            error=at_name
            required=false
            maxlength=80
        />
        <TextField name="host" label=lang.of("Host", "호스트") value=typed.host error=at_host />
        <TextField name="port" label=lang.of("Port", "포트") value=typed.port error=at_port kind="number" maxlength=5 />
        <TextField name="user" label=lang.of("User", "사용자") value=typed.user error=at_user required=false maxlength=80 />
        <TextField
            name="password"
            label=lang.of("Password", "비밀번호")
            value=""
            kind="password"
            autocomplete="new-password"
            help=lang
                .of(
                    "Kept encrypted, never shown again. The connection itself is encrypted for Redis with tls/ only: else use a private network.",
                    "암호화해 저장하며 다시 보여주지 않습니다. 연결은 tls/를 쓴 Redis만 암호화되므로, 그 밖에는 사설망에서 사용하세요.",
                )
            required=false
            maxlength=512
        />
        <TextField
            name="database"
            label=lang.of("Database", "데이터베이스")
            value=typed.database
            help=lang
                .of(
                    "Redis: a number; before it tls/ to encrypt the connection, sentinel:NAME/ where the address is a sentinel's. A cluster is recognised by itself.",
                    "Redis: 번호. 연결을 암호화하려면 앞에 tls/, 주소가 센티널이면 sentinel:이름/을 붙입니다. 클러스터는 자동으로 인식합니다.",
                )
            error=at_database
            required=false
            maxlength=80
        />
        <Tick
            name="anyway"
            label=lang.of("Add it even if it does not answer now", "지금 응답하지 않아도 추가")
            checked=false
        />
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::id_rule;
    use crate::targets::model::TargetId;

    proptest! {
        #[test]
        fn what_is_told_while_typing_is_what_the_server_says(text in "[a-c0-9A -_.키\t]{0,45}") {
            prop_assert_eq!(id_rule().check(&text).err(), TargetId::parse(text.trim()).err());
        }
    }
}
