//! Puts together what servers say: which walsender serves which standby, and who has stopped answering.

use super::{Answering, Member, Receiving, SHOWN, Sender, Sight, Stream, Topology, Unheard, Upstream, findings};
use crate::error::AppError;
use crate::targets::model::{Target, TargetId};

/// What one target said.
type Answer = (Target, Result<Sight, AppError>);

/// The usual interval of answers in seconds, for consumers whose own setting is not known.
const USUAL: i64 = 10;
/// Clocks that differ by less, in seconds, cannot be told apart from the way of the answers.
const CLOCKS_AGREE: f64 = 1.0;

impl Topology {
    /// The cluster around the server that was asked for.
    pub fn of(here: (Target, Sight), others: Vec<Answer>, left_out: usize) -> Self {
        let (mut members, mut strangers, mut unheard) = (vec![member(here.0, here.1)], Vec::new(), Vec::new());
        for (target, answer) in others {
            match answer {
                Ok(sight) if sight.system == members[0].sight.system => members.push(member(target, sight)),
                Ok(sight) => strangers.push(member(target, sight)),
                Err(error) => unheard.push(Unheard { target, why: error.happened }),
            }
        }
        let upstreams: Vec<Upstream> = members.iter().map(|member| upstream_of(member, &members)).collect();
        for (member, upstream) in members.iter_mut().zip(upstreams) {
            member.upstream = upstream;
        }
        let ends: Vec<Vec<End>> = members.iter().map(|member| ends_of(member, &members, &strangers)).collect();
        for (member, ends) in members.iter_mut().zip(ends) {
            for (sender, end) in member.sight.senders.iter_mut().zip(ends) {
                (sender.peer, sender.subscription, sender.answering) = (end.peer, end.subscription, end.answering);
            }
        }
        let mut topology = Self { members, unheard, left_out, findings: Vec::new() };
        topology.findings = findings::of(&topology);
        topology
    }

    /// The worst first, and no more than a page shows.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        for Member { sight, .. } in &mut self.members {
            sight.senders.sort_by(|one, other| badness(other).total_cmp(&badness(one)));
            sight.senders.truncate(SHOWN);
            sight.slots.truncate(SHOWN);
        }
        self
    }
}

fn member(target: Target, sight: Sight) -> Member {
    Member { target, sight, upstream: Upstream::Untold }
}

/// Those who do not answer before all others, then by what they are behind.
fn badness(sender: &Sender) -> f64 {
    match (sender.answering, &sender.stream) {
        (Answering::Silent(seconds), _) => 1e19 + seconds,
        (_, Some(stream)) => stream.total.unwrap_or(-1) as f64,
        (_, None) => -2.0,
    }
}

/// The other end of a walsender.
struct End {
    peer: Option<TargetId>,
    subscription: Option<String>,
    answering: Answering,
}

fn ends_of(member: &Member, members: &[Member], strangers: &[Member]) -> Vec<End> {
    let end = |sender: &Sender| {
        let standby = members.iter().find(|other| is_below(other, member) && serves(sender, other));
        let subscriber = || {
            let known = members.iter().chain(strangers);
            known.filter_map(|other| Some((other, subscription_of(other, sender)?))).next()
        };
        let (peer, subscription) = match standby {
            Some(standby) => (Some(standby), None),
            None => subscriber().map_or((None, None), |(peer, name)| (Some(peer), Some(name))),
        };
        let answering = answering(sender.stream.as_ref(), &member.sight, peer.map(|peer| &peer.sight));
        End { peer: peer.map(|peer| peer.target.id.clone()), subscription, answering }
    };
    member.sight.senders.iter().map(end).collect()
}

fn is_below(standby: &Member, member: &Member) -> bool {
    matches!(&standby.upstream, Upstream::Known { id, .. } if *id == member.target.id)
}

/// A worker of a subscription calls itself by the subscription's name and uses its slot.
fn subscription_of(server: &Member, sender: &Sender) -> Option<String> {
    let fits = |name: &str, slot: &Option<String>| name == sender.application && slot.is_some() && *slot == sender.slot;
    let mut known = server.sight.subscriptions.iter();
    known.find(|it| sender.is_logical() && fits(&it.name, &it.slot)).map(|it| it.name.clone())
}

/// Whether this walsender is the one that serves this standby.
fn serves(sender: &Sender, standby: &Member) -> bool {
    let Some(receiving) = standby.sight.receiving.as_ref().filter(|_| !sender.is_logical()) else { return false };
    if !receiving.slot.is_empty() {
        return sender.slot.as_ref() == Some(&receiving.slot);
    }
    let name = receiving.upstream.as_ref().map_or("", |conninfo| conninfo.application.as_str());
    let name = if name.is_empty() { standby.sight.cluster.as_str() } else { name };
    !name.is_empty() && name != "walreceiver" && sender.slot.is_none() && sender.application == name
}

/// Where a server gets its WAL from. That the system is the same is given; the rest is judged by where it says that it
/// connects to, and by the walsenders and slots of the others.
fn upstream_of(member: &Member, members: &[Member]) -> Upstream {
    let Some(receiving) = member.sight.receiving.as_ref().filter(|_| member.sight.standby) else {
        return Upstream::Primary;
    };
    let place = place_of(receiving);
    let others = members.iter().filter(|other| other.target.id != member.target.id);
    let mut scored: Vec<(u32, &Member)> =
        others.map(|other| (evidence(member, receiving, place.as_ref(), other), other)).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    match (scored.first(), scored.get(1)) {
        // Two that are equally likely are none.
        (Some((score, other)), next) if *score > 0 && next.is_none_or(|(second, _)| second < score) => {
            let streams = other.sight.senders.iter().any(|sender| serves(sender, member));
            Upstream::Known { id: other.target.id.clone(), streams }
        }
        _ => place.map_or(Upstream::Untold, |(host, port)| Upstream::Elsewhere { host, port }),
    }
}

/// Host and port that a standby connects to: where it is connected, else where it is told to.
fn place_of(receiving: &Receiving) -> Option<(String, u16)> {
    let connected = receiving.host.clone().zip(receiving.port.and_then(|port| u16::try_from(port).ok()));
    let told = || receiving.upstream.as_ref().filter(|it| it.port != 0).map(|it| (it.host.clone(), it.port));
    connected.or_else(told)
}

/// How much speaks for `other` being where the standby gets its WAL from; 0: nothing.
fn evidence(standby: &Member, receiving: &Receiving, place: Option<&(String, u16)>, other: &Member) -> u32 {
    let serves_it = other.sight.senders.iter().any(|sender| serves(sender, standby));
    let its_slot = |slot: &super::SlotSeen| !slot.logical && slot.name == receiving.slot;
    let has_slot = !receiving.slot.is_empty() && other.sight.slots.iter().any(its_slot);
    let address = match place {
        None => 0,
        Some((_, port)) if *port != other.target.port => 0,
        Some((host, _)) if is_at(host, &standby.target.host, &other.target.host) => 8,
        // A name and an address may be one host; two addresses are not.
        Some((host, _)) if is_address(host) && is_address(&other.target.host) => 0,
        Some(_) => 2,
    };
    // A slot of the name alone speaks for a server only where nothing is known of the place.
    let slot = u32::from(has_slot && (place.is_none() || address > 0));
    address + 4 * u32::from(serves_it) + slot
}

/// Whether `place`, as the standby calls it, is the host that the console knows as `other`.
fn is_at(place: &str, standby: &str, other: &str) -> bool {
    let (place, standby, other) = (plain(place), plain(standby), plain(other));
    place == other || place == LOCAL && standby == other
}

const LOCAL: &str = "localhost";

fn plain(host: &str) -> String {
    match host {
        "" | "127.0.0.1" | "::1" => LOCAL.to_owned(),
        path if path.starts_with(['/', '@']) => LOCAL.to_owned(),
        name => name.to_ascii_lowercase(),
    }
}

fn is_address(host: &str) -> bool {
    host.parse::<std::net::IpAddr>().is_ok() || plain(host) == LOCAL
}

/// Whether the consumer still answers. `peer` is the server at the other end, where it is known.
pub(super) fn answering(stream: Option<&Stream>, here: &Sight, peer: Option<&Sight>) -> Answering {
    let Some(stream) = stream else { return Answering::Hidden };
    let Some(silent) = stream.silent.filter(|_| stream.state != "backup") else { return Answering::Untold };
    // The time of an answer is the consumer's, so its clock counts.
    let ahead = peer.map_or(0.0, |peer| here.clock_ahead - peer.clock_ahead);
    let silent = if ahead.abs() > CLOCKS_AGREE { silent - ahead } else { silent };
    let every = peer.map_or(here.answer_every.max(USUAL), |peer| peer.answer_every);
    let limit = match every {
        0 if here.sender_timeout == 0 => return Answering::Untold,
        // It answers only when asked, which happens after half of this.
        0 => here.sender_timeout as f64 / 1000.0,
        every => 2.0 * every as f64,
    };
    match silent {
        silent if silent > limit => Answering::Silent(silent),
        silent if silent < -CLOCKS_AGREE => Answering::ClockAhead(-silent),
        _ => Answering::Yes,
    }
}
