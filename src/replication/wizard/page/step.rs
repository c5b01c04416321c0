//! Steps as a list: what is done, what is to be done next, and what a person has to run.

use leptos::prelude::*;

use crate::replication::wizard::model::{Link, Print, State, Step, Steps};
use crate::text::{Lang, use_lang};
use crate::ui::address::link;
use crate::ui::notice::{Notice, Tone};
use crate::ui::plan::CheckList;
use crate::ui::table::Badge;
use crate::words;

/// All steps in their order.
#[component]
pub fn StepList(steps: Steps) -> impl IntoView {
    let lang = use_lang();
    let done = steps.complete().then(|| {
        view! {
            <Notice
                tone=Tone::Good
                text=words!("The replica streams; every step is done.", "복제본이 스트리밍 중이며 모든 단계가 끝났습니다.")
            />
        }
    });
    view! {
        {done}
        {steps.abandoned.map(|step| view! { <StepCard step=step /> })}
        <ol class="steps" aria-label=lang.of("Steps", "단계")>
            {steps.steps.into_iter().map(|step| view! { <li><StepCard step=step /></li> }).collect_view()}
        </ol>
    }
}

#[component]
fn StepCard(step: Step) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = state_word(step.state, lang);
    let id = format!("step-{}", step.key);
    // What needs nothing any more is folded, so that the eye falls on what does.
    let open = step.state != State::Done;
    view! {
        <details class="card step" open=open>
            <summary>
                <h2 id=id.clone()>
                    <Badge tone=tone text=word />
                    " "
                    {step.title.read(lang)}
                </h2>
            </summary>
            {(!step.checks.is_empty()).then(|| view! { <CheckList checks=step.checks /> })}
            {step.prints.into_iter().map(|print| printed(print, lang)).collect_view()}
            {(!step.links.is_empty())
                .then(|| {
                    view! {
                        <p class="buttons">
                            {step.links.into_iter().map(|link| linked(link, lang)).collect_view()}
                        </p>
                    }
                })}
        </details>
    }
}

fn printed(print: Print, lang: Lang) -> impl IntoView {
    view! {
        <figure>
            <figcaption class="muted">{print.place.read(lang)}</figcaption>
            <pre tabindex="0">
                <code>{print.text}</code>
            </pre>
        </figure>
    }
}

fn linked(next: Link, lang: Lang) -> impl IntoView {
    let pairs: Vec<(&str, &str)> = next.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let href = link(&next.path, &pairs);
    let class = if next.danger { "button danger" } else { "button" };
    view! {
        <a class=class href=href>
            {next.label.read(lang)}
        </a>
    }
}

fn state_word(state: State, lang: Lang) -> (&'static str, &'static str) {
    match state {
        State::Done => ("good", lang.of("done", "완료")),
        State::Todo => ("warn", lang.of("to do", "할 일")),
        State::Waiting => ("plain", lang.of("waiting", "대기 중")),
        State::Wrong => ("bad", lang.of("wrong", "문제")),
        State::Unknown => ("plain", lang.of("unknown", "알 수 없음")),
    }
}
