//! All zones of a cluster, and the shards with their room.

use leptos::prelude::*;

use super::Asked;
use super::forms::AddShardForm;
use crate::error::AppError;
use crate::finding::page::Findings;
use crate::sharding::zones::model::{ShardSeen, ZoneSeen, ZonesSeen};
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::form::TextField;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};

use super::PATH;

#[component]
pub fn ClusterZones(seen: ZonesSeen, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at_field = |name| error.as_ref().is_some_and(|it| it.field.as_deref() == Some(name));
    let elsewhere = error.clone().filter(|_| !at_field("shard") && !at_field("zone"));
    let balancer = seen.balancer.told().read(lang);
    let (shards, zones) = (seen.shards.clone(), seen.zones);
    view! {
        {elsewhere.map(|error| view! { <ErrorNotice error=error /> })}
        <section class="card">
            <h2>{lang.of("Zones of this cluster", "이 클러스터의 존")}</h2>
            <p>{balancer}</p>
            {(!seen.findings.is_empty()).then(|| view! { <Findings findings=seen.findings /> })}
            {if zones.is_empty() {
                let none = lang.of("No shard belongs to a zone: every key may live on any shard.", "존이 없습니다. 모든 키가 어느 샤드에나 있을 수 있습니다.");
                view! { <Empty text=none /> }.into_any()
            } else {
                view! { <ZoneTable zones=zones asked=asked.clone() more=seen.more /> }.into_any()
            }}
            <ShardTable shards=shards.clone() collection=false />
        </section>
        <AddShardForm shards=shards asked=asked.clone() error=error />
        <section class="card">
            <h2>{lang.of("Ranges of a collection", "컬렉션의 범위")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <TextField
                    name="namespace"
                    label=lang.of("Collection", "컬렉션")
                    value=""
                    help=lang.of("As database.collection.", "database.collection 형식.")
                />
                <p class="buttons">
                    <button class="quiet">{lang.of("Show its ranges", "범위 보기")}</button>
                </p>
            </form>
        </section>
    }
}

#[component]
fn ZoneTable(zones: Vec<ZoneSeen>, asked: Asked, more: bool) -> impl IntoView {
    let lang = use_lang();
    let number = count(i64::try_from(zones.len()).unwrap_or(i64::MAX));
    let caption = tr!(lang, "{number} zones", "존 {number}개");
    let heads = vec![
        lang.of("Zone", "존"),
        lang.of("Shards", "샤드"),
        lang.of("Ranges", "범위"),
        lang.of("Collections", "컬렉션"),
    ];
    let rows: Vec<_> = zones.into_iter().map(|zone| zone_row(zone, &asked, more, lang).into_any()).collect();
    view! {
        <Table caption=caption heads=heads>
            {rows}
        </Table>
    }
}

fn zone_row(zone: ZoneSeen, asked: &Asked, more: bool, lang: Lang) -> impl IntoView + use<> {
    let ranges = count(zone.ranges);
    let ranges = if more { tr!(lang, "at least {ranges}", "{ranges}개 이상") } else { ranges };
    let name = zone.name.clone();
    let shards: Vec<_> = zone.shards.into_iter().map(|shard| member(shard, &name, asked, lang).into_any()).collect();
    let none = shards.is_empty();
    let of = |namespace: String| {
        let href = link(PATH, &[("target", &asked.target), ("namespace", &namespace)]);
        view! {
            <li>
                <a href=href>
                    <code>{namespace}</code>
                </a>
            </li>
        }
    };
    let namespaces: Vec<_> = zone.namespaces.into_iter().map(|it| of(it).into_any()).collect();
    view! {
        <tr data-key=name>
            <th scope="row">
                <code>{zone.name}</code>
            </th>
            <td>
                {if none {
                    view! { <Badge tone="bad" text=lang.of("no shard", "샤드 없음") /> }.into_any()
                } else {
                    view! { <ul class="plain">{shards}</ul> }.into_any()
                }}
            </td>
            <td>{ranges}</td>
            <td>
                <ul class="plain">{namespaces}</ul>
            </td>
        </tr>
    }
}

fn member(shard: String, zone: &str, asked: &Asked, lang: Lang) -> impl IntoView + use<> {
    let remove = asked.link(&[("action", "remove_shard_from_zone"), ("shard", &shard), ("zone", zone)]);
    let label = tr!(lang, "Remove {shard} from zone {zone}", "존 {zone}에서 {shard} 제거");
    view! {
        <li>
            {shard} " "
            <a href=remove aria-label=label>
                {lang.of("Remove…", "제거…")}
            </a>
        </li>
    }
}

/// The shards with their zones and room; of a collection also with what each owns of it.
#[component]
pub fn ShardTable(shards: Vec<ShardSeen>, collection: bool) -> impl IntoView {
    let lang = use_lang();
    let mut heads = vec![lang.of("Shard", "샤드"), lang.of("Zones", "존")];
    if collection {
        heads.push(lang.of("Owned of this collection", "이 컬렉션 소유량"));
    }
    heads.extend([lang.of("On disk, all databases", "디스크 사용(전체)"), lang.of("Free on its disk", "디스크 여유")]);
    view! {
        <Table caption=lang.of("Shards", "샤드").to_owned() heads=heads>
            {shards.into_iter().map(|shard| shard_row(shard, collection, lang)).collect_view()}
        </Table>
    }
}

fn shard_row(shard: ShardSeen, collection: bool, lang: Lang) -> impl IntoView {
    let told = |value: Option<i64>| value.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), bytes);
    let key = shard.name.clone();
    let zones = if shard.zones.is_empty() { "–".to_owned() } else { shard.zones.join(", ") };
    view! {
        <tr data-key=key>
            <th scope="row">
                {shard.name}
                {shard.draining.then(|| view! { " " <Badge tone="warn" text=lang.of("draining", "비우는 중") /> })}
            </th>
            <td>{zones}</td>
            {collection.then(|| view! { <td class="number">{told(shard.owned)}</td> })}
            <td class="number">{told(shard.stored)}</td>
            <td class="number">{told(shard.free)}</td>
        </tr>
    }
}
