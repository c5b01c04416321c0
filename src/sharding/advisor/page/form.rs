//! Which keys are to be compared: suggested ones to tick, and lines for others.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::error::AppError;
use crate::sharding::advisor::model::{CANDIDATES, Suggestion};
use crate::text::use_lang;
use crate::tr;
use crate::ui::form::{TextField, error_at};
use crate::ui::notice::ErrorNotice;

/// The form; asking changes nothing, so the question is an address.
#[component]
pub fn Ask(asked: Asked, suggestions: Vec<Suggestion>, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let (at_namespace, at_key) = (error_at(error.as_ref(), "namespace"), error_at(error.as_ref(), "key"));
    let elsewhere = error.filter(|_| at_namespace.is_none() && at_key.is_none());
    let own: Vec<String> =
        asked.keys.iter().filter(|key| !suggestions.iter().any(|it| it.key == **key)).cloned().collect();
    let line = |place: usize| own.get(place).cloned().unwrap_or_default();
    let help = lang.of(
        "One field, or several in order: region, user_id. Mark a hashed one: user_id:hashed",
        "필드 하나 또는 순서대로 여러 개: region, user_id. 해시할 필드는 표시: user_id:hashed",
    );
    let ticks = (!suggestions.is_empty()).then(|| {
        view! { <Suggested suggestions=suggestions keys=asked.keys.clone() namespace=asked.namespace.clone() /> }
    });
    let label = if asked.namespace.is_empty() {
        lang.of("Suggest keys", "키 제안 보기")
    } else {
        lang.of("Compare these keys", "이 키들을 비교")
    };
    let most = tr!(lang, "At most {CANDIDATES} keys at once.", "한 번에 최대 {CANDIDATES}개까지 비교합니다.");
    view! {
        <section class="card" id="ask">
            <h2>{lang.of("Which keys?", "어떤 키를 비교할까요?")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=asked.namespace
                    help=lang.of("As database.collection.", "database.collection 형식.")
                    error=at_namespace
                />
                {ticks}
                <TextField
                    name="key"
                    id="key1"
                    label=lang.of("Own key", "직접 입력")
                    value=line(0)
                    help=help
                    error=at_key
                    required=false
                    maxlength=1000
                />
                <TextField
                    name="key"
                    id="key2"
                    label=lang.of("Another key", "다른 키")
                    value=line(1)
                    required=false
                    maxlength=1000
                />
                <TextField
                    name="key"
                    id="key3"
                    label=lang.of("One more key", "또 다른 키")
                    value=line(2)
                    required=false
                    maxlength=1000
                />
                <p class="muted">{most}</p>
                <p class="buttons">
                    <button class="primary">{label}</button>
                </p>
            </form>
        </section>
    }
}

/// What is ticked is about this collection: with another one in the form it does not count.
#[component]
fn Suggested(suggestions: Vec<Suggestion>, keys: Vec<String>, namespace: String) -> impl IntoView {
    let lang = use_lang();
    view! {
        <input type="hidden" name="of" value=namespace />
        <fieldset class="field choice">
            <legend>{lang.of("Suggested", "제안")}</legend>
            {suggestions
                .into_iter()
                .enumerate()
                .map(|(place, suggestion)| {
                    let id = format!("suggested-{place}");
                    let checked = keys.contains(&suggestion.key);
                    view! {
                        <div class="option">
                            <input
                                type="checkbox"
                                id=id.clone()
                                name="tick"
                                value=suggestion.key.clone()
                                checked=checked
                            />
                            <label for=id>
                                <code>{suggestion.key}</code>
                                " "
                                <span class="help">{suggestion.why.read(lang)}</span>
                            </label>
                        </div>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}
