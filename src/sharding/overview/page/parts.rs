//! The balancer, the config servers and the routers.

use leptos::prelude::*;

use super::super::model::{Overview, Router};
use super::shards::{lines, member_words};
use crate::sharding::model::Version;
use crate::text::{Lang, bytes, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::{Badge, Empty, Table};

#[component]
pub fn Balancer(cluster: Overview) -> impl IntoView {
    let lang = use_lang();
    let balancing = cluster.balancing;
    let (tone, word) = match (balancing.on, balancing.wrong.is_empty(), balancing.works) {
        (false, ..) => ("warn", lang.of("off", "꺼짐")),
        (_, false, _) => ("bad", lang.of("dead", "멈춤")),
        (_, _, Some(true)) => ("good", lang.of("on, and works", "켜짐, 동작함")),
        (_, _, Some(false)) => ("warn", lang.of("on, not moving chunks now", "켜짐, 지금은 옮기지 않음")),
        (_, _, None) => ("good", lang.of("on", "켜짐")),
    };
    let why: Vec<String> = balancing.why_not.iter().chain(&balancing.wrong).map(|it| it.read(lang)).collect();
    let window = balancing.window.map_or_else(|| lang.of("at any time", "언제나").to_owned(), |it| it.read(lang));
    let href = link("/sharding/balancer", &[("target", &cluster.target)]);
    view! {
        <dl class="facts">
            <dt>{lang.of("State", "상태")}</dt>
            <dd>
                <Badge tone=tone text=word />
                {lines(why)}
            </dd>
            <dt>{lang.of("Works", "동작 시간")}</dt>
            <dd>{window}</dd>
            <dt>{lang.of("Chunk size", "청크 크기")}</dt>
            <dd>{bytes(balancing.chunk_bytes)}</dd>
        </dl>
        <p>
            <a href=href>{lang.of("Balancer…", "밸런서…")}</a>
        </p>
    }
}

#[component]
pub fn Config(cluster: Overview) -> impl IntoView {
    let lang = use_lang();
    let config = cluster.config;
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let known = |version: Version| (version != Version::default()).then(|| version.to_string());
    let version = config.version.and_then(known).unwrap_or_else(unknown);
    let fcv = cluster.release.fcv;
    let fcv = known(fcv).map_or_else(unknown, |_| format!("{}.{}", fcv.major, fcv.minor));
    let millis = format!("{:.1}", config.micros as f64 / 1_000.0);
    let answer = tr!(lang, "yes, a majority read took {millis} ms", "예, 과반수 읽기에 {millis}ms");
    let written = cluster.routers.iter().map(|it| it.age).min().map_or_else(unknown, |age| {
        let age = span(age).read(lang);
        tr!(lang, "{age} ago, by a router", "{age} 전, 라우터가 기록")
    });
    let members: Vec<String> = config.members.iter().map(|member| member_words(member, lang)).collect();
    let members = if members.is_empty() { vec![unknown()] } else { members };
    view! {
        <dl class="facts">
            <dt>{lang.of("Answer", "응답")}</dt>
            <dd>{answer}</dd>
            <dt>{lang.of("Last write seen", "마지막으로 확인된 쓰기")}</dt>
            <dd>{written}</dd>
            <dt>{lang.of("Servers", "서버")}</dt>
            <dd>{lines(members)}</dd>
            <dt>{lang.of("Version", "버전")}</dt>
            <dd>{version}</dd>
            <dt>{lang.of("Feature compatibility version", "기능 호환 버전(FCV)")}</dt>
            <dd>
                {fcv} " "
                <span class="muted">
                    {lang
                        .of(
                            "of the cluster; a router does not tell that of each shard",
                            "클러스터 기준이며, 라우터는 샤드별 값을 알려 주지 않습니다",
                        )}
                </span>
            </dd>
            <dt>{lang.of("How far members are behind", "멤버 지연")}</dt>
            <dd>
                {unknown()} " "
                <span class="muted">{lang.of("a router does not tell it", "라우터는 알려 주지 않습니다")}</span>
            </dd>
        </dl>
    }
}

/// Routers that are shown at most: entries of those that are gone stay for ever.
const SHOWN: usize = 50;

#[component]
pub fn Routers(cluster: Overview) -> impl IntoView {
    let lang = use_lang();
    let routers = cluster.routers;
    if routers.is_empty() {
        let none = lang.of("Which routers there are is unknown.", "라우터 목록을 알 수 없습니다.");
        return view! { <Empty text=none /> }.into_any();
    }
    let (all, here) = (routers.len(), cluster.release.version);
    let caption = tr!(
        lang,
        "Routers that have signed in: {all}. The one asked here is MongoDB {here}.",
        "등록된 라우터: {all}개. 여기서 사용하는 라우터는 MongoDB {here}입니다."
    );
    let heads = vec![
        lang.of("Router", "라우터"),
        lang.of("State", "상태"),
        lang.of("Version", "버전"),
        lang.of("Signed in", "마지막 등록"),
    ];
    let more = all.saturating_sub(SHOWN);
    let more = (more > 0).then(|| {
        let text = tr!(lang, "{more} more signed in longer ago.", "더 오래된 라우터가 {more}개 더 있습니다.");
        view! { <p class="muted">{text}</p> }
    });
    let rows = routers.into_iter().take(SHOWN).map(|router| router_row(router, lang)).collect_view();
    view! {
        <Table caption=caption heads=heads>
            {rows}
        </Table>
        {more}
    }
    .into_any()
}

fn router_row(router: Router, lang: Lang) -> impl IntoView {
    let (tone, word) = match router.is_stale() {
        true => ("warn", lang.of("stale", "갱신 안 됨")),
        false => ("good", lang.of("active", "활성")),
    };
    let version =
        if router.version.is_empty() { lang.of("unknown", "알 수 없음").to_owned() } else { router.version };
    let age = span(router.age).read(lang);
    let age = tr!(lang, "{age} ago", "{age} 전");
    let key = router.address.clone();
    view! {
        <tr data-key=key>
            <th scope="row">
                <code>{router.address}</code>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td>{version}</td>
            <td class="number">{age}</td>
        </tr>
    }
}
