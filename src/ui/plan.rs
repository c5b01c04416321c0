//! A plan as a person reads it: checks first, then effect and way back, then the exact commands, then the decision.

use leptos::prelude::*;

use crate::change::{Blast, Check, Command, Outcome, Plan, Planned, Ran, Report, Verdict};
use crate::text::{Lang, span, use_lang};
use crate::tr;
use crate::ui::copy::Copy;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::submit::Submit;

/// The plan with the form that confirms it. The form is sent by the browser itself: what follows is another page, that
/// of the record.
#[component]
pub fn Confirm(
    planned: Planned,
    /// Where Cancel leads: the page without the plan.
    back: String,
    /// The feature's own server function.
    action: &'static str,
) -> impl IntoView {
    let lang = use_lang();
    let Planned { change, plan, ticket } = planned;
    let fingerprint = plan.fingerprint.clone();
    view! {
        <section class="plan" aria-labelledby="plan-title">
            <form method="post" action=action>
                <input type="hidden" name="change" value=change />
                <input type="hidden" name="fingerprint" value=fingerprint />
                <input type="hidden" name="ticket" value=ticket />
                <h2 id="plan-title">{plan.title.read(lang)}</h2>
                <PlanFacts plan=plan.clone() />
                <Decision plan=plan back=back />
            </form>
        </section>
    }
}

/// Checks, effect, way back and commands of a plan.
#[component]
pub fn PlanFacts(plan: Plan) -> impl IntoView {
    let lang = use_lang();
    view! {
        <h3>{lang.of("Checks", "점검")}</h3>
        <CheckList checks=plan.checks />
        <h3>{lang.of("Effect", "영향")}</h3>
        <ul>{plan.effect.into_iter().map(|effect| view! { <li>{effect.read(lang)}</li> }).collect_view()}</ul>
        <h3>{lang.of("Way back", "되돌리는 방법")}</h3>
        <p>{plan.way_back.read(lang)}</p>
        <h3>{lang.of("What will be sent, exactly", "실제로 전송되는 명령")}</h3>
        <CommandList commands=plan.commands />
        {(!plan.revert.is_empty())
            .then(|| {
                view! {
                    <h3>{lang.of("Sent only if the effect does not show", "결과가 보이지 않을 때만 전송")}</h3>
                    <CommandList commands=plan.revert />
                }
            })}
    }
}

/// What was looked at, a line each.
#[component]
pub fn CheckList(checks: Vec<Check>) -> impl IntoView {
    view! { <ul class="checks">{checks.into_iter().map(|check| view! { <CheckLine check=check /> }).collect_view()}</ul> }
}

#[component]
fn CheckLine(check: Check) -> impl IntoView {
    let lang = use_lang();
    let (class, word) = match check.verdict {
        Verdict::Pass => ("good", lang.of("OK", "정상")),
        Verdict::Warn => ("warn", lang.of("Attention", "주의")),
        Verdict::Block => ("bad", lang.of("Blocked", "차단")),
    };
    view! {
        <li>
            <span class=format!("badge {class}")>{word}</span>
            <span>
                {check.found.read(lang)} " " <span class="muted">{check.advice.read(lang)}</span>
            </span>
        </li>
    }
}

/// Commands as sent, each with the line a person would type.
#[component]
pub fn CommandList(commands: Vec<Command>) -> impl IntoView {
    view! {
        <ol class="commands">
            {commands.into_iter().map(|command| view! { <li><CommandText command=command /></li> }).collect_view()}
        </ol>
    }
}

#[component]
fn CommandText(command: Command) -> impl IntoView {
    let lang = use_lang();
    let same = command.exact == command.typed;
    let place = if command.database.is_empty() { String::new() } else { format!(" · {}", command.database) };
    view! {
        <figure>
            <figcaption class="muted">{command.tool.clone()} {place}</figcaption>
            <pre tabindex="0"><code>{command.typed.clone()}</code></pre>
            <Copy text=command.typed.clone() />
        </figure>
        {(!same)
            .then(|| {
                view! {
                    <details>
                        <summary>{lang.of("The request byte for byte", "전송되는 요청 원문")}</summary>
                        <pre tabindex="0"><code>{command.exact}</code></pre>
                    </details>
                }
            })}
    }
}

/// Cancel first, since that is where the focus goes; then what it takes to confirm.
#[component]
fn Decision(plan: Plan, back: String) -> impl IntoView {
    let lang = use_lang();
    let blocked = plan.blocked();
    let name = match &plan.blast {
        Blast::TypeName(name) if !blocked => Some(name.clone()),
        _ => None,
    };
    let class = if matches!(plan.blast, Blast::Plain) { "primary" } else { "danger" };
    view! {
        {name.clone().map(|name| view! { <TypedName name=name /> })}
        {blocked
            .then(|| {
                view! {
                    <p class="muted" id="why-not">
                        {lang
                            .of(
                                "Cannot be applied: a check above blocks it.",
                                "위의 점검 항목 때문에 적용할 수 없습니다.",
                            )}
                    </p>
                }
            })}
        <p class="buttons">
            <a class="button" href=back autofocus=true>
                {lang.of("Cancel", "취소")}
            </a>
            <Submit
                label=lang.of("Apply", "적용").to_owned()
                busy=lang.of("Applying…", "적용 중…").to_owned()
                class=class.to_owned()
                blocked=blocked
                described=blocked.then(|| "why-not".to_owned())
                name=name
            />
        </p>
    }
}

/// The field for what cannot be taken back. The browser itself compares the name.
#[component]
fn TypedName(name: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <div class="field">
            <label for="typed">
                {lang.of("Type the name to confirm: ", "확인하려면 이름을 입력하세요: ")} <code>{name.clone()}</code>
            </label>
            <input id="typed" name="typed" autocomplete="off" spellcheck="false" required=true pattern=literal(&name) />
        </div>
    }
}

/// A pattern that matches this text and no other.
fn literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() * 2);
    for character in text.chars() {
        if "\\^$.*+?()[]{}|/".contains(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// What came of an attempt.
#[component]
pub fn ReportView(report: Report) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = outcome_tone(report.outcome, lang);
    let ran = report.ran;
    view! {
        <Notice tone=tone text=report.summary word=Some(word)>
            {report.error.map(|error| view! { <ErrorNotice error=error /> })}
            <p>{report.read_back.read(lang)}</p>
            {(!ran.is_empty()).then(|| view! { <WhatRan ran=ran /> })}
        </Notice>
    }
}

#[component]
fn WhatRan(ran: Vec<Ran>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <details>
            <summary>{lang.of("What ran, and what the database answered", "실행된 명령과 데이터베이스의 응답")}</summary>
            <ol class="commands">
                {ran
                    .into_iter()
                    .map(|ran| {
                        let time = micros(ran.micros, lang);
                        view! {
                            <li>
                                <CommandText command=ran.command />
                                <p>"→ " {ran.answer.read(lang)} " " <span class="muted">{time}</span></p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </details>
    }
}

/// How an outcome is meant, and its word.
pub fn outcome_tone(outcome: Outcome, lang: Lang) -> (Tone, &'static str) {
    match outcome {
        Outcome::Done => (Tone::Good, lang.of("Done", "완료")),
        Outcome::Refused => (Tone::Bad, lang.of("Not sent", "전송되지 않음")),
        Outcome::Failed => (Tone::Bad, lang.of("Failed", "실패")),
        Outcome::Stopped => (Tone::Warn, lang.of("Stopped", "중단됨")),
        Outcome::Unknown => (Tone::Warn, lang.of("Unknown", "알 수 없음")),
    }
}

/// A short time with its unit.
pub fn micros(micros: u64, lang: Lang) -> String {
    if micros < 10_000 {
        let millis = micros as f64 / 1000.0;
        tr!(lang, "{millis:.2} ms", "{millis:.2}ms")
    } else {
        span((micros / 1000) as i64).read(lang)
    }
}

#[cfg(test)]
mod tests {
    use super::literal;

    #[test]
    fn a_typed_name_is_compared_as_it_stands() {
        assert_eq!(literal("myslot"), "myslot");
        assert_eq!(literal("a.b*"), "a\\.b\\*");
    }
}
