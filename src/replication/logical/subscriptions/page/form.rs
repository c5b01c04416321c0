//! The form for a new subscription, and the one for a password, which stands in no address.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::error::AppError;
use crate::replication::logical::subscriptions::model::seen::Offered;
use crate::targets::model::Target;
use crate::text::use_lang;
use crate::ui::address::link;
use crate::ui::form::{Choice, TextField, Tick, error_at};
use crate::ui::notice::ErrorNotice;

/// First the publisher, then the rest: what it publishes is asked of it.
#[component]
pub fn CreateForm(
    asked: Asked,
    targets: Vec<Target>,
    offered: Result<Option<Offered>, AppError>,
    error: Option<AppError>,
) -> impl IntoView {
    let lang = use_lang();
    let elsewhere = error.clone().filter(|error| error.field.is_none());
    let (offered, silent) = match offered {
        Ok(offered) => (offered, None),
        Err(error) => (None, Some(error)),
    };
    let chosen = asked.form.publisher.clone();
    let by_hand = chosen.is_empty() && (!asked.form.port.is_empty() || asked.form.action == "create_subscription");
    let link_to = {
        let (target, database) = (asked.target.clone(), asked.database.clone());
        move |pairs: &[(&str, &str)]| {
            let mut all = vec![("target", target.as_str()), ("database", database.as_str())];
            all.extend_from_slice(pairs);
            format!("{}#create", link(PATH, &all))
        }
    };
    let other = link_to(&[("port", "5432")]);
    let databases = offered.as_ref().map(|it| (it.databases.clone(), it.database.clone()));
    view! {
        <section class="card" id="create">
            <h2>{lang.of("Create a subscription", "구독 생성")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            {silent.map(|error| view! { <ErrorNotice error=error /> })}
            <h3>{lang.of("1. The publisher", "1. 발행 서버")}</h3>
            <nav class="picker" aria-label=lang.of("Publisher", "발행 서버")>
                {targets
                    .into_iter()
                    .map(|target| {
                        let id = target.id.to_string();
                        let current = (id == chosen).then_some("true");
                        view! {
                            <a href=link_to(&[("publisher", &id)]) aria-current=current>
                                {target.name}
                            </a>
                        }
                    })
                    .collect_view()}
                <a href=other aria-current=by_hand.then_some("true")>
                    {lang.of("another server", "다른 서버")}
                </a>
            </nav>
            {databases
                .map(|(databases, current)| {
                    view! {
                        <nav class="picker" aria-label=lang.of("Database of the publisher", "발행 서버의 데이터베이스")>
                            {databases
                                .into_iter()
                                .map(|database| {
                                    let here = (database == current).then_some("true");
                                    let href = link_to(&[("publisher", &chosen), ("publisher_database", &database)]);
                                    view! { <a href=href aria-current=here>{database}</a> }
                                })
                                .collect_view()}
                        </nav>
                    }
                })}
            {(offered.is_some() || by_hand)
                .then(|| view! { <Rest asked=asked offered=offered error=error by_hand=by_hand /> })}
        </section>
    }
}

#[component]
fn Rest(asked: Asked, offered: Option<Offered>, error: Option<AppError>, by_hand: bool) -> impl IntoView {
    let lang = use_lang();
    let at = |name: &str| error_at(error.as_ref(), name);
    let (at_name, at_publications, at_slot) = (at("name"), at("publications"), at("slot"));
    let (at_host, at_port, at_user, at_database) = (at("host"), at("port"), at("user"), at("publisher_database"));
    let form = asked.form;
    let database = offered.as_ref().map_or(form.publisher_database.clone(), |it| it.database.clone());
    let known = offered.map(|it| it.publications).unwrap_or_default();
    let filled = form.action == "create_subscription";
    let yes = move |value: &str, usual: bool| if filled { value == "yes" } else { usual };
    let optional = !by_hand;
    view! {
        <form method="get" action=PATH>
            <input type="hidden" name="target" value=asked.target />
            <input type="hidden" name="database" value=asked.database />
            <input type="hidden" name="action" value="create_subscription" />
            <input type="hidden" name="publisher" value=form.publisher />
            {optional.then(|| view! { <input type="hidden" name="publisher_database" value=database.clone() /> })}
            <h3>{lang.of("2. The subscription", "2. 구독")}</h3>
            <TextField
                name="name"
                label=lang.of("Subscription name", "구독 이름")
                value=form.name
                help=lang
                    .of(
                        "The slot at the publisher gets the same name: lower-case letters, digits and underscores.",
                        "발행 서버의 슬롯도 같은 이름을 씁니다: 영문 소문자, 숫자, 밑줄(_).",
                    )
                error=at_name
                maxlength=63
            />
            <Publications known=known chosen=form.publications error=at_publications />
            <Tick name="copy_data" label=lang.of("Copy the rows that are there now", "지금 있는 행 복사") checked=yes(&form.copy_data, true) />
            <input type="hidden" name="copy_data" value="no" />
            <Choice
                name="create_slot"
                label=lang.of("Slot at the publisher", "발행 서버의 슬롯")
                value=form.create_slot
                options=vec![
                    ("yes", lang.of("Make a new one", "새로 생성"), ""),
                    ("no", lang.of("Use one that is there", "있는 슬롯 사용"), lang.of("Name it below.", "아래에 이름을 입력하세요.")),
                ]
            />
            <Choice
                name="enabled"
                label=lang.of("Start", "시작")
                value=form.enabled
                options=vec![("yes", lang.of("At once", "바로"), ""), ("no", lang.of("Later", "나중에"), "")]
            />
            <details open=by_hand>
                <summary>{lang.of("Connection and options", "연결과 옵션")}</summary>
                <TextField
                    name="host"
                    label=lang.of("Host, as the subscriber reaches it", "구독 서버에서 접근할 호스트")
                    value=form.host
                    help=lang.of("Empty: as the console reaches it.", "비우면 콘솔이 쓰는 주소를 사용합니다.")
                    error=at_host
                    required=by_hand
                />
                <TextField name="port" label=lang.of("Port", "포트") value=form.port error=at_port kind="number" required=by_hand maxlength=5 />
                {by_hand
                    .then(|| {
                        view! {
                            <TextField
                                name="publisher_database"
                                label=lang.of("Database of the publisher", "발행 서버의 데이터베이스")
                                value=database
                                error=at_database
                                maxlength=63
                            />
                        }
                    })}
                <TextField
                    name="user"
                    label=lang.of("Role at the publisher", "발행 서버의 역할")
                    value=form.user
                    help=lang
                        .of(
                            "Empty: the console's own, with its password. Another one's password is asked for beside the plan.",
                            "비우면 콘솔의 역할과 비밀번호를 씁니다. 다른 역할의 비밀번호는 계획 옆에서 묻습니다.",
                        )
                    error=at_user
                    required=by_hand
                    maxlength=63
                />
                <TextField
                    name="slot"
                    label=lang.of("Slot name", "슬롯 이름")
                    value=form.slot
                    help=lang.of("Empty: that of the subscription.", "비우면 구독 이름과 같습니다.")
                    error=at_slot
                    required=false
                    maxlength=63
                />
                <Choice
                    name="streaming"
                    label=lang.of("Large transactions", "큰 트랜잭션")
                    value=form.streaming
                    options=vec![
                        ("off", lang.of("Sent when they end", "끝난 뒤 전송"), ""),
                        ("on", lang.of("Sent while they run", "진행 중 전송"), lang.of("14 and later", "14부터")),
                        ("parallel", lang.of("…and applied meanwhile", "진행 중 전송과 적용"), lang.of("16 and later", "16부터")),
                    ]
                />
                <Tick name="disable_on_error" label="disable_on_error" help=lang.of("Stops at an error instead of trying for ever. 15 and later.", "오류 시 무한 재시도 대신 멈춥니다. 15부터.") checked=form.disable_on_error == "yes" />
                <Tick name="two_phase" label="two_phase" help=lang.of("Prepared transactions. 15 and later.", "2단계 커밋. 15부터.") checked=form.two_phase == "yes" />
                <Tick name="binary" label="binary" help=lang.of("Faster, types must be the same. 14 and later.", "빠르지만 자료형이 같아야 합니다. 14부터.") checked=form.binary == "yes" />
                <Tick name="origin_none" label="origin = none" help=lang.of("Only what was written there itself. 16 and later.", "그 서버에서 직접 쓴 것만. 16부터.") checked=form.origin_none == "yes" />
                <Tick name="failover" label="failover" help=lang.of("The slot survives a failover of the publisher. 17 and later.", "발행 서버 장애 조치 후에도 슬롯이 유지됩니다. 17부터.") checked=form.failover == "yes" />
            </details>
            <p class="buttons">
                <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
            </p>
        </form>
    }
}

/// Boxes where the publisher could be asked, a line of text where not.
#[component]
fn Publications(known: Vec<String>, chosen: String, error: Option<crate::text::Words>) -> impl IntoView {
    let lang = use_lang();
    if known.is_empty() {
        return view! {
            <TextField
                name="publications"
                label=lang.of("Publications", "발행")
                value=chosen
                help=lang.of("Parted by commas. The publisher shows none here.", "쉼표로 구분합니다. 발행 서버에서 보이는 발행이 없습니다.")
                error=error
            />
        }
        .into_any();
    }
    let ticked: Vec<String> = chosen.split(',').map(|it| it.trim().to_owned()).collect();
    view! {
        <fieldset class="field choice">
            <legend>{lang.of("Publications", "발행")}</legend>
            {known
                .into_iter()
                .enumerate()
                .map(|(place, name)| {
                    let id = format!("publication-{place}");
                    let checked = ticked.contains(&name);
                    view! {
                        <div class="option">
                            <input type="checkbox" id=id.clone() name="publications" value=quoted(&name) checked=checked />
                            <label for=id>
                                <code>{name}</code>
                            </label>
                        </div>
                    }
                })
                .collect_view()}
            <p class="field-error" role="alert">{error.map(|words| words.read(lang))}</p>
        </fieldset>
    }
    .into_any()
}

/// A name that stays one name in a list.
fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
}

/// The password of another role, or of a server that the console does not know. It is posted, kept in memory, and named
/// by a key from then on.
#[component]
pub fn PasswordForm(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let fields = asked.form.fields().map(|(name, value)| (format!("form[{name}]"), value.to_owned()));
    view! {
        <details class="card">
            <summary>{lang.of("Log in at the publisher with another password", "다른 비밀번호로 발행 서버에 로그인")}</summary>
            <form method="post" action="/api/replication/keep_password">
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="database" value=asked.database />
                {fields
                    .into_iter()
                    .filter(|(_, value)| !value.is_empty())
                    .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                    .collect_view()}
                <TextField
                    name="password"
                    label=lang.of("Password", "비밀번호")
                    value=""
                    kind="password"
                    autocomplete="new-password"
                    help=lang
                        .of(
                            "Kept in memory for 15 minutes for this plan, and shown nowhere: not in the plan, not in the record.",
                            "이 계획을 위해 15분간 메모리에만 보관하며 계획과 기록 어디에도 표시하지 않습니다.",
                        )
                    maxlength=512
                />
                <p class="buttons">
                    <button>{lang.of("Keep it and plan again", "보관하고 다시 계획")}</button>
                </p>
            </form>
        </details>
    }
}
