//! The picture: a list of lists, drawn as a tree. It is read by a screen reader as what it is.

use leptos::prelude::*;

use super::PATH;
use super::consumers::answer;
use crate::replication::topology::model::{Answering, Member, Sender, Topology, Upstream};
use crate::targets::model::TargetId;
use crate::text::{Lang, bytes, count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::Badge;

/// Consumers of one server that are no targets of the console and are drawn.
const STRANGERS: usize = 20;

#[component]
pub fn Picture(topology: Topology) -> impl IntoView {
    let lang = use_lang();
    let mut drawing = Drawing { topology: &topology, lang, drawn: Vec::new() };
    let starts = |member: &&Member| !matches!(member.upstream, Upstream::Known { .. });
    let mut roots: Vec<AnyView> = topology.members.iter().filter(starts).map(|root| drawing.root(root)).collect();
    // Two standbys that stream from each other have no root.
    for member in &topology.members {
        if !drawing.drawn.contains(&member.target.id) {
            roots.push(drawing.root(member));
        }
    }
    let label = lang.of("Servers, each with those that stream from it", "서버와 각 서버에서 스트리밍하는 대상");
    view! { <ul class="tree" aria-label=label>{roots}</ul> }
}

struct Drawing<'a> {
    topology: &'a Topology,
    lang: Lang,
    drawn: Vec<TargetId>,
}

impl Drawing<'_> {
    fn root(&mut self, member: &Member) -> AnyView {
        let lang = self.lang;
        let node = self.node(member, None);
        let above = match &member.upstream {
            Upstream::Elsewhere { host, port } => {
                tr!(lang, "{host}:{port}, no target of this console", "{host}:{port}, 이 콘솔의 대상이 아님")
            }
            Upstream::Untold => lang.of("An unknown server", "알 수 없는 서버").to_owned(),
            Upstream::Primary | Upstream::Known { .. } => return node,
        };
        view! {
            <li>
                <div class="node unknown">{above}</div>
                <ul>{node}</ul>
            </li>
        }
        .into_any()
    }

    fn node(&mut self, member: &Member, edge: Option<AnyView>) -> AnyView {
        let (lang, topology) = (self.lang, self.topology);
        self.drawn.push(member.target.id.clone());
        let mut below: Vec<AnyView> = Vec::new();
        let mut served: Vec<TargetId> = Vec::new();
        // Servers that are known are all drawn; of the others some, the worst first.
        let (known, others): (Vec<_>, Vec<_>) = member.sight.senders.iter().partition(|sender| sender.peer.is_some());
        for sender in known.into_iter().chain(others.into_iter().take(STRANGERS)) {
            below.push(self.consumer(sender));
            served.extend(sender.peer.clone());
        }
        let mut drawn = i64::try_from(below.len()).unwrap_or(i64::MAX);
        for standby in topology.standbys_of(&member.target.id).filter(|it| !served.contains(&it.target.id)) {
            drawn += i64::from(matches!(standby.upstream, Upstream::Known { streams: true, .. }));
            below.push(self.idle(standby));
        }
        let hidden = member.sight.senders_total - drawn;
        let more = (hidden > 0).then(|| {
            let more = count(hidden);
            view! { <li class="muted">{tr!(lang, "and {more} more", "외 {more}개")}</li> }
        });
        let here = topology.here().target.id == member.target.id;
        let class = if here { "node here" } else { "node" };
        let (major, target) = (member.sight.version / 10_000, &member.target);
        let kind = if member.sight.standby {
            lang.of("standby", "대기 서버")
        } else {
            lang.of("primary", "기본 서버")
        };
        let place = format!("{}:{} · PostgreSQL {major}", target.host, target.port);
        let href = link(PATH, &[("target", target.id.as_str())]);
        let nothing = below.is_empty() && more.is_none();
        view! {
            <li>
                {edge}
                <div class=class>
                    <a href=href aria-current=here.then_some("true")>
                        {target.name.clone()}
                    </a>
                    " "
                    <Badge tone="plain" text=kind />
                    <span class="muted">{place}</span>
                </div>
                {(!nothing).then(|| view! { <ul>{below} {more}</ul> })}
            </li>
        }
        .into_any()
    }

    /// The other end of a walsender: a known server with all below it, or what it calls itself.
    fn consumer(&mut self, sender: &Sender) -> AnyView {
        let topology = self.topology;
        let edge = self.edge(sender);
        let standby = sender.peer.as_ref().filter(|_| !sender.is_logical()).and_then(|id| topology.member(id));
        if let Some(standby) = standby.filter(|it| !self.drawn.contains(&it.target.id)) {
            return self.node(standby, Some(edge));
        }
        let lang = self.lang;
        let what = match (&sender.subscription, &sender.backup) {
            (_, Some(_)) => lang.of("base backup", "베이스 백업"),
            (Some(_), _) => lang.of("subscription", "구독"),
            _ if sender.is_logical() => lang.of("logical consumer", "논리 소비자"),
            _ => lang.of("no target of this console", "이 콘솔의 대상이 아님"),
        };
        let address = sender.address.clone().unwrap_or_default();
        let name = Some(sender.name().to_owned()).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| lang.of("unnamed", "이름 없음").to_owned());
        let at = sender.peer.as_ref().map(|id| {
            let href = link("/replication/subscriptions", &[("target", id.as_str())]);
            view! { <a href=href>{id.to_string()}</a> }
        });
        view! {
            <li>
                {edge} <div class="node">
                    <strong>{name}</strong>
                    " "
                    <Badge tone="plain" text=what />
                    <span class="muted">{address} " " {at}</span>
                </div>
            </li>
        }
        .into_any()
    }

    /// A known standby that no walsender serves, or whose walsender is beyond those that are shown.
    fn idle(&mut self, standby: &Member) -> AnyView {
        let lang = self.lang;
        let edge = match standby.upstream {
            Upstream::Known { streams: true, .. } => {
                view! { <Badge tone="good" text=lang.of("streams", "스트리밍 중") /> }.into_any()
            }
            _ => view! { <Badge tone="bad" text=lang.of("does not stream", "스트리밍하지 않음") /> }.into_any(),
        };
        let edge = view! { <div class="edge">{edge}</div> }.into_any();
        self.node(standby, Some(edge))
    }

    fn edge(&self, sender: &Sender) -> AnyView {
        let lang = self.lang;
        let (tone, word) = answer(sender, lang);
        let behind = match (&sender.stream, sender.answering) {
            (Some(stream), answering) if !matches!(answering, Answering::Silent(_)) => {
                stream.total.filter(|total| *total > 0).map(bytes)
            }
            _ => None,
        };
        let behind = behind.map(|behind| tr!(lang, "{behind} behind", "{behind} 뒤처짐"));
        let slot = sender.slot.as_ref().map(|slot| tr!(lang, "slot {slot}", "슬롯 {slot}"));
        let rest = [slot, behind].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <div class="edge">
                <Badge tone=tone text=word />
                " "
                <span class="muted">{rest}</span>
            </div>
        }
        .into_any()
    }
}
