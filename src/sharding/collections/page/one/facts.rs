//! What a collection is, in words, and its indexes.

use leptos::prelude::*;

use super::super::super::model::{IndexSeen, One};
use super::super::table::movement;
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::table::{Badge, Empty, Table};

#[component]
pub fn Facts(one: One) -> impl IntoView {
    let lang = use_lang();
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let key = match &one.key {
        Some(key) => {
            let unique = if one.unique { lang.of(" unique", " 고유") } else { "" };
            view! { <code>{key.clone()}</code> {unique} }.into_any()
        }
        None => {
            let on = one.primary.clone().unwrap_or_else(unknown);
            tr!(lang, "not sharded; it is on {on}", "샤딩되지 않음. {on}에 있습니다.").into_any()
        }
    };
    let size = bytes(one.chunk_bytes.0);
    let size = match one.chunk_bytes.1 {
        true => tr!(lang, "{size}, set for this collection", "{size}, 이 컬렉션에 지정됨"),
        false => tr!(lang, "{size}, as the cluster has it", "{size}, 클러스터 설정"),
    };
    let zones: Vec<String> = one
        .zones
        .iter()
        .map(|(zone, ranges)| {
            let ranges = count(*ranges);
            tr!(lang, "{zone}: {ranges} ranges", "{zone}: 범위 {ranges}개")
        })
        .collect();
    let zones = if zones.is_empty() { lang.of("none", "없음").to_owned() } else { zones.join(" · ") };
    let balancing = match (&one.stands_still, one.key.is_some()) {
        (_, false) => "–".to_owned(),
        (None, _) => movement(one.movement, lang),
        (Some(why), _) => format!("{}. {}", movement(one.movement, lang), why.read(lang)),
    };
    let says = one.compliance.as_ref().map(|it| it.told().read(lang));
    let uuid = if one.uuid.is_empty() { unknown() } else { one.uuid.clone() };
    view! {
        <dl class="facts">
            <dt>{lang.of("Shard key", "샤드 키")}</dt>
            <dd>{key}</dd>
            <dt>{lang.of("Kind", "종류")}</dt>
            <dd>{kind(&one, lang)}</dd>
            <dt>{lang.of("Balancing", "밸런싱")}</dt>
            <dd>{balancing}</dd>
            {says
                .map(|says| {
                    view! {
                        <dt>{lang.of("The balancer says", "밸런서의 판단")}</dt>
                        <dd>{says}</dd>
                    }
                })}
            <dt>{lang.of("Chunk size", "청크 크기")}</dt>
            <dd>{size}</dd>
            <dt>{lang.of("Zones", "존")}</dt>
            <dd>{zones}</dd>
            <dt>"UUID"</dt>
            <dd>
                <code>{uuid}</code>
            </dd>
        </dl>
    }
}

fn kind(one: &One, lang: Lang) -> String {
    let mut words = Vec::new();
    match (one.view, one.time_series, one.capped) {
        (true, ..) => words.push(lang.of("view", "뷰")),
        (_, true, _) => words.push(lang.of("time series", "시계열")),
        (_, _, true) => words.push(lang.of("capped collection", "capped 컬렉션")),
        _ => words.push(lang.of("collection", "컬렉션")),
    }
    if one.collated {
        words.push(lang.of("with a collation of its own", "자체 정렬 규칙 사용"));
    }
    words.join(", ")
}

#[component]
pub fn Indexes(one: One) -> impl IntoView {
    let lang = use_lang();
    let sharded = one.key.is_some();
    let Some(indexes) = one.indexes else {
        return view! { <Empty text=lang.of("They could not be listed.", "조회하지 못했습니다.") /> }.into_any();
    };
    if indexes.is_empty() {
        return view! { <Empty text=lang.of("There are none.", "없습니다.") /> }.into_any();
    }
    let heads = vec![
        lang.of("Index", "인덱스"),
        lang.of("Fields", "필드"),
        lang.of("For the shard key", "샤드 키 지원"),
        lang.of("Documents expire", "문서 만료"),
    ];
    let rows = indexes.into_iter().map(|index| row(index, sharded, lang)).collect_view();
    view! {
        <Table caption=lang.of("Indexes of the collection", "컬렉션의 인덱스") heads=heads>
            {rows}
        </Table>
    }
    .into_any()
}

fn row(index: IndexSeen, sharded: bool, lang: Lang) -> impl IntoView {
    let supports = match (sharded, index.supports) {
        (false, _) => "–".into_any(),
        (_, true) => view! { <Badge tone="good" text=lang.of("supports it", "지원함") /> }.into_any(),
        (_, false) => lang.of("no", "아니요").into_any(),
    };
    let expires = index.expires.map_or_else(
        || lang.of("never", "안 함").to_owned(),
        |seconds| {
            let after = span(seconds.saturating_mul(1_000)).read(lang);
            tr!(lang, "after {after}", "{after} 후")
        },
    );
    let unique = index.unique.then(|| lang.of(" unique", " 고유"));
    view! {
        <tr>
            <th scope="row">
                <code>{index.name}</code>
            </th>
            <td>
                <code>{index.key}</code>
                {unique}
            </td>
            <td>{supports}</td>
            <td>{expires}</td>
        </tr>
    }
}
