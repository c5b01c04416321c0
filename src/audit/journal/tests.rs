use std::path::PathBuf;

use super::interrupted::{close_interrupted, left_open};
use super::*;
use crate::error::Kind;

/// A store in a directory of its own, removed at the end.
struct Scratch {
    dir: PathBuf,
    store: Store,
}

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("outgrow-journal-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        Self { store: Store::open(&dir).expect("a scratch store"), dir }
    }

    async fn begin(&self, ticket: &str) -> Result<Begun, AppError> {
        let begin_of = Begin {
            actor: "root".to_owned(),
            from: "127.0.0.1".to_owned(),
            word: "replication.create_slot".to_owned(),
            target: "pg".to_owned(),
            title: Words::same("Create the slot myslot"),
            change_json: "{}".to_owned(),
            plan: Some(plan()),
            ticket: Some(ticket.to_owned()),
        };
        begin(&self.store, begin_of).await
    }

    async fn three_rows(&self) {
        assert_eq!(self.begin("t1").await, Ok(Begun::New(1)));
        end(&self.store, 1, &report()).await.expect("an end");
        assert_eq!(self.note().await, Ok(3));
    }

    async fn note(&self) -> Result<i64, AppError> {
        let title = Words::same("Logged in");
        note(
            &self.store,
            Note { actor: "root", from: "::1", word: "auth.log_in", target: "", title, outcome: Outcome::Done },
        )
        .await
    }

    /// What somebody with the file in hand can do.
    async fn tamper(&self, sql: &'static str) {
        let bare = "DROP TRIGGER journal_stays; DROP TRIGGER journal_is_kept;";
        self.store
            .with(move |connection| connection.execute_batch(&format!("{bare}{sql}")))
            .await
            .expect("a statement");
    }

    async fn first_bad(&self) -> Option<i64> {
        verify(&self.store).await.expect("a readable store").err().map(|broken| broken.first_bad_seq)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn plan() -> Plan {
    Plan {
        title: Words::same("Create the slot myslot"),
        checks: Vec::new(),
        commands: Vec::new(),
        revert: Vec::new(),
        effect: Vec::new(),
        way_back: Words::same("Drop it"),
        blast: crate::change::Blast::Plain,
        fingerprint: "f".to_owned(),
    }
}

fn report() -> Report {
    Report {
        outcome: Outcome::Done,
        summary: Words::same("Created"),
        ran: Vec::new(),
        read_back: Words::same("It is there"),
        error: None,
    }
}

#[tokio::test]
async fn an_attempt_is_read_back_as_it_was_written() {
    let scratch = Scratch::new("round-trip");
    scratch.three_rows().await;
    let record = read(&scratch.store, 1).await.expect("the record");
    assert_eq!(record.plan, Some(plan()));
    assert_eq!(record.report, Some(report()));
    assert_eq!(record.entry.outcome, Some(Outcome::Done));
    assert_eq!(read(&scratch.store, 2).await.map_err(|error| error.kind), Err(Kind::NotFound), "an end is no record");
    let verified = verify(&scratch.store).await.expect("a readable store").expect("a whole chain");
    assert_eq!(verified.rows, 3);
    assert_eq!(verified.head, head(&scratch.store).await.expect("a head"));
}

#[tokio::test]
async fn a_ticket_is_used_once() {
    let scratch = Scratch::new("ticket");
    let (one, other) = tokio::join!(scratch.begin("same"), scratch.begin("same"));
    let mut both = [one.expect("a row"), other.expect("an answer")];
    both.sort_by_key(|begun| matches!(begun, Begun::Already(_)));
    assert_eq!(both, [Begun::New(1), Begun::Already(1)]);
    assert_eq!(scratch.begin("another").await, Ok(Begun::New(2)));
}

#[tokio::test]
async fn an_attempt_ends_once() {
    let scratch = Scratch::new("ends-once");
    scratch.three_rows().await;
    assert!(end(&scratch.store, 1, &report()).await.is_err());
    assert_eq!(scratch.first_bad().await, None);
}

#[tokio::test]
async fn what_an_earlier_run_left_open_is_unknown() {
    let scratch = Scratch::new("interrupted");
    scratch.three_rows().await;
    scratch.begin("t2").await.expect("a row");
    assert_eq!(close_interrupted(&scratch.store, &[]).await, Ok(1));
    assert_eq!(close_interrupted(&scratch.store, &[]).await, Ok(0));
    let record = read(&scratch.store, 4).await.expect("the record");
    assert_eq!(record.entry.outcome, Some(Outcome::Unknown));
    assert_eq!(scratch.first_bad().await, None);
}

#[tokio::test]
async fn what_somebody_goes_on_with_stays_open() {
    let scratch = Scratch::new("resumed");
    scratch.begin("t1").await.expect("a row");
    assert_eq!(close_interrupted(&scratch.store, &["replication.create_slot"]).await, Ok(0));
    let left = left_open(&scratch.store).await.expect("a readable store");
    assert_eq!(left.iter().map(|it| (it.id, it.word.as_str())).collect::<Vec<_>>(), [(1, "replication.create_slot")]);
    assert_eq!((left[0].title.en.as_str(), left[0].target.as_str()), ("Create the slot myslot", "pg"));
    end(&scratch.store, 1, &report()).await.expect("an end");
    assert_eq!(left_open(&scratch.store).await, Ok(Vec::new()));
}

#[tokio::test]
async fn the_list_is_paged_newest_first() {
    let scratch = Scratch::new("list");
    scratch.three_rows().await;
    scratch.note().await.expect("a row");
    let page = list(&scratch.store, None, 2).await.expect("a page");
    assert_eq!(page.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [4, 3]);
    let page = list(&scratch.store, page.older, 2).await.expect("a page");
    assert_eq!(page.entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), [1]);
    assert_eq!(page.older, None);
}

#[tokio::test]
async fn rows_cannot_be_changed_or_removed() {
    let scratch = Scratch::new("append-only");
    scratch.three_rows().await;
    for sql in ["UPDATE journal SET actor = 'eve'", "DELETE FROM journal WHERE seq = 3"] {
        assert!(scratch.store.with(move |connection| connection.execute(sql, [])).await.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn the_first_bad_row_is_named() {
    let cases: [(&str, &'static str, i64); 5] = [
        ("edit", "UPDATE journal SET actor = 'eve' WHERE seq = 2", 2),
        ("gap", "DELETE FROM journal WHERE seq = 2", 2),
        ("truncation", "DELETE FROM journal WHERE seq = 3", 3),
        ("empty", "DELETE FROM journal", 1),
        ("swap", "UPDATE journal SET at = at + 1 WHERE seq = 1; UPDATE journal SET at = at - 1 WHERE seq = 2", 1),
    ];
    for (name, sql, bad) in cases {
        let scratch = Scratch::new(name);
        scratch.three_rows().await;
        scratch.tamper(sql).await;
        assert_eq!(scratch.first_bad().await, Some(bad), "{name}");
    }
}

#[tokio::test]
async fn an_anchor_from_elsewhere_shows_a_tail_that_was_cut_well() {
    let scratch = Scratch::new("anchor");
    scratch.three_rows().await;
    let anchor = head(&scratch.store).await.expect("a head");
    assert_eq!(holds(&scratch.store, &anchor).await, Ok(true));
    scratch
        .tamper("DELETE FROM journal WHERE seq = 3; UPDATE sqlite_sequence SET seq = 2 WHERE name = 'journal'")
        .await;
    assert_eq!(scratch.first_bad().await, None, "the chain alone cannot see it");
    assert_eq!(holds(&scratch.store, &anchor).await, Ok(false));
}
