//! Proof that commits return after `synchronous_standby_names` was set.
//!
//! That a standby is called `sync` proves nothing: one that has frozen is called so too. So one empty transaction is
//! committed, with a logical message and no data in it, and must come back.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::PAUSE;
use crate::change::apply::ReadBack;
use crate::error::AppError;
use crate::replication::server::Server;
use crate::replication::settings::model::standbys::Standbys;
use crate::targets::postgres::{self, dedicated::Dedicated, told};
use crate::text::Words;
use crate::words;

/// Commits of everybody may hang for as long.
const PATIENCE: Duration = Duration::from_secs(10);
/// Needs a transaction number, so that its commit waits like any other; writes no row.
const COMMIT: &str = "SELECT pg_logical_emit_message(true, 'outgrow', 'Does a commit return?')";
const ANSWER: Duration = Duration::from_secs(5);

/// Waits until enough of the named standbys are synchronous, then commits.
pub(super) async fn commits_return(server: &Server, names: &str) -> Result<ReadBack, AppError> {
    let standbys = Standbys::parse(names).map_err(|rule| AppError::invalid("value", rule))?;
    let give_up = Instant::now() + PATIENCE;
    loop {
        let found = synchronous(server, &standbys).await?;
        if found >= standbys.needed {
            let left = give_up.saturating_duration_since(Instant::now()).clamp(Duration::from_secs(1), ANSWER);
            return commit(server, left).await;
        }
        if Instant::now() > give_up {
            let needed = standbys.needed;
            let seen = words!(
                "After 10 s {found} of the {needed} standbys needed were synchronous.",
                "10초가 지났지만 필요한 대기 서버 {needed}대 중 {found}대만 동기 상태입니다.",
            );
            return Ok(ReadBack { holds: false, seen });
        }
        sleep(PAUSE).await;
    }
}

async fn synchronous(server: &Server, standbys: &Standbys) -> Result<usize, AppError> {
    const SQL: &str = "SELECT application_name FROM pg_stat_replication \
        WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum') LIMIT 1000";
    let rows = postgres::read(server.entry(), |client| async move { client.query(SQL, &[]).await }).await?;
    Ok(rows.iter().filter(|row| standbys.lists(row.get(0))).count())
}

/// The server's own limit of a statement's time does not end the wait for a standby, so the limit is kept here.
async fn commit(server: &Server, patience: Duration) -> Result<ReadBack, AppError> {
    let connection = Dedicated::open(server.entry(), None, PATIENCE).await?;
    let begun = Instant::now();
    match timeout(patience, connection.client().simple_query(COMMIT)).await {
        Ok(Ok(_)) => Ok(ReadBack { holds: true, seen: returned(begun.elapsed()) }),
        Ok(Err(error)) => Err(told(server.entry(), &error)),
        Err(_) => {
            connection.cancel(server.entry()).await;
            let seconds = patience.as_secs();
            let seen = words!(
                "The standby is called synchronous, but a commit did not return within {seconds} s.",
                "대기 서버가 동기로 표시되지만 커밋이 {seconds}초 안에 끝나지 않았습니다.",
            );
            Ok(ReadBack { holds: false, seen })
        }
    }
}

fn returned(after: Duration) -> Words {
    let millis = after.as_secs_f64() * 1000.0;
    words!(
        "The standbys are synchronous, and a commit returned after {millis:.1} ms.",
        "대기 서버가 동기 상태이며, 커밋이 {millis:.1}ms 만에 끝났습니다.",
    )
}
