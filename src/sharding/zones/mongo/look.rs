//! Zones as pages show them.

use std::collections::BTreeMap;

use bson::doc;
use mongodb::Client;
use mongodb::error::Error;

use super::capacity;
use super::facts::{RANGES, Shard, ranges_of, shards, tags};
use crate::finding::{Finding, Way};
use crate::sharding::balancer::state;
use crate::sharding::model::{Namespace, ShardKey};
use crate::sharding::value;
use crate::sharding::zones::model::{CollectionZones, Piece, PieceKind, ShardSeen, ZoneSeen, ZonesSeen};
use crate::sharding::zones::ranges::{self, Range};
use crate::text::url_text;
use crate::words;

/// Collections that are named for each zone.
const NAMED: usize = 20;

/// Ranges of one collection that are shown.
const SHOWN: usize = 500;

/// All zones of the cluster.
///
/// # Errors
/// The driver's.
pub(super) async fn zones(client: &Client, target: &str) -> Result<ZonesSeen, Error> {
    let listed = shards(client).await?;
    let tags = tags(client, doc! {}).await?;
    let balancer = state::read(client).await?;
    let capacity = capacity::read(client, &listed, None).await?;
    let more = tags.len() > usize::try_from(RANGES).unwrap_or(usize::MAX);
    let mut zones: BTreeMap<String, ZoneSeen> = BTreeMap::new();
    for shard in &listed {
        for zone in &shard.zones {
            entry(&mut zones, zone).shards.push(shard.name.clone());
        }
    }
    for (namespace, range) in &tags {
        let zone = entry(&mut zones, &range.zone);
        zone.ranges += 1;
        if zone.namespaces.len() < NAMED && !zone.namespaces.contains(namespace) {
            zone.namespaces.push(namespace.clone());
        }
    }
    let zones: Vec<ZoneSeen> = zones.into_values().collect();
    let findings = zones.iter().filter_map(|zone| homeless(zone, target)).collect();
    let shards = listed.iter().map(|shard| seen(shard, &capacity, None)).collect();
    Ok(ZonesSeen { zones, shards, more, balancer, findings })
}

fn entry<'a>(zones: &'a mut BTreeMap<String, ZoneSeen>, name: &str) -> &'a mut ZoneSeen {
    let empty = || ZoneSeen { name: name.to_owned(), shards: Vec::new(), ranges: 0, namespaces: Vec::new() };
    zones.entry(name.to_owned()).or_insert_with(empty)
}

fn homeless(zone: &ZoneSeen, target: &str) -> Option<Finding> {
    if !zone.shards.is_empty() {
        return None;
    }
    let (name, ranges) = (&zone.name, zone.ranges);
    let way = Way {
        link: format!("/sharding/zones?target={}&zone={}#add-shard", url_text(target), url_text(name)),
        action: words!("Add a shard to {name}", "{name}에 샤드 추가"),
    };
    Some(Finding::warn(
        words!(
            "Zone {name} has {ranges} ranges, but no shard.",
            "존 {name}에 범위가 {ranges}개 있지만 샤드가 없습니다."
        ),
        words!(
            "Its chunks stay where they are, and the balancer counts them as misplaced again and again.",
            "청크는 그대로 있고, 밸런서는 계속 잘못된 위치로 봅니다.",
        ),
        way,
    ))
}

fn seen(shard: &Shard, capacity: &capacity::Capacity, owned: Option<&BTreeMap<String, i64>>) -> ShardSeen {
    ShardSeen {
        name: shard.name.clone(),
        zones: shard.zones.clone(),
        draining: shard.draining,
        stored: capacity.stored.get(&shard.name).copied(),
        free: capacity.free.get(&shard.name).copied(),
        owned: owned.and_then(|owned| owned.get(&shard.name).copied()),
    }
}

/// The ranges of one collection.
///
/// # Errors
/// The driver's.
pub(super) async fn collection(
    client: &Client,
    namespace: &Namespace,
    wanted: Option<ShardKey>,
) -> Result<CollectionZones, Error> {
    let listed = shards(client).await?;
    let (sharded, mut found) = ranges_of(client, &namespace.to_string()).await?;
    let balancer = state::read(client).await?;
    let capacity = capacity::read(client, &listed, Some(namespace.database())).await?;
    let owned = match &sharded {
        Some(_) => capacity::owned(client, namespace.database(), namespace.collection()).await?,
        None => BTreeMap::new(),
    };
    let more = found.len() > SHOWN;
    found.truncate(SHOWN);
    let key = match &sharded {
        Some(sharded) => sharded.key(),
        None => wanted.or_else(|| found.first().and_then(fields_of)),
    };
    let owned = (!owned.is_empty()).then_some(&owned);
    let mut zones: Vec<String> = listed.iter().flat_map(|shard| shard.zones.clone()).collect();
    zones.sort();
    zones.dedup();
    Ok(CollectionZones {
        namespace: namespace.to_string(),
        sharded: sharded.is_some(),
        pieces: pieces(&found, key.as_ref(), &listed, more),
        key,
        more,
        zones,
        findings: findings(&found, &listed, sharded.as_ref()),
        shards: listed.iter().map(|shard| seen(shard, &capacity, owned)).collect(),
        balancer,
    })
}

/// The key that ranges of a collection that is not sharded were set for. How its fields are spread is not known then.
fn fields_of(range: &Range) -> Option<ShardKey> {
    let names: Vec<&str> = range.min.keys().map(String::as_str).collect();
    ShardKey::parse(&names.join(","), false).ok()
}

/// Ranges and gaps in the order of the key. Behind the last range that is shown nobody knows what follows.
fn pieces(sorted: &[Range], key: Option<&ShardKey>, shards: &[Shard], more: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut reached = None;
    let mut gaps = key.map(|key| ranges::gaps(sorted, key)).unwrap_or_default();
    if more {
        gaps.pop();
    }
    let mut gaps = gaps.into_iter().peekable();
    for range in sorted {
        while let Some((min, max)) = gaps.next_if(|(min, _)| !crate::sharding::bound::precedes(&range.min, min)) {
            pieces.push(gap(&min, &max));
        }
        let overlaps = reached.is_some_and(|reached: &Range| range.overlaps(reached));
        let homes = shards.iter().filter(|it| it.zones.contains(&range.zone)).map(|it| it.name.clone()).collect();
        let kind = PieceKind::Range { zone: range.zone.clone(), shards: homes, overlaps };
        let (min, max) = (value::wire_document(&range.min), value::wire_document(&range.max));
        pieces.push(Piece { kind, min, max });
        if reached.is_none_or(|reached| crate::sharding::bound::precedes(&reached.max, &range.max)) {
            reached = Some(range);
        }
    }
    pieces.extend(gaps.map(|(min, max)| gap(&min, &max)));
    pieces
}

fn gap(min: &bson::Document, max: &bson::Document) -> Piece {
    Piece { kind: PieceKind::Gap, min: value::wire_document(min), max: value::wire_document(max) }
}

fn findings(
    sorted: &[Range],
    shards: &[Shard],
    sharded: Option<&crate::sharding::mongo::sharded::Sharded>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some((one, other)) = ranges::first_overlap(sorted) {
        let (one, other) = (one.shown(), other.shown());
        findings.push(Finding::bad(
            words!("Two ranges overlap: {one} and {other}.", "두 범위가 겹칩니다: {one}, {other}."),
            words!(
                "The servers allow no such thing, so somebody has written config.tags by hand. The balancer stops at this collection: remove one of the two.",
                "서버가 허용하지 않는 상태이므로 누군가 config.tags를 직접 고쳤습니다. 밸런서가 이 컬렉션에서 멈추니 둘 중 하나를 제거하세요.",
            ),
            Way::none(),
        ));
    }
    let mut homeless: Vec<&str> = sorted
        .iter()
        .map(|it| it.zone.as_str())
        .filter(|zone| !shards.iter().any(|it| it.zones.iter().any(|of| of == zone)))
        .collect();
    homeless.sort_unstable();
    homeless.dedup();
    for zone in homeless {
        findings.push(Finding::warn(
            words!("Zone {zone} has no shard.", "존 {zone}에 샤드가 없습니다."),
            words!(
                "Its chunks stay where they are: add a shard to the zone, or remove its ranges.",
                "청크는 그대로 있습니다. 존에 샤드를 추가하거나 범위를 제거하세요.",
            ),
            Way::none(),
        ));
    }
    if sharded.is_some_and(|it| it.is_excluded()) {
        findings.push(Finding::warn(
            words!("Balancing of this collection is off.", "이 컬렉션의 밸런싱이 꺼져 있습니다."),
            words!("Its data does not move to its zones.", "데이터가 존으로 이동하지 않습니다."),
            Way::none(),
        ));
    }
    if sharded.is_some_and(|it| it.is_frozen()) {
        findings.push(Finding::warn(
            words!("Migrations of this collection are forbidden.", "이 컬렉션의 청크 이동이 금지되어 있습니다."),
            words!("Its data does not move to its zones.", "데이터가 존으로 이동하지 않습니다."),
            Way::none(),
        ));
    }
    findings
}
