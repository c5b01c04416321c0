//! The page of a cluster as a whole.

pub mod parts;
pub mod shards;

use leptos::prelude::*;

use self::parts::{Balancer, Config, Routers};
use self::shards::Shards;
use super::api::read_cluster;
use super::model::{Counts, Overview};
use crate::finding::page::Findings;
use crate::sharding::frame::ClusterFrame;
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::address::{use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::words;

/// `/sharding`.
#[component]
pub fn ShardingPage() -> impl IntoView {
    view! {
        <ClusterFrame
            title=words!("Sharding", "샤딩")
            lead=Some(
                words!(
                    "The cluster as a whole: first what is wrong with it, then what it is made of.",
                    "클러스터 전체입니다. 먼저 문제를, 이어서 구성을 보여 줍니다.",
                ),
            )
            path="/sharding"
        >
            <Live id="cluster" source=use_source("/live/sharding/cluster") every=2_000>
                <ClusterPart />
            </Live>
        </ClusterFrame>
    }
    .into_any()
}

/// What is seen now, of the cluster that the address names.
#[component]
pub fn ClusterPart() -> impl IntoView {
    let address = use_address();
    let cluster = fetch(move || address.with(|address| address.text("target")), read_cluster);
    view! {
        <Region id="cluster">
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match cluster.await {
                    Ok(cluster) => view! { <Shown cluster=cluster /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Shown(cluster: Overview) -> impl IntoView {
    let lang = use_lang();
    let findings = cluster.findings.clone();
    let counts = counts(&cluster.counts, lang);
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "확인할 점")}</h2>
            <Findings findings=findings />
        </section>
        <section class="card">
            <h2>{lang.of("Shards", "샤드")}</h2>
            <p class="muted">{counts}</p>
            <Shards cluster=cluster.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Balancer", "밸런서")}</h2>
            <Balancer cluster=cluster.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Config servers", "설정 서버")}</h2>
            <Config cluster=cluster.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Routers", "라우터")}</h2>
            <Routers cluster=cluster />
        </section>
    }
}

fn counts(counts: &Counts, lang: Lang) -> String {
    let text = |value: Option<i64>| value.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), count);
    let (databases, collections, chunks) = (text(counts.databases), text(counts.collections), text(counts.chunks));
    tr!(
        lang,
        "Databases: {databases} · collections in the catalog: {collections} · chunks: {chunks}",
        "데이터베이스: {databases} · 카탈로그의 컬렉션: {collections} · 청크: {chunks}"
    )
}
