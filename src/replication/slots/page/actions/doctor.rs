//! A lost slot, explained.

use leptos::prelude::*;

use super::super::super::model::action::Diagnosis;
use crate::text::use_lang;

#[component]
pub fn Doctor(diagnosis: Diagnosis) -> impl IntoView {
    let lang = use_lang();
    let Diagnosis { meaning, saved, steps } = diagnosis;
    view! {
        <section class="card" aria-labelledby="lost">
            <h2 id="lost">{lang.of("This slot is lost", "유실된 슬롯입니다")}</h2>
            {meaning.into_iter().map(|words| view! { <p>{words.read(lang)}</p> }).collect_view()}
            <h3>{lang.of("What is still there", "남아 있는 것")}</h3>
            <ul>{saved.into_iter().map(|words| view! { <li>{words.read(lang)}</li> }).collect_view()}</ul>
            <h3>{lang.of("What to do", "할 일")}</h3>
            <ol>
                {steps
                    .into_iter()
                    .map(|(words, href)| {
                        let text = words.read(lang);
                        if href.is_empty() {
                            view! { <li>{text}</li> }.into_any()
                        } else {
                            view! {
                                <li>
                                    <a href=href>{text}</a>
                                </li>
                            }
                                .into_any()
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}
