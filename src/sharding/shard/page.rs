//! The page on which a collection is sharded: the form, and the plan for what it holds.

use leptos::prelude::*;

use super::api::plan_change;
use crate::audit::notice::LastRecord;
use crate::error::AppError;
use crate::sharding::tabs::ShardingTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::form::{Choice, TextField, Tick, error_at};
use crate::ui::frame::Frame;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::ui::rule::Rule;
use crate::words;

const PATH: &str = "/sharding/shard";
const APPLY: &str = "/api/sharding/apply_change";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    action: String,
    namespace: String,
    key: String,
    spread: String,
    unique: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            namespace: text("namespace"),
            key: text("key"),
            spread: text("spread"),
            unique: text("unique"),
        }
    })
}

/// `/sharding/shard`.
#[component]
pub fn ShardPage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <Frame
            title=words!("Shard a collection", "컬렉션 샤딩")
            lead=Some(
                words!(
                    "A shard key decides on which shard each document of a collection lives.",
                    "샤드 키는 컬렉션의 각 문서가 어느 샤드에 있을지 정합니다.",
                ),
            )
        >
            <ShardingTabs />
            <TargetPicker kind=TargetKind::Mongodb />
            <LastRecord />
            <Planning asked=asked />
        </Frame>
    }
    .into_any()
}

/// The form, or the plan once the form is filled.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || asked.get(),
        |form| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_change(form.target, form.action, form.namespace, form.key, form.spread, form.unique).await.map(Some)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                let back = link(PATH, &[("target", &asked.target)]);
                match planned {
                    Ok(Some(planned)) => view! { <Confirm planned=planned back=back action=APPLY /> }.into_any(),
                    Ok(None) => view! { <ShardForm asked=asked error=None /> }.into_any(),
                    // No form is shown for what must not be written to.
                    Err(error) if error_at(Some(&error), "target").is_some() => {
                        view! { <ErrorNotice error=error /> }.into_any()
                    }
                    Err(error) => view! { <ShardForm asked=asked error=Some(error) /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn ShardForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at_namespace = error_at(error.as_ref(), "namespace");
    let at_key = error_at(error.as_ref(), "key");
    let elsewhere = error.filter(|_| at_namespace.is_none() && at_key.is_none());
    view! {
        <section class="card" id="shard">
            <h2>{lang.of("Shard a collection", "컬렉션 샤딩")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="shard_collection" />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=asked.namespace
                    help=lang
                        .of(
                            "As database.collection. It is made if there is none.",
                            "database.collection 형식. 없으면 새로 만듭니다.",
                        )
                    error=at_namespace
                    rule=namespace_rule()
                />
                <TextField
                    name="key"
                    label=lang.of("Shard key", "샤드 키")
                    value=asked.key
                    help=lang
                        .of(
                            "One field, or several in order: region, user_id. Mark a hashed one in a list: region, user_id:hashed",
                            "필드 하나 또는 순서대로 여러 개: region, user_id. 목록에서 해시할 필드는 표시: region, user_id:hashed",
                        )
                    error=at_key
                    rule=key_rule()
                    maxlength=1000
                />
                <Spreads value=asked.spread />
                <Tick
                    name="unique"
                    label=lang.of("Unique", "고유")
                    checked=asked.unique == "yes"
                    help=lang
                        .of(
                            "No two documents may have the same key. Not with a hashed field.",
                            "같은 키의 문서를 허용하지 않습니다. 해시 필드에는 쓸 수 없습니다.",
                        )
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

#[component]
fn Spreads(value: String) -> impl IntoView {
    let lang = use_lang();
    let options = vec![
        (
            "ranged",
            lang.of("Ranged", "범위"),
            lang.of("Neighbours stay together: good for range queries.", "이웃한 값이 함께 있어 범위 쿼리에 좋습니다."),
        ),
        (
            "hashed",
            lang.of("Hashed", "해시"),
            lang.of("Spreads evenly, also keys that grow with time.", "시간에 따라 커지는 키도 고르게 분산합니다."),
        ),
    ];
    view! { <Choice name="spread" label=lang.of("Spread", "분산 방식") value=value options=options /> }
}

/// What is wrong with a part of the name is left to the server.
fn namespace_rule() -> Rule {
    Rule::new()
        .longest(255, words!("At most 255 bytes.", "최대 255바이트입니다."))
        .printable(words!("No control characters.", "제어 문자는 쓸 수 없습니다."))
        .halves(
            '.',
            words!(
                "Write database.collection, for example mydatabase.mycollection.",
                "database.collection 형식으로 입력하세요. 예: mydatabase.mycollection",
            ),
        )
}

/// Whether hashing needs a mark depends on the choice, and which fields go together is left to the server.
fn key_rule() -> Rule {
    Rule::new().parts(',', words!("A field's name is missing.", "필드 이름이 빠졌습니다."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{key_rule, namespace_rule};
    use crate::sharding::model::{Namespace, ShardKey};

    proptest! {
        #[test]
        fn what_is_told_of_a_collection_while_typing_is_what_the_server_says(text in "[a-c. $키\t]{0,12}|[a.]{250,260}") {
            if let Err(told) = namespace_rule().check(&text) {
                prop_assert_eq!(Namespace::parse(text.trim()).err(), Some(told));
            }
        }

        #[test]
        fn no_key_is_objected_to_that_the_server_takes(text in "[ab.,: $]{0,12}") {
            if key_rule().check(&text).is_err() {
                prop_assert!(ShardKey::parse(&text, false).is_err());
            }
        }
    }
}
