//! Follows the feedback of standbys to what causes it there.

use super::{Holder, Horizon, HorizonSight, Kind, Trace, advice};
use crate::error::AppError;
use crate::replication::topology::model::{Member, Topology, Upstream};
use crate::targets::model::{Target, TargetId};

/// What the standbys of a cluster said.
type Answers = Vec<(Target, Result<HorizonSight, AppError>)>;

/// Standbys of standbys that are followed.
const DEEPEST: usize = 4;

impl Horizon {
    pub fn of(topology: &Topology, mut sight: HorizonSight, answers: &Answers) -> Self {
        let here = topology.here();
        let tracing = Tracing { topology, answers };
        for holder in &mut sight.holders {
            holder.traced = tracing.of(holder, &here.target.id, DEEPEST).map(Box::new);
        }
        let mut horizon =
            Self { target: here.target.clone(), standby: here.sight.standby, sight, findings: Vec::new() };
        horizon.findings = advice::findings(&horizon);
        horizon
    }
}

struct Tracing<'a> {
    topology: &'a Topology,
    answers: &'a Answers,
}

impl Tracing<'_> {
    fn of(&self, holder: &Holder, on: &TargetId, depth: usize) -> Option<Trace> {
        if !holder.is_of_standby() || depth == 0 {
            return None;
        }
        let Some(standby) = self.standby(holder, on) else { return Some(Trace::UnknownStandby) };
        let target = &standby.target;
        let answer = self.answers.iter().find(|(known, _)| known.id == target.id)?;
        let sight = match &answer.1 {
            Ok(sight) => sight,
            Err(error) => {
                return Some(Trace::Unheard { standby: target.name.clone(), why: error.happened.clone() });
            }
        };
        let Some(cause) = cause(holder, sight) else { return Some(Trace::Released { standby: target.clone() }) };
        let mut cause = cause.clone();
        cause.traced = self.of(&cause, &target.id, depth - 1).map(Box::new);
        Some(Trace::Found { standby: target.clone(), holder: cause })
    }

    /// The known standby that a slot or a walsender is for.
    fn standby(&self, holder: &Holder, on: &TargetId) -> Option<&Member> {
        if holder.kind == Kind::Feedback {
            let senders = &self.topology.member(on)?.sight.senders;
            let sender = senders.iter().find(|sender| Some(sender.pid) == holder.pid)?;
            return self.topology.member(sender.peer.as_ref()?);
        }
        let uses = |member: &&Member| {
            let slot = member.sight.receiving.as_ref().is_some_and(|receiving| receiving.slot == holder.name);
            slot && matches!(&member.upstream, Upstream::Known { id, .. } if id == on)
        };
        self.topology.members.iter().find(uses)
    }
}

/// What on the standby holds a transaction at least as old as the one that its feedback holds.
fn cause<'a>(held: &Holder, standby: &'a HorizonSight) -> Option<&'a Holder> {
    let is_candidate = |holder: &&Holder| match held.kind {
        // Catalogs and tables are told apart by a slot, and not without one.
        Kind::SlotCatalogXmin => holder.kind == Kind::SlotCatalogXmin,
        Kind::SlotXmin => holder.kind != Kind::SlotCatalogXmin,
        _ => true,
    };
    // The oldest stands first.
    standby.holders.iter().find(is_candidate).filter(|holder| is_not_after(holder.xid, held.xid))
}

/// Whether a transaction comes before another or is it. Numbers go round at 2³².
fn is_not_after(one: i64, other: i64) -> bool {
    (one as u32).wrapping_sub(other as u32).cast_signed() <= 0
}
