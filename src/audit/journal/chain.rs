//! The chain of hashes through the rows, and how it is checked.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

/// What a row says of its attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    #[default]
    Begin,
    End,
    Note,
}

impl Phase {
    const fn word(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::End => "end",
            Self::Note => "note",
        }
    }
}

/// The columns of a row that is to be written. Empty where a column says nothing.
#[derive(Default)]
pub(super) struct Written {
    pub(super) phase: Phase,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) address: String,
    pub(super) word: String,
    pub(super) target: String,
    pub(super) title: String,
    pub(super) change: String,
    pub(super) plan: String,
    pub(super) ticket: Option<String>,
    pub(super) outcome: String,
    pub(super) report: String,
}

/// Number and hash of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// 0 for an empty journal.
    pub seq: i64,
    pub hash: Vec<u8>,
}

impl std::fmt::Display for Head {
    /// `12:0a1b…`, as `audit verify --anchor` takes it.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.seq, hex(&self.hash))
    }
}

impl std::str::FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "a head is NUMBER:HASH, as `audit verify` prints it";
        let (seq, digits) = text.trim().split_once(':').ok_or(FORM)?;
        let seq = seq.parse().map_err(|_| FORM)?;
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(FORM);
        }
        let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| FORM);
        let hash = (0..digits.len()).step_by(2).map(byte).collect::<Result<_, _>>()?;
        Ok(Self { seq, hash })
    }
}

/// A chain without a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub rows: i64,
    pub head: Head,
}

/// A chain with a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The first number that is missing or whose row is not what was written.
    pub first_bad_seq: i64,
    pub why: &'static str,
}

/// The hash before the first row.
const ORIGIN: [u8; 32] = [0; 32];

const COLUMNS: &str =
    "seq, attempt, phase, at, actor, address, word, target, title, change, plan, ticket, outcome, report, hash";

/// Adds a row inside a transaction that holds the right to write. Gives its number, which is also the attempt's when
/// none is given.
pub(super) fn append(connection: &Connection, attempt: Option<i64>, row: &Written) -> rusqlite::Result<i64> {
    let before = head(connection)?;
    let seq = before.seq + 1;
    let attempt = attempt.unwrap_or(seq);
    let phase = row.phase.word();
    let hash = link(&before.hash, &(seq, attempt, phase, row.at), &texts(row));
    connection
        .prepare_cached(&format!(
            "INSERT INTO journal ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
        ))?
        .execute(params![
            seq,
            attempt,
            phase,
            row.at,
            row.actor,
            row.address,
            row.word,
            row.target,
            row.title,
            row.change,
            row.plan,
            row.ticket,
            row.outcome,
            row.report,
            hash
        ])?;
    Ok(seq)
}

fn texts(row: &Written) -> [Option<&str>; 10] {
    let said = [&row.actor, &row.address, &row.word, &row.target, &row.title, &row.change, &row.plan];
    let [actor, address, word, target, title, change, plan] = said.map(|text| Some(text.as_str()));
    let (outcome, report) = (Some(row.outcome.as_str()), Some(row.report.as_str()));
    [actor, address, word, target, title, change, plan, row.ticket.as_deref(), outcome, report]
}

/// SHA-256 over the hash before and the columns as a JSON array of two arrays, numbers and texts, in the table's order.
fn link(before: &[u8], numbers: &(i64, i64, &str, i64), texts: &[Option<&str>; 10]) -> Vec<u8> {
    let canonical = serde_json::to_vec(&(numbers, texts)).expect("numbers and texts always make JSON");
    Sha256::new().chain_update(before).chain_update(canonical).finalize().to_vec()
}

/// Number and hash of the newest row.
pub(super) fn head(connection: &Connection) -> rusqlite::Result<Head> {
    let newest = connection
        .prepare_cached("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok(Head { seq: row.get(0)?, hash: row.get(1)? }))
        .optional()?;
    Ok(newest.unwrap_or(Head { seq: 0, hash: ORIGIN.to_vec() }))
}

/// Walks the whole chain, from the first row on.
pub(super) fn check(connection: &Connection) -> rusqlite::Result<Result<Verified, Broken>> {
    let mut head = Head { seq: 0, hash: ORIGIN.to_vec() };
    let mut statement = connection.prepare(&format!("SELECT {COLUMNS} FROM journal ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, next) = (head.seq + 1, row.get::<_, i64>(0)?);
        if next != seq {
            return Ok(Err(Broken { first_bad_seq: seq, why: "the row is missing" }));
        }
        let hash: Vec<u8> = row.get(14)?;
        if hash != hash_of(&head.hash, row)? {
            return Ok(Err(Broken { first_bad_seq: seq, why: "the row, or the one before it, was changed" }));
        }
        head = Head { seq, hash };
    }
    let sql = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal'";
    let highest: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    if highest > head.seq {
        return Ok(Err(Broken { first_bad_seq: head.seq + 1, why: "the newest rows were cut off" }));
    }
    Ok(Ok(Verified { rows: head.seq, head }))
}

/// The hash that a stored row should have.
fn hash_of(before: &[u8], row: &Row<'_>) -> rusqlite::Result<Vec<u8>> {
    let phase: String = row.get(2)?;
    let mut texts: [Option<String>; 10] = Default::default();
    for (place, text) in texts.iter_mut().enumerate() {
        *text = row.get(4 + place)?;
    }
    Ok(link(before, &(row.get(0)?, row.get(1)?, &phase, row.get(3)?), &texts.each_ref().map(Option::as_deref)))
}

/// The hash of the row of this number, if there is one.
pub(super) fn hash_at(connection: &Connection, seq: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    connection.query_row("SELECT hash FROM journal WHERE seq = ?1", [seq], |row| row.get(0)).optional()
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
