//! Where does this document live: its key is typed, the chunk that holds it is shown.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::sharding::chunks::api::find_chunk;
use crate::sharding::chunks::model::{Found, Place};
use crate::text::{Words, use_lang};
use crate::tr;
use crate::ui::fetch::fetch;
use crate::ui::form::TextField;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Badge;

#[component]
pub fn WhereBox(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let wanted = asked.clone();
    // Nothing is asked where nothing was typed.
    let found = fetch(
        move || wanted.clone(),
        |Asked { target, namespace, document, .. }| async move {
            match document.is_empty() {
                true => None,
                false => Some(find_chunk(target, namespace, document).await),
            }
        },
    );
    view! {
        <section class="card" id="where">
            <h2>{lang.of("Where does this document live?", "이 문서는 어디에 있나요?")}</h2>
            <Transition fallback=|| ()>
                {move || {
                    let asked = asked.clone();
                    Suspend::new(async move {
                        let (wrong, shown) = match found.await {
                            None => (None, None),
                            Some(Ok(Found::Wrong(rule))) => (Some(rule), None),
                            Some(Ok(Found::At(place))) => {
                                (None, Some(view! { <At place=*place asked=asked.clone() /> }.into_any()))
                            }
                            Some(Err(error)) => (None, Some(view! { <ErrorNotice error=error /> }.into_any())),
                        };
                        view! {
                            <Ask asked=asked wrong=wrong />
                            {shown}
                        }
                    })
                }}
            </Transition>
        </section>
    }
}

#[component]
fn Ask(asked: Asked, wrong: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action=format!("{PATH}#where")>
            <input type="hidden" name="target" value=asked.target />
            <input type="hidden" name="namespace" value=asked.namespace />
            <input type="hidden" name="from" value=asked.from />
            <input type="hidden" name="to" value=asked.to />
            <TextField
                name="document"
                label=lang.of("Its values of the shard key", "샤드 키 값")
                value=asked.document
                help=lang
                    .of(
                        "As in mongosh, for example { user_id: 5 } or { _id: ObjectId(\"65…\") }. Types count: 5 and \"5\" are different. A hash is computed here.",
                        "mongosh처럼 입력합니다. 예: { user_id: 5 } 또는 { _id: ObjectId(\"65…\") }. 5와 \"5\"는 다릅니다. 해시는 여기서 계산합니다.",
                    )
                error=wrong
                maxlength=4_000
            />
            <button class="quiet">{lang.of("Find its chunk", "청크 찾기")}</button>
        </form>
    }
}

#[component]
fn At(place: Place, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let chunk = asked.other("/sharding/chunk", &[("min", &place.min.ejson)]);
    let around = place.around.map(|(from, to)| {
        view! {
            <a class="button quiet" href=asked.part(&from, &to)>
                {lang.of("Show it on the map", "맵에서 보기")}
            </a>
        }
    });
    let big =
        place.jumbo.then(|| view! { <Badge tone="warn" text=lang.of("too big to move", "너무 커서 옮길 수 없음") /> });
    let missing = (!place.missing.is_empty()).then(|| {
        let fields = place.missing.join(", ");
        let text = tr!(lang, "Without a value, so null was taken: {fields}.", "값이 없어 null로 계산함: {fields}.");
        view! { <p class="muted">{text}</p> }
    });
    let zone = place.zone.unwrap_or_else(|| lang.of("none", "없음").to_owned());
    view! {
        <dl class="facts">
            <dt>{lang.of("Shard", "샤드")}</dt>
            <dd>
                <strong>{place.shard}</strong>
                " "
                {big}
            </dd>
            <dt>{lang.of("Key", "키")}</dt>
            <dd>
                <code>{place.key.shown}</code>
            </dd>
            <dt>{lang.of("Chunk", "청크")}</dt>
            <dd>
                <a href=chunk>
                    <code>{place.min.shown}</code>
                </a>
                {lang.of(" up to ", " ~ ")}
                <code>{place.max.shown}</code>
            </dd>
            <dt>{lang.of("Zone", "존")}</dt>
            <dd>{zone}</dd>
        </dl>
        {missing}
        <p class="ways">{around}</p>
    }
}
