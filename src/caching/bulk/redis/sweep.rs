//! A sweep: the server reclaims what it looks at, in portions so small that nobody waits for them.

use std::time::{Duration, Instant};

use redis::RedisError;

use super::{Bulk, stopped};
use crate::auth::session::clock::wall;
use crate::caching::bulk::model::{End, JobKind, JobView};
use crate::change::run::Run;
use crate::error::AppError;
use crate::targets::redis::info::Info;
use crate::targets::redis::{Link, Node, nodes, own, told};
use crate::text::{Words, count, span};
use crate::words;

/// Between two portions. A portion takes 0.2 ms.
pub const PAUSE: Duration = Duration::from_millis(1);
const BEAT: Duration = Duration::from_millis(250);

/// Sweeps all servers of the target side by side, for so many seconds.
///
/// # Errors
/// `Stopped` when somebody has stopped it; else what the driver says.
pub(super) async fn run(bulk: &Bulk, seconds: u32, script: &str, run: &Run) -> Result<Words, AppError> {
    let nodes = nodes(&bulk.entry).await?;
    let mut view = JobView {
        record: run.record(),
        target: bulk.target().to_string(),
        kind: JobKind::Sweep,
        began: wall(),
        at: wall(),
        ..JobView::default()
    };
    // A console that is killed meanwhile knows by this that the sweep had begun.
    keep(bulk, &view);
    let until = Instant::now() + Duration::from_secs(u64::from(seconds));
    run.offer_cancel();
    run.tell(words!("Sweeping.", "정리하는 중입니다."));
    let sweeps = nodes.iter().map(|node| sweep(bulk, node, script, until, run));
    let beat = async {
        loop {
            let left = span(i64::try_from((until - Instant::now()).as_millis()).unwrap_or_default());
            let (en, ko) = (left.en, left.ko);
            run.tell(words!("Sweeping for another {en}.", "정리하는 중입니다. 남은 시간 {ko}."));
            tokio::time::sleep(BEAT).await;
        }
    };
    let swept = tokio::select! {
        swept = futures_util::future::try_join_all(sweeps) => swept,
        () = beat => Ok(Vec::new()),
    };
    run.withdraw_cancel();
    let cut = swept.is_err() || run.is_cancelled();
    let sum = |sum: (i64, i64), it: &(i64, i64)| (sum.0 + it.0, sum.1 + it.1);
    let (calls, reclaimed) = swept.iter().flatten().fold((0, 0), sum);
    view.counts.changed = reclaimed;
    (view.at, view.end) = (wall(), Some(if cut { End::Cut } else { End::Whole }));
    keep(bulk, &view);
    swept?;
    bulk.remember(view.clone());
    if run.is_cancelled() {
        return Err(stopped(&view));
    }
    let (calls, reclaimed) = (count(calls), count(reclaimed));
    Ok(words!("{calls} looks, {reclaimed} keys reclaimed meanwhile", "{calls}회 확인, 그동안 키 {reclaimed}개 회수"))
}

fn keep(bulk: &Bulk, view: &JobView) {
    if let Err(error) = bulk.folder.keep(view) {
        tracing::warn!(record = view.record, %error, "what is known of a sweep could not be kept");
    }
}

/// Looks, and keys that the server reclaimed meanwhile, by whomever.
async fn sweep(bulk: &Bulk, node: &Node, script: &str, until: Instant, run: &Run) -> Result<(i64, i64), AppError> {
    let (mut link, _carried) = own(&bulk.entry, node).await?;
    let work = async {
        let before = expired(&mut link).await?;
        let sha: String = link.ask(redis::cmd("SCRIPT").arg("LOAD").arg(script)).await?;
        let (mut cursor, mut calls) = ("0".to_owned(), 0);
        while Instant::now() < until && !run.is_cancelled() {
            cursor = link.ask(redis::cmd("EVALSHA").arg(&sha).arg(0).arg(&cursor)).await?;
            calls += 1;
            tokio::time::sleep(PAUSE).await;
        }
        Ok((calls, expired(&mut link).await? - before))
    };
    work.await.map_err(|error: RedisError| told(&bulk.entry, &error))
}

async fn expired(link: &mut Link) -> Result<i64, RedisError> {
    let text: String = link.ask(redis::cmd("INFO").arg("stats")).await?;
    Ok(Info::parse(&text).number("expired_keys").unwrap_or_default())
}
