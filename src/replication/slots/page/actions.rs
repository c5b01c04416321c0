//! What can be done with a slot: a link or a form for each deed, or why it cannot be done now.

pub mod deeds;
pub mod doctor;
pub mod peek;

use leptos::prelude::*;

use super::super::api::read_deeds;
use super::super::model::action::SlotDeeds;
use super::planning::PlannedResource;
use super::wants::Asked;
use crate::error::AppError;
use crate::text::use_lang;
use crate::ui::fetch::fetch;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::table::Empty;
use deeds::Deeds;
use doctor::Doctor;
use peek::PeekPart;

/// The deeds of the slot that the address names. They stay in sight below a plan.
#[component]
pub fn SlotActions(asked: Memo<Asked>, planned: PlannedResource) -> impl IntoView {
    let lang = use_lang();
    let deeds = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.form.name.clone())),
        |(target, name)| async move {
            // A change of the server itself names no slot.
            if name.is_empty() { Ok(None) } else { read_deeds(target, name).await }
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (deeds, planned) = (deeds.await, planned.await);
                let asked = asked.get_untracked();
                match deeds {
                    Ok(Some(deeds)) => view! { <Known asked=asked deeds=deeds error=planned.err() /> }.into_any(),
                    Ok(None) if asked.form.name.is_empty() => ().into_any(),
                    Ok(None) => {
                        view! {
                            <Empty text=lang
                                .of("This server has no slot of this name.", "이 서버에 이 이름의 슬롯이 없습니다.") />
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Known(asked: Asked, deeds: SlotDeeds, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let being_made = deeds.being_made.clone();
    let doctor = deeds.doctor.clone();
    let peeks = asked.form.action == "peek_slot";
    let (target, name) = (asked.target.clone(), asked.form.name.clone());
    let read = asked.read;
    view! {
        {being_made
            .map(|(text, href)| {
                view! {
                    <Notice tone=Tone::Warn text=text word=Some(lang.of("Waits", "대기 중"))>
                        {(!href.is_empty())
                            .then(|| {
                                view! {
                                    <p>
                                        <a class="button" href=href>
                                            {lang.of("Let the primary write a snapshot…", "기본 서버에서 스냅샷 기록…")}
                                        </a>
                                    </p>
                                }
                            })}
                    </Notice>
                }
            })}
        {doctor.map(|diagnosis| view! { <Doctor diagnosis=diagnosis /> })}
        {peeks.then(|| view! { <PeekPart target=target name=name read=read /> })}
        <Deeds asked=asked deeds=deeds error=error />
    }
}
