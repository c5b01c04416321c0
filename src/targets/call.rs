//! The one way to call a database: at most four at once, never longer than the deadline, and not at all for a while
//! after it has failed to answer three times.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::model::Target;
use crate::error::{AppError, Kind};
use crate::words;

/// Reading: a page waits no longer than this.
pub const READ: Duration = Duration::from_secs(3);
/// Changing.
pub const WRITE: Duration = Duration::from_secs(30);

const AT_ONCE: usize = 4;
const WAIT: Duration = Duration::from_secs(1);
const FAILURES: u32 = 3;
const REST: Duration = Duration::from_secs(10);

/// The line to one target.
pub struct Line {
    permits: Semaphore,
    trouble: Mutex<Trouble>,
}

#[derive(Default)]
struct Trouble {
    failures: u32,
    resting_until: Option<Instant>,
}

impl Default for Line {
    fn default() -> Self {
        Self { permits: Semaphore::new(AT_ONCE), trouble: Mutex::default() }
    }
}

/// Calls the target. Dropping the future at the deadline does not stop the server's work: the drivers are configured
/// with a deadline of their own at the server, which is no longer than this one.
///
/// # Errors
/// `Unreachable` when the deadline passed, when the line is resting, or when four calls were under way for a second;
/// else what the call itself says.
pub async fn call<T>(
    target: &Target,
    line: &Line,
    deadline: Duration,
    work: impl Future<Output = Result<T, AppError>>,
) -> Result<T, AppError> {
    let name = &target.name;
    if let Some(left) = line.resting() {
        let seconds = left.as_secs() + 1;
        return Err(unreachable_now(
            words!("{name} has not answered three times in a row.", "{name}이(가) 연속 세 번 응답하지 않았습니다.",),
            words!("It will be asked again in {seconds} s.", "{seconds}초 후 다시 시도합니다."),
        ));
    }
    let Ok(permit) = tokio::time::timeout(WAIT, line.permits.acquire()).await else {
        return Err(unreachable_now(
            words!(
                "{name} is busy: four calls are under way.",
                "{name}이(가) 사용 중입니다: 호출 4건이 진행 중입니다."
            ),
            words!("Try again in a moment.", "잠시 후 다시 시도하세요."),
        ));
    };
    let seconds = deadline.as_secs();
    let answer = tokio::time::timeout(deadline, work).await.unwrap_or_else(|_| {
        Err(unreachable_now(
            words!("{name} gave no answer within {seconds} s.", "{name}이(가) {seconds}초 안에 응답하지 않았습니다."),
            words!("Check that the server runs and can be reached.", "서버가 실행 중이고 연결 가능한지 확인하세요."),
        ))
    });
    drop(permit);
    line.learn(&answer);
    answer
}

fn unreachable_now(happened: crate::text::Words, next: crate::text::Words) -> AppError {
    AppError::new(Kind::Unreachable, happened, next)
}

impl Line {
    fn resting(&self) -> Option<Duration> {
        let trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        trouble.resting_until.and_then(|until| until.checked_duration_since(Instant::now()))
    }

    fn learn<T>(&self, answer: &Result<T, AppError>) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Err(error) if error.kind == Kind::Unreachable => {
                trouble.failures += 1;
                if trouble.failures >= FAILURES {
                    *trouble = Trouble { failures: 0, resting_until: Some(Instant::now() + REST) };
                }
            }
            _ => *trouble = Trouble::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::model::{TargetId, TargetKind};

    fn target() -> Target {
        Target {
            id: TargetId::parse("a").expect("a valid name"),
            kind: TargetKind::Redis,
            name: "A".into(),
            host: "127.0.0.1".into(),
            port: 1,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_never_answers_ends_at_its_deadline() {
        let line = Line::default();
        let silent = std::future::pending::<Result<(), AppError>>();
        let error = call(&target(), &line, READ, silent).await.expect_err("it must end");
        assert_eq!(error.kind, Kind::Unreachable);
    }

    #[tokio::test(start_paused = true)]
    async fn after_three_failures_the_target_is_left_alone_for_a_while() {
        let line = Line::default();
        for _ in 0..3 {
            let silent = std::future::pending::<Result<(), AppError>>();
            call(&target(), &line, READ, silent).await.expect_err("it must end");
        }
        let asked = std::cell::Cell::new(false);
        let watched = async {
            asked.set(true);
            Ok(())
        };
        call(&target(), &line, READ, watched).await.expect_err("the line rests");
        assert!(!asked.get(), "a resting target must not be asked");
    }

    #[tokio::test]
    async fn a_refusal_is_an_answer_and_does_not_count_as_a_failure() {
        let line = Line::default();
        for _ in 0..5 {
            let refused = async { Err::<(), _>(AppError::forbidden()) };
            call(&target(), &line, READ, refused).await.expect_err("refused");
        }
        call(&target(), &line, READ, async { Ok(()) }).await.expect("the line is open");
    }
}
