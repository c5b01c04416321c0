//! What is asked of keys that a walk has named, in pipelines to the servers that hold them.

use redis::{Pipeline, RedisResult, Value};

use super::walk::Walked;
use crate::caching::model::{Lifetime, Told};
use crate::error::AppError;
use crate::targets::redis::at;
use crate::targets::registry::Entry;

/// Commands in one pipeline. The server reads 16 KB at a time of it, and serves others between.
const BATCH: usize = 1_000;
/// Elements of a big collection that are measured for its size.
const SAMPLES: usize = 5;

/// A key that the console's user may look at.
pub(super) struct Seen {
    pub(super) node: usize,
    pub(super) name: Vec<u8>,
    /// As it was when the look was made.
    pub(super) lifetime: Lifetime,
}

type Answer = RedisResult<Value>;
pub(super) type RowFacts = (Lifetime, String, Told, Told);

/// The time that each key has left; how many of them the console's user may not ask about, and how many are gone.
///
/// # Errors
/// As [`at`]; where a server refuses for another reason than its access list.
pub(super) async fn lifetimes(entry: &Entry, walked: &Walked) -> Result<(Vec<Seen>, i64, i64), AppError> {
    let names: Vec<(usize, &[u8])> = walked.names.iter().map(|(node, name)| (*node, name.as_slice())).collect();
    let answers = asked(entry, walked, &names, |pipe, name| {
        pipe.cmd("PTTL").arg(name);
    })
    .await?;
    let (mut seen, mut hidden, mut gone) = (Vec::with_capacity(names.len()), 0, 0);
    for ((node, name), answer) in names.into_iter().zip(answers) {
        match lifetime(answer).map_err(|error| crate::targets::redis::told(entry, &error))? {
            None => hidden += 1,
            Some(Lifetime::Missing) => gone += 1,
            Some(lifetime) => seen.push(Seen { node, name: name.to_vec(), lifetime }),
        }
    }
    Ok((seen, hidden, gone))
}

/// The sizes of these keys, or how long they were not used.
///
/// # Errors
/// As [`at`].
pub(super) async fn measured(
    entry: &Entry,
    walked: &Walked,
    keys: &[&Seen],
    size: bool,
) -> Result<Vec<Told>, AppError> {
    let names: Vec<(usize, &[u8])> = keys.iter().map(|it| (it.node, it.name.as_slice())).collect();
    let counts_use = walked.counts_use;
    let answers =
        asked(
            entry,
            walked,
            &names,
            |pipe, name| {
                if size { add_size(pipe, name) } else { add_idle(pipe, name, counts_use) }
            },
        )
        .await?;
    Ok(answers.into_iter().map(told).collect())
}

/// All that a row shows, as it is now; none for a key that is gone.
///
/// # Errors
/// As [`at`].
pub(super) async fn rows(entry: &Entry, walked: &Walked, keys: &[&Seen]) -> Result<Vec<Option<RowFacts>>, AppError> {
    let names: Vec<(usize, &[u8])> = keys.iter().map(|it| (it.node, it.name.as_slice())).collect();
    let counts_use = walked.counts_use;
    // Idle times first: nothing that is asked here makes a key used, but this must not depend on it.
    let answers = asked(entry, walked, &names, |pipe, name| {
        add_idle(pipe, name, counts_use);
        pipe.cmd("PTTL").arg(name).cmd("TYPE").arg(name);
        add_size(pipe, name);
    })
    .await?;
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or(Ok(Value::Nil));
    Ok(keys
        .iter()
        .map(|_| {
            let (idle, lifetime_now, kind, bytes) = (told(next()), lifetime(next()), text(next()), told(next()));
            lifetime_now.ok().flatten().filter(|it| *it != Lifetime::Missing).map(|it| (it, kind, bytes, idle))
        })
        .collect())
}

fn add_size(pipe: &mut Pipeline, name: &[u8]) {
    pipe.cmd("MEMORY").arg("USAGE").arg(name).arg("SAMPLES").arg(SAMPLES);
}

fn add_idle(pipe: &mut Pipeline, name: &[u8], counts_use: bool) {
    pipe.cmd("OBJECT").arg(if counts_use { "FREQ" } else { "IDLETIME" }).arg(name);
}

/// Asks the same of each key, at its server. The answers come in the order of the keys, as many for each as `add` asks.
async fn asked(
    entry: &Entry,
    walked: &Walked,
    names: &[(usize, &[u8])],
    add: impl Fn(&mut Pipeline, &[u8]),
) -> Result<Vec<Answer>, AppError> {
    let mut answers: Vec<Vec<Answer>> = Vec::new();
    answers.resize_with(names.len(), Vec::new);
    for (place, node) in walked.nodes.iter().enumerate() {
        let own: Vec<usize> = (0..names.len()).filter(|it| names[*it].0 == place).collect();
        for batch in own.chunks(BATCH) {
            let mut pipe = redis::pipe();
            for key in batch {
                add(&mut pipe, names[*key].1);
            }
            pipe.ignore_errors();
            let each = pipe.cmd_iter().count() / batch.len();
            let got: Vec<Answer> = at(entry, node, |mut link| async move { link.ask_all(&pipe).await }).await?;
            let mut got = got.into_iter();
            for key in batch {
                answers[*key] = got.by_ref().take(each).collect();
            }
        }
    }
    Ok(answers.into_iter().flatten().collect())
}

/// None where the console's user may not look at the key. Any other refusal is not about this key.
fn lifetime(answer: Answer) -> RedisResult<Option<Lifetime>> {
    match answer {
        Ok(Value::Int(millis)) => Ok(Some(Lifetime::from_pttl(millis))),
        Ok(_) => Ok(Some(Lifetime::Missing)),
        Err(error) => match error.code() {
            // In a cluster a key may have moved to another server meanwhile: there it is found by another look.
            Some("MOVED" | "ASK") => Ok(Some(Lifetime::Missing)),
            Some("NOPERM") => Ok(None),
            _ => Err(error),
        },
    }
}

fn told(answer: Answer) -> Told {
    match answer {
        Ok(Value::Int(number)) => Told::Number(number),
        Err(error) if error.code() == Some("NOPERM") => Told::NoPermission,
        _ => Told::Unknown,
    }
}

fn text(answer: Answer) -> String {
    match answer {
        Ok(Value::SimpleString(text)) => text,
        Ok(Value::BulkString(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => "?".to_owned(),
    }
}
