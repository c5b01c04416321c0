//! The pages of Django's cache tables: all of a database, and one of them.

pub mod entry;
pub mod one;

use leptos::prelude::*;

use super::api::list_cache_tables;
use super::model::{Table as CacheTable, Tables};
use crate::caching::frame::CacheFrame;
use crate::targets::model::TargetKind;
use crate::text::{Lang, bytes, count, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Empty, Table};
use crate::words;

const PATH: &str = "/caching/tables";

/// `/caching/tables`.
#[component]
pub fn CacheTablesPage() -> impl IntoView {
    let target = use_address().get_untracked().text("target");
    let tables = fetch(move || target.clone(), list_cache_tables);
    view! {
        <CacheFrame
            title=words!("Django's cache tables", "Django 캐시 테이블")
            lead=Some(
                words!(
                    "A cache in a table of PostgreSQL. Expired rows stay until Django looks at them again.",
                    "PostgreSQL 테이블에 두는 캐시입니다. 만료된 행은 Django가 다시 볼 때까지 남습니다.",
                ),
            )
            kind=TargetKind::Postgresql
            path=PATH
        >
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match tables.await {
                        Ok(tables) => view! { <TablesList tables=tables /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </CacheFrame>
    }
    .into_any()
}

#[component]
fn TablesList(tables: Tables) -> impl IntoView {
    let lang = use_lang();
    let target = use_address().get_untracked().text("target");
    if tables.tables.is_empty() {
        let nothing = lang.of(
            "No table of this database is exactly as createcachetable makes it.",
            "이 데이터베이스에는 createcachetable이 만드는 형태와 정확히 같은 테이블이 없습니다.",
        );
        return view! { <Empty text=nothing /> }.into_any();
    }
    let heads = vec![
        lang.of("Table", "테이블"),
        lang.of("Rows", "행"),
        lang.of("Size", "크기"),
        lang.of("Index on expires", "expires 인덱스"),
    ];
    let rows = tables.tables.into_iter().map(|table| row(&target, table, lang)).collect_view();
    let caption = format!("{} · {}", lang.of("Cache tables", "캐시 테이블"), tables.database);
    view! {
        <Table caption=caption heads=heads>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(target: &str, table: CacheTable, lang: Lang) -> impl IntoView + use<> {
    let name = table.name.to_string();
    let href = link("/caching/table", &[("target", target), ("table", &name)]);
    let key = name.clone();
    let index = if table.indexed { lang.of("yes", "있음") } else { lang.of("no", "없음") };
    view! {
        <tr data-key=key>
            <th scope="row">
                <a href=href>{name}</a>
            </th>
            <td class="number">{estimate(table.rows, lang)}</td>
            <td class="number">{bytes(table.bytes)}</td>
            <td>{index}</td>
        </tr>
    }
}

/// The planner's estimate, marked as one.
fn estimate(rows: Option<i64>, lang: Lang) -> String {
    rows.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), |rows| format!("≈ {}", count(rows)))
}
