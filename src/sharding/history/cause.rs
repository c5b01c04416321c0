//! Why a move failed. The logs hold no codes: up to 5.0 they hold the server's text, of which the name of the code is
//! read and the rest never shown; later ones hold only how far the move came, and that is what can be told.

use crate::sharding::errors::tell;
use crate::sharding::history::model::Step;
use crate::text::Words;
use crate::words;

/// A kind of failure: two failures are told as one only if theirs is the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The number of the code, which is known.
    Code(i32),
    /// A code whose number is not known here, by its name.
    Named(String),
    /// The log says something else, which is not shown.
    Text,
    /// It stopped in this step of this many.
    Step(u8, u8),
    /// The log says nothing.
    Untold,
}

/// Codes that moves and reshardings end with. `error_codes.yml` of MongoDB.
const CODES: [(&str, i32); 31] = [
    ("HostUnreachable", 6),
    ("HostNotFound", 7),
    ("DuplicateKey", 11_000),
    ("Unauthorized", 13),
    ("IllegalOperation", 20),
    ("NamespaceNotFound", 26),
    ("LockBusy", 46),
    ("NamespaceExists", 48),
    ("MaxTimeMSExpired", 50),
    ("StaleShardVersion", 63),
    ("WriteConcernFailed", 64),
    ("CannotCreateIndex", 67),
    ("ShardNotFound", 70),
    ("NetworkTimeout", 89),
    ("ShutdownInProgress", 91),
    ("ConflictingOperationInProgress", 117),
    ("FailedToSatisfyReadPreference", 133),
    ("StaleEpoch", 150),
    ("ChunkTooBig", 153),
    ("PrimarySteppedDown", 189),
    ("ChunkRangeCleanupPending", 200),
    ("StaleDbVersion", 249),
    ("ExceededTimeLimit", 262),
    ("OrphanedRangeCleanUpFailed", 265),
    ("ReshardCollectionAborted", 341),
    ("ReshardingCriticalSectionTimeout", 342),
    ("SocketException", 9_001),
    ("NotWritablePrimary", 10_107),
    ("InterruptedDueToReplStateChange", 11_602),
    ("StaleConfig", 13_388),
    ("OutOfDiskSpace", 14_031),
];

/// Pieces of the texts of 4.2 to 5.0 that name no code.
const PIECES: [(&str, i32); 8] = [
    ("maximum number of documents for a chunk", 153),
    ("too big to move", 153),
    ("E11000", 11_000),
    ("already an active migration", 117),
    ("distributed lock", 46),
    ("waiting for replication", 64),
    ("operation exceeded time limit", 50),
    ("not master", 10_107),
];

/// What the text of a log says, if there is one, and else how far the move came.
pub fn cause(text: Option<&str>, giving: &[Step]) -> Cause {
    match (text, giving.iter().max_by_key(|step| step.step)) {
        (Some(text), _) if !text.is_empty() => of_text(text),
        (_, Some(last)) => Cause::Step(last.step.saturating_add(1).min(last.of), last.of),
        _ => Cause::Untold,
    }
}

fn of_text(text: &str) -> Cause {
    // What caused it stands last: `Data transfer error :: caused by :: ChunkTooBig: …`.
    let names = text.rsplit(":: caused by ::").flat_map(|part| part.split_once(':').map(|(name, _)| name.trim()));
    let names: Vec<&str> = names.filter(|name| is_name(name)).collect();
    let known = names.iter().find_map(|name| CODES.iter().find(|(known, _)| known == name));
    let piece = || PIECES.iter().find(|(piece, _)| text.contains(piece));
    match (known.or_else(piece), names.first()) {
        (Some((_, code)), _) => Cause::Code(*code),
        (None, Some(name)) => Cause::Named((*name).to_owned()),
        (None, None) => Cause::Text,
    }
}

/// Names of codes are words put together, such as `ChunkTooBig` or `Location51008`.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_uppercase())
        && (4..=60).contains(&name.len())
        && letters.all(|letter| letter.is_ascii_alphanumeric())
}

/// What it means, and what to do next.
pub fn told(cause: &Cause) -> (Words, Words) {
    match cause {
        Cause::Code(code) => {
            let told = tell("MongoDB", *code, "");
            (told.happened, told.next)
        }
        Cause::Named(name) => (
            words!("The server names it {name}.", "서버가 {name}(이)라고 기록했습니다."),
            words!("The server's own log holds more.", "서버 로그에 자세한 내용이 있습니다."),
        ),
        Cause::Text => (
            words!(
                "The cluster's log has a text that this console does not know.",
                "클러스터 로그에 이 콘솔이 모르는 문구가 있습니다."
            ),
            words!("Read it in config.changelog.", "config.changelog에서 확인하세요."),
        ),
        Cause::Step(step, of) => of_step(*step, *of),
        Cause::Untold => (
            words!("The cluster's log does not say why.", "클러스터 로그에 이유가 없습니다."),
            words!("The log of the shard that gave it holds more.", "보내는 샤드의 로그에 자세한 내용이 있습니다."),
        ),
    }
}

/// What the steps of the shard that gives are, from 4.0 to 8.0: checks, the chunk is looked up, copying begins, the other
/// shard has all, the change of owner, cleaning up.
fn of_step(step: u8, of: u8) -> (Words, Words) {
    let log = words!("The log of the shard that gave it says why.", "보내는 샤드의 로그에 이유가 있습니다.");
    if of != 6 {
        return (words!("It stopped in step {step} of {of}.", "{of}단계 중 {step}단계에서 멈췄습니다."), log);
    }
    match step {
        ..=2 => (
            words!(
                "It was refused before anything was copied (step {step} of 6).",
                "복사 전에 거부되었습니다(6단계 중 {step})."
            ),
            words!(
                "Most often the collection had changed meanwhile, or another move of it was under way; the balancer tries again by itself.",
                "대개 그사이 컬렉션이 바뀌었거나 다른 이동이 진행 중이었습니다. 밸런서가 다시 시도합니다.",
            ),
        ),
        3 => (
            words!("Copying could not begin (step 3 of 6).", "복사를 시작하지 못했습니다(6단계 중 3)."),
            words!(
                "Most often the chunk is too big to move: look for chunks marked as too big on the map and split them, or raise the chunk size. Else the other shard was not there.",
                "대개 청크가 너무 커서 옮길 수 없는 경우입니다. 맵에서 너무 큰 청크를 찾아 나누거나 청크 크기를 늘리세요. 아니면 받는 샤드가 응답하지 않았습니다.",
            ),
        ),
        4 => (
            words!("Copying did not end well (step 4 of 6).", "복사가 끝나지 못했습니다(6단계 중 4)."),
            words!(
                "Look at the shard that was to take it: disk space, an index that differs, documents in the way, or a secondary that does not keep up.",
                "받는 샤드를 확인하세요: 디스크 공간, 다른 인덱스, 겹치는 문서, 따라오지 못하는 세컨더리.",
            ),
        ),
        5 => (
            words!(
                "The change of owner did not succeed (step 5 of 6).",
                "소유권 변경이 성공하지 못했습니다(6단계 중 5)."
            ),
            words!(
                "Check that the config servers have a primary and that the clocks and the network are sound; it is tried again.",
                "설정 서버에 프라이머리가 있는지, 네트워크가 정상인지 확인하세요. 다시 시도됩니다.",
            ),
        ),
        _ => (
            words!(
                "It has moved, but cleaning up failed (step 6 of 6).",
                "이동은 되었지만 정리에 실패했습니다(6단계 중 6)."
            ),
            words!(
                "What is left behind counts as orphaned until it is deleted.",
                "남은 문서는 삭제될 때까지 고아 문서로 남습니다."
            ),
        ),
    }
}
