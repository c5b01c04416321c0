//! The form to shard a collection: what everybody fills first, the rest behind “More options”.

use leptos::prelude::*;

use super::PATH;
use crate::error::AppError;
use crate::sharding::advisor::model::form_text;
use crate::sharding::model::ShardKey;
use crate::sharding::shard::model::form::ShardForm;
use crate::sharding::shard::model::offer::Offer;
use crate::text::{Words, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::form::{Choice, TextField, Tick, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::rule::Rule;
use crate::words;

/// The form, with what was typed and what was wrong with it.
#[component]
pub fn ShardingForm(target: String, form: ShardForm, offer: Offer, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name: &str| error_at(error.as_ref(), name);
    let (at_namespace, at_key) = (at("namespace"), at("key"));
    let wrong_extras = ["chunks", "time_field", "meta_field"].map(at);
    let known = at_namespace.is_some() || at_key.is_some() || wrong_extras.iter().any(Option::is_some);
    let elsewhere = error.filter(|_| !known);
    let key = key_to_judge(&form);
    let advice = link("/sharding/advisor", &[("target", &target), ("namespace", &form.namespace), ("key", &key)]);
    view! {
        <section class="card" id="shard">
            <h2>{lang.of("Shard a collection", "컬렉션 샤딩")}</h2>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="shard_collection" />
                <input type="hidden" name="observed" value=form.observed.clone() />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=form.namespace.clone()
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
                    value=form.key.clone()
                    help=lang
                        .of(
                            "One field, or several in order: region, user_id. Mark a hashed one in a list: region, user_id:hashed",
                            "필드 하나 또는 순서대로 여러 개: region, user_id. 목록에서 해시할 필드는 표시: region, user_id:hashed",
                        )
                    error=at_key
                    rule=key_rule()
                    maxlength=1000
                />
                <Spreads value=form.spread.clone() />
                <Tick
                    name="unique"
                    label=lang.of("Unique", "고유")
                    checked=form.unique == "yes"
                    help=lang
                        .of(
                            "No two documents may have the same key. Not with a hashed field.",
                            "같은 키의 문서를 허용하지 않습니다. 해시 필드에는 쓸 수 없습니다.",
                        )
                />
                <MoreOptions form=form offer=offer wrong=wrong_extras />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                    <a class="button quiet" href=advice>
                        {lang.of("Which key? Ask the advisor", "어떤 키가 좋을까요? 키 추천")}
                    </a>
                </p>
            </form>
        </section>
    }
}

/// What is seldom asked for. It is open where one of it is filled or wrong.
#[component]
fn MoreOptions(form: ShardForm, offer: Offer, wrong: [Option<Words>; 3]) -> impl IntoView {
    let lang = use_lang();
    let open = form.has_extras() || wrong.iter().any(Option::is_some);
    let [at_chunks, at_time, at_meta] = wrong;
    let compound = offer.compound_hashed.map(|reason| {
        let why = reason.read(lang);
        view! { <p class="muted">{tr!(lang, "A compound key with a hashed field: {why}", "해시 필드가 있는 복합 키: {why}")}</p> }
    });
    view! {
        <details open=open>
            <summary>{lang.of("More options", "추가 옵션")}</summary>
            {compound}
            <TextField
                name="chunks"
                label=lang.of("First chunks", "초기 청크 수")
                value=form.chunks
                kind="number"
                required=false
                help=lang
                    .of(
                        "How many chunks there are at first. Only for an empty collection with a hashed key.",
                        "처음 만들 청크 수. 해시 키를 쓰는 빈 컬렉션에만 해당합니다.",
                    )
                error=at_chunks
            />
            <Lacking reason=offer.presplit>
                <Tick
                    name="presplit"
                    label=lang.of("First chunks by zones", "존에 따른 초기 청크")
                    checked=form.presplit == "yes"
                    help=lang
                        .of(
                            "Splits by the zones that the collection has. Only for an empty collection with a hashed key.",
                            "컬렉션의 존에 따라 나눕니다. 해시 키를 쓰는 빈 컬렉션에만 해당합니다.",
                        )
                />
            </Lacking>
            <Lacking reason=offer.time_series>
                <TextField
                    name="time_field"
                    label=lang.of("Time series: field of the time", "시계열: 시간 필드")
                    value=form.time_field
                    required=false
                    help=lang
                        .of(
                            "Makes a new collection a time series. Of one that exists it is known.",
                            "새 컬렉션을 시계열로 만듭니다. 기존 시계열은 비워 두세요.",
                        )
                    error=at_time
                />
                <TextField
                    name="meta_field"
                    label=lang.of("Time series: field of the source", "시계열: 메타 필드")
                    value=form.meta_field
                    required=false
                    help=lang
                        .of(
                            "What is measured, such as the sensor (metaField). The key is this field, or parts of it.",
                            "센서처럼 측정 출처를 나타내는 필드(metaField). 키는 이 필드나 그 하위 필드입니다.",
                        )
                    error=at_meta
                />
                <Granularities value=form.granularity />
            </Lacking>
        </details>
    }
}

/// Fields that cannot be used where this cluster lacks what they ask for; the reason stands with them.
#[component]
fn Lacking(reason: Option<Words>, children: Children) -> impl IntoView {
    let lang = use_lang();
    let lacks = reason.is_some();
    view! {
        <fieldset disabled=lacks>
            {reason.map(|reason| view! { <p class="muted">{reason.read(lang)}</p> })}
            {children()}
        </fieldset>
    }
}

#[component]
fn Granularities(value: String) -> impl IntoView {
    let lang = use_lang();
    let options = vec![
        ("", lang.of("As usual", "기본값"), lang.of("The server's own choice: seconds.", "서버 기본값: 초.")),
        ("seconds", lang.of("Seconds", "초"), ""),
        ("minutes", lang.of("Minutes", "분"), ""),
        ("hours", lang.of("Hours", "시간"), ""),
    ];
    view! {
        <Choice
            name="granularity"
            label=lang.of("Time series: between two measurements of one source", "시계열: 한 출처의 측정 간격")
            value=value
            options=options
        />
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

/// The key as the advisor takes it, which knows no choice of spread but only the mark; as typed where it cannot be read.
fn key_to_judge(form: &ShardForm) -> String {
    ShardKey::parse(&form.key, form.spread == "hashed").map_or_else(|_| form.key.clone(), |key| form_text(&key))
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

    use super::{ShardForm, ShardKey, key_rule, key_to_judge, namespace_rule};
    use crate::sharding::model::Namespace;

    #[test]
    fn the_advisor_is_asked_about_the_key_as_it_would_be_spread() {
        let asked = |key: &str, spread: &str| {
            key_to_judge(&ShardForm { key: key.into(), spread: spread.into(), ..ShardForm::default() })
        };
        assert_eq!(asked("user_id", "hashed"), "user_id:hashed");
        assert_eq!(asked("user_id", "ranged"), "user_id");
        assert_eq!(asked("region, user_id:hashed", "hashed"), "region,user_id:hashed");
        assert_eq!(asked("a,,b", "hashed"), "a,,b");
        assert_eq!(asked("", ""), "");
    }

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
