//! Each subscription with its tables, its publisher, and what can be done to it.

use leptos::prelude::*;

use super::actions::{Actions, Unreadable};
use super::cutover::CutOver;
use crate::replication::logical::subscriptions::model::seen::{Overview, Publisher, Stage, Subscription, TableState};
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Empty, Table as Grid};

#[component]
pub fn Subscriptions(seen: Overview) -> impl IntoView {
    let lang = use_lang();
    let place = (seen.target.to_string(), seen.database.clone());
    if seen.subscriptions.is_empty() {
        let text = lang.of("This database has no subscriptions yet.", "아직 구독이 없습니다.");
        return view! {
            <section class="card">
                <Empty text=text />
            </section>
        }
        .into_any();
    }
    seen.subscriptions
        .into_iter()
        .map(|it| view! { <OneSubscription it=it place=place.clone() major=seen.major /> })
        .collect_view()
        .into_any()
}

#[component]
fn OneSubscription(it: Subscription, place: (String, String), major: i32) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = state_word(&it, lang);
    let (name, key) = (it.name.clone(), it.name.clone());
    let title = tr!(lang, "Subscription {name}", "구독 {name}");
    let label = title.clone();
    view! {
        <section class="card" aria-label=label data-key=key>
            <h2>{title} " " <Badge tone=tone text=word /></h2>
            <Facts it=it.clone() major=major />
            {it.publisher.clone().map(|publisher| view! { <FarEnd publisher=publisher held_by=it.slot.clone() /> })}
            <Tables it=it.clone() />
            <Unreadable it=it.clone() />
            <Actions it=it.clone() place=place.clone() major=major />
            <CutOver it=it place=place />
        </section>
    }
}

fn state_word(it: &Subscription, lang: Lang) -> (&'static str, String) {
    let (ready, all) = (it.ready_count, it.table_count);
    match (it.enabled, it.worker.is_some()) {
        (false, _) => ("warn", lang.of("disabled", "비활성").to_owned()),
        (true, false) => ("bad", lang.of("enabled, but no worker runs", "활성, 워커 없음").to_owned()),
        (true, true) if ready < all => {
            ("warn", tr!(lang, "copying, tables ready: {ready} of {all}", "복사 중: {all}개 중 {ready}개 준비"))
        }
        (true, true) => ("good", lang.of("synced and following", "동기화됨, 이어받는 중").to_owned()),
    }
}

#[component]
fn Facts(it: Subscription, major: i32) -> impl IntoView {
    let lang = use_lang();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let connection = match it.connection {
        None => lang.of("no permission to read it", "읽을 권한 없음").to_owned(),
        Some(pairs) if pairs.is_empty() => lang
            .of("not shown: it is written in a way that may hold a secret", "표시 안 함: 비밀이 담겼을 수 있는 형식")
            .to_owned(),
        Some(pairs) => {
            let pairs: Vec<String> = pairs.into_iter().map(|(keyword, value)| format!("{keyword}={value}")).collect();
            format!("{} {}", pairs.join(" "), lang.of("(password not shown)", "(비밀번호 표시 안 함)"))
        }
    };
    let slot = it.slot.unwrap_or_else(|| lang.of("none", "없음").to_owned());
    let errors = |number: Option<i64>| match number {
        Some(number) => count(number),
        None if major < 15 => lang.of("unknown before 15", "15 미만에서는 알 수 없음").to_owned(),
        None => unknown(),
    };
    let heard = it.silent_seconds.map_or_else(unknown, |seconds| {
        let ago = span((seconds * 1000.0) as i64).read(lang);
        tr!(lang, "{ago} ago", "{ago} 전")
    });
    let rows = [
        (lang.of("Publications", "발행"), it.publications.join(", ")),
        (lang.of("Slot at the publisher", "발행 서버의 슬롯"), slot),
        (lang.of("Connection", "연결"), connection),
        (lang.of("Received up to", "받은 위치"), it.received_lsn.unwrap_or_else(unknown)),
        (lang.of("Publisher last heard", "발행 서버의 마지막 신호"), heard),
        (lang.of("Failures while applying", "적용 실패"), errors(it.apply_errors)),
        (lang.of("Failures while copying", "복사 실패"), errors(it.sync_errors)),
        (lang.of("Options", "옵션"), if it.options.is_empty() { "–".to_owned() } else { it.options.join(", ") }),
        (lang.of("Owner", "소유자"), it.owner),
    ];
    view! {
        <dl>
            {rows
                .into_iter()
                .map(|(term, text)| {
                    view! {
                        <dt>{term}</dt>
                        <dd>{text}</dd>
                    }
                })
                .collect_view()}
        </dl>
    }
}

/// The publisher, and slots of table copies, which belong to this subscription and to nobody else.
#[component]
fn FarEnd(publisher: Publisher, held_by: Option<String>) -> impl IntoView {
    let lang = use_lang();
    let (name, database) = (publisher.name, publisher.database);
    let lag = publisher.lag_bytes.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), bytes);
    let held = publisher.held_bytes.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), bytes);
    let target = publisher.target.to_string();
    let href = held_by.map(|slot| link("/replication/slot", &[("target", &target), ("name", &slot)]));
    let left = publisher.sync_slots.iter().filter(|slot| !slot.active).count();
    let slots = publisher.sync_slots;
    view! {
        <p>
            {tr!(lang, "Publisher {name}, database {database}: {lag} not confirmed yet, {held} of WAL held. ", "발행 서버 {name}, 데이터베이스 {database}: 아직 확인되지 않은 양 {lag}, 보관 중인 WAL {held}. ")}
            {href.map(|href| view! { <a href=href>{lang.of("Its slot", "슬롯 보기")}</a> })}
        </p>
        {(!slots.is_empty())
            .then(|| {
                let number = slots.len();
                view! {
                    <details open=true data-key="far">
                        <summary>
                            {tr!(
                                lang,
                                "Slots of table copies at the publisher: {number}, of which {left} are not in use",
                                "발행 서버의 테이블 복사 슬롯: {number}개, 그중 미사용 {left}개"
                            )}
                        </summary>
                        <p class="muted">
                            {lang
                                .of(
                                    "They belong to this subscription and hold WAL. They go when the copy ends or the subscription is dropped; do not drop them by hand.",
                                    "이 구독의 슬롯이며 WAL을 보관합니다. 복사가 끝나거나 구독을 삭제하면 사라지므로 직접 삭제하지 마세요.",
                                )}
                        </p>
                        <ul>
                            {slots
                                .into_iter()
                                .map(|slot| {
                                    let held = slot.held_bytes.map_or_else(|| "?".to_owned(), bytes);
                                    let use_word = if slot.active { lang.of("in use", "사용 중") } else { lang.of("not in use", "미사용") };
                                    view! { <li><code>{slot.name}</code> " " {use_word} ", " {held}</li> }
                                })
                                .collect_view()}
                        </ul>
                    </details>
                }
            })}
    }
}

#[component]
fn Tables(it: Subscription) -> impl IntoView {
    let lang = use_lang();
    let (ready, all) = (count(it.ready_count), count(it.table_count));
    let heads = vec![lang.of("Table", "테이블"), lang.of("State", "상태"), lang.of("Rows copied", "복사된 행")];
    view! {
        <Grid caption=tr!(lang, "Tables: {ready} of {all} ready", "테이블: {all}개 중 {ready}개 준비") heads=heads>
            {it.tables.into_iter().map(|table| view! { <TableRow table=table /> }).collect_view()}
        </Grid>
    }
}

#[component]
fn TableRow(table: TableState) -> impl IntoView {
    let lang = use_lang();
    let (tone, word) = match (table.state, table.unreadable) {
        (Stage::Ready, _) => ("good", lang.of("ready", "준비됨")),
        (_, true) => ("bad", lang.of("stuck: the role may not read it", "막힘: 역할에 읽기 권한 없음")),
        (Stage::Waiting, _) => ("plain", lang.of("waits for its copy", "복사 대기")),
        (Stage::Copying, _) => ("warn", lang.of("being copied", "복사 중")),
        (Stage::Copied, _) => ("warn", lang.of("copied, not followed yet", "복사됨, 이어받기 전")),
        (Stage::CatchingUp, _) => ("warn", lang.of("catching up", "따라잡는 중")),
        (Stage::Unknown, _) => ("plain", lang.of("unknown", "알 수 없음")),
    };
    let total =
        table.rows_total.filter(|rows| *rows > 0).map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), count);
    let copied = match (table.state, table.rows_copied) {
        (Stage::Ready, _) => "–".to_owned(),
        (_, Some(rows)) => {
            let rows = count(rows);
            tr!(lang, "{rows} of about {total}", "약 {total} 중 {rows}")
        }
        (_, None) => lang.of("unknown", "알 수 없음").to_owned(),
    };
    view! {
        <tr>
            <th scope="row">
                <code>{table.name.to_string()}</code>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td class="number">{copied}</td>
        </tr>
    }
}
