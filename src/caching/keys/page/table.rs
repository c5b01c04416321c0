//! The keys that were found, as a table.

use leptos::prelude::*;

use super::Asked;
use crate::caching::fields::{lifetime_words, told_words};
use crate::caching::keys::model::{Looked, Name, Row};
use crate::caching::model::Lifetime;
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::pager::Pager;
use crate::ui::table::{Empty, Table};

#[component]
pub fn KeyTable(looked: Looked, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let caption = caption(&looked, &asked, lang);
    let Looked { rows, page, pages, counts_use, walk, .. } = looked;
    let at = |page: usize| asked.at(&asked.after, &if page == 0 { String::new() } else { page.to_string() });
    let first = (page > 0 || !asked.after.is_empty()).then(|| asked.at("", ""));
    let previous = (page > 0).then(|| at(page - 1));
    // Behind the last page of this look is the first one of the next.
    let next =
        if page + 1 < pages { Some(at(page + 1)) } else { walk.after.as_deref().map(|after| asked.at(after, "")) };
    let nothing = match (walk.after.is_some(), asked.ttl.is_empty() && asked.kind.is_empty() && asked.prefix.is_empty())
    {
        (true, _) => lang.of("None among the keys looked at so far.", "지금까지 살펴본 키 중에는 없습니다."),
        (false, true) => lang.of("There are no keys.", "키가 없습니다."),
        (false, false) => lang.of("No key is so.", "해당하는 키가 없습니다."),
    };
    let used = if counts_use {
        lang.of("Use (0–255)", "사용 빈도(0–255)")
    } else {
        lang.of("Not used for", "미사용 시간")
    };
    let heads = vec![
        lang.of("Key", "키"),
        lang.of("Time left", "남은 시간"),
        lang.of("Type", "형식"),
        lang.of("Memory", "메모리"),
        used,
    ];
    view! {
        {if rows.is_empty() {
            view! { <Empty text=nothing /> }.into_any()
        } else {
            view! {
                <Table caption=caption heads=heads>
                    {rows
                        .into_iter()
                        .map(|row| view! { <KeyRow row=row counts_use=counts_use target=asked.target.clone() /> })
                        .collect_view()}
                </Table>
            }
                .into_any()
        }}
        <Pager label=lang.of("Pages of keys", "키 페이지") first=first previous=previous next=next />
    }
}

fn caption(looked: &Looked, asked: &Asked, lang: Lang) -> String {
    let (shown, matching) = (looked.rows.len(), count(looked.matching));
    let found = count(looked.walk.found);
    let (page, pages) = (looked.page + 1, looked.pages.max(1));
    let sorted = if looked.walk.whole {
        String::new()
    } else {
        tr!(lang, "; sorted among the {found} keys found in this look", ", 이번에 찾은 키 {found}개 안에서 정렬")
    };
    if asked.ttl.is_empty() {
        tr!(
            lang,
            "{shown} of {matching} keys, page {page} of {pages}{sorted}",
            "키 {matching}개 중 {shown}개, {pages}쪽 중 {page}쪽{sorted}"
        )
    } else {
        tr!(
            lang,
            "{shown} of {matching} keys with such a TTL, page {page} of {pages}{sorted}",
            "해당 TTL의 키 {matching}개 중 {shown}개, {pages}쪽 중 {page}쪽{sorted}"
        )
    }
}

#[component]
fn KeyRow(row: Row, counts_use: bool, target: String) -> impl IntoView {
    let lang = use_lang();
    let (key, name) = match row.name {
        Name::Whole(name) => {
            let href = link("/caching/key", &[("target", &target), ("key", &name)]);
            let shown = name.clone();
            (name, view! { <a href=href><code>{shown}</code></a> }.into_any())
        }
        Name::Shortened(beginning, length) => {
            let length = count(i64::try_from(length).unwrap_or(i64::MAX));
            let why = tr!(
                lang,
                "a name of {length} bytes: above 512 bytes keys are shown, not handled",
                "이름이 {length}바이트: 512바이트가 넘는 키는 보여 주기만 합니다"
            );
            let shown = format!("{beginning}…");
            (beginning, view! { <code>{shown}</code> " " <span class="muted">{why}</span> }.into_any())
        }
    };
    let exact = match row.lifetime {
        Lifetime::Left(millis) => format!("{} ms", count(millis)),
        _ => String::new(),
    };
    view! {
        <tr data-key=key>
            <th scope="row">{name}</th>
            <td>{lifetime_words(row.lifetime, lang)} " " <span class="muted">{exact}</span></td>
            <td>{row.kind}</td>
            <td class="number">{told_words(row.bytes, lang, bytes)}</td>
            <td class="number">
                {told_words(row.idle, lang, |number| if counts_use { number.to_string() } else { span(number * 1_000).read(lang) })}
            </td>
        </tr>
    }
}
