//! The table of the shards.

use leptos::prelude::*;

use super::super::model::{Answer, Member, MemberState, Overview, Shard, Sizes};
use crate::sharding::model::{Held, Version};
use crate::text::{Lang, bytes, span, url_text, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Empty, Table};

#[component]
pub fn Shards(cluster: Overview) -> impl IntoView {
    let lang = use_lang();
    if cluster.shards.is_empty() {
        return view! { <Empty text=lang.of("There is no shard yet.", "아직 샤드가 없습니다.") /> }.into_any();
    }
    let heads = vec![
        lang.of("Shard", "샤드"),
        lang.of("State", "상태"),
        lang.of("Servers", "서버"),
        lang.of("Version", "버전"),
        lang.of("Zones", "존"),
        lang.of("Owned", "소유"),
        lang.of("Orphaned", "고아"),
        lang.of("Disk in use", "디스크 사용"),
    ];
    let (age, asked) = (of_sizes(&cluster.sizes, lang), of_answers(cluster.asked, lang));
    let target = cluster.target;
    let rows = cluster.shards.into_iter().map(|shard| row(shard, &target, lang)).collect_view();
    view! {
        <Table caption=lang.of("Shards of the cluster", "클러스터의 샤드") heads=heads>
            {rows}
        </Table>
        <p class="muted">{asked} " " {age}</p>
    }
    .into_any()
}

fn row(shard: Shard, target: &str, lang: Lang) -> impl IntoView + use<> {
    let silent = shard.is_silent();
    let (tone, word) = match (silent, shard.draining, &shard.answer) {
        (true, ..) => ("bad", lang.of("does not answer", "응답 없음")),
        (_, true, _) => ("warn", lang.of("draining", "드레이닝 중")),
        (_, _, Answer::Answers(_)) => ("good", lang.of("answers", "응답함")),
        _ if shard.members.iter().any(|it| it.state == MemberState::Primary) => ("good", lang.of("answers", "응답함")),
        _ => ("plain", lang.of("unknown", "알 수 없음")),
    };
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let version = match shard.answer {
        Answer::Answers(version) if version != Version::default() => version.to_string(),
        _ => unknown(),
    };
    // What was read before the shard went silent is no statement about it now.
    let held = if silent { Held::Unknown } else { shard.held };
    let (owned, orphaned) = (held.owned().map_or_else(unknown, bytes), held.orphaned().map_or_else(unknown, bytes));
    let disk = shard.disk.filter(|_| !silent).map_or_else(unknown, |(used, total)| {
        let percent = i128::from(used) * 100 / i128::from(total.max(1));
        let total = bytes(total);
        tr!(lang, "{percent}% of {total}", "{total} 중 {percent}%")
    });
    let zones = if shard.zones.is_empty() { lang.of("none", "없음").to_owned() } else { shard.zones.join(", ") };
    let (page, id) = (link("/sharding/shards", &[("target", target)]), url_text(&shard.id));
    let href = format!("{page}#{}-{id}", if shard.draining { "drain" } else { "shard" });
    let members: Vec<String> = shard.members.iter().map(|member| member_words(member, lang)).collect();
    let key = shard.id.clone();
    view! {
        <tr data-key=key>
            <th scope="row">
                <a href=href>
                    <code>{shard.id}</code>
                </a>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td>{lines(members)}</td>
            <td>{version}</td>
            <td>{zones}</td>
            <td class="number">{owned}</td>
            <td class="number">{orphaned}</td>
            <td class="number">{disk}</td>
        </tr>
    }
}

/// A server with what the router sees of it.
pub fn member_words(member: &Member, lang: Lang) -> String {
    let state = match member.state {
        MemberState::Primary => lang.of("primary", "프라이머리"),
        MemberState::Secondary => lang.of("secondary", "세컨더리"),
        MemberState::Other => lang.of("neither primary nor secondary", "프라이머리도 세컨더리도 아님"),
        MemberState::Down => lang.of("does not answer", "응답 없음"),
        MemberState::Unknown => lang.of("state unknown", "상태 알 수 없음"),
    };
    format!("{} · {state}", member.address)
}

/// Each in a line of its own.
pub fn lines(all: Vec<String>) -> impl IntoView {
    all.into_iter().map(|line| view! { <div>{line}</div> }).collect_view()
}

fn of_answers(asked: Option<i64>, lang: Lang) -> String {
    match asked {
        Some(age) => {
            let age = span(age).read(lang);
            tr!(lang, "The shards were asked {age} ago.", "샤드에 {age} 전에 확인했습니다.")
        }
        None => lang.of("The shards have not been asked yet.", "아직 샤드에 확인하지 않았습니다.").to_owned(),
    }
}

/// How old the bytes are, or why there are none.
pub fn of_sizes(sizes: &Sizes, lang: Lang) -> String {
    match (sizes.offered, sizes.age) {
        (false, _) => lang
            .of(
                "Owned and orphaned bytes can be told apart since MongoDB 6.0.3; this cluster is older, so they are unknown.",
                "소유 바이트와 고아 바이트는 MongoDB 6.0.3부터 구분됩니다. 이 클러스터는 더 오래되어 알 수 없습니다.",
            )
            .to_owned(),
        (_, None) => lang
            .of("The bytes are being read; they are there in a moment.", "크기를 읽는 중입니다. 잠시 후 표시됩니다.")
            .to_owned(),
        (_, Some(age)) => {
            let age = span(age).read(lang);
            tr!(
                lang,
                "The bytes are of sharded collections, uncompressed, read {age} ago (at most once a minute).",
                "크기는 샤딩된 컬렉션의 압축 전 값이며 {age} 전에 읽었습니다(최대 1분에 한 번)."
            )
        }
    }
}
