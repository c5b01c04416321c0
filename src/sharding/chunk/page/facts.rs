//! What is known of a chunk, and its neighbours.

use leptos::prelude::*;

use super::Asked;
use crate::sharding::chunk::model::{ChunkInfo, ChunkSeen, Measured, Owner};
use crate::sharding::model::Namespace;
use crate::text::{Lang, bytes, count, use_lang, utc};
use crate::tr;
use crate::ui::address::link;
use crate::ui::notice::{Notice, Tone};
use crate::ui::table::{Badge, Table};
use crate::words;

#[component]
pub fn ChunkFacts(seen: ChunkSeen, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let namespace = seen.namespace.clone();
    let to = |path: &str, name: &str| link(path, &[("target", &asked.target), ("namespace", name)]);
    let collection = to("/sharding/collection", &asked.form.namespace);
    // What belongs to MongoDB itself is only looked at, so it has no page of zones.
    let zones = Namespace::parse(&namespace).is_ok().then(|| {
        let href = to("/sharding/zones", &namespace);
        view! {
            " · "
            <a href=href>{lang.of("Its zones", "존")}</a>
        }
    });
    let key = seen.key.as_ref().map(ToString::to_string).unwrap_or_default();
    let size = size_of(&seen, &asked, lang);
    let ChunkSeen { chunk, previous, next, balancer, .. } = seen;
    let misplaced = chunk.misplaced;
    let rows: Vec<AnyView> = [
        (previous, lang.of("before", "앞")),
        (Some(chunk.clone()), lang.of("this one", "이 청크")),
        (next, lang.of("after", "뒤")),
    ]
    .into_iter()
    .filter_map(|(chunk, place)| chunk.map(|chunk| row(chunk, place, &asked, lang)))
    .collect();
    let heads = vec![
        lang.of("Place", "위치"),
        lang.of("From, included", "하한(포함)"),
        lang.of("Up to, not included", "상한(미포함)"),
        lang.of("Shard", "샤드"),
        lang.of("Zone", "존"),
    ];
    view! {
        {seen.moved_on
            .then(|| {
                let text = words!(
                    "No chunk begins at this bound any more; this is the one that owns it now.",
                    "이 경계에서 시작하는 청크가 더 이상 없습니다. 지금 그 키를 가진 청크입니다.",
                );
                view! { <Notice tone=Tone::Warn text=text word=None /> }
            })}
        <section class="card">
            <h2>{lang.of("A chunk of ", "청크: ")} <code>{namespace.clone()}</code></h2>
            <p>
                {lang.of("Sharded by ", "샤드 키: ")} <code>{key}</code> ". " {balancer.read(lang)} " "
                <a href=collection>{lang.of("The collection", "컬렉션")}</a> {zones}
            </p>
            <dl class="facts">
                <dt>{lang.of("From, included", "하한(포함)")}</dt>
                <dd>
                    <code>{chunk.min.shown}</code>
                </dd>
                <dt>{lang.of("Up to, not included", "상한(미포함)")}</dt>
                <dd>
                    <code>{chunk.max.shown}</code>
                </dd>
                <dt>{lang.of("Shard", "샤드")}</dt>
                <dd>
                    {chunk.shard} " "
                    {misplaced
                        .then(|| view! { <Badge tone="warn" text=lang.of("not of its zone", "존 밖") /> })}
                </dd>
                <dt>{lang.of("Zone", "존")}</dt>
                <dd>{zones_of(&chunk.zones, lang)}</dd>
                <dt>{lang.of("Jumbo", "점보")}</dt>
                <dd>
                    {if chunk.jumbo {
                        let text = lang.of("yes: too big to be moved", "예: 너무 커서 옮길 수 없음");
                        view! { <Badge tone="warn" text=text /> }.into_any()
                    } else {
                        lang.of("no", "아니요").into_any()
                    }}
                </dd>
                <dt>{lang.of("Version", "버전")}</dt>
                <dd>{chunk.version}</dd>
                <dt>{lang.of("Size", "크기")}</dt>
                <dd>{size}</dd>
                <dt>{lang.of("Has been on", "있었던 샤드")}</dt>
                <dd>{history(chunk.history, lang)}</dd>
            </dl>
            <Table caption=lang.of("With its neighbours", "이웃 청크").to_owned() heads=heads>
                {rows}
            </Table>
        </section>
    }
}

fn zones_of(zones: &[String], lang: Lang) -> String {
    if zones.is_empty() { lang.of("none: any shard", "없음: 모든 샤드").to_owned() } else { zones.join(", ") }
}

fn size_of(seen: &ChunkSeen, asked: &Asked, lang: Lang) -> AnyView {
    let limit = bytes(seen.chunk_bytes);
    let text = match &seen.measured {
        None => {
            let href = asked.link(&seen.chunk.min.ejson, &[("measure", "yes")]);
            return view! {
                <a href=href>{lang.of("Measure it", "측정하기")}</a>
                " "
                <span class="muted">
                    {lang.of("by its index, for 3 s at most", "인덱스로 최대 3초간")}
                </span>
            }
            .into_any();
        }
        Some(Measured::Is { documents, bytes: size }) => {
            let (documents, size) = (count(*documents), bytes(*size));
            tr!(
                lang,
                "{documents} documents, about {size} by their average size; chunk size {limit}",
                "문서 {documents}개, 평균 크기로 약 {size}; 청크 크기 {limit}"
            )
        }
        Some(Measured::MoreThan { documents }) => {
            let documents = count(*documents);
            tr!(lang, "more than {documents} documents", "문서 {documents}개 초과")
        }
        Some(Measured::Unknown) => {
            lang.of("unknown: the shard did not tell in time", "알 수 없음: 샤드가 제때 답하지 않음").to_owned()
        }
    };
    text.into_any()
}

fn history(owners: Vec<Owner>, lang: Lang) -> AnyView {
    if owners.is_empty() {
        return lang.of("not kept before 5.0", "5.0 전에는 남지 않음").into_any();
    }
    let line = |owner: Owner| {
        let (shard, since) = (owner.shard, utc(owner.since.saturating_mul(1000)));
        view! { <li>{tr!(lang, "{shard} since {since} UTC", "{shard}, {since} UTC부터")}</li> }
    };
    view! { <ul class="plain">{owners.into_iter().map(line).collect_view()}</ul> }.into_any()
}

fn row(chunk: ChunkInfo, place: &'static str, asked: &Asked, lang: Lang) -> AnyView {
    let href = asked.link(&chunk.min.ejson, &[]);
    let zones = zones_of(&chunk.zones, lang);
    view! {
        <tr data-key=chunk.min.ejson>
            <th scope="row">
                <a href=href>{place}</a>
            </th>
            <td>
                <code>{chunk.min.shown}</code>
            </td>
            <td>
                <code>{chunk.max.shown}</code>
            </td>
            <td>
                {chunk.shard} {chunk.jumbo.then(|| view! { " " <Badge tone="warn" text=lang.of("jumbo", "점보") /> })}
            </td>
            <td>{zones}</td>
        </tr>
    }
    .into_any()
}
