//! The forms of the deeds. A deed that cannot be done now stands there with its reason.

use leptos::prelude::*;

use super::super::super::model::action::{Deed, SlotDeeds};
use super::super::rules::{copy_rule, position_rule};
use super::super::wants::Asked;
use crate::error::AppError;
use crate::text::{Lang, use_lang};
use crate::ui::address::link;
use crate::ui::form::{Choice, TextField, Tick, error_at};

#[component]
pub fn Deeds(asked: Asked, deeds: SlotDeeds, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let offers = deeds.offers.clone();
    view! {
        <section class="card" aria-labelledby="deeds">
            <h2 id="deeds">{lang.of("What can be done", "할 수 있는 작업")}</h2>
            {offers
                .into_iter()
                .filter(|offer| offer.deed != Deed::Recreate || deeds.doctor.is_some())
                .map(|offer| {
                    let (title, says) = told(offer.deed, deeds.logical, lang);
                    let body = match offer.refused {
                        Some(why) => view! { <p class="muted">{lang.of("Not now: ", "지금은 불가: ")} {why.read(lang)}</p> }.into_any(),
                        None => form(offer.deed, &asked, &deeds, error.as_ref(), lang),
                    };
                    view! {
                        <section class="deed" aria-label=title>
                            <h3>{title}</h3>
                            <p class="help">{says}</p>
                            {body}
                        </section>
                    }
                })
                .collect_view()}
        </section>
    }
}

fn told(deed: Deed, logical: bool, lang: Lang) -> (&'static str, &'static str) {
    match deed {
        Deed::Drop => (
            lang.of("Drop", "삭제"),
            lang.of("Removes the slot; the server lets go of its WAL.", "슬롯을 삭제하고 WAL을 놓아줍니다."),
        ),
        Deed::Evict => (
            lang.of("Evict and drop", "강제 해제 후 삭제"),
            lang.of(
                "Disconnects the consumer, as often as it comes back, and removes the slot.",
                "소비자가 다시 연결해도 계속 끊으며 슬롯을 삭제합니다.",
            ),
        ),
        Deed::Copy => (
            lang.of("Copy", "복사"),
            lang.of(
                "A second slot at the same place, for safety or for a second consumer.",
                "같은 위치의 두 번째 슬롯을 만듭니다(안전용 또는 다른 소비자용).",
            ),
        ),
        Deed::Advance if logical => (
            lang.of("Advance", "앞으로 이동"),
            lang.of("Skips changes that the consumer has not read.", "소비자가 읽지 않은 변경을 건너뜁니다."),
        ),
        Deed::Advance => (
            lang.of("Advance", "앞으로 이동"),
            lang.of(
                "Lets go of WAL that the standby has not confirmed.",
                "대기 서버가 확인하지 않은 WAL을 놓아줍니다.",
            ),
        ),
        Deed::Peek => (
            lang.of("Peek", "미리 보기"),
            lang.of("Shows the next changes without taking them.", "다음 변경을 가져가지 않고 봅니다."),
        ),
        Deed::Recreate => (
            lang.of("Make anew", "다시 생성"),
            lang.of(
                "Drops the lost slot and makes it again under its name.",
                "유실된 슬롯을 삭제하고 같은 이름으로 다시 만듭니다.",
            ),
        ),
    }
}

fn form(deed: Deed, asked: &Asked, deeds: &SlotDeeds, error: Option<&AppError>, lang: Lang) -> AnyView {
    let (target, name) = (asked.target.as_str(), asked.form.name.as_str());
    match deed {
        Deed::Drop => {
            let pairs = [
                ("target", target),
                ("name", name),
                ("action", "drop_slot"),
                ("restart_lsn", deeds.restart_lsn.as_str()),
            ];
            let href = link("/replication/slot", &pairs);
            view! { <p><a class="button" href=href>{lang.of("Drop…", "삭제…")}</a></p> }.into_any()
        }
        Deed::Peek => {
            let href = link("/replication/slot", &[("target", target), ("name", name), ("action", "peek_slot")]);
            view! { <p><a class="button" href=href>{lang.of("Peek…", "미리 보기…")}</a></p> }.into_any()
        }
        Deed::Evict => {
            let fence = deeds.fence.clone().map(|role| {
                let help = lang.of("Its other connections go on. Undone at once afterwards.", "기존 연결은 유지되며 끝나면 바로 해제합니다.");
                view! {
                    <Tick
                        name="fence"
                        label=lang.of("Keep the consumer's role from logging in meanwhile", "그동안 소비자 역할의 로그인 막기")
                        checked=asked.form.fence == "yes"
                        help=help
                    />
                    <p class="help">{lang.of("Role: ", "역할: ")} <code>{role}</code></p>
                }
            });
            let button = lang.of("Plan the eviction", "강제 해제 계획");
            view! { <DeedForm asked=asked.clone() action="evict_slot" button=button>{fence}</DeedForm> }.into_any()
        }
        Deed::Copy => {
            let at_copy = error_at(error, "copy");
            let value = if asked.form.copy.is_empty() { copy_name(name) } else { asked.form.copy.clone() };
            let rule = copy_rule(name);
            let button = lang.of("Plan the copy", "복사 계획");
            let label = lang.of("Name of the copy", "복사본 이름");
            view! {
                <DeedForm asked=asked.clone() action="copy_slot" button=button>
                    <TextField name="copy" label=label value=value error=at_copy rule=rule maxlength=100 />
                </DeedForm>
            }
            .into_any()
        }
        Deed::Advance => {
            let at_to = error_at(error, "to");
            let help = lang
                .of("Empty: to the end of the WAL, wherever that is then.", "비우면 그 시점의 WAL 끝까지 이동합니다.");
            let button = lang.of("Plan the advance", "이동 계획");
            let label = lang.of("Position to advance to", "이동할 위치");
            let value = asked.form.to.clone();
            let end = deeds.end.clone();
            view! {
                <DeedForm asked=asked.clone() action="advance_slot" button=button>
                    <TextField name="to" label=label value=value help=help error=at_to rule=position_rule() required=false maxlength=20 />
                    <p class="help">{lang.of("The end is at ", "현재 끝: ")} <code>{end}</code></p>
                </DeedForm>
            }
            .into_any()
        }
        Deed::Recreate => {
            let button = lang.of("Plan to make it anew", "다시 생성 계획");
            let (anew, anew_help) = if deeds.logical {
                (
                    lang.of("The subscriber copies its tables anew", "구독자가 테이블을 새로 복사합니다"),
                    lang.of("Nothing is missing in the end.", "결국 빠지는 것이 없습니다."),
                )
            } else {
                (
                    lang.of("The standby gets a new base backup", "대기 서버에 새 베이스 백업을 만듭니다"),
                    lang.of("Nothing is missing in the end.", "결국 빠지는 것이 없습니다."),
                )
            };
            let accepted = lang.of("The gap is accepted", "공백을 받아들입니다");
            let accepted_help =
                lang.of("What was written in between is missing for good.", "그 사이에 쓰인 것은 영영 빠집니다.");
            let label =
                lang.of("What becomes of what the slot no longer holds", "슬롯이 더 이상 보관하지 않는 내용의 처리");
            let value = asked.form.gap.clone();
            view! {
                <DeedForm asked=asked.clone() action="recreate_slot" button=button>
                    <Choice
                        name="gap"
                        label=label
                        value=value
                        options=vec![("recopy", anew, anew_help), ("accepted", accepted, accepted_help)]
                    />
                </DeedForm>
            }
            .into_any()
        }
    }
}

/// A form that plans one deed of the slot in the address.
#[component]
fn DeedForm(asked: Asked, action: &'static str, button: &'static str, children: Children) -> impl IntoView {
    view! {
        <form method="get" action="/replication/slot">
            <input type="hidden" name="target" value=asked.target />
            <input type="hidden" name="name" value=asked.form.name />
            <input type="hidden" name="action" value=action />
            {children()}
            <p class="buttons">
                <button>{button}</button>
            </p>
        </form>
    }
}

fn copy_name(name: &str) -> String {
    format!("{}_copy", name.chars().take(58).collect::<String>())
}
