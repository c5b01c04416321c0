//! Attempts that an earlier run of the console left open: what takes long is followed again from the servers' own state,
//! and of the rest is told what the config servers show.

use std::sync::Arc;

use super::follow::{Ended, Follower, aborted};
use super::{Reshaper, begins};
use crate::change::resume::{self, Open, Resume, Watching};
use crate::change::run::Run;
use crate::change::{Outcome, Report};
use crate::error::AppError;
use crate::server::State;
use crate::sharding::cluster::Cluster;
use crate::sharding::mongo::command;
use crate::sharding::reshape::model::change::Change;
use crate::targets::model::TargetKind;
use crate::words;

/// The words of the changes that are gone on with.
pub const RESUMES: [(&str, Resume); 9] = [
    ("sharding.refine_key", go_on),
    ("sharding.reshard_collection", go_on),
    ("sharding.abort_reshard", go_on),
    ("sharding.commit_reshard", go_on),
    ("sharding.unshard_collection", go_on),
    ("sharding.abort_unshard", go_on),
    ("sharding.move_collection", go_on),
    ("sharding.abort_move", go_on),
    ("sharding.drop_collection", go_on),
];

fn go_on(state: Arc<State>, open: Open, run: Arc<Run>) -> Watching {
    Box::pin(async move { watched(&state, &open, &run).await.unwrap_or_else(resume::unknown) })
}

async fn watched(state: &State, open: &Open, run: &Run) -> Result<Report, AppError> {
    let change: Change = crate::change::apply::parse(&open.change)?;
    let reshaper = Reshaper::new(Cluster::at(state.registry.find(&open.target, TargetKind::Mongodb)?));
    let long = open.commands.iter().rev().filter_map(|it| command::parsed(&it.exact).ok());
    let long = long.filter_map(|it| begins(&it).map(|(kind, namespace)| (kind, namespace.to_owned()))).next();
    if let Some((kind, namespace)) = long {
        let ended = Follower::new(&reshaper.cluster, kind, &namespace).until_end(run).await?;
        if ended == Ended::Aborted {
            return Ok(told_aborted(&resume::look(&reshaper, &change, open).await));
        }
    }
    Ok(resume::look(&reshaper, &change, open).await)
}

/// It was asked to stop, and nothing of it is left: that is its end, and no failure.
fn told_aborted(shown: &Report) -> Report {
    if shown.outcome == Outcome::Done || shown.error.is_some() {
        // It took effect before it could be aborted, or nobody can say.
        return shown.clone();
    }
    let mut summary = aborted().happened;
    let restart =
        words!(" The console had been stopped in the middle.", " 콘솔이 도중에 멈췄다가 이어서 지켜보았습니다.");
    summary.en.push_str(&restart.en);
    summary.ko.push_str(&restart.ko);
    Report { outcome: Outcome::Stopped, summary, ..shown.clone() }
}
