//! Which keys to list, and which one to look at.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::caching::keys::model::{Kind, Lives, Sort};
use crate::error::AppError;
use crate::text::{Lang, use_lang};
use crate::ui::form::error_at;

/// One key by its name.
#[component]
pub fn JumpForm(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action="/caching/key" class="search">
            <input type="hidden" name="target" value=asked.target />
            <label for="look">{lang.of("Key", "키")}</label>
            <input id="look" name="key" required=true maxlength="2048" spellcheck="false" autocapitalize="none" />
            <button class="quiet">{lang.of("Look", "조회")}</button>
        </form>
    }
}

#[component]
pub fn FilterForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let wrong = error_at(error.as_ref(), "prefix");
    let invalid = wrong.is_some().to_string();
    view! {
        <form method="get" action=PATH class="search" role="search">
            <input type="hidden" name="target" value=asked.target />
            <label for="prefix">{lang.of("Keys that begin with", "키 접두사")}</label>
            <input
                id="prefix"
                name="prefix"
                type="search"
                maxlength="2048"
                spellcheck="false"
                autocapitalize="none"
                value=asked.prefix
                aria-describedby="prefix-error"
                aria-invalid=invalid
            />
            <Pick name="ttl" label=lang.of("TTL", "TTL") options=lives(lang) chosen=asked.ttl />
            <Pick name="kind" label=lang.of("Type", "형식") options=kinds(lang) chosen=asked.kind />
            <Pick name="sort" label=lang.of("Sort by", "정렬") options=sorts(lang) chosen=asked.sort />
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </form>
        <p class="field-error" id="prefix-error" role="alert">{wrong.map(|words| words.read(lang))}</p>
    }
}

#[component]
fn Pick(
    name: &'static str,
    label: &'static str,
    options: Vec<(&'static str, &'static str)>,
    chosen: String,
) -> impl IntoView {
    view! {
        <span class="pick">
            <label for=name>{label}</label>
            <select id=name name=name>
                {options
                    .into_iter()
                    .map(|(value, text)| {
                        let selected = value == chosen;
                        view! {
                            <option value=value selected=selected>
                                {text}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </span>
    }
}

fn lives(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let name = |it| match it {
        Lives::ForEver => lang.of("none", "없음"),
        Lives::UnderAMinute => lang.of("under a minute", "1분 미만"),
        Lives::UnderAnHour => lang.of("under an hour", "1시간 미만"),
        Lives::OverADay => lang.of("over a day", "하루 초과"),
        Lives::OverAMonth => lang.of("over a month (30 days)", "한 달(30일) 초과"),
    };
    std::iter::once(("", lang.of("any", "전체"))).chain(Lives::ALL.map(|it| (it.word(), name(it)))).collect()
}

fn kinds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    std::iter::once(("", lang.of("any", "전체"))).chain(Kind::ALL.map(|it| (it.word(), it.word()))).collect()
}

fn sorts(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let name = |it| match it {
        Sort::Name => lang.of("name", "이름"),
        Sort::Ttl => lang.of("time left, soonest first", "남은 시간 짧은 순"),
        Sort::Size => lang.of("size, biggest first", "크기 큰 순"),
        Sort::Idle => lang.of("use, least first", "덜 쓰인 순"),
    };
    Sort::ALL.map(|it| (if it == Sort::Name { "" } else { it.word() }, name(it))).into()
}
