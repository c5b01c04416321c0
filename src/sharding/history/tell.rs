//! Makes history of the entries of the logs. Pure: what is told depends on the documents alone, of 4.2 to 8.3.

mod event;

use std::collections::{BTreeMap, BTreeSet};

use bson::Document;

use self::event::event;
use super::cause::{Cause, cause, told};
use super::model::{Ending, Event, Failure, History, Move, Rounds, SHOWN, Step};
use super::mongo::time;
use crate::sharding::mongo::answer::{is_true, number};
use crate::sharding::value::wire_document;
use crate::words;

/// Collections that a failure names at most.
const NAMED: usize = 5;

/// A move while its entries are put together.
struct Gathered {
    moved: Move,
    failed: bool,
    done: bool,
    text: Option<String>,
}

/// Failures that are told as one.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    what: &'static str,
    note: String,
    cause: Cause,
    from: String,
    to: String,
}

#[derive(Default)]
struct Gather {
    moves: Vec<Gathered>,
    events: Vec<Event>,
    /// With the cause, the time and the collection.
    failed: Vec<(Kind, i64, String)>,
}

/// What entries tell, the newest first. Failures count from `since` on.
pub fn history(entries: &[Document], since: i64) -> History {
    let mut gather = Gather::default();
    for entry in entries.iter().rev() {
        gather.take(entry);
    }
    let Gather { moves, mut events, mut failed } = gather;
    let mut told_moves = Vec::with_capacity(moves.len());
    for gathered in moves {
        let (moved, kind) = gathered.end();
        if let Some(kind) = kind {
            failed.push((kind, moved.last, moved.namespace.clone()));
        }
        told_moves.push(moved);
    }
    told_moves.sort_by_key(|moved| std::cmp::Reverse(moved.last));
    told_moves.truncate(SHOWN);
    events.reverse();
    events.truncate(SHOWN);
    let failures = grouped(failed.into_iter().filter(|(_, at, _)| *at >= since));
    History { failures, moves: told_moves, events, ..History::default() }
}

impl Gather {
    fn take(&mut self, entry: &Document) {
        let (Ok(what), Some(at)) = (entry.get_str("what"), time(entry)) else { return };
        let namespace = entry.get_str("ns").unwrap_or_default();
        let empty = Document::new();
        let details = entry.get_document("details").unwrap_or(&empty);
        match what.strip_prefix("moveChunk.") {
            Some(part) => self.of_move(part, at, namespace, details),
            None => self.other(what, at, namespace, details),
        }
    }

    /// Entries about one move name its bounds and both shards; they come in no fixed order.
    fn of_move(&mut self, part: &str, at: i64, namespace: &str, details: &Document) {
        let text = |field| details.get_str(field).unwrap_or_default().to_owned();
        let bound = |field| details.get_document(field).map(wire_document).unwrap_or_default();
        let (min, max, from, to) = (bound("min"), bound("max"), text("from"), text("to"));
        let same = |it: &&mut Gathered| {
            let it = &it.moved;
            it.namespace == namespace && it.min == min && it.max == max && it.from == from && it.to == to
        };
        let known = match part {
            "start" => None,
            _ => self.moves.iter_mut().rev().find(same).filter(|it| !it.is_whole(part)),
        };
        let gathered = match known {
            Some(known) => known,
            None => {
                let namespace = namespace.to_owned();
                self.moves.push(Gathered::begin(Move {
                    namespace,
                    min,
                    max,
                    from,
                    to,
                    first: at,
                    last: at,
                    end: Ending::Open,
                    documents: None,
                    bytes: None,
                    giving: Vec::new(),
                    taking: Vec::new(),
                }));
                let last = self.moves.len() - 1;
                &mut self.moves[last]
            }
        };
        gathered.learn(part, at, details);
    }

    fn other(&mut self, what: &str, at: i64, namespace: &str, details: &Document) {
        let of = details.get_str("namespace").unwrap_or(namespace);
        if what == "resharding.coordinator.transition" {
            let state = details.get_str("newState").unwrap_or_default();
            if state == "aborting" {
                let during = details.get_str("oldState").unwrap_or_default().to_owned();
                let kind = Kind {
                    what: "reshard",
                    note: during,
                    cause: Cause::Untold,
                    from: String::new(),
                    to: String::new(),
                };
                self.failed.push((kind, at, of.to_owned()));
            }
        }
        let (what, detail) = event(what, details);
        self.events.push(Event { at, namespace: of.to_owned(), what, detail });
    }
}

impl Gathered {
    fn begin(moved: Move) -> Self {
        Self { moved, failed: false, done: false, text: None }
    }

    /// Whether it has such an entry already, so that another one is of another attempt.
    fn is_whole(&self, part: &str) -> bool {
        match part {
            "from" => !self.moved.giving.is_empty(),
            "to" => !self.moved.taking.is_empty(),
            _ => false,
        }
    }

    fn learn(&mut self, part: &str, at: i64, details: &Document) {
        let moved = &mut self.moved;
        (moved.first, moved.last) = (moved.first.min(at), moved.last.max(at));
        let note = details.get_str("note").unwrap_or_default();
        // A shard that takes is told of the end before the one that gives knows it.
        self.failed |= part == "error" || (!note.is_empty() && note != "success");
        self.done |= part == "commit" || (part == "from" && note == "success");
        if let Ok(text) = details.get_str("errmsg") {
            self.text = Some(text.to_owned());
        }
        match part {
            "from" => moved.giving = steps(details),
            "to" => moved.taking = steps(details),
            "commit" => {
                if let Ok(counts) = details.get_document("counts") {
                    moved.documents = number(counts, "cloned");
                    moved.bytes = number(counts, "clonedBytes");
                }
            }
            _ => {}
        }
    }

    /// How it ended, with the kind of its failure.
    fn end(self) -> (Move, Option<Kind>) {
        let Self { mut moved, failed, done, text } = self;
        if !failed {
            moved.end = if done { Ending::Done } else { Ending::Open };
            return (moved, None);
        }
        let cause = cause(text.as_deref(), &moved.giving);
        moved.end = Ending::Failed(told(&cause).0);
        let note = String::new();
        let kind = Kind { what: "move", note, cause, from: moved.from.clone(), to: moved.to.clone() };
        (moved, Some(kind))
    }
}

/// `step 3 of 6: 41` and so on.
fn steps(details: &Document) -> Vec<Step> {
    let mut steps: Vec<Step> = details
        .keys()
        .filter_map(|field| {
            let (step, of) = field.strip_prefix("step ")?.split_once(" of ")?;
            Some(Step { step: step.parse().ok()?, of: of.parse().ok()?, took: number(details, field)? })
        })
        .collect();
    steps.sort_by_key(|step| step.step);
    steps
}

fn grouped(failed: impl Iterator<Item = (Kind, i64, String)>) -> Vec<Failure> {
    let mut groups: BTreeMap<Kind, (i64, i64, i64, BTreeSet<String>)> = BTreeMap::new();
    for (kind, at, namespace) in failed {
        let (count, first, last, namespaces) = groups.entry(kind).or_insert((0, at, at, BTreeSet::new()));
        *count += 1;
        (*first, *last) = ((*first).min(at), (*last).max(at));
        if namespaces.len() < NAMED {
            namespaces.insert(namespace);
        }
    }
    groups
        .into_iter()
        .map(|(kind, (count, first, last, namespaces))| failure(kind, count, first, last, namespaces))
        .collect()
}

fn failure(kind: Kind, count: i64, first: i64, last: i64, namespaces: BTreeSet<String>) -> Failure {
    let Kind { what, note, cause, from, to } = kind;
    let (what, (cause, next)) = match what {
        "reshard" => (
            words!("Resharding", "리샤딩"),
            (
                words!(
                    "It was aborted while it was “{note}”, by somebody or by a failure.",
                    "“{note}” 단계에서 중단되었습니다(요청 또는 실패)."
                ),
                words!(
                    "The collection is as it was. The log of the config server's primary says why.",
                    "컬렉션은 이전 상태 그대로입니다. 설정 서버 프라이머리의 로그에 이유가 있습니다.",
                ),
            ),
        ),
        "round" => (words!("Round of the balancer", "밸런서 라운드"), told(&cause)),
        _ => (words!("Move of a chunk", "청크 이동"), told(&cause)),
    };
    let namespaces = namespaces.into_iter().filter(|namespace| !namespace.is_empty()).collect();
    Failure { what, from, to, cause, next, count, first, last, namespaces }
}

/// Rounds of the balancer since then; none where they could not be read.
pub fn rounds(entries: Option<&[Document]>, since: i64) -> Rounds {
    let Some(entries) = entries else { return Rounds { unread: true, ..Rounds::default() } };
    let mut rounds = Rounds::default();
    for entry in rounds_of(entries, since) {
        let details = entry.get_document("details").cloned().unwrap_or_default();
        rounds.rounds += 1;
        rounds.moved += number(&details, "chunksMoved").unwrap_or_default();
        rounds.failed += i64::from(is_true(&details, "errorOccured") || is_true(&details, "errorOccurred"));
        rounds.last = rounds.last.max(time(entry));
    }
    rounds
}

/// Rounds that ended with an error.
pub fn failed_rounds(entries: &[Document], since: i64) -> Vec<Failure> {
    let failed = rounds_of(entries, since).filter_map(|entry| {
        let details = entry.get_document("details").ok()?;
        let failed = is_true(details, "errorOccured") || is_true(details, "errorOccurred");
        let cause = cause(details.get_str("errmsg").ok(), &[]);
        let kind = Kind { what: "round", note: String::new(), cause, from: String::new(), to: String::new() };
        failed.then(|| (kind, time(entry).unwrap_or_default(), String::new()))
    });
    grouped(failed)
}

fn rounds_of(entries: &[Document], since: i64) -> impl Iterator<Item = &Document> {
    let is_round = |entry: &&Document| entry.get_str("what").is_ok_and(|what| what == "balancer.round");
    entries.iter().filter(is_round).filter(move |entry| time(entry).is_some_and(|at| at >= since))
}
