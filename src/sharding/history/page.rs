//! The page of the history, and the part of it that other pages show.

pub mod tables;

use leptos::prelude::*;

use self::tables::{EventTable, FailureList, MoveTable};
use super::api::read_history;
use super::model::{End, History, Rounds};
use crate::sharding::frame::ClusterFrame;
use crate::text::{count, use_lang, utc};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Empty;
use crate::words;

const PATH: &str = "/sharding/history";
/// Moves that another page shows.
const RECENT: usize = 10;

/// `/sharding/history`.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let address = use_address().get_untracked();
    let (target, namespace) = (address.text("target"), address.text("namespace").trim().to_owned());
    view! {
        <ClusterFrame
            title=words!("Migration history", "마이그레이션 이력")
            lead=Some(
                words!(
                    "What the cluster's own logs tell of moves, splits, merges and reshardings, and what went wrong in the last 24 hours. Times are UTC.",
                    "클러스터 로그에 남은 이동·분할·병합·리샤딩과 최근 24시간의 실패입니다. 시각은 UTC입니다.",
                ),
            )
            path=PATH
        >
            <Search target=target.clone() namespace=namespace.clone() />
            <All target=target namespace=namespace />
        </ClusterFrame>
    }
    .into_any()
}

#[component]
fn Search(target: String, namespace: String) -> impl IntoView {
    let lang = use_lang();
    let whole = (!namespace.is_empty()).then(|| {
        let map = link("/sharding/chunks", &[("target", &target), ("namespace", &namespace)]);
        let all = link(PATH, &[("target", &target)]);
        view! {
            <a href=map>{lang.of("Chunk map", "청크 맵")}</a>
            <a href=all>{lang.of("All collections", "모든 컬렉션")}</a>
        }
    });
    view! {
        <form method="get" action=PATH class="search" role="search">
            <input type="hidden" name="target" value=target />
            <label for="namespace">{lang.of("Of the collection", "컬렉션")}</label>
            <input id="namespace" name="namespace" value=namespace maxlength="255" placeholder="database.collection" />
            <button class="quiet">{lang.of("Show", "보기")}</button>
            {whole}
        </form>
    }
}

#[component]
fn All(target: String, namespace: String) -> impl IntoView {
    let lang = use_lang();
    let asked = target.clone();
    let history =
        fetch(move || (asked.clone(), namespace.clone()), |(target, namespace)| read_history(target, namespace));
    view! {
        <Transition fallback=|| ()>
            {move || {
                let target = target.clone();
                Suspend::new(async move {
                    let history = match history.await {
                        Ok(history) => history,
                        Err(error) => return view! { <ErrorNotice error=error /> }.into_any(),
                    };
                    let History { failures, moves, events, rounds, reach, at } = history;
                    let reach = tell_reach(reach.end, reach.oldest, at, lang);
                    view! {
                        <section class="card">
                            <h2>{lang.of("What failed in the last 24 hours", "최근 24시간의 실패")}</h2>
                            <p class="muted">{reach}</p>
                            <p class="muted">{tell_rounds(rounds, lang)}</p>
                            <FailureList failures=failures target=target.clone() />
                        </section>
                        <section class="card">
                            <h2>{lang.of("Moves of chunks", "청크 이동")}</h2>
                            <MoveTable moves=moves target=target named=true />
                        </section>
                        <section class="card">
                            <h2>{lang.of("What else happened", "그 밖의 변화")}</h2>
                            <EventTable events=events />
                        </section>
                    }
                        .into_any()
                })
            }}
        </Transition>
    }
}

fn tell_reach(end: End, oldest: Option<i64>, at: i64, lang: crate::text::Lang) -> String {
    let Some(oldest) = oldest else {
        return lang
            .of("The log holds no entry of the last 24 hours.", "최근 24시간의 로그 항목이 없습니다.")
            .to_owned();
    };
    let (oldest, at) = (utc(oldest), utc(at));
    match end {
        End::Day => tr!(
            lang,
            "Read at {at}. The log reaches back the whole 24 hours.",
            "{at}에 읽음. 로그가 24시간 전까지 이어집니다."
        ),
        End::Log => tr!(
            lang,
            "Read at {at}. The log begins at {oldest}: what happened before is not in it (it is of fixed size and overwrites itself, or the cluster is younger).",
            "{at}에 읽음. 로그는 {oldest}부터입니다. 그 전의 일은 없습니다(크기가 고정되어 덮어쓰거나, 클러스터가 더 최근에 생겼습니다)."
        ),
        End::Limit => tr!(
            lang,
            "Read at {at}, back to {oldest} only: there are more entries than are read for one page. Failures from before are not counted.",
            "{at}에 읽음. 한 페이지에 읽는 양을 넘어 {oldest}까지만 읽었습니다. 그 전의 실패는 세지 않았습니다."
        ),
    }
}

fn tell_rounds(rounds: Rounds, lang: crate::text::Lang) -> String {
    if rounds.unread {
        return lang
            .of(
                "Rounds of the balancer: unknown, its log could not be read.",
                "밸런서 라운드: 알 수 없음. 로그를 읽지 못했습니다.",
            )
            .to_owned();
    }
    let (all, moved, failed) = (count(rounds.rounds), count(rounds.moved), count(rounds.failed));
    match rounds.last.map(utc) {
        Some(last) => tr!(
            lang,
            "The balancer had {all} rounds with something to do; they moved {moved} chunks, {failed} ended with an error, the last was at {last}.",
            "밸런서가 할 일이 있던 라운드 {all}번: 청크 {moved}개 이동, 오류 {failed}번, 마지막 {last}."
        ),
        None => lang
            .of("No round of the balancer had anything to do.", "밸런서가 할 일이 있던 라운드가 없었습니다.")
            .to_owned(),
    }
}

/// The last moves of one collection, and how to see the rest.
#[component]
pub fn RecentMoves(target: String, namespace: String) -> impl IntoView {
    let lang = use_lang();
    let (asked, name) = (target.clone(), namespace.clone());
    let history = fetch(move || (asked.clone(), name.clone()), |(target, namespace)| read_history(target, namespace));
    let all = link(PATH, &[("target", &target), ("namespace", &namespace)]);
    view! {
        <section class="card">
            <h2>{lang.of("Recent moves", "최근 이동")}</h2>
            <Transition fallback=|| ()>
                {move || {
                    let (target, all) = (target.clone(), all.clone());
                    Suspend::new(async move {
                        match history.await {
                            Ok(History { failures, mut moves, .. }) => {
                                moves.truncate(RECENT);
                                let failed = (!failures.is_empty())
                                    .then(|| view! { <FailureList failures=failures target=target.clone() /> });
                                view! {
                                    {failed}
                                    <MoveTable moves=moves target=target named=false />
                                    <p>
                                        <a href=all>{lang.of("The whole history", "전체 마이그레이션 이력")}</a>
                                    </p>
                                }
                                    .into_any()
                            }
                            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </section>
    }
}

/// What stands where nothing happened.
#[component]
fn Nothing() -> impl IntoView {
    let lang = use_lang();
    view! { <Empty text=lang.of("Nothing in the part of the log that was read.", "읽은 로그에 없습니다.") /> }
}
