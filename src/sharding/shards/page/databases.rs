//! The databases and where each is at home, with a form in each row that moves it.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::sharding::shards::model::{Database, DatabaseList};
use crate::text::use_lang;
use crate::tr;
use crate::ui::pager::Pager;
use crate::ui::table::{Empty, Table};

#[component]
pub fn Databases(list: DatabaseList, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let DatabaseList { databases, after, shards } = list;
    let first = (!asked.after.is_empty()).then(|| asked.listed(""));
    let next = after.as_deref().map(|after| asked.listed(after));
    let heads = vec![
        lang.of("Database", "데이터베이스"),
        lang.of("Primary shard", "프라이머리 샤드"),
        lang.of("Move it to", "옮길 곳"),
    ];
    let caption = match asked.primary.is_empty() {
        true => lang.of("Databases and their primary shard", "데이터베이스와 프라이머리 샤드").to_owned(),
        false => {
            let primary = &asked.primary;
            tr!(lang, "Databases whose primary shard is {primary}", "프라이머리 샤드가 {primary}인 데이터베이스")
        }
    };
    let narrowed = !asked.search.is_empty() || !asked.primary.is_empty();
    let empty = match narrowed {
        true => lang.of("No database is like that.", "해당하는 데이터베이스가 없습니다."),
        false => lang.of("This cluster has no databases yet.", "아직 데이터베이스가 없습니다."),
    };
    let nothing = databases.is_empty();
    let of_row = asked.clone();
    view! {
        <section class="card" id="databases">
            <h2>{lang.of("Primary shards", "프라이머리 샤드")}</h2>
            <p class="muted">
                {lang
                    .of(
                        "What is not sharded in a database lives on its primary shard.",
                        "데이터베이스에서 샤딩되지 않은 컬렉션은 프라이머리 샤드에 있습니다.",
                    )}
            </p>
            <SearchForm asked=asked shards=shards.clone() />
            {if nothing {
                view! { <Empty text=empty /> }.into_any()
            } else {
                view! {
                    <Table caption=caption heads=heads>
                        {databases
                            .into_iter()
                            .map(|database| {
                                view! { <Row database=database shards=shards.clone() asked=of_row.clone() /> }
                            })
                            .collect_view()}
                    </Table>
                }
                    .into_any()
            }}
            <Pager label=lang.of("Pages of databases", "데이터베이스 페이지") first=first next=next />
        </section>
    }
}

#[component]
fn SearchForm(asked: Asked, shards: Vec<String>) -> impl IntoView {
    let lang = use_lang();
    let Asked { target, search, primary, .. } = asked;
    // Also one that is being drained can be asked for.
    let known = primary.is_empty() || shards.contains(&primary);
    let more = (!known).then(|| primary.clone());
    let options = shards.into_iter().chain(more).map(|shard| {
        let selected = shard == primary;
        view! {
            <option value=shard.clone() selected=selected>
                {shard.clone()}
            </option>
        }
    });
    view! {
        <form method="get" action=format!("{PATH}#databases") class="search" role="search">
            <input type="hidden" name="target" value=target />
            <label for="search">{lang.of("Name contains", "이름 검색")}</label>
            <input id="search" name="search" type="search" value=search maxlength="63" />
            <label for="primary">{lang.of("Primary shard", "프라이머리 샤드")}</label>
            <select id="primary" name="primary">
                <option value="">{lang.of("any", "전체")}</option>
                {options.collect_view()}
            </select>
            <button class="quiet">{lang.of("Search", "검색")}</button>
        </form>
    }
}

#[component]
fn Row(database: Database, shards: Vec<String>, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let Database { name, primary } = database;
    let others: Vec<String> = shards.into_iter().filter(|shard| *shard != primary).collect();
    let choose = tr!(lang, "Shard that {name} is moved to", "{name}을(를) 옮길 샤드");
    let label = tr!(lang, "Move {name}", "{name} 이동");
    let Asked { target, search, primary: of_primary, after, .. } = asked;
    let form = (!others.is_empty()).then(|| {
        // Which databases are listed stays as it is.
        let kept = [("target", target), ("search", search), ("primary", of_primary), ("after", after)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view();
        let options = others
            .into_iter()
            .map(|shard| view! { <option value=shard.clone()>{shard.clone()}</option> })
            .collect_view();
        view! {
            <form method="get" action=PATH class="pick">
                {kept}
                <input type="hidden" name="action" value="move_primary" />
                <input type="hidden" name="database" value=name.clone() />
                <select name="to" aria-label=choose>
                    {options}
                </select>
                <button class="quiet" aria-label=label>
                    {lang.of("Move…", "이동…")}
                </button>
            </form>
        }
    });
    let none = form.is_none().then(|| lang.of("no other shard", "다른 샤드 없음"));
    view! {
        <tr>
            <th scope="row">
                <code>{name}</code>
            </th>
            <td>
                <code>{primary}</code>
            </td>
            <td>{form} {none}</td>
        </tr>
    }
}
