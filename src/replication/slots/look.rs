//! Answers for those who look at slots, out of what the watcher saw last.

use std::sync::Arc;

use super::model::{Question, SlotList, SlotSeen, Spilled, findings};
use super::postgres::about;
use super::watch::{self, Snapshot};
use crate::auth::session::{Authorized, Reads};
use crate::error::AppError;
use crate::replication::finding::Finding;
use crate::replication::history::model::Span;
use crate::replication::history::store::{self as history, SLOT_HELD};
use crate::replication::server::Server;

/// A page of slots.
///
/// # Errors
/// `NotFound` when there is no such target; else as [`watch::look`].
pub async fn list(who: &Authorized<Reads>, target: &str, question: &Question) -> Result<SlotList, AppError> {
    let (_, snapshot) = see(who, target).await?;
    let (slots, matching) = question.answer(&snapshot.slots, &snapshot.server);
    Ok(SlotList { slots, matching, server: snapshot.server.clone(), watched: snapshot.watched() })
}

/// What is wrong with the slots of a server now.
///
/// # Errors
/// As [`list`].
pub async fn wrong(who: &Authorized<Reads>, target: &str) -> Result<Vec<Finding>, AppError> {
    let (server, snapshot) = see(who, target).await?;
    Ok(findings(server.target().as_str(), &snapshot.server, &snapshot.slots))
}

/// All that is known of one slot.
///
/// # Errors
/// As [`list`].
pub async fn slot(who: &Authorized<Reads>, target: &str, name: &str, span: Span) -> Result<SlotSeen, AppError> {
    let (server, snapshot) = see(who, target).await?;
    let seen = snapshot.slots.iter().find(|seen| seen.slot.name == name).cloned();
    let decodes = seen.as_ref().is_some_and(|seen| seen.slot.is_logical());
    let spill = match decodes {
        true => about::spilled(server.entry(), snapshot.server.major, name).await,
        false => Spilled::None,
    };
    let history = history::read(&who.state().store, server.target().as_str(), SLOT_HELD, name, span).await?;
    Ok(SlotSeen { seen, server: snapshot.server.clone(), watched: snapshot.watched(), spill, history })
}

async fn see(who: &Authorized<Reads>, target: &str) -> Result<(Server, Arc<Snapshot>), AppError> {
    let server = Server::to_read(who, target)?;
    let snapshot = watch::look(&who.state().store, server.entry()).await?;
    Ok((server, snapshot))
}
