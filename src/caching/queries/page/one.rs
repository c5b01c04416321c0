//! One cached query: how it stands, what it takes from either place, and what can be done with it.

use leptos::prelude::*;

use super::list::{age_of, chip, ratio_of};
use super::verdict::Verdict;
use super::{LIST, ONE, use_asked};
use crate::caching::queries::api::read_query;
use crate::caching::queries::model::{Filled, Form, One, State};
use crate::text::{Lang, bytes, count, span, use_lang, utc};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::plan::micros;
use crate::ui::table::Badge;

/// `/live/caching/query`.
#[component]
pub fn OnePart() -> impl IntoView {
    let asked = use_asked();
    let one = fetch(move || asked.get(), |asked| read_query(asked.target, asked.form.name, asked.form.key));
    view! {
        <Region id="query">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let target = asked.with_untracked(|asked| asked.target.clone());
                    match one.await {
                        Ok(one) => view! { <Card one=one target=target /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Card(one: One, target: String) -> impl IntoView {
    let lang = use_lang();
    let present = one.present.as_ref().ok().copied();
    let (tone, word) =
        present.map_or(("plain", lang.of("unknown", "알 수 없음").to_owned()), |present| chip(present.state));
    let title = one.name.as_ref().map_or_else(|| one.key.clone(), ToString::to_string);
    let trouble = one.present.clone().err().map(|error| view! { <ErrorNotice error=error /> });
    let said = one.said.clone().map(|text| {
        let word = lang.of("The last fetch failed", "마지막 갱신 실패");
        view! { <Notice tone=Tone::Warn text=text word=Some(word) /> }
    });
    let value = one.value.clone();
    let verdict = one.name.is_some().then(|| view! { <Verdict one=one.clone() /> });
    view! {
        <h2>
            <code>{title}</code>
            " "
            <Badge tone=tone text=word />
        </h2>
        {trouble}
        {said}
        <Facts one=one target=target />
        {value
            .map(|(text, _)| {
                view! {
                    <pre tabindex="0" class="value">
                        <code>{text}</code>
                    </pre>
                }
            })}
        {verdict}
    }
    .into_any()
}

#[component]
fn Facts(one: One, target: String) -> impl IntoView {
    let lang = use_lang();
    let key = link("/caching/key", &[("target", &target), ("key", &one.key)]);
    let present = one.present.as_ref().ok().copied();
    let left = match present {
        None => lang.of("unknown", "알 수 없음").to_owned(),
        Some(present) => match (present.state, present.left) {
            (State::Miss, _) => lang.of("expired, or never there", "만료되었거나 없음").to_owned(),
            (_, None) => lang.of("never expires", "만료 없음").to_owned(),
            (_, Some(left)) => span(left).read(lang),
        },
    };
    let cached = one.micros.map_or_else(|| "–".to_owned(), |time| micros(time, lang));
    let named = one.name.is_some();
    let lives = lifetime_of(&one, lang);
    view! {
        <dl class="facts">
            <dt>{lang.of("Key", "키")}</dt>
            <dd>
                <a href=key>
                    <code>{one.key}</code>
                </a>
            </dd>
            <dt>{lang.of("Time left", "남은 시간")}</dt>
            <dd>{left}</dd>
            {present
                .map(|present| {
                    view! {
                        <dt>{lang.of("Age", "경과")}</dt>
                        <dd>{age_of(present, lang)}</dd>
                    }
                })}
            <dt>{lang.of("From the cache", "캐시에서")}</dt>
            <dd>{cached}</dd>
            {one.filled.map(|filled| view! { <FromDatabase filled=filled source=one.source /> })}
            {one
                .query
                .map(|query| {
                    view! {
                        <dt>{lang.of("Query", "쿼리")}</dt>
                        <dd>
                            <code>{query}</code>
                        </dd>
                    }
                })}
            {named
                .then(|| {
                    let ratio = ratio_of(one.counts.ratio(), one.counts.runs(), lang);
                    let since = utc(one.since);
                    let failures = count(one.counts.failures);
                    view! {
                        <dt>{lang.of("Lives", "수명")}</dt>
                        <dd>{lives}</dd>
                        <dt>{lang.of("Hit ratio", "적중률")}</dt>
                        <dd>
                            {ratio}
                            {tr!(lang, ", since {since} UTC; {failures} failed fetches", ", {since} UTC부터; 갱신 실패 {failures}회")}
                        </dd>
                    }
                })}
        </dl>
    }
    .into_any()
}

fn lifetime_of(one: &One, lang: Lang) -> String {
    let (ttl, grace, jitter) = (span(one.ttl * 1_000).read(lang), span(one.grace * 1_000).read(lang), one.jitter);
    tr!(lang, "fresh for {ttl} (±{jitter} %), then {grace} of grace", "최신 {ttl}(±{jitter}%), 이후 유예 {grace}")
}

#[component]
fn FromDatabase(filled: Filled, source: String) -> impl IntoView {
    let lang = use_lang();
    let time = micros(filled.source_micros, lang);
    let stored = (filled.bytes > 0).then(|| {
        let (rows, size, format) = (count(filled.rows), bytes(filled.bytes), filled.format.read(lang));
        view! {
            <dt>{lang.of("Stored", "저장됨")}</dt>
            <dd>{tr!(lang, "{rows} rows, {size} of {format}", "{rows}행, {format} {size}")}</dd>
        }
    });
    view! {
        <dt>{lang.of("From the database", "데이터베이스에서")}</dt>
        <dd>{tr!(lang, "{time}, when it was stored from {source}", "{time} ({source}에서 저장할 때)")}</dd>
        {stored}
    }
}

/// What can be done with a query that the console keeps; all but measuring are plans first.
#[component]
pub fn Deeds(target: String, form: Form) -> impl IntoView {
    let lang = use_lang();
    let list = link(LIST, &[("target", &target)]);
    if form.name.is_empty() {
        return view! {
            <p class="buttons">
                <a class="button quiet" href=list>
                    {lang.of("Cached queries", "쿼리 캐시 목록")}
                </a>
            </p>
        }
        .into_any();
    }
    let to = |action: &str| link(ONE, &[("target", &target), ("name", &form.name), ("action", action)]);
    view! {
        <form method="post" action="/api/caching/measure_query">
            <input type="hidden" name="target" value=target.clone() />
            <input type="hidden" name="name" value=form.name.clone() />
            <p class="help">
                {lang
                    .of(
                        "Measuring runs the query up to 10 times at the database, for at most 30 s.",
                        "측정은 데이터베이스에서 쿼리를 최대 10번, 30초까지 실행합니다.",
                    )}
            </p>
            <p class="buttons">
                <button class="quiet">{lang.of("Measure", "측정")}</button>
                <a class="button quiet" href=to("refresh_query")>
                    {lang.of("Run now…", "지금 실행…")}
                </a>
                <a class="button quiet" href=to("invalidate_query")>
                    {lang.of("Invalidate…", "무효화…")}
                </a>
                <a class="button quiet" href=to("edit")>
                    {lang.of("Change…", "수정…")}
                </a>
                <a class="button quiet" href=to("delete_query")>
                    {lang.of("Delete…", "삭제…")}
                </a>
                <a class="button quiet" href=list>
                    {lang.of("Cached queries", "쿼리 캐시 목록")}
                </a>
            </p>
        </form>
    }
    .into_any()
}
