//! What there is: publications, tables with what stands against publishing them, and what is left behind.

use leptos::prelude::*;

use super::PATH;
use crate::replication::logical::publications::model::{LeftBehind, Overview, Publication, Table, Trouble};
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Empty, Table as Grid};

/// The publications of the database.
#[component]
pub fn Publications(seen: Overview) -> impl IntoView {
    let lang = use_lang();
    let number = seen.publications.len();
    let level = seen.wal_level.clone();
    let readers = seen.readers.join(", ");
    let place = (seen.target.to_string(), seen.database.clone());
    let major = seen.major;
    view! {
        <section class="card">
            <h2>{lang.of("Publications of this database", "이 데이터베이스의 발행")}</h2>
            {(level != "logical")
                .then(|| {
                    let text = tr!(
                        lang,
                        "wal_level is {level}: nobody can subscribe before it is logical.",
                        "wal_level이 {level}입니다. logical이 되기 전에는 구독할 수 없습니다.",
                    );
                    view! { <p><Badge tone="warn" text=text /></p> }
                })}
            {if number == 0 {
                view! { <Empty text=lang.of("This database has no publications yet.", "아직 발행이 없습니다.") /> }.into_any()
            } else {
                let heads = vec![
                    lang.of("Publication", "발행"),
                    lang.of("Tables", "테이블"),
                    lang.of("Sends", "전송"),
                    lang.of("Known subscriptions", "알려진 구독"),
                    lang.of("Action", "작업"),
                ];
                view! {
                    <Grid caption=tr!(lang, "Publications: {number}", "발행: {number}개") heads=heads>
                        {seen
                            .publications
                            .into_iter()
                            .map(|publication| {
                                view! { <PublicationRow it=publication place=place.clone() major=major /> }
                            })
                            .collect_view()}
                    </Grid>
                }
                    .into_any()
            }}
            {(!readers.is_empty())
                .then(|| {
                    let text = tr!(lang, "Logical slots read now: {readers}", "지금 읽히는 논리 슬롯: {readers}");
                    view! { <p class="muted">{text}</p> }
                })}
        </section>
    }
}

#[component]
fn PublicationRow(it: Publication, place: (String, String), major: i32) -> impl IntoView {
    let lang = use_lang();
    let name = it.name;
    let (target, database) = place;
    let number = it.table_count;
    let extent = match (it.all_tables, it.schemas.is_empty()) {
        (true, _) => tr!(lang, "all tables ({number} now)", "모든 테이블(지금 {number}개)"),
        (false, false) => {
            let schemas = it.schemas.join(", ");
            tr!(lang, "schemas {schemas} and others ({number} now)", "스키마 {schemas} 등(지금 {number}개)")
        }
        (false, true) => tr!(lang, "tables: {number}", "테이블 {number}개"),
    };
    let root = it.via_root.then(|| lang.of("partitions as their root", "파티션은 루트로"));
    let subscribers = if it.subscribers.is_empty() {
        lang.of("none known", "알려진 것 없음").to_owned()
    } else {
        it.subscribers.join(", ")
    };
    let asked = |action: &str, publish: &str| {
        let pairs = [
            ("target", target.as_str()),
            ("database", database.as_str()),
            ("action", action),
            ("name", name.as_str()),
            ("publish", publish),
        ];
        link(PATH, &pairs)
    };
    let drop = asked("drop_publication", "");
    let inserts = (it.publish.need_identity()).then(|| asked("set_publish", "insert"));
    let everything = (!it.publish.update).then(|| asked("set_publish", "insert,update,delete,truncate"));
    let label = tr!(lang, "Drop {name}", "{name} 삭제");
    let no_lists = major < 15;
    let listed = !it.all_tables;
    view! {
        <tr>
            <th scope="row">
                <code>{name.clone()}</code>
            </th>
            <td>
                <details>
                    <summary>{extent}</summary>
                    <ul>
                        {it
                            .tables
                            .into_iter()
                            .map(|table| {
                                let columns = table.columns.map(|columns| format!(" ({columns})"));
                                let filter = table.row_filter.map(|filter| format!(" WHERE {filter}"));
                                view! { <li><code>{table.name} {columns} {filter}</code></li> }
                            })
                            .collect_view()}
                    </ul>
                    {listed.then(|| view! { <ChangeTables target=target.clone() database=database.clone() name=name.clone() /> })}
                    {no_lists
                        .then(|| {
                            view! {
                                <p class="muted">
                                    {lang.of("Row filters and column lists came with 15.", "행 필터와 컬럼 목록은 15부터입니다.")}
                                </p>
                            }
                        })}
                </details>
            </td>
            <td>{it.publish.to_string()} " " <span class="muted">{root}</span></td>
            <td>{subscribers}</td>
            <td>
                <a class="button quiet" href=drop aria-label=label>
                    {lang.of("Drop…", "삭제…")}
                </a>
                {inserts.map(|href| view! { <a class="button quiet" href=href>{lang.of("Inserts only…", "insert만…")}</a> })}
                {everything.map(|href| view! { <a class="button quiet" href=href>{lang.of("All changes…", "모든 변경…")}</a> })}
            </td>
        </tr>
    }
}

/// Adds tables to a publication or takes them out.
#[component]
fn ChangeTables(target: String, database: String, name: String) -> impl IntoView {
    let lang = use_lang();
    let id = format!("names-{name}");
    view! {
        <form method="get" action=PATH class="search">
            <input type="hidden" name="target" value=target />
            <input type="hidden" name="database" value=database />
            <input type="hidden" name="name" value=name />
            <label for=id.clone()>{lang.of("Tables", "테이블")}</label>
            <input id=id name="names" required=true placeholder="public.orders, public.items" maxlength="2000" />
            <button class="quiet" name="action" value="add_tables">{lang.of("Add…", "추가…")}</button>
            <button class="quiet" name="action" value="drop_tables">{lang.of("Take out…", "빼기…")}</button>
            <button class="quiet" name="action" value="set_tables">{lang.of("Exactly these…", "이 목록으로…")}</button>
        </form>
    }
}

/// The tables of the database, with what stands against publishing them and how to mend it.
#[component]
pub fn Tables(seen: Overview) -> impl IntoView {
    let lang = use_lang();
    let (shown, all) = (seen.tables.len(), count(seen.table_count));
    let heads = vec![
        lang.of("Table", "테이블"),
        lang.of("Fit to be published", "발행 가능 여부"),
        lang.of("Rows (estimate)", "행 수(추정)"),
        lang.of("Size", "크기"),
        lang.of("Fix", "해결"),
    ];
    let (target, database) = (seen.target.to_string(), seen.database);
    view! {
        <section class="card">
            <h2>{lang.of("Tables", "테이블")}</h2>
            <Grid caption=tr!(lang, "Tables: {shown} of {all}", "테이블: {all}개 중 {shown}개") heads=heads>
                {seen
                    .tables
                    .into_iter()
                    .map(|table| view! { <TableRow table=table target=target.clone() database=database.clone() /> })
                    .collect_view()}
            </Grid>
        </section>
    }
}

#[component]
fn TableRow(table: Table, target: String, database: String) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = trouble_word(&table, lang).unwrap_or(("good", lang.of("yes", "예").to_owned()));
    let broken = table.troubles.iter().any(|it| it.breaks_writes());
    // Of a partitioned table, the partition is mended whose rows are in trouble.
    let name = table.at.as_ref().unwrap_or(&table.name).to_string();
    let fix = |identity: &str, index: &str| {
        let pairs = [
            ("target", target.as_str()),
            ("database", database.as_str()),
            ("action", "set_replica_identity"),
            ("names", name.as_str()),
            ("identity", identity),
            ("index", index),
        ];
        link(PATH, &pairs)
    };
    let by_index =
        table.candidate.as_ref().filter(|_| broken).map(|index| (fix("index", index.as_str()), index.to_string()));
    let full = broken.then(|| fix("full", ""));
    let label = tr!(lang, "Use REPLICA IDENTITY FULL for {name}", "{name}에 REPLICA IDENTITY FULL 사용");
    let rows = table.rows.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), count);
    view! {
        <tr>
            <th scope="row">
                <code>{table.name.to_string()}</code>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td class="number">{rows}</td>
            <td class="number">{bytes(table.bytes)}</td>
            <td>
                {by_index
                    .map(|(href, index)| {
                        let text = tr!(lang, "Use index {index}…", "인덱스 {index} 사용…");
                        view! { <a class="button quiet" href=href>{text}</a> }
                    })}
                {full.map(|href| view! { <a class="button quiet" href=href aria-label=label>"FULL…"</a> })}
            </td>
        </tr>
    }
}

/// The first thing that stands against publishing a table, with its colour.
pub fn trouble_word(table: &Table, lang: Lang) -> Option<(&'static str, String)> {
    let (tone, word) = match table.troubles.first()? {
        Trouble::Unlogged => ("bad", lang.of("no: unlogged", "불가: 비로그 테이블")),
        Trouble::Temporary => ("bad", lang.of("no: temporary", "불가: 임시 테이블")),
        Trouble::NoTable => ("bad", lang.of("no: has a foreign partition", "불가: 외부 테이블 파티션")),
        Trouble::NoPrimaryKey => ("bad", lang.of("inserts only: no primary key", "insert만: 기본 키 없음")),
        Trouble::IdentityNothing => {
            ("bad", lang.of("inserts only: REPLICA IDENTITY NOTHING", "insert만: REPLICA IDENTITY NOTHING"))
        }
        Trouble::IndexGone => {
            ("bad", lang.of("inserts only: its identity index is gone", "insert만: 식별 인덱스 없음"))
        }
        Trouble::Full => ("warn", lang.of("yes, by whole rows (slow)", "예, 행 전체로(느림)")),
        Trouble::NoSelect => ("warn", lang.of("the role may not read it", "역할에 읽기 권한 없음")),
    };
    let at = table.at.as_ref().map(|leaf| format!(" ({leaf})")).unwrap_or_default();
    Some((tone, format!("{word}{at}")))
}

/// What subscribers do not get.
#[component]
pub fn LeftBehindNote(left: LeftBehind) -> impl IntoView {
    let lang = use_lang();
    let items = [
        (lang.of("Changes of the schema (DDL)", "스키마 변경(DDL)"), None),
        (lang.of("Values of sequences", "시퀀스 값"), Some(left.sequences)),
        (lang.of("Materialized views", "구체화된 뷰"), Some(left.materialized_views)),
        (lang.of("Unlogged tables", "비로그 테이블"), Some(left.unlogged_tables)),
        (lang.of("Foreign tables", "외부 테이블"), Some(left.foreign_tables)),
        (lang.of("Large objects", "대형 객체"), Some(left.large_objects)),
    ];
    view! {
        <section class="card">
            <h2>{lang.of("Not replicated from this database", "이 데이터베이스에서 복제되지 않는 것")}</h2>
            <ul>
                {items
                    .into_iter()
                    .map(|(text, number)| view! { <li>{text} {number.map(|number| format!(": {}", count(number)))}</li> })
                    .collect_view()}
            </ul>
        </section>
    }
}
