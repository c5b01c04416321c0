//! The live part: all shards, and each draining with its verdict.

use leptos::prelude::*;

use super::drain::DrainCard;
use super::{PATH, use_asked};
use crate::sharding::model::Release;
use crate::sharding::shards::api::list_shards;
use crate::sharding::shards::model::{MOST_SHARDS, Shard, ShardList};
use crate::text::{count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Table};

/// The shards of the target that the address names, as they are now.
#[component]
pub fn ShardsPart() -> impl IntoView {
    let asked = use_asked();
    let target = Memo::new(move |_| asked.with(|asked| asked.target.clone()));
    let list = fetch(move || target.get(), list_shards);
    view! {
        <Region id="shards">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <Shards list=list target=target.get_untracked() /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
}

#[component]
fn Shards(list: ShardList, target: String) -> impl IntoView {
    let ShardList { shards, release, drains } = list;
    view! {
        {drains
            .into_iter()
            .map(|drain| view! { <DrainCard drain=drain release=release target=target.clone() /> })
            .collect_view()}
        <section class="card">
            <ShardTable shards=shards release=release target=target />
        </section>
    }
}

#[component]
fn ShardTable(shards: Vec<Shard>, release: Release, target: String) -> impl IntoView {
    let lang = use_lang();
    let number = count(shards.len() as i64);
    let works_as = format!("{}.{}", release.fcv.major, release.fcv.minor);
    let caption = tr!(
        lang,
        "{number} shards · the cluster works as MongoDB {works_as} (FCV)",
        "샤드 {number}개 · MongoDB {works_as}(FCV)로 동작"
    );
    let heads = vec![
        lang.of("Shard", "샤드"),
        lang.of("Replica set and members", "복제 세트와 멤버"),
        lang.of("Zones", "존"),
        lang.of("State", "상태"),
        lang.of("Action", "작업"),
    ];
    let cut = (shards.len() >= MOST_SHARDS).then(|| {
        let text = tr!(lang, "Only the first {number} are listed.", "처음 {number}개만 표시합니다.");
        view! { <p class="muted">{text}</p> }
    });
    view! {
        <Table caption=caption heads=heads>
            {shards.into_iter().map(|shard| view! { <Row shard=shard target=target.clone() /> }).collect_view()}
        </Table>
        {cut}
    }
}

#[component]
fn Row(shard: Shard, target: String) -> impl IntoView {
    let lang = use_lang();
    let key = format!("shard-{}", shard.name);
    let (tone, state) = match shard.draining {
        true => ("warn", lang.of("draining", "드레이닝 중")),
        false => ("good", lang.of("in use", "사용 중")),
    };
    let config = shard.is_config().then(|| {
        let why = lang.of(
            "The config servers' own set: from 8.0 on transitionToDedicatedConfigServer empties it, which this console does not send.",
            "설정 서버의 세트입니다. 8.0부터 transitionToDedicatedConfigServer로 비우며 이 콘솔은 보내지 않습니다.",
        );
        view! { <span class="muted">{why}</span> }
    });
    let zones = if shard.zones.is_empty() { "–".to_owned() } else { shard.zones.join(", ") };
    let homes = link(PATH, &[("target", &target), ("primary", &shard.name)]);
    let drain = (!shard.draining && !shard.is_config()).then(|| {
        let href = link(PATH, &[("target", &target), ("action", "remove_shard"), ("shard", &shard.name)]);
        let name = &shard.name;
        let label = tr!(lang, "Drain and remove {name}", "{name} 드레이닝 후 제거");
        view! {
            <a class="button quiet" href=href aria-label=label>
                {lang.of("Drain and remove…", "드레이닝 후 제거…")}
            </a>
        }
    });
    view! {
        <tr id=key.clone() data-key=key>
            <th scope="row">
                <code>{shard.name}</code>
            </th>
            <td>
                <code>{shard.host}</code>
            </td>
            <td>{zones}</td>
            <td>
                <Badge tone=tone text=state />
            </td>
            <td>
                {drain} {config} " "
                <a href=format!("{homes}#databases")>{lang.of("Its databases", "데이터베이스 보기")}</a>
            </td>
        </tr>
    }
}
