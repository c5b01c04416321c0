//! The horizon board: who keeps VACUUM from cleaning up, the oldest first.

use leptos::prelude::*;

use super::api::{read_horizon, read_horizon_queries};
use super::model::{Holder, Horizon, Kind, Trace, WRAPAROUND};
use crate::error::{AppError, Kind as Failure};
use crate::finding::page::{Findings, way_out};
use crate::replication::tabs::ReplicationTabs;
use crate::targets::model::{Target, TargetKind};
use crate::targets::picker::TargetPicker;
use crate::text::{Lang, count, span, use_lang};
use crate::tr;
use crate::ui::address::{use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

const PATH: &str = "/replication/horizon";

/// `/replication/horizon`.
#[component]
pub fn HorizonPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Horizon board", "정리 한계(xmin) 현황")
            lead=Some(
                words!(
                    "Who keeps VACUUM from cleaning up: dead rows that the oldest of them might still see must stay.",
                    "VACUUM의 정리를 막는 대상입니다. 가장 오래된 것이 아직 볼 수 있는 죽은 행은 지울 수 없습니다.",
                ),
            )
        >
            <ReplicationTabs />
            <TargetPicker kind=TargetKind::Postgresql path=PATH />
            <Live id="horizon" source=use_source("/live/replication/horizon") every=2_000>
                <HorizonPart />
            </Live>
        </Frame>
    }
    .into_any()
}

/// What is seen now, of the server that the address names.
#[component]
pub fn HorizonPart() -> impl IntoView {
    let address = use_address();
    let horizon = fetch(move || address.with(|address| address.text("target")), read);
    view! {
        <Region id="horizon">
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match horizon.await {
                    Ok(horizon) => view! { <Board horizon=horizon /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
        </Region>
    }
    .into_any()
}

/// What sessions run is shown to those who may see data.
async fn read(target: String) -> Result<Horizon, AppError> {
    match read_horizon_queries(target.clone()).await {
        Err(error) if error.kind == Failure::Forbidden => read_horizon(target).await,
        answer => answer,
    }
}

#[component]
fn Board(horizon: Horizon) -> impl IntoView {
    let lang = use_lang();
    let Horizon { target, standby, sight, findings } = horizon;
    let (limit, age, database) = (count(sight.freeze_max_age), count(sight.oldest_age), &sight.oldest_database);
    let oldest = tr!(
        lang,
        "Oldest database: {database}, {age} transactions; autovacuum freezes at {limit}.",
        "가장 오래된 데이터베이스: {database}, 트랜잭션 {age}개. 자동 VACUUM 동결 기준은 {limit}개입니다."
    );
    let on_standby = standby.then(|| {
        let text = lang.of(
            "This is a standby: what is held here reaches its primary only if hot_standby_feedback is on.",
            "대기 서버입니다. 여기서 붙잡는 것은 hot_standby_feedback이 켜져 있을 때만 기본 서버에 영향을 줍니다.",
        );
        view! { <p>{text}</p> }
    });
    let role = sight.role.clone();
    let hidden = (!sight.may_see).then(|| {
        let text = tr!(
            lang,
            "The console's role {role} may not see what other sessions do: GRANT pg_monitor TO it.",
            "콘솔 역할 {role}은(는) 다른 세션의 상태를 볼 권한이 없습니다: pg_monitor를 부여하세요."
        );
        view! { <p class="muted">{text}</p> }
    });
    let shown = sight.holders.len();
    let all = count(sight.total);
    let caption = tr!(lang, "Holders: {all}, the oldest {shown} shown", "붙잡는 대상: {all}개 중 오래된 {shown}개");
    let heads = vec![
        lang.of("Who", "대상"),
        lang.of("Age", "나이"),
        lang.of("Of the freeze age", "동결 기준 대비"),
        lang.of("Of 2³¹", "2³¹ 대비"),
        lang.of("Comes from", "원인"),
        lang.of("Next step", "다음 단계"),
    ];
    let limit = sight.freeze_max_age;
    let rows = sight.holders.into_iter().map(|holder| row(holder, &target, limit, lang)).collect_view();
    let table = if shown == 0 {
        let nobody = lang.of("Nobody holds anything.", "붙잡고 있는 대상이 없습니다.");
        view! { <Empty text=nobody /> }.into_any()
    } else {
        view! {
            <Table caption=caption heads=heads>
                {rows}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "확인할 점")}</h2>
            <Findings findings=findings />
        </section>
        <section class="card">
            <h2>{lang.of("Who holds the oldest transactions", "가장 오래된 트랜잭션을 붙잡는 대상")}</h2>
            <p>{oldest}</p>
            {on_standby}
            {hidden}
            {table}
        </section>
    }
}

fn row(holder: Holder, here: &Target, limit: i64, lang: Lang) -> impl IntoView + use<> {
    let (next, way) = holder.next(here);
    let of_limit = holder.share(limit);
    let tone = if of_limit >= 100.0 {
        "bad"
    } else if of_limit >= 25.0 {
        "warn"
    } else {
        "plain"
    };
    let (of_limit, of_all) = (format!("{of_limit:.1} %"), format!("{:.1} %", holder.share(WRAPAROUND)));
    view! {
        <tr>
            <th scope="row">{who(&holder, lang)}</th>
            <td class="number">{count(holder.age)}</td>
            <td class="number">
                <Badge tone=tone text=of_limit />
            </td>
            <td class="number">{of_all}</td>
            <td>{origin(&holder, lang)}</td>
            <td>{next.read(lang)} " " {way_out(way, lang)}</td>
        </tr>
    }
}

fn who(holder: &Holder, lang: Lang) -> impl IntoView + use<> {
    let kind = match (holder.kind, holder.logical) {
        (Kind::SlotXmin, false) => lang.of("physical slot, tables", "물리 슬롯, 테이블"),
        (Kind::SlotCatalogXmin, false) => lang.of("physical slot, catalogs", "물리 슬롯, 카탈로그"),
        (Kind::SlotXmin, true) => lang.of("logical slot, tables", "논리 슬롯, 테이블"),
        (Kind::SlotCatalogXmin, true) => lang.of("logical slot, catalogs", "논리 슬롯, 카탈로그"),
        (Kind::Feedback, _) => lang.of("standby without a slot", "슬롯 없는 대기 서버"),
        (Kind::Session, _) => lang.of("session", "세션"),
        (Kind::Prepared, _) => lang.of("prepared transaction", "준비된 트랜잭션"),
    };
    let unused =
        holder.is_forgotten().then(|| view! { <Badge tone="warn" text=lang.of("nobody reads it", "읽는 곳 없음") /> });
    let about = [holder.user.clone(), holder.database.clone(), holder.state.clone()];
    let mut about: Vec<String> = about.into_iter().flatten().collect();
    if let Some(since) = holder.since {
        let since = span((since * 1000.0) as i64).read(lang);
        about.push(tr!(lang, "for {since}", "{since} 동안"));
    }
    let query = (!holder.query.is_empty()).then(|| view! { <br /><code>{holder.query.clone()}</code> });
    let name = match (holder.kind, holder.pid) {
        (Kind::Session, Some(pid)) => format!("{pid} {}", holder.name),
        _ => holder.name.clone(),
    };
    view! {
        <strong>{name}</strong>
        " "
        <span class="muted">{kind}</span>
        " "
        {unused}
        " "
        <span class="muted">{about.join(" · ")}</span>
        {query}
    }
}

/// What a standby's feedback comes from, step by step.
fn origin(holder: &Holder, lang: Lang) -> AnyView {
    match holder.traced.as_deref() {
        None => lang.of("itself", "자기 자신").into_any(),
        Some(Trace::UnknownStandby) => {
            lang.of("a standby that is no target of this console", "이 콘솔의 대상이 아닌 대기 서버").into_any()
        }
        Some(Trace::Unheard { standby, why }) => {
            let why = why.read(lang);
            tr!(lang, "{standby}, which was not heard: {why}", "{standby}, 응답 없음: {why}").into_any()
        }
        Some(Trace::Released { standby }) => {
            let name = &standby.name;
            tr!(lang, "{name}: nothing there holds it now", "{name}: 지금은 붙잡는 것 없음").into_any()
        }
        Some(Trace::Found { standby, holder }) => {
            let name = standby.name.clone();
            let deeper = holder.traced.is_some().then(|| view! { " ← " {origin(holder, lang)} });
            view! { {name} ": " {who(holder, lang)} {deeper} }.into_any()
        }
    }
}
