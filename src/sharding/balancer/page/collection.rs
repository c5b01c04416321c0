//! What the balancer may do with one collection.

use leptos::prelude::*;

use super::forms::MibField;
use super::{Asked, PATH};
use crate::error::AppError;
use crate::sharding::balancer::api::{read_balancer, read_balancing_of};
use crate::sharding::balancer::model::{OfCollection, Switch};
use crate::sharding::model::Release;
use crate::text::{Lang, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Badge;

#[component]
pub fn OneCollection(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let question = (asked.target.clone(), asked.namespace.clone());
    let found = fetch(
        move || question.clone(),
        |(target, namespace)| async move {
            let collection = read_balancing_of(target.clone(), namespace).await?;
            Ok::<_, AppError>((collection, read_balancer(target).await?.release))
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || {
                let (asked, error) = (asked.clone(), error.clone());
                Suspend::new(async move {
                    match found.await {
                        Ok((collection, release)) => {
                            view! { <Sheet collection=collection release=release asked=asked error=error /> }.into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}

#[component]
fn Sheet(collection: OfCollection, release: Release, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let name = collection.namespace.clone();
    let mib = if asked.mib.is_empty() {
        collection.chunk_mib.map(|it| it.to_string()).unwrap_or_default()
    } else {
        asked.mib
    };
    let reset = of(&asked.target, &name, "reset_collection_chunk_size");
    let has_size = crate::sharding::model::offered::Operation::SetCollectionChunkSize.offered(release);
    let size = match has_size {
        Err(reason) => view! { <p class="muted">{reason.read(lang)}</p> }.into_any(),
        Ok(()) => view! {
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target.clone() />
                <input type="hidden" name="action" value="set_collection_chunk_size" />
                <input type="hidden" name="namespace" value=name.clone() />
                <MibField mib=mib error=error id="own-mib" />
                <p class="buttons">
                    <button>{lang.of("Show the plan for its size", "자체 크기 계획 보기")}</button>
                    <a class="button quiet" href=reset>
                        {lang.of("Use the cluster's size…", "클러스터 크기 사용…")}
                    </a>
                </p>
            </form>
        }
        .into_any(),
    };
    let switches = SWITCHES
        .iter()
        .map(|(switch, start, stop)| switch_row(*switch, (start, stop), &collection, release, &asked.target, lang))
        .collect_view();
    view! {
        <section class="card" id="collection">
            <h2>{lang.of("Balancing of ", "밸런싱: ")} <code>{name.clone()}</code></h2>
            <p>{violation(&collection, lang)}</p>
            <dl class="facts">{switches}</dl>
            <h3>{lang.of("Its own chunk size", "자체 청크 크기")}</h3>
            {size}
        </section>
    }
}

const SWITCHES: [(Switch, &str, &str); 4] = [
    (Switch::Balancing, "start_balancing_collection", "stop_balancing_collection"),
    (Switch::Migrations, "unfreeze_collection", "freeze_collection"),
    (Switch::AutoMerger, "start_merging_collection", "stop_merging_collection"),
    (Switch::Defragmentation, "start_defragmentation", "stop_defragmentation"),
];

fn of(target: &str, namespace: &str, action: &str) -> String {
    link(PATH, &[("target", target), ("action", action), ("namespace", namespace)])
}

fn switch_row(
    switch: Switch,
    actions: (&str, &str),
    now: &OfCollection,
    release: Release,
    target: &str,
    lang: Lang,
) -> impl IntoView + use<> {
    let (on, name, start, stop) = match switch {
        Switch::Balancing => (
            now.balanced,
            lang.of("The balancer looks after it", "밸런서 관리"),
            lang.of("Balance it again…", "밸런싱 켜기…"),
            lang.of("Take it out of balancing…", "밸런싱 끄기…"),
        ),
        Switch::Migrations => (
            !now.frozen,
            lang.of("Its chunks may move", "청크 이동 가능"),
            lang.of("Unfreeze it…", "동결 해제…"),
            lang.of("Freeze it…", "동결…"),
        ),
        Switch::AutoMerger => (
            now.auto_merger.unwrap_or(true),
            lang.of("Its chunks are merged automatically", "청크 자동 병합"),
            lang.of("Merge automatically…", "자동 병합 켜기…"),
            lang.of("Turn auto-merge off…", "자동 병합 끄기…"),
        ),
        Switch::Defragmentation => (
            now.defragmenting,
            lang.of("It is being defragmented", "조각 모음 중"),
            lang.of("Defragment it…", "조각 모음 시작…"),
            lang.of("Stop defragmenting…", "조각 모음 중지…"),
        ),
    };
    let (action, label) = if on { (actions.1, stop) } else { (actions.0, start) };
    let href = of(target, &now.namespace, action);
    let content = match switch.operation().offered(release) {
        Err(reason) => view! { <span class="muted">{reason.read(lang)}</span> }.into_any(),
        Ok(()) => {
            let (tone, word) = if on { ("good", lang.of("yes", "예")) } else { ("plain", lang.of("no", "아니요")) };
            view! {
                <Badge tone=tone text=word />
                " "
                <a class="button quiet" href=href>
                    {label}
                </a>
            }
            .into_any()
        }
    };
    view! {
        <dt>{name}</dt>
        <dd>{content}</dd>
    }
}

fn violation(now: &OfCollection, lang: Lang) -> String {
    match now.violation.as_deref() {
        None => lang.of("Whether it is balanced is unknown.", "균형 여부를 알 수 없습니다.").to_owned(),
        Some("") => lang.of("The balancer finds nothing to do for it.", "밸런서가 할 일이 없습니다.").to_owned(),
        Some("chunksImbalance") => {
            lang.of("Its shards hold unequal shares.", "샤드별 몫이 고르지 않습니다.").to_owned()
        }
        Some("zoneViolation") => lang.of("A chunk lies outside its zone.", "존 밖에 있는 청크가 있습니다.").to_owned(),
        Some("draining") => lang
            .of("A shard that is drained still has chunks of it.", "드레이닝 중인 샤드에 청크가 남아 있습니다.")
            .to_owned(),
        Some("defragmentingChunks") => lang.of("It is being defragmented.", "조각 모음 중입니다.").to_owned(),
        Some(other) => tr!(lang, "The balancer has work: {other}.", "밸런서가 처리할 항목: {other}."),
    }
}
