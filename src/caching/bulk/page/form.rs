//! The form of a job.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::caching::bulk::model::{Form, Only};
use crate::error::AppError;
use crate::text::{Lang, use_lang};
use crate::ui::form::{Choice, TextField, error_at};
use crate::ui::notice::ErrorNotice;

/// Pattern, time to live, which keys, jitter and rate. What was typed stays.
#[component]
pub fn BulkForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let Asked { target, form } = asked;
    let at = |name: &str| error_at(error.as_ref(), name);
    let elsewhere = error.clone().filter(|it| it.field.is_none());
    let (at_pattern, at_only) = (at("pattern"), at("only"));
    view! {
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        <section class="card">
            <h2>{lang.of("Which keys, and what they get", "대상 키와 설정값")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="bulk_ttl" />
                <TextField
                    name="pattern"
                    label=lang.of("Pattern", "패턴")
                    value=form.pattern.clone()
                    help=lang
                        .of(
                            "As Redis has it: cache:page:* or user:?:[ab]*. A backslash is written \\\\.",
                            "Redis 글롭 패턴: cache:page:* 또는 user:?:[ab]*. 백슬래시는 \\\\로 씁니다.",
                        )
                    error=at_pattern
                    maxlength=2048
                />
                <Choice
                    name="aim"
                    label=lang.of("What the keys get", "설정할 내용")
                    value=form.aim.clone()
                    options=vec![
                        ("ttl", lang.of("A time to live", "TTL"), lang.of("The one below.", "아래에 입력한 값.")),
                        (
                            "persist",
                            lang.of("No time to live", "만료 해제"),
                            lang.of("They stay until somebody deletes them.", "누군가 삭제할 때까지 남습니다."),
                        ),
                    ]
                />
                <Choice
                    name="only"
                    label=lang.of("Which of them", "그중 대상")
                    value=form.only.clone()
                    options=choices(lang)
                    error=at_only
                />
                <Times form=form error=error />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

#[component]
fn Times(form: Form, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name: &str| error_at(error.as_ref(), name);
    let jitter = if form.jitter.is_empty() { "10".to_owned() } else { form.jitter };
    view! {
        <TextField
            name="ttl"
            label=lang.of("Time to live", "TTL")
            value=form.ttl
            help=lang.of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.")
            error=at("ttl")
            required=false
            maxlength=20
        />
        <TextField
            name="jitter"
            label=lang.of("Jitter, ± percent", "지터(±%)")
            value=jitter
            help=lang
                .of(
                    "Each key gets a little more or less, so that they do not all die at once. 0 to 50.",
                    "키가 한꺼번에 만료되지 않도록 조금씩 다르게 설정합니다. 0~50.",
                )
            error=at("jitter")
            kind="number"
            maxlength=5
        />
        <TextField
            name="rate"
            label=lang.of("Keys per second, at most", "초당 최대 키 수")
            value=form.rate
            help=lang
                .of(
                    "10 to 1000000; empty: as fast as the server answers. It waits by itself for replicas that are behind.",
                    "10~1000000. 비워 두면 서버가 응답하는 속도로 실행합니다. 뒤처진 복제본은 자동으로 기다립니다.",
                )
            error=at("rate")
            kind="number"
            required=false
            maxlength=10
        />
    }
}

fn choices(lang: Lang) -> Vec<(&'static str, &'static str, &'static str)> {
    let told = |only: Only| match only {
        Only::Expiring => (
            lang.of("Only keys that already expire", "이미 TTL이 있는 키만"),
            lang.of("XX: keys without a TTL stay without.", "XX: TTL이 없는 키는 그대로 둡니다."),
        ),
        Only::Lasting => (
            lang.of("Only keys without a TTL", "TTL이 없는 키만"),
            lang.of("NX: keys with a TTL keep theirs.", "NX: TTL이 있는 키는 그대로 둡니다."),
        ),
        Only::Lengthen => (
            lang.of("Only lengthen", "연장만"),
            lang.of("GT: no key dies sooner by it.", "GT: 더 일찍 만료되는 키는 없습니다."),
        ),
        Only::Shorten => (
            lang.of("Only shorten", "단축만"),
            lang.of("LT: keys without a TTL get one too.", "LT: TTL이 없는 키에도 설정됩니다."),
        ),
        Only::All => (lang.of("All that match", "일치하는 모든 키"), ""),
    };
    Only::ALL
        .map(|only| {
            let (label, help) = told(only);
            (only.name(), label, help)
        })
        .into()
}
