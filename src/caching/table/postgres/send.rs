//! The statements that change a cache table.

use std::time::Duration;

use crate::change::Command;
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::targets::call::call;
use crate::targets::postgres::dedicated::Dedicated;
use crate::targets::postgres::{self, told};
use crate::targets::registry::Entry;
use crate::text::{Words, count};
use crate::words;

/// Rows that one statement of many changes: each takes some tens of milliseconds, so nobody waits long for a lock.
pub(in crate::caching::table) const PORTION: u64 = 5_000;

/// Between two of them, so that others have their turn.
const BREATH: Duration = Duration::from_millis(20);

const DEADLINE: Duration = Duration::from_secs(30);

/// Sends a command: once, or in portions where the plan says so, which is where the typed line says more than the exact
/// one.
pub(super) async fn send(entry: &Entry, command: &Command, run: &Run) -> Result<Words, AppError> {
    if command.typed != command.exact {
        return in_portions(entry, &command.exact, run).await;
    }
    let sql = command.exact.clone();
    let rows = postgres::change(entry, |client| async move { client.execute(sql.as_str(), &[]).await }).await?;
    if rows == 0 {
        return Err(AppError::new(
            Kind::Conflict,
            words!(
                "Somebody changed or deleted this entry meanwhile, so nothing was written.",
                "그 사이 다른 쪽에서 이 항목을 바꾸거나 삭제했으므로 아무것도 쓰지 않았습니다."
            ),
            words!("Look at the entry as it is now.", "항목의 현재 상태를 확인하세요."),
        ));
    }
    Ok(words!("1 row.", "1행."))
}

async fn in_portions(entry: &Entry, sql: &str, run: &Run) -> Result<Words, AppError> {
    let connection = Dedicated::open(entry, None, DEADLINE).await?;
    run.offer_cancel();
    run.tell(words!("Rows changed", "변경한 행"));
    let mut done = 0;
    loop {
        if run.is_cancelled() {
            let rows = count(i64::try_from(done).unwrap_or(i64::MAX));
            return Err(AppError::new(
                Kind::Stopped,
                words!("Stopped after {rows} rows.", "{rows}행 뒤에 중단했습니다."),
                words!("What was done stays; the rest is as it was.", "이미 처리한 것은 남고 나머지는 그대로입니다."),
            ));
        }
        let rows = call(&entry.configured.target, &entry.line, DEADLINE + Duration::from_secs(1), async {
            connection.client().execute(sql, &[]).await.map_err(|error| told(entry, &error))
        })
        .await?;
        done += rows;
        run.measure(done, None);
        if rows < PORTION {
            break;
        }
        tokio::time::sleep(BREATH).await;
    }
    run.withdraw_cancel();
    let rows = count(i64::try_from(done).unwrap_or(i64::MAX));
    Ok(words!("{rows} rows.", "{rows}행."))
}
