//! What each change to a slot would do, found out beforehand.

pub mod advance;
pub mod checks;
mod commands;
pub mod copy;
pub mod create;
pub mod doctor;
pub mod drop;
pub mod evict;
mod impact;
pub mod offers;
mod recreate;
mod snapshot;
pub mod versions;

use super::model::{Change, SlotName};
use super::postgres::Slots;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::error::AppError;
use crate::text::Words;
use crate::words;

/// Plans a change.
///
/// # Errors
/// When the server cannot be asked.
pub async fn plan(slots: &Slots, change: &Change) -> Result<Plan, AppError> {
    let server = slots.server().name();
    Ok(match change {
        Change::CreatePhysicalSlot { name, reserve, .. } => {
            create::physical(server, name, *reserve, &slots.facts(name).await?)
        }
        Change::CreateLogicalSlot { name, plugin, database, two_phase, failover, .. } => {
            let wanted = create::Logical { name, plugin, database, two_phase: *two_phase, failover: *failover };
            create::logical(server, &wanted, &slots.facts(name).await?, &slots.scene(database).await?)
        }
        Change::DropSlot { name, restart_lsn, .. } => {
            drop::plan(server, name, restart_lsn.as_ref(), &slots.facts(name).await?)
        }
        Change::EvictSlot { name, fence, .. } => {
            let facts = slots.facts(name).await?;
            let fence = if *fence { Some(slots.fence(&facts).await?) } else { None };
            evict::plan(server, name, fence, &facts)
        }
        Change::CopySlot { name, to, .. } => {
            let taken = slots.look(to).await?.1.is_some();
            copy::plan(server, name, to, taken, &slots.facts(name).await?)
        }
        Change::AdvanceSlot { name, to, .. } => advance::plan(server, name, to.as_ref(), &slots.facts(name).await?),
        Change::RecreateSlot { name, gap, .. } => recreate::plan(server, name, *gap, &slots.facts(name).await?),
        Change::LogSnapshot { .. } => snapshot::plan(server, &slots.about_snapshot().await?),
    })
}

/// The plan for a slot that is not there.
fn nothing_there(title: Words, name: &SlotName) -> Plan {
    let gone = Check::block(
        words!("There is no slot {name} (any more).", "슬롯 {name}이(가) 없습니다."),
        words!("Reload the list.", "목록을 새로 고치세요."),
    );
    Plan {
        title,
        checks: vec![gone],
        fingerprint: fingerprint(&"gone", &[]),
        commands: Vec::new(),
        revert: Vec::new(),
        effect: Vec::new(),
        way_back: words!("None is needed: nothing is sent.", "전송하는 것이 없어 되돌릴 것도 없습니다."),
        blast: Blast::Plain,
    }
}

/// What is typed to take a gap upon oneself.
pub const GAP_ACCEPTED: &str = "gap accepted";
