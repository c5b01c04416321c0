//! A resharding, a move or an unsharding under way, as the servers tell it. All three are the same machine: documents
//! are copied to where they will be, writes are caught up with, then blocked for a moment, and the new place counts.

use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// Which command began it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Reshard,
    Move,
    Unshard,
}

impl Kind {
    /// Its command.
    pub const fn command(self) -> &'static str {
        match self {
            Self::Reshard => "reshardCollection",
            Self::Move => "moveCollection",
            Self::Unshard => "unshardCollection",
        }
    }

    /// The command that ends it without effect.
    pub const fn abort(self) -> &'static str {
        match self {
            Self::Reshard => "abortReshardCollection",
            Self::Move => "abortMoveCollection",
            Self::Unshard => "abortUnshardCollection",
        }
    }

    /// The action of the form that plans to end it.
    pub const fn abort_action(self) -> &'static str {
        match self {
            Self::Reshard => "abort_reshard",
            Self::Move => "abort_move",
            Self::Unshard => "abort_unshard",
        }
    }

    pub fn words(self) -> Words {
        match self {
            Self::Reshard => words!("Resharding", "리샤딩"),
            Self::Move => words!("Moving", "이동"),
            Self::Unshard => words!("Unsharding", "샤딩 해제"),
        }
    }
}

/// How far it is, in the order in which it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    Preparing,
    Copying,
    CatchingUp,
    BlockingWrites,
    /// The new place counts; what is left is cleared away.
    Committing,
    Aborting,
    /// It has ended; the servers still remember it.
    Ended,
    /// A word that this version does not know, or none.
    Unknown,
}

impl Phase {
    /// The phases that a person follows, in their order.
    pub const STEPS: [Self; 5] =
        [Self::Preparing, Self::Copying, Self::CatchingUp, Self::BlockingWrites, Self::Committing];

    /// Reads the state of the coordinator, as 5.0 to 8.x write it.
    pub fn of_coordinator(state: &str) -> Self {
        match state {
            "unused" | "initializing" | "preparing-to-donate" => Self::Preparing,
            "cloning" | "building-index" => Self::Copying,
            "applying" => Self::CatchingUp,
            "blocking-writes" | "mirroring" => Self::BlockingWrites,
            "decision-persisted" | "committing" => Self::Committing,
            "aborting" | "error" => Self::Aborting,
            "done" | "quiesced" => Self::Ended,
            _ => Self::Unknown,
        }
    }

    /// Whether it can still end without effect.
    pub fn can_abort(self) -> bool {
        self <= Self::BlockingWrites
    }

    pub fn words(self) -> Words {
        match self {
            Self::Preparing => words!("preparing", "준비"),
            Self::Copying => words!("copying documents", "문서 복사"),
            Self::CatchingUp => words!("catching up with writes", "쓰기 따라잡기"),
            Self::BlockingWrites => words!("blocking writes", "쓰기 차단"),
            Self::Committing => words!("committing", "확정"),
            Self::Aborting => words!("aborting", "중단하는 중"),
            Self::Ended => words!("ended", "종료됨"),
            Self::Unknown => words!("unknown", "알 수 없음"),
        }
    }
}

/// One operation of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its UUID, which the collection takes over when it succeeds; empty where the config servers may not be asked.
    pub id: String,
    pub namespace: String,
    pub kind: Kind,
    /// The UUID that the collection had before; empty where it is not told.
    pub source: String,
    /// The key that the collection gets, as mongosh takes it; empty where it is not told.
    pub key: String,
    pub phase: Phase,
    /// Since its beginning, in seconds.
    pub seconds: Option<i64>,
    /// What is to be copied, estimated by the servers when it began.
    pub documents: Option<i64>,
    pub bytes: Option<i64>,
    pub recipients: Vec<Recipient>,
    pub donors: Vec<Donor>,
    /// Shards that take part and do not tell how far they are.
    pub silent: Vec<String>,
}

/// A shard that receives documents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    pub shard: String,
    /// As the server names it.
    pub state: String,
    pub documents: Option<i64>,
    pub documents_of: Option<i64>,
    pub bytes: Option<i64>,
    pub bytes_of: Option<i64>,
    /// How long it has copied, in seconds.
    pub copying: Option<i64>,
    /// Writes that came meanwhile: read from the donors, and done here.
    pub fetched: Option<i64>,
    pub applied: Option<i64>,
    /// The server's own estimate of what is left, in seconds.
    pub left: Option<i64>,
    /// `running`, `success`, … as the server names it.
    pub status: String,
}

/// A shard that gives documents away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donor {
    pub shard: String,
    /// As the server names it.
    pub state: String,
    /// Writes that wait or waited while they are blocked.
    pub blocked: Option<i64>,
    /// How long they have been blocked, in seconds.
    pub blocking: Option<i64>,
    pub status: String,
}

impl Recipient {
    /// Bytes copied each second, over the time of copying.
    pub fn rate(&self) -> Option<i64> {
        match (self.bytes, self.copying) {
            (Some(bytes), Some(seconds)) if seconds > 0 => Some(bytes / seconds),
            _ => None,
        }
    }
}

impl Operation {
    /// What all recipients together have copied, in documents; none where none tells.
    pub fn copied(&self) -> Option<i64> {
        sum(self.recipients.iter().map(|it| it.documents))
    }

    /// As [`Operation::copied`], in bytes.
    pub fn copied_bytes(&self) -> Option<i64> {
        sum(self.recipients.iter().map(|it| it.bytes))
    }

    /// Bytes that all recipients together copy each second.
    pub fn rate(&self) -> Option<i64> {
        sum(self.recipients.iter().map(Recipient::rate))
    }

    /// Bytes that are still to be copied, by the estimate of when it began; never below 0.
    fn left(&self) -> Option<i64> {
        let all = self.bytes.or_else(|| sum(self.recipients.iter().map(|it| it.bytes_of)))?;
        Some((all - self.copied_bytes()?).max(0))
    }

    /// Seconds until all is copied at this rate. None while that cannot be told.
    pub fn by_rate(&self) -> Option<i64> {
        if self.recipients.is_empty() || !self.silent.is_empty() {
            return None;
        }
        match (self.left()?, self.rate()) {
            (0, _) => Some(0),
            (left, Some(rate)) if rate > 0 => Some(left / rate),
            _ => None,
        }
    }

    /// The servers' own estimate in seconds: that of the recipient with most left.
    pub fn told(&self) -> Option<i64> {
        self.recipients.iter().filter_map(|it| it.left).max()
    }

    /// All is copied, and it goes on only since it must last a minimum of time.
    pub fn waits_for_minimum(&self) -> bool {
        self.phase == Phase::Copying
            && self.silent.is_empty()
            && self.copied_bytes() > Some(0)
            && self.left() == Some(0)
    }
}

fn sum(values: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    values.flatten().reduce(|one, other| one + other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipient(bytes: Option<i64>, bytes_of: Option<i64>, copying: Option<i64>) -> Recipient {
        Recipient { bytes, bytes_of, copying, ..Recipient::default() }
    }

    fn operation(recipients: Vec<Recipient>) -> Operation {
        Operation {
            id: String::new(),
            namespace: "a.b".into(),
            kind: Kind::Reshard,
            source: String::new(),
            key: String::new(),
            phase: Phase::Copying,
            seconds: None,
            documents: None,
            bytes: None,
            recipients,
            donors: Vec::new(),
            silent: Vec::new(),
        }
    }

    #[test]
    fn what_is_left_is_told_by_the_rate_of_all_recipients() {
        // One receives more than its share and one less: what the servers estimate is the same for all.
        let fast = recipient(Some(900), Some(1_000), Some(10));
        let slow = recipient(Some(100), Some(1_000), Some(10));
        let both = operation(vec![fast, slow]);
        assert_eq!((both.rate(), both.by_rate(), both.copied_bytes()), (Some(100), Some(10), Some(1_000)));
        assert!(!both.waits_for_minimum());
    }

    #[test]
    fn what_is_not_told_is_unknown_and_not_zero() {
        assert_eq!(operation(vec![]).by_rate(), None);
        assert_eq!(operation(vec![recipient(None, Some(10), Some(1))]).by_rate(), None);
        assert_eq!(operation(vec![recipient(Some(0), Some(10), Some(5))]).by_rate(), None, "nothing copied yet");
        let all = operation(vec![recipient(Some(10), Some(10), None)]);
        assert_eq!(all.by_rate(), Some(0), "nothing is left");
        assert!(all.waits_for_minimum());
        let silent = Operation { silent: vec!["s2".into()], ..operation(vec![recipient(Some(9), Some(10), Some(1))]) };
        assert_eq!(silent.by_rate(), None, "a shard that is silent may be the slowest");
    }

    #[test]
    fn it_can_be_aborted_until_it_is_committed() {
        for state in ["initializing", "preparing-to-donate", "cloning", "applying", "blocking-writes"] {
            assert!(Phase::of_coordinator(state).can_abort(), "{state}");
        }
        for state in ["decision-persisted", "committing", "aborting", "done", "quiesced", "what-is-this"] {
            assert!(!Phase::of_coordinator(state).can_abort(), "{state}");
        }
    }
}
