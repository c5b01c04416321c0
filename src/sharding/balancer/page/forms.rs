//! The forms of what is set for the whole cluster.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::error::AppError;
use crate::sharding::balancer::model::Balancing;
use crate::sharding::model::Release;
use crate::sharding::model::offered::Operation;
use crate::text::use_lang;
use crate::ui::address::link;
use crate::ui::form::{TextField, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::rule::Rule;
use crate::words;

/// Window, chunk size and auto-merger. What was typed stands before what is set.
#[component]
pub fn Forms(asked: Asked, balancing: Option<Balancing>, error: Option<AppError>) -> impl IntoView {
    let settings = balancing.as_ref().and_then(|it| it.settings.clone()).unwrap_or_default();
    let release = balancing.as_ref().map(|it| it.release);
    let or =
        |typed: &str, set: Option<String>| if typed.is_empty() { set.unwrap_or_default() } else { typed.to_owned() };
    let start = or(&asked.start, settings.window.map(|it| it.start().to_string()));
    let stop = or(&asked.stop, settings.window.map(|it| it.stop().to_string()));
    let mib = or(&asked.mib, settings.chunk_mib.map(|it| it.to_string()));
    let is_of = |action: &str| asked.action.is_empty() || asked.action == action;
    let elsewhere = error.clone().filter(|it| it.field.is_none());
    view! {
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        {is_of("set_window")
            .then(|| view! { <WindowForm target=asked.target.clone() start=start stop=stop error=error.clone() /> })}
        {is_of("set_chunk_size").then(|| view! { <SizeForm target=asked.target.clone() mib=mib error=error /> })}
        {release.map(|release| view! { <Merger target=asked.target.clone() release=release /> })}
        {asked.action.is_empty().then(|| view! { <Chooser target=asked.target.clone() namespace=asked.namespace.clone() /> })}
    }
}

#[component]
fn WindowForm(target: String, start: String, stop: String, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let clear = link(PATH, &[("target", &target), ("action", "clear_window")]);
    view! {
        <section class="card" id="window">
            <h2>{lang.of("Window", "밸런싱 허용 시간")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="set_window" />
                <TextField
                    name="start"
                    label=lang.of("Start", "시작")
                    value=start
                    help=lang
                        .of(
                            "HH:MM, in the local time of the config servers' primary.",
                            "HH:MM, 설정 서버 프라이머리의 현지 시각입니다.",
                        )
                    error=error_at(error.as_ref(), "start")
                    rule=time_rule()
                    required=false
                    maxlength=10
                />
                <TextField
                    name="stop"
                    label=lang.of("Stop", "종료")
                    value=stop
                    help=lang.of("HH:MM. It may lie after midnight.", "HH:MM. 자정을 넘겨도 됩니다.")
                    error=error_at(error.as_ref(), "stop")
                    rule=time_rule()
                    required=false
                    maxlength=10
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan for the window", "허용 시간 계획 보기")}</button>
                    <a class="button quiet" href=clear>
                        {lang.of("Remove the window…", "허용 시간 해제…")}
                    </a>
                </p>
            </form>
        </section>
    }
}

#[component]
fn SizeForm(target: String, mib: String, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let reset = link(PATH, &[("target", &target), ("action", "reset_chunk_size")]);
    view! {
        <section class="card" id="size">
            <h2>{lang.of("Chunk size", "청크 크기")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="set_chunk_size" />
                <MibField mib=mib error=error />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan for the size", "크기 계획 보기")}</button>
                    <a class="button quiet" href=reset>
                        {lang.of("Back to the default…", "기본값으로…")}
                    </a>
                </p>
            </form>
        </section>
    }
}

/// The field of a chunk size.
#[component]
pub fn MibField(mib: String, error: Option<AppError>, #[prop(default = "mib")] id: &'static str) -> impl IntoView {
    let lang = use_lang();
    view! {
        <TextField
            name="mib"
            id=id
            label=lang.of("Size in MiB", "크기(MiB)")
            value=mib
            help=lang.of("From 1 to 1024.", "1부터 1024까지.")
            error=error_at(error.as_ref(), "mib")
            rule=mib_rule()
            kind="number"
            required=false
            maxlength=10
        />
    }
}

#[component]
fn Merger(target: String, release: Release) -> impl IntoView {
    let lang = use_lang();
    let of = |action: &str| link(PATH, &[("target", &target), ("action", action)]);
    let content = match Operation::SwitchAutoMerger.offered(release) {
        Err(reason) => view! { <p class="muted">{reason.read(lang)}</p> }.into_any(),
        Ok(()) => view! {
            <p class="buttons">
                <a class="button" href=of("start_auto_merger")>
                    {lang.of("Merge automatically…", "자동 병합 켜기…")}
                </a>
                <a class="button" href=of("stop_auto_merger")>
                    {lang.of("Turn auto-merge off…", "자동 병합 끄기…")}
                </a>
            </p>
        }
        .into_any(),
    };
    view! {
        <section class="card">
            <h2>{lang.of("Auto-merger", "자동 병합")}</h2>
            {content}
        </section>
    }
}

/// Leads to what is set for one collection.
#[component]
fn Chooser(target: String, namespace: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card">
            <h2>{lang.of("One collection", "컬렉션 하나")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=namespace
                    help=lang.of("As database.collection.", "database.collection 형식.")
                />
                <p class="buttons">
                    <button>{lang.of("Look at its balancing", "밸런싱 설정 보기")}</button>
                </p>
            </form>
        </section>
    }
}

/// What is no time of the day but has this form is left to the server.
pub fn time_rule() -> Rule {
    let told = words!("Write a time from 00:00 to 23:59 as HH:MM.", "00:00부터 23:59까지 HH:MM 형식으로 입력하세요.");
    Rule::new().filled(told.clone()).only("0-9:", told.clone()).halves(':', told)
}

pub fn mib_rule() -> Rule {
    let told = words!("A whole number from 1 to 1024.", "1부터 1024까지의 정수를 입력하세요.");
    Rule::new().filled(told.clone()).only("0-9", told)
}
