//! Sequences, which logical replication does not carry over: read at the publisher, compared at the subscriber.

use std::collections::HashMap;

use serde::Serialize;
use tokio_postgres::Row;

use super::Subscriptions;
use crate::change::apply::ReadBack;
use crate::error::{AppError, Kind};
use crate::replication::logical::model::{Name, TableName};
use crate::replication::logical::postgres::read;
use crate::replication::server::Server;
use crate::targets::model::TargetId;
use crate::words;

/// A sequence of the publisher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sequence {
    pub name: TableName,
    /// The last number that was drawn there; none: none yet.
    pub last: Option<i64>,
    /// Whether the console's role there may read it.
    pub readable: bool,
    pub increment: i64,
    /// The last number drawn at the subscriber: outer none, there is no such sequence; inner none, nothing drawn yet.
    pub here: Option<Option<i64>>,
    /// Whether the console's role may set it.
    pub settable: bool,
    /// What it would be set to; none: it is ahead already, or cannot be set.
    pub to: Option<i64>,
    /// The number would be beyond the sequence's own end.
    pub beyond: bool,
}

/// Sequences that are compared at most. With more of them nothing is said rather than half of it.
const MOST: usize = 2000;

const SEQUENCES: &str = "SELECT n.nspname::text, c.relname::text, \
    CASE WHEN has_sequence_privilege(c.oid, 'USAGE, SELECT') THEN pg_sequence_last_value(c.oid) END, \
    has_sequence_privilege(c.oid, 'USAGE, SELECT'), s.seqincrement, s.seqmin, s.seqmax, \
    has_sequence_privilege(c.oid, 'UPDATE') \
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relpersistence <> 't' ORDER BY 1, 2 LIMIT 2001";

impl Subscriptions {
    /// The sequences of the publisher's database, with what they would be set to here.
    ///
    /// # Errors
    /// As [`read`].
    pub async fn sequences(
        &self,
        database: &Name,
        from: &Server,
        far: &Name,
        margin: u32,
    ) -> Result<Vec<Sequence>, AppError> {
        let there = read(from, far.as_str(), |on| async move { on.client().query(SEQUENCES, &[]).await }).await?;
        let here =
            read(self.server(), database.as_str(), |on| async move { on.client().query(SEQUENCES, &[]).await }).await?;
        if there.len().max(here.len()) > MOST {
            return Err(AppError::new(
                Kind::Refused,
                words!(
                    "There are more than {MOST} sequences in the database.",
                    "데이터베이스에 시퀀스가 {MOST}개보다 많습니다."
                ),
                words!("Set them by a script of your own.", "직접 작성한 스크립트로 설정하세요."),
            ));
        }
        let here: HashMap<(String, String), &Row> = here.iter().map(|row| ((row.get(0), row.get(1)), row)).collect();
        Ok(there
            .iter()
            .filter_map(|row| {
                let place = (row.get::<_, String>(0), row.get::<_, String>(1));
                let local = here.get(&place).copied();
                Some(compared(TableName::of(&place.0, &place.1)?, row, local, margin))
            })
            .collect())
    }

    /// Whether no sequence of the subscriber could still draw a number that the publisher has drawn.
    pub(super) async fn sequences_are_ahead(
        &self,
        database: &Name,
        publisher: &TargetId,
        far: &Name,
    ) -> Result<ReadBack, AppError> {
        let Some(from) = self.peer(publisher) else {
            return Err(AppError::not_found(words!("There is no such publisher.", "그런 발행 서버가 없습니다.")));
        };
        let all = self.sequences(database, &from, far, 0).await?;
        let both: Vec<&Sequence> = all.iter().filter(|it| it.here.is_some()).collect();
        let behind = both.iter().filter(|it| it.to.is_some() || it.beyond).count();
        let count = both.len();
        let seen = if behind == 0 {
            words!(
                "Every sequence is ahead of the publisher's ({count} in all).",
                "시퀀스 {count}개 모두 발행 서버보다 앞서 있습니다."
            )
        } else {
            words!(
                "Sequences behind the publisher's: {behind} of {count}.",
                "시퀀스 {count}개 중 {behind}개가 발행 서버보다 뒤처져 있습니다."
            )
        };
        Ok(ReadBack { holds: behind == 0, seen })
    }
}

fn compared(name: TableName, there: &Row, local: Option<&Row>, margin: u32) -> Sequence {
    let (last, readable, increment): (Option<i64>, bool, i64) = (there.get(2), there.get(3), there.get(4));
    let here: Option<Option<i64>> = local.map(|row| row.get(2));
    let wanted = last.map(|last| last.checked_add(increment.saturating_mul(i64::from(margin))));
    let ahead =
        |wanted: i64| here.flatten().is_some_and(|here| if increment > 0 { here >= wanted } else { here <= wanted });
    let fits = |wanted: &i64| local.is_some_and(|row| (row.get::<_, i64>(5)..=row.get::<_, i64>(6)).contains(wanted));
    // Where a sequence stands that may not be read is unknown: setting it could turn it back.
    let known = local.is_some_and(|row| row.get(3));
    let to = wanted.flatten().filter(|wanted| known && fits(wanted) && !ahead(*wanted));
    let beyond = here.is_some() && wanted.is_some_and(|wanted| wanted.is_none_or(|wanted| !fits(&wanted)));
    let settable = known && local.is_some_and(|row| row.get(7));
    Sequence { name, last, readable, increment, here, settable, to, beyond }
}
