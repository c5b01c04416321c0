//! The page of the topology: a picture of who streams from whom, then the figures.

pub mod consumers;
pub mod picture;
pub mod tables;

use leptos::prelude::*;

use super::api::read_topology;
use super::model::{SyncRule, Topology};
use crate::finding::page::Findings;
use crate::replication::history::model::Span;
use crate::replication::history::page::{LagPart, Spans};
use crate::replication::tabs::ReplicationTabs;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::address::{use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::words;
use consumers::{Backups, Senders};
use picture::Picture;
use tables::{SlotTable, Standbys};

const PATH: &str = "/replication/topology";

/// `/replication/topology`.
#[component]
pub fn TopologyPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Topology", "복제 토폴로지")
            lead=Some(
                words!(
                    "Who streams from whom, how many bytes behind, and who has stopped answering.",
                    "누가 누구에게서 스트리밍하는지, 몇 바이트 뒤처졌는지, 누가 응답을 멈췄는지 보여 줍니다.",
                ),
            )
        >
            <ReplicationTabs />
            <TargetPicker kind=TargetKind::Postgresql path=PATH />
            <Live id="topology" source=use_source("/live/replication/topology")>
                <TopologyPart />
            </Live>
            <LagHistory />
        </Frame>
    }
    .into_any()
}

/// How far behind the standbys were. The charts move slowly, so they are asked for apart.
#[component]
fn LagHistory() -> impl IntoView {
    let lang = use_lang();
    let address = use_address().get_untracked();
    let (target, span) = (address.text("target"), Span::parse(&address.text("span")));
    view! {
        <section class="card" aria-labelledby="lag">
            <h2 id="lag">{lang.of("How far behind the standbys were", "대기 서버 지연 이력")}</h2>
            <Spans path=PATH pairs=vec![("target", target)] span=span />
            <Live id="lag" source=use_source("/live/replication/lag") every=10_000>
                <LagPart />
            </Live>
        </section>
    }
}

/// What is seen now, of the server that the address names.
#[component]
pub fn TopologyPart() -> impl IntoView {
    let address = use_address();
    let topology = fetch(move || address.with(|address| address.text("target")), read_topology);
    view! {
        <Region id="topology">
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match topology.await {
                    Ok(topology) => view! { <Shown topology=topology /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Shown(topology: Topology) -> impl IntoView {
    let lang = use_lang();
    let findings = topology.findings.clone();
    let commits = commits(&topology, lang);
    let left_out = (topology.left_out > 0).then(|| {
        let more = count(i64::try_from(topology.left_out).unwrap_or(i64::MAX));
        let text = tr!(lang, "{more} more targets were not asked.", "대상 {more}개는 조회하지 않았습니다.");
        view! { <p class="muted">{text}</p> }
    });
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "확인할 점")}</h2>
            <Findings findings=findings />
        </section>
        <section class="card">
            <h2>{lang.of("Who streams from whom", "스트리밍 구성")}</h2>
            <Picture topology=topology.clone() />
            <p>{commits}</p>
            {left_out}
        </section>
        <Senders topology=topology.clone() />
        <Backups sight=topology.here().sight.clone() />
        <Standbys topology=topology.clone() />
        <SlotTable topology=topology />
    }
}

/// What a commit on the server waits for.
fn commits(topology: &Topology, lang: Lang) -> String {
    let sight = &topology.here().sight;
    if sight.standby {
        return lang.of("A standby takes no commits.", "대기 서버는 커밋을 받지 않습니다.").to_owned();
    }
    let Some(rule) = SyncRule::parse(&sight.synchronous) else {
        let alone = lang.of(
            "Commits wait for no standby (synchronous_standby_names is empty).",
            "커밋은 대기 서버를 기다리지 않습니다(synchronous_standby_names가 비어 있음).",
        );
        return alone.to_owned();
    };
    let (needed, names, commit) = (rule.needed, rule.names.join(", "), &sight.commit);
    match rule.any {
        true => tr!(
            lang,
            "Commits wait for any {needed} of: {names} (synchronous_commit = {commit}).",
            "커밋은 다음 중 아무 {needed}개를 기다립니다: {names} (synchronous_commit = {commit})."
        ),
        false => tr!(
            lang,
            "Commits wait for the first {needed} of: {names} (synchronous_commit = {commit}).",
            "커밋은 다음 중 앞선 {needed}개를 기다립니다: {names} (synchronous_commit = {commit})."
        ),
    }
}
