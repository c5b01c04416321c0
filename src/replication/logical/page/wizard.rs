//! A logical copy, step by step: each step looks at the servers and turns green by itself.

use leptos::prelude::*;

use crate::error::AppError;
use crate::replication::logical::api::logical_steps;
use crate::replication::logical::model::{Progress, Step, Way};
use crate::replication::tabs::ReplicationTabs;
use crate::targets::api::list_names;
use crate::targets::model::{Target, TargetKind};
use crate::text::use_lang;
use crate::ui::address::{Address, use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Badge;
use crate::words;

const PATH: &str = "/replication/add-logical";

fn way(address: &Address) -> Way {
    let text = |name: &str| address.text(name);
    Way {
        publisher: text("publisher"),
        publisher_database: text("publisher_database"),
        subscriber: text("subscriber"),
        database: text("database"),
        publication: text("publication"),
        name: text("name"),
        user: text("user"),
    }
}

/// `/replication/add-logical`.
#[component]
pub fn AddLogicalPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Add a logical copy", "논리 복제 추가")
            lead=Some(
                words!(
                    "Tables of one database are copied to another and followed. The versions of the servers may differ.",
                    "한 데이터베이스의 테이블을 다른 곳에 복사하고 이어받습니다. 서버 버전이 달라도 됩니다.",
                ),
            )
        >
            <ReplicationTabs />
            <Live id="add-logical" source=use_source("/live/replication/add-logical") every=2_000>
                <LogicalSteps />
            </Live>
            <Question />
        </Frame>
    }
    .into_any()
}

/// The steps, as far as both servers are now. Everything that it shows follows from the address alone.
#[component]
pub fn LogicalSteps() -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let steps = fetch(
        move || address.with(way),
        |way| async move {
            if way.name.is_empty() {
                return Ok(None);
            }
            logical_steps(way).await.map(Some)
        },
    );
    view! {
    <Region id="add-logical">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match steps.await {
                        Ok(None) => ().into_any(),
                        // What is wrong with a field stands at it.
                        Err(error) if error.field.is_some() => ().into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        Ok(Some(steps)) => {
                            view! {
                                <section class="card" aria-label=lang.of("Steps", "단계")>
                                    <h2>{lang.of("Steps", "단계")}</h2>
                                    <ol class="steps">
                                        {steps.into_iter().map(|step| view! { <OneStep step=step /> }).collect_view()}
                                    </ol>
                                    <p>
                                        <a class="button quiet" href=move || address.with(own)>
                                            {lang.of("Look again", "다시 확인")}
                                        </a>
                                    </p>
                                </section>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
    </Region>
        }
    .into_any()
}

/// This page again.
fn own(address: &Address) -> String {
    let way = way(address);
    let pairs = [
        ("publisher", way.publisher.as_str()),
        ("publisher_database", &way.publisher_database),
        ("subscriber", &way.subscriber),
        ("database", &way.database),
        ("publication", &way.publication),
        ("name", &way.name),
        ("user", &way.user),
    ];
    crate::ui::address::link(PATH, &pairs)
}

#[component]
fn OneStep(step: Step) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match step.progress {
        Progress::Done => ("good", lang.of("done", "완료")),
        Progress::Now => ("warn", lang.of("now", "지금")),
        Progress::Later => ("plain", lang.of("later", "나중")),
    };
    let now = step.progress == Progress::Now;
    view! {
        <li>
            <Badge tone=tone text=word />
            " "
            {step.title.read(lang)}
            " "
            <span class="muted">{step.found.read(lang)}</span>
            {step
                .href
                .map(|href| {
                    let class = if now { "button" } else { "button quiet" };
                    view! { " " <a class=class href=href>{lang.of("Go there…", "이동…")}</a> }
                })}
            {step.print.filter(|_| now).map(|line| view! { <pre tabindex="0"><code>{line}</code></pre> })}
        </li>
    }
}

/// From where to where, and under which names.
#[component]
fn Question() -> impl IntoView {
    let address = use_address();
    let names = fetch(|| (), |()| list_names());
    let error = fetch(
        move || address.with(way),
        |way| async move { if way.name.is_empty() { None } else { logical_steps(way).await.err() } },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (names, error) = (names.await, error.await);
                let mut targets = names.unwrap_or_default();
                targets.retain(|target| target.kind == TargetKind::Postgresql);
                let way = address.with_untracked(way);
                view! { <QuestionForm way=way targets=targets error=error.filter(|it| it.field.is_some()) /> }
            })}
        </Transition>
    }
}

#[component]
fn QuestionForm(way: Way, targets: Vec<Target>, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name: &str| error_at(error.as_ref(), name);
    let (at_database, at_publication, at_name) = (at("publisher_database"), at("publications"), at("name"));
    let (at_here, at_user) = (at("database"), at("user"));
    let elsewhere = error.clone().filter(|_| {
        at_database.is_none() && at_publication.is_none() && at_name.is_none() && at_here.is_none() && at_user.is_none()
    });
    view! {
        <section class="card">
            <h2>{lang.of("From where to where", "어디서 어디로")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action=PATH>
                <Servers name="publisher" label=lang.of("Publisher", "발행 서버") value=way.publisher targets=targets.clone() />
                <TextField
                    name="publisher_database"
                    label=lang.of("Its database", "발행 데이터베이스")
                    value=way.publisher_database
                    error=at_database
                    maxlength=63
                />
                <TextField
                    name="publication"
                    label=lang.of("Publication", "발행 이름")
                    value=way.publication
                    help=lang.of("It may not be there yet.", "아직 없어도 됩니다.")
                    error=at_publication
                    maxlength=63
                />
                <TextField
                    name="user"
                    label=lang.of("Role at the publisher", "발행 서버의 역할")
                    value=way.user
                    help=lang.of("Empty: the console's own.", "비우면 콘솔의 역할을 씁니다.")
                    error=at_user
                    required=false
                    maxlength=63
                />
                <Servers name="subscriber" label=lang.of("Subscriber", "구독 서버") value=way.subscriber targets=targets />
                <TextField name="database" label=lang.of("Its database", "구독 데이터베이스") value=way.database error=at_here maxlength=63 />
                <TextField name="name" label=lang.of("Subscription", "구독 이름") value=way.name error=at_name maxlength=63 />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the steps", "단계 보기")}</button>
                </p>
            </form>
        </section>
    }
}

/// One of the known servers.
#[component]
fn Servers(name: &'static str, label: &'static str, value: String, targets: Vec<Target>) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                {targets
                    .into_iter()
                    .map(|target| {
                        let id = target.id.to_string();
                        let selected = id == value;
                        view! { <option value=id selected=selected>{target.name}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}
