//! Statements that may wait long: on a connection of their own, telling whom they wait for, and stopped on request
//! without leaving anything.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::SimpleQueryMessage;

use super::super::model::SlotName;
use super::Slots;
use super::errors::{self, Sent};
use crate::change::Command;
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::targets::postgres;
use crate::targets::postgres::dedicated::Dedicated;
use crate::text::{Words, span};
use crate::words;

/// Longer than this no statement is waited for; a transaction that is open for longer is somebody's mistake.
const LONGEST: Duration = Duration::from_secs(600);
/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(500);
/// A statement that was asked to stop has stopped within this time, or is called unknown.
const STOPPING: Duration = Duration::from_secs(10);

/// Why a statement was stopped by us.
#[derive(Clone, Copy)]
enum Stopped {
    Asked,
    TooLong,
}

impl Slots {
    /// Sends a statement and waits for it, for ten minutes at most.
    pub(super) async fn send_and_wait(
        &self,
        command: &Command,
        sent: Sent,
        run: &Run,
    ) -> Result<Vec<SimpleQueryMessage>, AppError> {
        let entry = self.server().entry();
        let database = Some(command.database.as_str()).filter(|database| !database.is_empty());
        let connection = Dedicated::open(entry, database, Duration::ZERO).await?;
        let told = |error: tokio_postgres::Error| errors::told(entry, &error, sent);
        let pid = prepare(&connection).await.map_err(told)?;
        run.offer_cancel();
        let statement = connection.client().simple_query(&command.exact);
        tokio::pin!(statement);
        let began = Instant::now();
        let why = loop {
            tokio::select! {
                answer = &mut statement => {
                    run.withdraw_cancel();
                    return answer.map_err(told);
                }
                () = run.cancelled() => break Stopped::Asked,
                () = sleep(LOOK) => {
                    if began.elapsed() > LONGEST {
                        break Stopped::TooLong;
                    }
                    let (told, statement) = self.waits_for(pid, sent).await;
                    run.tell_with(told, statement);
                }
            }
        };
        run.withdraw_cancel();
        run.tell(words!("Being stopped.", "중단하는 중입니다."));
        connection.cancel(entry).await;
        match timeout(STOPPING, statement).await {
            // It had come to its end before it could be stopped.
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) if error.as_db_error().is_some() => Err(self.stopped(command, sent, why).await),
            Ok(Err(error)) => Err(told(error)),
            Err(_) => Err(still_runs(self.server().name())),
        }
    }

    /// What is said of a statement that was stopped, with what the server shows now.
    async fn stopped(&self, command: &Command, sent: Sent, why: Stopped) -> AppError {
        let happened = match why {
            Stopped::Asked => words!("It was stopped, as asked.", "요청에 따라 중단했습니다."),
            Stopped::TooLong => words!("It was stopped after ten minutes.", "10분이 지나 중단했습니다."),
        };
        let left = match created(&command.exact) {
            Some(name) if sent == Sent::CreateLogical => self.is_left(&name).await,
            _ => Ok(false),
        };
        let next = match left {
            Ok(false) => words!("Nothing is left of it on the server.", "서버에 남은 것이 없습니다."),
            Ok(true) => words!(
                "The server still lists the slot: look at it, and drop it if it stays.",
                "서버에 아직 슬롯이 보입니다. 확인하고, 계속 남아 있으면 삭제하세요.",
            ),
            Err(_) => {
                words!("Whether something is left is unknown: look.", "남은 것이 있는지 알 수 없으니 확인하세요.")
            }
        };
        AppError::new(Kind::Refused, happened, next)
    }

    /// Whether a slot of this name stays. A creation that was stopped takes its slot away a moment after its answer.
    async fn is_left(&self, name: &SlotName) -> Result<bool, AppError> {
        for _ in 0..20 {
            if self.look(name).await?.1.is_none() {
                return Ok(false);
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(true)
    }

    /// What the statement on this backend waits for.
    async fn waits_for(&self, pid: i32, sent: Sent) -> (Words, Option<String>) {
        let told = match self.ask_blocker(pid).await {
            Err(_) => words!("What it waits for is unknown right now.", "지금은 무엇을 기다리는지 알 수 없습니다."),
            Ok(Waits::For(mut blocker)) => {
                let statement = blocker.query.take();
                return (blocker.told(), statement);
            }
            Ok(Waits::Standby) if sent == Sent::CreateLogical => words!(
                "It waits for a snapshot record from the primary. On an idle primary, \
                 SELECT pg_log_standby_snapshot(); writes one.",
                "기본 서버의 스냅샷 레코드를 기다립니다. 기본 서버가 한가하면 \
                 SELECT pg_log_standby_snapshot();으로 기록할 수 있습니다.",
            ),
            Ok(_) => words!("The server reads its WAL.", "서버가 WAL을 읽고 있습니다."),
        };
        (told, None)
    }

    async fn ask_blocker(&self, pid: i32) -> Result<Waits, AppError> {
        // Two that wait for each other's locks are both named; the oldest one is what a person can do something about.
        const SQL: &str = "SELECT b.pid, a.usename::text, left(a.application_name, 60), \
             extract(epoch FROM clock_timestamp() - a.xact_start)::float8, a.state, \
             age(a.backend_xid)::int8, nullif(left(a.query, 120), '') \
             FROM unnest(pg_blocking_pids($1)) AS b (pid) LEFT JOIN pg_stat_activity a ON a.pid = b.pid \
             ORDER BY a.xact_start NULLS LAST LIMIT 1";
        const PREPARED: &str = "SELECT left(gid, 80), extract(epoch FROM clock_timestamp() - prepared)::float8 \
             FROM pg_prepared_xacts ORDER BY prepared LIMIT 1";
        postgres::read(self.server().entry(), |client| async move {
            let Some(row) = client.query_opt(SQL, &[&pid]).await? else {
                let standby = client.query_one("SELECT pg_is_in_recovery()", &[]).await?.get(0);
                return Ok(if standby { Waits::Standby } else { Waits::ForNobody });
            };
            let pid: i32 = row.get(0);
            if pid == 0 {
                let row = client.query_opt(PREPARED, &[]).await?;
                let (gid, seconds) = row.map(|row| (row.get(0), row.get(1))).unwrap_or_default();
                return Ok(Waits::For(Blocker { gid: Some(gid), seconds, ..Blocker::default() }));
            }
            Ok(Waits::For(Blocker {
                pid,
                role: row.get(1),
                application: row.get(2),
                seconds: row.get(3),
                state: row.get(4),
                query: row.get(6),
                gid: None,
            }))
        })
        .await
    }
}

enum Waits {
    For(Blocker),
    Standby,
    ForNobody,
}

/// A transaction that is waited for. What the console's role may not see of it is missing.
#[derive(Default)]
struct Blocker {
    pid: i32,
    role: Option<String>,
    application: Option<String>,
    seconds: Option<f64>,
    state: Option<String>,
    /// What it runs, or ran last. None: no permission to see it.
    query: Option<String>,
    /// Of a prepared transaction, which has no backend.
    gid: Option<String>,
}

impl Blocker {
    fn told(self) -> Words {
        let age = self.seconds.map(|seconds| span((seconds * 1000.0) as i64));
        let age = age.unwrap_or_else(|| words!("no permission to see how long", "시간을 볼 권한 없음"));
        if let Some(gid) = self.gid {
            let (en, ko) = (age.en, age.ko);
            return Words::new(
                format!(
                    "It waits for the prepared transaction “{gid}” ({en}). COMMIT PREPARED or ROLLBACK PREPARED ends it."
                ),
                format!(
                    "준비된 트랜잭션 “{gid}”({ko})을 기다립니다. COMMIT PREPARED 또는 ROLLBACK PREPARED로 끝낼 수 있습니다."
                ),
            );
        }
        let pid = self.pid;
        let who: Vec<String> = [self.role, self.application, self.state].into_iter().flatten().collect();
        let who: Vec<String> = who.into_iter().filter(|text| !text.is_empty()).collect();
        let who = who.join(", ");
        let (en, ko) = (age.en, age.ko);
        Words::new(
            format!("It waits for a writing transaction to end: pid {pid} ({who}), open for {en}."),
            format!("쓰기 트랜잭션이 끝나기를 기다립니다: pid {pid} ({who}), {ko} 동안 열림."),
        )
    }
}

/// Makes the connection ready to wait, and tells its process number. A server that sees that the console is gone stops
/// waiting by itself (14+).
async fn prepare(connection: &Dedicated) -> Result<i32, tokio_postgres::Error> {
    let client = connection.client();
    client.batch_execute("SET lock_timeout = 0").await?;
    let row = client.query_one("SELECT pg_backend_pid(), current_setting('server_version_num')::int4", &[]).await?;
    if row.get::<_, i32>(1) >= 140_000 {
        client.batch_execute("SET client_connection_check_interval = '2s'").await?;
    }
    Ok(row.get(0))
}

/// The slot that a statement of ours makes: the first literal in it.
fn created(sql: &str) -> Option<SlotName> {
    SlotName::parse(sql.split('\'').nth(1)?).ok()
}

fn still_runs(name: &str) -> AppError {
    AppError::new(
        Kind::Unreachable,
        words!("{name} was asked to stop it, but has not answered.", "{name}에 중단을 요청했지만 응답이 없습니다."),
        words!(
            "Look at the slots: it may still come to its end.",
            "슬롯을 확인하세요. 아직 끝까지 실행될 수 있습니다."
        ),
    )
}
