//! Following a resharding, a move or an unshard from the servers' own state: while its command waits for the answer, and
//! without a command after a lost connection or a restart of the console.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bson::{Document, doc};

use super::operations::operations;
use crate::change::Command;
use crate::change::run::Run;
use crate::error::{AppError, Kind as Trouble};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::reshape::model::operation::{Kind, Operation, Phase};
use crate::text::{Words, bytes, count, span};
use crate::words;

/// Follows one operation. Whoever asks its run to stop makes it send the command that aborts the operation, once.
pub(super) struct Follower<'a> {
    cluster: &'a Cluster,
    kind: Kind,
    namespace: &'a str,
    aborting: AtomicBool,
    /// The UUID of the operation, once it was seen.
    id: Mutex<Option<String>>,
}

/// How an operation that was followed has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// It took effect: the collection has the operation's UUID.
    Committed,
    /// Somebody asked this run to stop, and it left no trace.
    Aborted,
    /// It left no trace.
    Gone,
}

const PAUSE: Duration = Duration::from_secs(1);
/// Looks in a row that may fail before nobody waits any longer; each takes some seconds.
const FAILURES: u32 = 200;

impl<'a> Follower<'a> {
    pub(super) fn new(cluster: &'a Cluster, kind: Kind, namespace: &'a str) -> Self {
        Self { cluster, kind, namespace, aborting: AtomicBool::new(false), id: Mutex::new(None) }
    }

    /// Sends the command that begins it, and follows it until its answer. A lost connection does not end it, so then
    /// the servers are asked until they know nothing of it any more.
    ///
    /// # Errors
    /// `Stopped` when it was aborted; else what the server says.
    pub(super) async fn send(&self, command: &Command, run: &Run) -> Result<Document, AppError> {
        run.tell(words!("Beginning.", "시작하는 중입니다."));
        let answer = self.cluster.answer_patiently(command, run, || async { drop(self.look(run).await) }).await;
        run.withdraw_cancel();
        match answer {
            Err(error) if error.kind == Trouble::Unreachable => self.without_answer(run, error).await,
            other => other,
        }
    }

    async fn without_answer(&self, run: &Run, lost: AppError) -> Result<Document, AppError> {
        // Where nobody can look, the lost connection is what is known: the end is open, and no failure.
        let Ok(ended) = self.until_end(run).await else { return Err(lost) };
        match ended {
            Ended::Committed => Ok(doc! { "ok": 1, "note": "no answer came; config.collections shows the effect" }),
            Ended::Aborted => Err(aborted()),
            // Without an answer nobody knows why it left no trace.
            Ended::Gone => Err(lost),
        }
    }

    /// Waits for the end of an operation whose commit was asked for: the servers answer as soon as they have heard that,
    /// and commit when all is copied.
    ///
    /// # Errors
    /// `Stopped` when it was aborted through this run; else as [`Follower::until_end`].
    pub(super) async fn committed(&self, run: &Run) -> Result<(), AppError> {
        match self.until_end(run).await? {
            Ended::Aborted => Err(aborted()),
            // Whether it took effect is what is read back.
            Ended::Committed | Ended::Gone => Ok(()),
        }
    }

    /// Follows it until the servers know nothing of it any more.
    ///
    /// # Errors
    /// `Unreachable` when they did not answer for many minutes; `NoPermission` when they may not be asked.
    pub(super) async fn until_end(&self, run: &Run) -> Result<Ended, AppError> {
        let mut failures = 0;
        loop {
            match self.look(run).await {
                Ok(Some(_)) => failures = 0,
                Ok(None) => break,
                Err(error) if error.kind == Trouble::Unreachable && failures < FAILURES => {
                    failures += 1;
                    run.tell(words!(
                        "The cluster does not answer; what was begun goes on there.",
                        "클러스터가 응답하지 않습니다. 시작된 작업은 클러스터에서 계속됩니다.",
                    ));
                }
                Err(error) => return Err(error),
            }
            // A wish to stop is heard at once, and then no more: it stays, so it would never let us rest again, also
            // where it came too late or was refused.
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = run.cancelled(), if !run.is_cancelled() => {}
            }
        }
        run.withdraw_cancel();
        self.ended(run).await
    }

    async fn ended(&self, run: &Run) -> Result<Ended, AppError> {
        let namespace = self.namespace;
        let now = self.cluster.read(|client| async move {
            let find = doc! {
                "find": "collections", "filter": { "_id": namespace }, "projection": { "uuid": 1 }, "limit": 1,
                "singleBatch": true, "maxTimeMS": 1_000,
            };
            client.database("config").run_command(find).await
        });
        let now = now.await?;
        let uuid = crate::sharding::mongo::answer::first_batch(&now).find_map(uuid_of);
        let id = self.id.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(match (uuid, id) {
            (Some(uuid), Some(id)) if uuid == id => Ended::Committed,
            _ if run.is_cancelled() => Ended::Aborted,
            _ => Ended::Gone,
        })
    }

    /// Asks once how far it is, tells `run`, and aborts it when that is wished. None: nothing of it runs.
    ///
    /// # Errors
    /// As [`Cluster::read`]; `NoPermission` when what runs may not be asked.
    pub(super) async fn look(&self, run: &Run) -> Result<Option<Operation>, AppError> {
        let all = self.cluster.read(|client| async move { operations(&client).await }).await?;
        let found = all.ok_or_else(not_told)?.into_iter().find(|it| it.namespace == self.namespace);
        let Some(operation) = found.filter(|it| it.phase != Phase::Ended) else { return Ok(None) };
        if !operation.id.is_empty() {
            *self.id.lock().unwrap_or_else(PoisonError::into_inner) = Some(operation.id.clone());
        }
        self.tell(run, &operation);
        if run.is_cancelled() && operation.phase.can_abort() {
            self.abort(run).await;
        }
        Ok(Some(operation))
    }

    fn tell(&self, run: &Run, operation: &Operation) {
        run.tell(progress(operation));
        let done = operation.copied_bytes().unwrap_or_default();
        let total = operation.bytes.filter(|bytes| *bytes > 0);
        run.measure(u64::try_from(done).unwrap_or_default(), total.and_then(|total| u64::try_from(total).ok()));
        if operation.phase.can_abort() {
            run.offer_cancel();
        } else {
            run.withdraw_cancel();
        }
    }

    /// The command that ends it without effect, once. That it came too late is seen at the next look.
    async fn abort(&self, run: &Run) {
        if self.aborting.swap(true, Ordering::AcqRel) {
            return;
        }
        run.tell(words!("Asking the cluster to abort it.", "클러스터에 중단을 요청하는 중입니다."));
        if let Err(error) = self.cluster.answer(&abort_command(self.kind, self.namespace)).await {
            tracing::warn!(namespace = self.namespace, error = %error.happened.en, "an operation was not aborted");
            // It may be asked again, unless it has ended meanwhile.
            self.aborting.store(false, Ordering::Release);
        }
    }
}

fn uuid_of(row: &Document) -> Option<String> {
    match row.get("uuid") {
        Some(bson::Bson::Binary(binary)) => binary.to_uuid().ok().map(|uuid| uuid.to_string()),
        _ => None,
    }
}

/// The command that aborts an operation of this kind.
pub(in crate::sharding::reshape) fn abort_command(kind: Kind, namespace: &str) -> Command {
    let typed = match kind {
        Kind::Reshard => format!("sh.abortReshardCollection({})", quoted(namespace)),
        Kind::Move => format!("sh.abortMoveCollection({})", quoted(namespace)),
        Kind::Unshard => format!("sh.abortUnshardCollection({})", quoted(namespace)),
    };
    command("admin", doc! { kind.abort(): namespace }, typed)
}

/// How far an operation is, in one line.
fn progress(operation: &Operation) -> Words {
    let phase = operation.phase.words();
    let copied = match (operation.copied(), operation.documents, operation.copied_bytes()) {
        (Some(done), Some(of), Some(size)) => {
            let (done, of, size) = (count(done), count(of), bytes(size));
            words!("; {done} of about {of} documents copied ({size})", "; 문서 약 {of}개 중 {done}개 복사({size})")
        }
        (Some(done), None, _) => {
            let done = count(done);
            words!("; {done} documents copied", "; 문서 {done}개 복사")
        }
        _ => Words::default(),
    };
    let left = match (operation.waits_for_minimum(), operation.by_rate()) {
        (true, _) => words!(
            "; all is copied, the minimum duration is still running",
            "; 복사는 끝났고 최소 소요 시간이 남았습니다"
        ),
        (false, Some(seconds)) if seconds > 0 => {
            let left = span(seconds * 1000);
            Words::new(format!("; about {} left at this rate", left.en), format!("; 이 속도로 약 {} 남음", left.ko))
        }
        _ => Words::default(),
    };
    let kind = operation.kind.words();
    Words::new(
        format!("{}: {}{}{}.", kind.en, phase.en, copied.en, left.en),
        format!("{}: {}{}{}.", kind.ko, phase.ko, copied.ko, left.ko),
    )
}

pub(super) fn aborted() -> AppError {
    AppError::new(
        Trouble::Stopped,
        words!("It was aborted: the collection stands as before.", "중단되었습니다. 컬렉션은 이전 그대로입니다."),
        Words::default(),
    )
}

pub(super) fn not_told() -> AppError {
    AppError::new(
        Trouble::NoPermission,
        words!(
            "The console's user may not see what runs in the cluster.",
            "콘솔 사용자에 실행 중인 작업을 볼 권한이 없습니다."
        ),
        words!("It needs the role clusterMonitor.", "clusterMonitor 역할이 필요합니다."),
    )
}
