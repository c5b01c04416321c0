//! Servers that are down, silent, hostile or broken, one of each kind of database: whatever they do, a call ends in
//! time with an error that an operator can use, and nothing of theirs in it.

mod fake;
mod protocol;

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;

use self::fake::{Fake, Log, Manner};
use self::protocol::NASTY;
use super::model::TargetKind;
use super::registry::{Entry, describe};
use crate::error::{AppError, Kind};

const KINDS: [TargetKind; 3] = [TargetKind::Mongodb, TargetKind::Postgresql, TargetKind::Redis];
/// A page waits 3 s; the rest is for a machine that is busy with other tests.
const LONGEST: Duration = Duration::from_millis(3600);

/// Asks and measures, and checks what every failure must be.
async fn failure(entry: &Entry, manner: Manner) -> AppError {
    let kind = entry.configured.target.kind;
    let start = Instant::now();
    let error = describe(entry).await.err().unwrap_or_else(|| panic!("{kind:?} {manner:?}: it must fail"));
    assert!(start.elapsed() < LONGEST, "{kind:?} {manner:?}: {:?}", start.elapsed());
    for text in [&error.happened.en, &error.happened.ko, &error.next.en, &error.next.ko] {
        assert!(!text.is_empty(), "{kind:?} {manner:?}: {error:?}");
        assert!(text.chars().count() < 150 && !text.chars().any(char::is_control), "{kind:?} {manner:?}: {text}");
    }
    let told = format!("{error:?}");
    for foreign in ["hunter2", "XX31m", "os error", "eof", "invalid", "127.0.0.1", ".sock"] {
        assert!(!told.to_lowercase().contains(&foreign.to_lowercase()), "{kind:?} {manner:?} tells {foreign}: {told}");
    }
    error
}

/// Puts a question to a server of each kind, all at once, and hands out what each said and how many bytes it sent.
async fn failures(manner: Manner) -> Vec<(TargetKind, AppError, usize)> {
    join_all(KINDS.map(|kind| async move {
        let fake = Fake::start(kind, manner).await;
        let error = failure(&fake.entry(), manner).await;
        (kind, error, fake.sent())
    }))
    .await
}

#[tokio::test]
async fn a_server_that_gives_no_proper_answer_is_unreachable() {
    let manners =
        [Manner::Refuses, Manner::Silent, Manner::Garbage, Manner::Http, Manner::Closes, Manner::Hangs].map(failures);
    for (kind, error, _) in join_all(manners).await.into_iter().flatten() {
        assert_eq!(error.kind, Kind::Unreachable, "{kind:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_endless_message_is_unreachable_and_fills_no_memory() {
    let (greeting, answer) = tokio::join!(failures(Manner::HugeGreeting), failures(Manner::HugeAnswer));
    for (kind, error, sent) in greeting.into_iter().chain(answer) {
        assert_eq!(error.kind, Kind::Unreachable, "{kind:?}: {error:?}");
        // The limit is 32 MiB; the rest is what the system keeps in its own buffers on the way.
        assert!(sent < 48 << 20, "{kind:?}: {sent} bytes were taken");
    }
}

#[tokio::test]
async fn a_document_nested_10_000_deep_does_not_end_the_process() {
    join_all([Manner::DeepGreeting, Manner::DeepAnswer].map(|manner| async move {
        let fake = Fake::start(TargetKind::Mongodb, manner).await;
        assert_eq!(failure(&fake.entry(), manner).await.kind, Kind::Unreachable);
        assert!(fake.sent() > 10_000, "{manner:?}: the document must have been sent");
    }))
    .await;
}

#[tokio::test]
async fn the_words_of_a_server_reach_neither_the_operator_nor_the_log() {
    let log = Log::default();
    let _watched = log.watch();
    for (kind, error, _) in failures(Manner::Complains).await {
        assert_eq!(error.kind, Kind::Refused, "{kind:?}: {error:?}");
        let incident = error.incident.expect("the log holds more");
        let text = log.text();
        let line = text.lines().find(|line| line.contains(&incident)).expect("a line of the incident");
        assert!(line.contains("***@db"), "{kind:?}: the server's words belong into the log: {line}");
    }
    for text in [log.text(), crate::server::log::harmless(NASTY)] {
        for foreign in ["hunter2", "\u{1b}", "\u{202e}", "\r", "\nforged"] {
            assert!(!text.contains(foreign), "{foreign:?} is in {text}");
        }
    }
}

#[tokio::test]
async fn a_server_that_hangs_slows_no_other() {
    let good = join_all(KINDS.map(|kind| Fake::start(kind, Manner::Good))).await;
    let hanging = join_all(KINDS.map(|kind| Fake::start(kind, Manner::Silent))).await;
    let slow = join_all(hanging.iter().map(|fake| async { describe(&fake.entry()).await.expect_err("silent") }));
    let quick = join_all(good.iter().map(|fake| async {
        let start = Instant::now();
        describe(&fake.entry()).await.expect("a good server");
        start.elapsed()
    }));
    let (_, times) = tokio::join!(slow, quick);
    for time in times {
        assert!(time < Duration::from_millis(1500), "{time:?} beside servers that hang");
    }
}

#[tokio::test]
async fn after_three_failures_a_server_is_left_alone_and_then_asked_again() {
    let fakes = join_all(KINDS.map(|kind| Fake::start(kind, Manner::Closes))).await;
    let entries: Vec<_> = fakes.iter().map(Fake::entry).collect();
    let failed = entries.iter().flat_map(|entry| [entry; 3]).map(|entry| failure(entry, Manner::Closes));
    join_all(failed).await;
    // The servers are well again, but the lines rest.
    for (fake, entry) in fakes.iter().zip(&entries) {
        fake.turn(Manner::Good);
        let start = Instant::now();
        failure(entry, Manner::Closes).await;
        assert!(start.elapsed() < Duration::from_millis(100), "a line that rests answers at once");
    }
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(10)).await;
    tokio::time::resume();
    for entry in &entries {
        let answer = describe(entry).await.expect("the server is well again");
        assert!(answer.en.contains(entry.configured.target.kind.name()), "{answer:?}");
    }
}

#[tokio::test]
async fn a_connection_that_hangs_is_not_used_again() {
    join_all(KINDS.map(|kind| async move {
        let fake = Fake::start(kind, Manner::Hangs).await;
        let entry = fake.entry();
        failure(&entry, Manner::Hangs).await;
        // The connections that were made before go on hanging.
        fake.turn(Manner::Good);
        describe(&entry).await.unwrap_or_else(|error| panic!("{kind:?}: a new connection answers: {error:?}"));
    }))
    .await;
}
