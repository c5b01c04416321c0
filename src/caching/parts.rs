//! The parts of the page of caching: forms, the card of one key, the table of some.

use leptos::prelude::*;

use super::api::read_key;
use super::model::{CachedQuery, KeyList, KeyState, Lifetime, Ttl};
use super::page::{Asked, use_asked};
use crate::error::AppError;
use crate::targets::api::list_names;
use crate::targets::model::TargetKind;
use crate::text::{Lang, Words, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::form::{TextArea, TextField, error_at};
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::pager::Pager;
use crate::ui::plan::micros;
use crate::ui::rule::{Rule, time_units};
use crate::ui::table::{Badge, Table};
use crate::words;

/// Which key to look at.
#[component]
pub fn LookForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action="/caching/keys" class="search">
            <input type="hidden" name="target" value=move || asked.get().target />
            <label for="look">{lang.of("Key", "키")}</label>
            <input id="look" name="key" required=true maxlength="512" spellcheck="false" value=move || asked.get().key />
            <button class="quiet">{lang.of("Look", "조회")}</button>
        </form>
    }
}

/// One key, read anew every second while somebody looks.
#[component]
pub fn KeyCard(asked: Memo<Asked>) -> impl IntoView {
    let Asked { target, key, .. } = asked.get_untracked();
    if key.is_empty() {
        return ().into_any();
    }
    let source = link("/live/caching/key", &[("target", &target), ("key", &key)]);
    view! {
        <section class="card">
            <Live id="key" source=source every=1_000>
                <KeyPart />
            </Live>
            <TtlForm asked=asked />
        </section>
    }
    .into_any()
}

/// `/live/caching/key`: what is known of the key alone.
#[component]
pub fn KeyPart() -> impl IntoView {
    let asked = use_asked();
    let state = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.key.clone())),
        |(target, key)| read_key(target, key),
    );
    view! {
        <Region id="key">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match state.await {
                        Ok(state) => view! { <KeyFacts state=state /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
}

#[component]
fn KeyFacts(state: KeyState) -> impl IntoView {
    let lang = use_lang();
    let hit = state.lifetime != Lifetime::Missing;
    let (tone, word) =
        if hit { ("good", lang.of("HIT", "적중(HIT)")) } else { ("warn", lang.of("MISS", "없음(MISS)")) };
    let size = state.bytes.map_or_else(|| state.kind.clone(), |size| format!("{}, {}", state.kind, bytes(size)));
    let time = micros(state.micros, lang);
    view! {
        <h2>
            <code>{state.key}</code>
            " "
            <Badge tone=tone text=word />
        </h2>
        <dl class="facts">
            <dt>{lang.of("Time left", "남은 시간")}</dt>
            <dd>{lifetime_words(state.lifetime, lang)}</dd>
            <dt>{lang.of("Value", "값")}</dt>
            <dd>{size}</dd>
            <dt>{lang.of("From the cache", "캐시에서")}</dt>
            <dd>{if hit { time } else { "–".to_owned() }}</dd>
            {state.query.map(|query| view! { <DatabaseTime query=query /> })}
        </dl>
        {state
            .value
            .map(|value| {
                view! {
                    <pre tabindex="0" class="value">
                        <code>{value}</code>
                    </pre>
                }
            })}
    }
}

#[component]
fn DatabaseTime(query: CachedQuery) -> impl IntoView {
    let lang = use_lang();
    let time = micros(query.micros, lang);
    let source = query.source;
    view! {
        <dt>{lang.of("From the database", "데이터베이스에서")}</dt>
        <dd>{tr!(lang, "{time}, when it was stored from {source}", "{time} ({source}에서 저장할 때)")}</dd>
        <dt>{lang.of("Query", "쿼리")}</dt>
        <dd>
            <code>{query.query}</code>
        </dd>
    }
}

/// The time left, in the reader's words.
pub fn lifetime_words(lifetime: Lifetime, lang: Lang) -> String {
    match lifetime {
        Lifetime::Missing => lang.of("expired, or never there", "만료되었거나 없음").to_owned(),
        Lifetime::Never => lang.of("never expires", "만료 없음").to_owned(),
        Lifetime::Left(millis) => span(millis).read(lang),
    }
}

/// The form for a key's time to live. It stands outside of what is read anew, so that typing is never lost.
#[component]
fn TtlForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    let persist = move || {
        let Asked { target, key, .. } = asked.get();
        link("/caching/keys", &[("target", &target), ("action", "persist_key"), ("key", &key)])
    };
    let now = asked.get_untracked();
    let wrong = (now.action == "set_ttl").then(|| Ttl::parse(&now.ttl).err()).flatten();
    view! {
        <form method="get" action="/caching/keys">
            <input type="hidden" name="target" value=move || asked.get().target />
            <input type="hidden" name="key" value=move || asked.get().key />
            <input type="hidden" name="action" value="set_ttl" />
            <TextField
                name="ttl"
                label=lang.of("Expires in", "만료까지")
                value=if now.action == "set_ttl" { now.ttl } else { String::new() }
                help=lang.of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.")
                error=wrong
                rule=ttl_rule()
                maxlength=20
            />
            <p class="buttons">
                <button class="primary">{lang.of("Plan the TTL", "TTL 계획 보기")}</button>
                <a class="button quiet" href=persist>{lang.of("Never expire…", "만료 해제…")}</a>
            </p>
        </form>
    }
}

fn ttl_rule() -> Rule {
    Rule::new()
        .number(
            time_units(),
            words!(
                "Whole seconds, or a number with s, m, h or d: 60, 10m, 2h, 7d.",
                "초 단위 정수 또는 s, m, h, d를 붙인 수입니다: 60, 10m, 2h, 7d.",
            ),
        )
        .least(
            time_units(),
            1,
            words!("At least 1 second: 0 would delete the key.", "최소 1초입니다. 0은 키를 삭제합니다."),
        )
        .most(
            time_units(),
            Ttl::MAX_SECONDS.unsigned_abs(),
            words!("At most 10 years (3650d).", "최대 10년(3650d)입니다."),
        )
}

fn key_rule() -> Rule {
    Rule::new()
        .filled(words!("Give the key a name.", "키 이름을 입력하세요."))
        .longest(512, words!("At most 512 bytes.", "최대 512바이트입니다."))
        .printable(words!("No control characters or line breaks.", "제어 문자와 줄바꿈은 쓸 수 없습니다."))
}

/// The form that caches the result of a query: the textbook's three lines.
#[component]
pub fn StoreForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let ours = asked.action == "store_query";
    let at = |name| error_at(error.as_ref(), name);
    let (at_key, at_ttl, at_query, at_source) = (at("key"), at("ttl"), at("query"), at("source"));
    let elsewhere = error.clone().filter(|error| error.field.is_none());
    let query_help = lang.of(
        "Read only: one SELECT. Its rows are stored as JSON.",
        "읽기 전용: SELECT 하나. 결과 행이 JSON으로 저장됩니다.",
    );
    view! {
        <details class="card" open=ours>
            <summary>
                <h2>{lang.of("Cache the result of a query", "쿼리 결과 캐시")}</h2>
            </summary>
            {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
            <form method="get" action="/caching/keys">
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="store_query" />
                <SourceField chosen=asked.source error=at_source />
                <TextArea
                    name="query"
                    label=lang.of("Query", "쿼리")
                    value=asked.query
                    help=query_help
                    error=at_query
                    rows=5
                />
                <TextField
                    name="key"
                    label=lang.of("Store under the key", "저장할 키")
                    value=asked.key
                    error=at_key
                    rule=key_rule()
                    maxlength=512
                />
                <TextField
                    name="ttl"
                    id="store-ttl"
                    label=lang.of("Time to live", "TTL")
                    value=if ours { asked.ttl } else { "60".to_owned() }
                    help=lang
                        .of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.")
                    error=at_ttl
                    rule=ttl_rule()
                    maxlength=20
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </details>
    }
}

/// The PostgreSQL servers that a query can be run at.
#[component]
fn SourceField(chosen: String, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let names = fetch(|| (), |()| list_names());
    view! {
        <div class="field">
            <label for="source">{lang.of("Database", "데이터베이스")}</label>
            <select id="source" name="source" aria-describedby="source-error">
                <Transition fallback=|| ()>
                    {move || {
                        let chosen = chosen.clone();
                        Suspend::new(async move {
                            names
                                .await
                                .unwrap_or_default()
                                .into_iter()
                                .filter(|target| target.kind == TargetKind::Postgresql)
                                .map(|target| {
                                    let id = target.id.to_string();
                                    let selected = id == chosen;
                                    view! {
                                        <option value=id selected=selected>
                                            {target.name}
                                        </option>
                                    }
                                })
                                .collect_view()
                        })
                    }}
                </Transition>
            </select>
            <p class="field-error" id="source-error" role="alert">{error.map(|words| words.read(lang))}</p>
        </div>
    }
}

/// Which keys to list.
#[component]
pub fn PrefixForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action="/caching/keys" class="search" role="search">
            <input type="hidden" name="target" value=move || asked.get().target />
            <label for="prefix">{lang.of("Keys that begin with", "키 접두사")}</label>
            <input id="prefix" name="prefix" type="search" maxlength="200" value=move || asked.get().prefix />
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </form>
    }
}

/// Some keys with their times to live.
#[component]
pub fn KeyTable(list: KeyList, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let (shown, total) = (list.keys.len(), count(list.total));
    let caption = tr!(lang, "{shown} keys of {total} in the database", "데이터베이스의 키 {total}개 중 {shown}개");
    let heads = vec![lang.of("Key", "키"), lang.of("Time left", "남은 시간"), lang.of("Type", "형식")];
    let target = asked.target;
    let page =
        |cursor: &str| link("/caching/keys", &[("target", &target), ("prefix", &asked.prefix), ("cursor", cursor)]);
    let first = (!asked.cursor.is_empty()).then(|| page(""));
    let next = list.cursor.as_deref().map(page);
    view! {
        <Table caption=caption heads=heads>
            {list
                .keys
                .into_iter()
                .map(|key| {
                    let href = link("/caching/keys", &[("target", &target), ("key", &key.key)]);
                    view! {
                        <tr>
                            <th scope="row">
                                <a href=href>
                                    <code>{key.key}</code>
                                </a>
                            </th>
                            <td>{lifetime_words(key.lifetime, lang)}</td>
                            <td>{key.kind}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
        <Pager label=lang.of("Pages of keys", "키 페이지") first=first next=next />
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{key_rule, ttl_rule};
    use crate::caching::model::{Key, Ttl};

    proptest! {
        #[test]
        fn what_is_told_of_a_key_while_typing_is_what_the_server_says(text in "[a: 키\t]{0,20}|[a ]{505,520}") {
            prop_assert_eq!(key_rule().check(&text).err(), Key::parse(text.trim()).err());
        }

        #[test]
        fn what_is_told_of_a_time_while_typing_is_what_the_server_says(text in "[0-9smhd .-]{0,6}|[0-9]{1,25}[smhd ]?") {
            prop_assert_eq!(ttl_rule().check(&text).err(), Ttl::parse(&text).err());
        }
    }
}
