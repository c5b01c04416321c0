//! The map in words: its pieces, and its zones.

use leptos::prelude::*;

use super::Asked;
use crate::sharding::chunks::model::{Cell, ChunkMap, Zone};
use crate::text::{count, use_lang};
use crate::tr;
use crate::ui::table::{Badge, Table};

/// Zones that are listed.
const ZONES: usize = 50;

/// Where a piece of the map leads: to its part of the map, or, where it is one chunk, to that.
pub fn place_of(asked: &Asked, cell: &Cell) -> String {
    match cell.chunks {
        1 => asked.other("/sharding/chunk", &[("min", &cell.from.ejson)]),
        _ => asked.part(&cell.from.ejson, &cell.to.ejson),
    }
}

/// The owners of a piece; with how many chunks each where they are several.
pub fn shard_names(map: &ChunkMap, cell: &Cell) -> String {
    let name = |place: usize| map.shards.get(place).map_or("?", |share| share.shard.as_str());
    match cell.owners.as_slice() {
        [(only, _)] => name(*only).to_owned(),
        several => {
            let each: Vec<String> =
                several.iter().map(|(place, chunks)| format!("{} {}", name(*place), count(*chunks))).collect();
            each.join(" · ")
        }
    }
}

#[component]
pub fn CellTable(map: ChunkMap, cells: Vec<Cell>, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let shown = count(map.shown());
    let caption = match map.shown() == map.chunks {
        true => tr!(lang, "The map in words: {shown} chunks", "표로 보는 맵: 청크 {shown}개"),
        false => tr!(lang, "This part in words: {shown} chunks", "표로 보는 이 부분: 청크 {shown}개"),
    };
    let heads = vec![
        lang.of("From this key", "이 키부터"),
        lang.of("Shard", "샤드"),
        lang.of("Chunks", "청크"),
        lang.of("Zone", "존"),
        lang.of("Too big", "너무 큼"),
    ];
    let rows = cells.into_iter().map(|cell| row(&map, cell, &asked)).collect_view();
    let (end, until) =
        (map.end.shown.clone(), lang.of("The last one ends before ", "마지막은 다음 키 앞에서 끝납니다: "));
    view! {
        <div class="numbers">
            <Table caption=caption heads=heads>
                {rows}
            </Table>
            <p class="muted">{until} <code>{end}</code></p>
        </div>
    }
}

fn row(map: &ChunkMap, cell: Cell, asked: &Asked) -> impl IntoView + use<> {
    let lang = use_lang();
    let big = (cell.jumbo > 0).then(|| view! { <Badge tone="warn" text=count(cell.jumbo) /> });
    let href = place_of(asked, &cell);
    let (zones, shards) = (cell.zones.join(", "), shard_names(map, &cell));
    let label = match cell.chunks {
        1 => lang.of("One chunk from", "청크 하나:"),
        _ => lang.of("Show the part from", "이 부분 보기:"),
    };
    let label = format!("{label} {}", cell.from.shown);
    view! {
        <tr data-key=cell.from.ejson>
            <th scope="row">
                <a href=href aria-label=label>
                    <code>{cell.from.shown}</code>
                </a>
            </th>
            <td>{shards}</td>
            <td class="number">{count(cell.chunks)}</td>
            <td>{zones}</td>
            <td>{big}</td>
        </tr>
    }
}

#[component]
pub fn ZoneTable(map: ChunkMap, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let all = map.zones.len();
    let left_out = all.saturating_sub(ZONES);
    let caption = lang.of("Ranges that belong to a zone", "존에 속한 범위");
    let heads = vec![
        lang.of("Zone", "존"),
        lang.of("From", "시작"),
        lang.of("Up to", "끝"),
        lang.of("Chunks", "청크"),
        lang.of("Outside the zone", "존을 벗어남"),
        lang.of("Shards of the zone", "존의 샤드"),
    ];
    let row = |zone: Zone| {
        let href = asked.part(&zone.from.ejson, &zone.to.ejson);
        let shards = match zone.shards.is_empty() {
            true => {
                view! { <Badge tone="warn" text=lang.of("none: nowhere to go", "없음: 갈 곳이 없음") /> }.into_any()
            }
            false => zone.shards.join(", ").into_any(),
        };
        view! {
            <tr data-key=zone.from.ejson>
                <th scope="row">
                    <a href=href>{zone.name}</a>
                </th>
                <td>
                    <code>{zone.from.shown}</code>
                </td>
                <td>
                    <code>{zone.to.shown}</code>
                </td>
                <td class="number">{count(zone.chunks)}</td>
                <td class="number">{count(zone.astray)}</td>
                <td>{shards}</td>
            </tr>
        }
    };
    let rows = map.zones.into_iter().take(ZONES).map(row).collect_view();
    let more = (left_out > 0 || map.zones_cut).then(|| {
        let text =
            lang.of("There are more; the zones' own page lists them.", "더 있습니다. 존 페이지에서 볼 수 있습니다.");
        view! { <p class="muted">{text}</p> }
    });
    view! {
        <Table caption=caption heads=heads>
            {rows}
        </Table>
        {more}
    }
}
