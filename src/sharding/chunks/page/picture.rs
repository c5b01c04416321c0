//! The picture: a lane for each shard, filled where it owns chunks, with lanes for zones and for what is too big to move.
//! The table below says the same in words, so for a screen reader the picture is not there.

use std::fmt::Write;

use leptos::prelude::*;

use super::Asked;
use super::tables::{place_of, shard_names};
use crate::sharding::chunks::model::{Cell, ChunkMap, Strip, Zone};
use crate::text::{Lang, count, use_lang};
use crate::tr;

/// Pixels of a lane, and of what is drawn in it.
const LANE: i64 = 40;
const DRAWN: i64 = 26;
/// Shards with a lane of their own; those with fewest chunks go together.
const LANES: usize = 24;
/// Zones that are drawn.
const ZONES: usize = 100;
/// A zone is named in the picture where it is this part of its width, in percent.
const NAMED: f64 = 7.0;
/// A mark of what is too big to move is at least this wide, in thousandths of the picture.
const MARK: f64 = 12.0;

/// One lane.
struct Lane {
    name: String,
    told: String,
    class: &'static str,
    path: String,
}

#[component]
pub fn Picture(map: ChunkMap, cells: Vec<Cell>, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let shown = map.shown().max(1);
    let zones = drawn_zones(&map, shown, lang);
    let mut lanes = shard_lanes(&map, lang);
    lanes.extend((map.jumbo > 0).then(|| jumbo_lane(&map, lang)));
    let with_zones = i64::from(!zones.is_empty());
    let height = (i64::try_from(lanes.len()).unwrap_or(1) + with_zones) * LANE;
    let zone_label = (with_zones > 0).then(|| {
        view! {
            <li>
                <strong>{lang.of("Zones", "존")}</strong>
            </li>
        }
    });
    let labels = lanes.iter().map(|lane| label(&lane.name, &lane.told)).collect_view();
    let drawn = lanes.into_iter().enumerate().map(|(place, lane)| {
        let y = (i64::try_from(place).unwrap_or_default() + with_zones) * LANE + (LANE - DRAWN) / 2;
        view! {
            <svg x="0" y=y width="100%" height=DRAWN viewBox=format!("0 0 {shown} 100") preserveAspectRatio="none">
                <rect class="ground" x="0" y="0" width=shown height="100" />
                <path class=lane.class d=lane.path />
            </svg>
        }
    });
    let hits = cells.iter().map(|cell| {
        let (x, width) = (percent(cell.first, shown), percent(cell.chunks, shown));
        let tip = tip(&map, cell, lang);
        view! {
            <foreignObject x=x y="0" width=width height="100%">
                <a href=place_of(&asked, cell) title=tip tabindex="-1"></a>
            </foreignObject>
        }
    });
    let from = map.strips.first().map(|strip| strip.from.shown.clone()).unwrap_or_default();
    view! {
        <div class="lanes" aria-hidden="true">
            <ol>{zone_label} {labels}</ol>
            <svg height=height>{zones} {drawn.collect_view()} {hits.collect_view()}</svg>
            <div class="ends">
                <code>{from}</code>
                <code>{map.end.shown.clone()}</code>
            </div>
        </div>
    }
}

fn label(name: &str, told: &str) -> impl IntoView + use<> {
    let (name, told) = (name.to_owned(), told.to_owned());
    view! {
        <li>
            <strong>{name}</strong>
            <span>{told}</span>
        </li>
    }
}

fn shard_lanes(map: &ChunkMap, lang: Lang) -> Vec<Lane> {
    let mut order: Vec<usize> = (0..map.shards.len()).collect();
    if order.len() > LANES {
        order.sort_by_key(|place| -map.shards[*place].chunks);
    }
    let together = order.split_off(order.len().min(LANES));
    order.sort_unstable();
    let lane = |(number, place): (usize, usize)| {
        let share = &map.shards[place];
        Lane {
            name: share.shard.clone(),
            told: told(share.chunks, map.chunks, lang),
            class: ["lane-1", "lane-2", "lane-3", "lane-4"][number % 4],
            path: path(&map.strips, |strip| owned(strip, &[place])),
        }
    };
    let mut lanes: Vec<Lane> = order.into_iter().enumerate().map(lane).collect();
    if !together.is_empty() {
        let more = count(i64::try_from(together.len()).unwrap_or(i64::MAX));
        let chunks = together.iter().map(|place| map.shards[*place].chunks).sum();
        lanes.push(Lane {
            name: tr!(lang, "{more} more shards", "그 밖의 샤드 {more}개"),
            told: told(chunks, map.chunks, lang),
            class: "lane-1",
            path: path(&map.strips, |strip| owned(strip, &together)),
        });
    }
    lanes
}

fn told(chunks: i64, all: i64, lang: Lang) -> String {
    let share = (chunks * 200 / all.max(1) + 1) / 2;
    let chunks = count(chunks);
    tr!(lang, "{chunks} chunks, {share} %", "청크 {chunks}개, {share}%")
}

/// Chunks of a strip that these shards own.
fn owned(strip: &Strip, shards: &[usize]) -> i64 {
    strip.owners.iter().filter(|(shard, _)| shards.contains(shard)).map(|(_, chunks)| chunks).sum()
}

/// One box for each run of strips, as high as the part of them that is meant: a strip of several shards is drawn in the
/// lane of each.
fn path(strips: &[Strip], of: impl Fn(&Strip) -> i64) -> String {
    let mut path = String::new();
    let (mut x, mut open) = (0, None::<(i64, i64, i64)>);
    let mut close = |open: Option<(i64, i64, i64)>| {
        if let Some((x, width, high)) = open.filter(|(.., high)| *high > 0) {
            let _ = write!(path, "M{x} 100h{width}v-{high}h-{width}z");
        }
    };
    for strip in strips {
        let own = of(strip);
        // What is there at all can be seen.
        let high = if own == 0 { 0 } else { (own * 100 / strip.chunks.max(1)).max(8) };
        match &mut open {
            Some((_, width, before)) if *before == high => *width += strip.chunks,
            _ => close(open.replace((x, strip.chunks, high))),
        }
        x += strip.chunks;
    }
    close(open);
    path
}

fn jumbo_lane(map: &ChunkMap, lang: Lang) -> Lane {
    let half = (map.shown() as f64 * MARK / 1_000.0).max(1.0) / 2.0;
    let mut path = String::new();
    for place in &map.marks {
        let left = *place as f64 + 0.5 - half;
        let _ = write!(path, "M{left:.2} 100l{half:.2} -90l{half:.2} 90z");
    }
    let marked = count(map.jumbo);
    Lane {
        name: lang.of("▲ Too big", "▲ 너무 큼").to_owned(),
        told: tr!(lang, "{marked} chunks", "청크 {marked}개"),
        class: "jumbo",
        path,
    }
}

fn drawn_zones(map: &ChunkMap, shown: i64, lang: Lang) -> Vec<impl IntoView + use<>> {
    let touches = |zone: &&Zone| zone.first < map.first + shown && zone.first + zone.chunks > map.first;
    let zones = map.zones.iter().filter(touches).take(ZONES);
    zones.map(|zone| drawn_zone(zone, map.first, shown, lang)).collect()
}

fn drawn_zone(zone: &Zone, first: i64, shown: i64, lang: Lang) -> impl IntoView + use<> {
    let from = (zone.first - first).max(0);
    let width = (zone.first + zone.chunks - first).min(shown) - from;
    let (x, wide) = (percent(from, shown), width as f64 * 100.0 / shown as f64);
    let class = if zone.shards.is_empty() || zone.astray > 0 { "zone lost" } else { "zone" };
    let astray = (zone.astray > 0).then(|| {
        let astray = count(zone.astray);
        tr!(lang, " · {astray} outside", " · {astray}개 벗어남")
    });
    let name = (wide >= NAMED).then(|| format!("{}{}", zone.name, astray.unwrap_or_default()));
    view! {
        <svg x=x.clone() y="7" width=format!("{wide:.3}%") height=DRAWN>
            <rect class=class x="0" y="0" width="100%" height="100%" />
            <text x="5" y="17">
                {name}
            </text>
        </svg>
    }
}

fn percent(part: i64, of: i64) -> String {
    format!("{:.3}%", part as f64 * 100.0 / of as f64)
}

fn tip(map: &ChunkMap, cell: &Cell, lang: Lang) -> String {
    let (from, to, chunks, shards) = (&cell.from.shown, &cell.to.shown, count(cell.chunks), shard_names(map, cell));
    let zones = cell.zones.join(", ");
    let big = (cell.jumbo > 0).then(|| {
        let big = count(cell.jumbo);
        tr!(lang, "\n{big} too big to move", "\n옮길 수 없는 청크 {big}개")
    });
    let zones = if zones.is_empty() { String::new() } else { tr!(lang, "\nzone {zones}", "\n존 {zones}") };
    let big = big.unwrap_or_default();
    tr!(
        lang,
        "{from} – {to}\n{shards}\n{chunks} chunks{zones}{big}",
        "{from} – {to}\n{shards}\n청크 {chunks}개{zones}{big}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::model::Value;

    #[test]
    fn neighbours_of_one_height_are_one_box_and_what_is_there_can_be_seen() {
        let strip =
            |chunks, own| Strip { from: Value::default(), chunks, jumbo: 0, owners: vec![(0, own), (1, chunks - own)] };
        let strips = [strip(2, 2), strip(3, 3), strip(4, 0), strip(1_000, 1)];
        assert_eq!(path(&strips, |strip| owned(strip, &[0])), "M0 100h5v-100h-5zM9 100h1000v-8h-1000z");
    }
}
