//! The wish to change what the balancer does.

use serde::{Deserialize, Serialize};

use super::{Time, Window};
use crate::error::AppError;
use crate::sharding::model::offered::Operation;
use crate::sharding::model::{Identity, Namespace};
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

/// A size of chunks, from 1 to 1,024 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Mib(u16);

impl Mib {
    /// # Errors
    /// The rule.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let rule = || words!("A whole number from 1 to 1024.", "1부터 1024까지의 정수를 입력하세요.");
        let is_plain = !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
        let number: Option<u16> = is_plain.then(|| text.parse().ok()).flatten();
        number.and_then(|it| Self::try_from(it).ok()).ok_or_else(rule)
    }

    pub fn get(self) -> i32 {
        i32::from(self.0)
    }
}

impl TryFrom<u16> for Mib {
    type Error = String;

    fn try_from(number: u16) -> Result<Self, String> {
        if (1..=1024).contains(&number) { Ok(Self(number)) } else { Err(format!("{number} is not 1 to 1024")) }
    }
}

impl From<Mib> for u16 {
    fn from(mib: Mib) -> Self {
        mib.0
    }
}

/// What of one collection is switched on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Whether the balancer looks after it.
    Balancing,
    /// Whether its chunks may move at all.
    Migrations,
    AutoMerger,
    Defragmentation,
}

/// A write to the balancer's settings, or to what it may do with one collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    StartBalancer {
        target: TargetId,
    },
    StopBalancer {
        target: TargetId,
    },
    SetWindow {
        target: TargetId,
        window: Window,
    },
    ClearWindow {
        target: TargetId,
    },
    /// None: the default again.
    SetChunkSize {
        target: TargetId,
        mib: Option<Mib>,
    },
    SwitchAutoMerger {
        target: TargetId,
        on: bool,
    },
    /// None: that of the cluster again.
    SetCollectionChunkSize {
        target: TargetId,
        namespace: Namespace,
        identity: Identity,
        mib: Option<Mib>,
    },
    SwitchCollection {
        target: TargetId,
        namespace: Namespace,
        identity: Identity,
        switch: Switch,
        on: bool,
    },
}

impl Change {
    /// Reads what a form holds. Which collection it is, is added by the engine.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn from_form(
        target: TargetId,
        action: &str,
        namespace: &str,
        start: &str,
        stop: &str,
        mib: &str,
    ) -> Result<Self, AppError> {
        let switch = |switch, on| {
            let (namespace, identity) = (named(namespace)?, Identity::default());
            Ok(Self::SwitchCollection { target: target.clone(), namespace, identity, switch, on })
        };
        match action {
            "start_balancer" => Ok(Self::StartBalancer { target }),
            "stop_balancer" => Ok(Self::StopBalancer { target }),
            "set_window" => Ok(Self::SetWindow { target, window: window(start.trim(), stop.trim())? }),
            "clear_window" => Ok(Self::ClearWindow { target }),
            "set_chunk_size" => Ok(Self::SetChunkSize { target, mib: Some(size(mib)?) }),
            "reset_chunk_size" => Ok(Self::SetChunkSize { target, mib: None }),
            "start_auto_merger" => Ok(Self::SwitchAutoMerger { target, on: true }),
            "stop_auto_merger" => Ok(Self::SwitchAutoMerger { target, on: false }),
            "set_collection_chunk_size" | "reset_collection_chunk_size" => {
                let (namespace, identity) = (named(namespace)?, Identity::default());
                let mib = if action.starts_with("set") { Some(size(mib)?) } else { None };
                Ok(Self::SetCollectionChunkSize { target, namespace, identity, mib })
            }
            "start_balancing_collection" => switch(Switch::Balancing, true),
            "stop_balancing_collection" => switch(Switch::Balancing, false),
            "freeze_collection" => switch(Switch::Migrations, false),
            "unfreeze_collection" => switch(Switch::Migrations, true),
            "start_merging_collection" => switch(Switch::AutoMerger, true),
            "stop_merging_collection" => switch(Switch::AutoMerger, false),
            "start_defragmentation" => switch(Switch::Defragmentation, true),
            "stop_defragmentation" => switch(Switch::Defragmentation, false),
            _ => Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        }
    }

    /// What the cluster must have for it.
    pub fn operation(&self) -> Operation {
        match self {
            Self::StartBalancer { .. } => Operation::StartBalancer,
            Self::StopBalancer { .. } => Operation::StopBalancer,
            Self::SetWindow { .. } => Operation::SetWindow,
            Self::ClearWindow { .. } => Operation::ClearWindow,
            Self::SetChunkSize { .. } => Operation::SetChunkSize,
            Self::SwitchAutoMerger { .. } => Operation::SwitchAutoMerger,
            Self::SetCollectionChunkSize { .. } => Operation::SetCollectionChunkSize,
            Self::SwitchCollection { switch, .. } => switch.operation(),
        }
    }

    /// The collection that it is about, and which one that was.
    pub fn collection(&self) -> Option<(&Namespace, &Identity)> {
        match self {
            Self::SetCollectionChunkSize { namespace, identity, .. }
            | Self::SwitchCollection { namespace, identity, .. } => Some((namespace, identity)),
            _ => None,
        }
    }

    /// The same, of the collection that is there now.
    #[must_use]
    pub fn of(mut self, now: Identity) -> Self {
        if let Self::SetCollectionChunkSize { identity, .. } | Self::SwitchCollection { identity, .. } = &mut self {
            *identity = now;
        }
        self
    }
}

impl Switch {
    pub fn operation(self) -> Operation {
        match self {
            Self::Balancing => Operation::SwitchCollection,
            Self::Migrations => Operation::FreezeCollection,
            Self::AutoMerger => Operation::SwitchCollectionAutoMerger,
            Self::Defragmentation => Operation::Defragment,
        }
    }
}

fn named(namespace: &str) -> Result<Namespace, AppError> {
    Namespace::parse(namespace.trim()).map_err(|rule| AppError::invalid("namespace", rule))
}

fn size(mib: &str) -> Result<Mib, AppError> {
    Mib::parse(mib.trim()).map_err(|rule| AppError::invalid("mib", rule))
}

fn window(start: &str, stop: &str) -> Result<Window, AppError> {
    let start = Time::parse(start).map_err(|rule| AppError::invalid("start", rule))?;
    let stop = Time::parse(stop).map_err(|rule| AppError::invalid("stop", rule))?;
    Window::new(start, stop).map_err(|rule| AppError::invalid("stop", rule))
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::StartBalancer { .. } => "sharding.start_balancer",
            Self::StopBalancer { .. } => "sharding.stop_balancer",
            Self::SetWindow { .. } => "sharding.set_window",
            Self::ClearWindow { .. } => "sharding.clear_window",
            Self::SetChunkSize { .. } | Self::SetCollectionChunkSize { .. } => "sharding.set_chunk_size",
            Self::SwitchAutoMerger { .. } => "sharding.switch_auto_merger",
            Self::SwitchCollection { switch, .. } => match switch {
                Switch::Balancing => "sharding.switch_balancing",
                Switch::Migrations => "sharding.freeze_collection",
                Switch::AutoMerger => "sharding.switch_auto_merger",
                Switch::Defragmentation => "sharding.defragment_collection",
            },
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::StartBalancer { target }
            | Self::StopBalancer { target }
            | Self::SetWindow { target, .. }
            | Self::ClearWindow { target }
            | Self::SetChunkSize { target, .. }
            | Self::SwitchAutoMerger { target, .. }
            | Self::SetCollectionChunkSize { target, .. }
            | Self::SwitchCollection { target, .. } => target,
        }
    }
}
