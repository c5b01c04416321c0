//! The one function that carries out a change: plan again, compare, record the beginning, run, read back, record the
//! end. Nothing else writes to a target.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::run::Run;
use super::{Blast, Change, Command, Outcome, Plan, Planned, Ran, Report};
use crate::audit::journal::{self, Begin, Begun};
use crate::auth::session::{Authorized, Changes};
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::text::Words;
use crate::words;

/// What a feature's engine can do with its changes.
pub trait Engine<C: Change>: Send + Sync + 'static {
    /// Finds out what the change would do. Reads, and changes nothing.
    fn plan(&self, change: &C) -> impl Future<Output = Result<Plan, AppError>> + Send;

    /// Sends one command exactly as it stands, and tells the answer. What takes long tells `run` what it waits for,
    /// and stops when `run` is cancelled if it has offered that.
    fn run(&self, command: &Command, run: &Run) -> impl Future<Output = Result<Words, AppError>> + Send;

    /// Looks whether the database shows the effect.
    fn read_back(&self, change: &C) -> impl Future<Output = Result<ReadBack, AppError>> + Send;
}

/// What the database showed after a change.
pub struct ReadBack {
    /// Whether the effect is there.
    pub holds: bool,
    pub seen: Words,
}

/// What a person sent to confirm a plan.
#[derive(Clone)]
pub struct Confirmation {
    /// The change as JSON, as the plan was made for.
    pub change: String,
    /// Of the plan that was shown.
    pub fingerprint: String,
    /// Used once.
    pub ticket: String,
    /// The typed name, where one was asked for.
    pub typed: String,
}

/// A digest over what was observed and what would be sent.
pub fn fingerprint(observed: &impl Serialize, commands: &[Command]) -> String {
    let mut digest = Sha256::new();
    digest.update(serde_json::to_vec(observed).unwrap_or_default());
    digest.update(serde_json::to_vec(commands).unwrap_or_default());
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Makes a plan ready to be shown: with the change as JSON and a ticket that is used once.
///
/// # Errors
/// What the engine says when it cannot plan.
pub async fn plan<C: Change>(engine: &impl Engine<C>, change: &C) -> Result<Planned, AppError> {
    let plan = engine.plan(change).await?;
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|error| internal(&error, "drawing a ticket"))?;
    let ticket = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let change = serde_json::to_string(change).map_err(|error| internal(&error, "writing a change"))?;
    Ok(Planned { change, plan, ticket })
}

/// Reads a change that was posted. It must be exactly what a form would have made.
///
/// # Errors
/// `Invalid` where it is not.
pub fn parse<C: Change>(text: &str) -> Result<C, AppError> {
    serde_json::from_str(text).map_err(|_| {
        AppError::new(
            Kind::Invalid,
            words!("This is not a change that this version knows.", "이 버전이 아는 변경이 아닙니다."),
            words!("Open the form anew.", "양식을 다시 여세요."),
        )
    })
}

/// Somebody who applies a change waits this long for its end. What takes longer goes on; its record tells how far.
const PATIENCE: Duration = Duration::from_secs(2);

/// Applies a confirmed change and returns the number of its record, at its end or after 2 s. Goes on when the browser
/// has gone: what was begun is brought to its end and recorded.
///
/// # Errors
/// Only where nothing was recorded, since the record could not be written. Everything else is told by the record.
pub async fn apply<C: Change>(
    who: &Authorized<Changes>,
    engine: impl Engine<C>,
    change: C,
    confirmation: Confirmation,
) -> Result<i64, AppError> {
    let by = (who.operator().name.clone(), who.from().to_owned());
    attempt(who.state(), by, engine, change, confirmation).await
}

/// Applies for somebody, by name and address, whose right was found out.
async fn attempt<C: Change>(
    state: &Arc<State>,
    (actor, from): (String, String),
    engine: impl Engine<C>,
    change: C,
    confirmation: Confirmation,
) -> Result<i64, AppError> {
    let planned = engine.plan(&change).await;
    let state = Arc::clone(state);
    let begin = Begin {
        actor,
        from,
        word: change.word().to_owned(),
        target: change.target().to_string(),
        title: planned.as_ref().map_or_else(|_| Words::same(change.word()), |plan| plan.title.clone()),
        change_json: confirmation.change.clone(),
        plan: planned.as_ref().ok().cloned(),
        ticket: Some(confirmation.ticket.clone()),
    };
    let id = match journal::begin(&state.store, begin).await? {
        Begun::Already(id) => return Ok(id),
        Begun::New(id) => id,
    };
    let title = planned.as_ref().map_or_else(|_| Words::same(change.word()), |plan| plan.title.clone());
    let run = Arc::new(Run::new(change.target().to_string(), title).recorded(id));
    state.runs.add(id, Arc::clone(&run));
    let work = tokio::spawn(async move {
        let _listed = Listed { state: Arc::clone(&state), id };
        let report = match planned {
            Err(error) => unplanned(error),
            Ok(plan) => match refusal(&plan, &confirmation) {
                Some(report) => report,
                None => execute(&engine, &change, &plan, &run).await,
            },
        };
        finish(&state, id, report).await
    });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(ended) => ended.map_err(|error| internal(&error, "applying a change"))?,
        Err(_) => tracing::info!(record = id, "an attempt goes on in the background"),
    }
    Ok(id)
}

/// Takes the attempt off the list of those under way, also when it panics.
pub(super) struct Listed {
    pub(super) state: Arc<State>,
    pub(super) id: i64,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.state.runs.remove(self.id);
    }
}

/// Why the confirmed plan must not run, if so.
fn refusal(plan: &Plan, confirmation: &Confirmation) -> Option<Report> {
    let refused = |summary| {
        Some(Report { outcome: Outcome::Refused, summary, ran: Vec::new(), read_back: nothing_sent(), error: None })
    };
    if plan.fingerprint != confirmation.fingerprint {
        return refused(words!(
            "The world has moved since this plan was made. Look at the new plan and confirm that.",
            "계획을 만든 뒤 상태가 바뀌었습니다. 새 계획을 확인한 뒤 다시 적용하세요.",
        ));
    }
    if let Some(check) = plan.checks.iter().find(|check| check.verdict == super::Verdict::Block) {
        return refused(check.found.clone());
    }
    match &plan.blast {
        Blast::TypeName(name) if *name != confirmation.typed => refused(words!(
            "The typed name is not the name of what would be lost.",
            "입력한 이름이 삭제될 대상의 이름과 다릅니다.",
        )),
        _ => None,
    }
}

/// The change could not be planned again, so nothing is known of what it would do now.
fn unplanned(error: AppError) -> Report {
    Report {
        outcome: Outcome::Refused,
        summary: words!("The plan could not be checked again.", "계획을 다시 확인하지 못했습니다."),
        ran: Vec::new(),
        read_back: nothing_sent(),
        error: Some(error),
    }
}

fn nothing_sent() -> Words {
    words!("Nothing was sent to the database.", "데이터베이스에 아무것도 전송하지 않았습니다.")
}

/// Runs the commands in their order, up to the first that fails, then reads back.
async fn execute<C: Change>(engine: &impl Engine<C>, change: &C, plan: &Plan, run: &Run) -> Report {
    let mut ran = Vec::with_capacity(plan.commands.len());
    for command in &plan.commands {
        let (entry, error) = send(engine, command, run).await;
        ran.push(entry);
        if let Some(error) = error {
            return failed(engine, change, plan, run, ran, error).await;
        }
    }
    match engine.read_back(change).await {
        Ok(ReadBack { holds: true, seen }) => {
            Report { outcome: Outcome::Done, summary: plan.title.clone(), ran, read_back: seen, error: None }
        }
        Ok(ReadBack { holds: false, seen }) => without_effect(engine, change, plan, run, ran, seen).await,
        Err(error) => unread(engine, plan, run, ran, error).await,
    }
}

/// The commands were accepted, but nobody can see their effect. What the plan promised to take back then is taken back.
async fn unread<C: Change>(
    engine: &impl Engine<C>,
    plan: &Plan,
    run: &Run,
    mut ran: Vec<Ran>,
    error: AppError,
) -> Report {
    let mut summary = words!(
        "All commands were answered, but the result could not be read back.",
        "명령은 모두 응답했지만 결과를 다시 읽지 못했습니다.",
    );
    if !plan.revert.is_empty() {
        let (en, ko) = match take_back(engine, plan, run, &mut ran).await {
            None => (" They were taken back.", " 실행된 것은 되돌렸습니다."),
            Some(_) => {
                (" Taking them back failed: look at the target.", " 되돌리지 못했습니다. 대상을 직접 확인하세요.")
            }
        };
        summary.en.push_str(en);
        summary.ko.push_str(ko);
    }
    Report { outcome: Outcome::Unknown, summary, ran, read_back: Words::default(), error: Some(error) }
}

/// Sends one command and tells what came of it.
async fn send<C: Change>(engine: &impl Engine<C>, command: &Command, run: &Run) -> (Ran, Option<AppError>) {
    let start = Instant::now();
    let answer = engine.run(command, run).await;
    let micros = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    let (answer, error) = match answer {
        Ok(answer) => (answer, None),
        Err(error) => (error.happened.clone(), Some(error)),
    };
    (Ran { command: command.clone(), answer, micros }, error)
}

/// The commands were accepted, but their effect does not show. What the plan names for this case is sent now.
async fn without_effect<C: Change>(
    engine: &impl Engine<C>,
    change: &C,
    plan: &Plan,
    run: &Run,
    mut ran: Vec<Ran>,
    seen: Words,
) -> Report {
    let nothing = words!(
        "The database accepted it, but does not show the effect.",
        "데이터베이스가 받아들였지만 결과가 보이지 않습니다.",
    );
    if plan.revert.is_empty() {
        return Report { outcome: Outcome::Failed, summary: nothing, ran, read_back: seen, error: None };
    }
    let error = take_back(engine, plan, run, &mut ran).await;
    let after = engine.read_back(change).await.map(|back| back.seen).unwrap_or_else(|_| unknown_now());
    let summary = match &error {
        None => {
            let (en, ko) = (seen.en, seen.ko);
            Words::new(
                format!("The effect did not show, so the change was taken back. Seen: {en}"),
                format!("결과가 보이지 않아 변경을 되돌렸습니다. 확인된 내용: {ko}"),
            )
        }
        Some(_) => words!(
            "The effect did not show, and taking the change back failed too. Look at the target.",
            "결과가 보이지 않았고 되돌리지도 못했습니다. 대상을 직접 확인하세요.",
        ),
    };
    let outcome = if error.is_some() { Outcome::Unknown } else { Outcome::Failed };
    Report { outcome, summary, ran, read_back: after, error }
}

/// Sends the commands that take a change back, up to the first that fails.
async fn take_back<C: Change>(engine: &impl Engine<C>, plan: &Plan, run: &Run, ran: &mut Vec<Ran>) -> Option<AppError> {
    run.withdraw_cancel();
    for command in &plan.revert {
        let (entry, error) = send(engine, command, run).await;
        ran.push(entry);
        if error.is_some() {
            return error;
        }
    }
    None
}

fn unknown_now() -> Words {
    words!("What the database shows now is unknown.", "데이터베이스의 현재 상태를 알 수 없습니다.")
}

/// A command failed. Without an answer nobody knows whether it had an effect, so that is what is said, with what the
/// database shows now. What was done before it is taken back where the plan says how.
async fn failed<C: Change>(
    engine: &impl Engine<C>,
    change: &C,
    plan: &Plan,
    run: &Run,
    mut ran: Vec<Ran>,
    error: AppError,
) -> Report {
    let (done, of) = (ran.len() - 1, plan.commands.len());
    let mut summary = words!("{done} of {of} commands were done.", "명령 {of}개 중 {done}개가 실행되었습니다.");
    if error.kind == Kind::Stopped && plan.revert.is_empty() {
        return stopped(engine, change, ran, error).await;
    }
    let mut outcome = if error.kind == Kind::Unreachable { Outcome::Unknown } else { Outcome::Failed };
    if done > 0 && !plan.revert.is_empty() {
        if take_back(engine, plan, run, &mut ran).await.is_none() {
            summary.en.push_str(" They were taken back.");
            summary.ko.push_str(" 실행된 것은 되돌렸습니다.");
        } else {
            outcome = Outcome::Unknown;
            summary.en.push_str(" Taking them back failed: look at the target.");
            summary.ko.push_str(" 되돌리지 못했습니다. 대상을 직접 확인하세요.");
        }
    }
    let read_back = engine.read_back(change).await.map(|back| back.seen).unwrap_or_else(|_| unknown_now());
    Report { outcome, summary, ran, read_back, error: Some(error) }
}

/// Somebody wanted it to stop, so that it has stopped is told as what happened and not as an error.
async fn stopped<C: Change>(engine: &impl Engine<C>, change: &C, ran: Vec<Ran>, error: AppError) -> Report {
    let read_back = engine.read_back(change).await.map(|back| back.seen).unwrap_or_else(|_| unknown_now());
    Report { outcome: Outcome::Stopped, summary: error.happened, ran, read_back, error: None }
}

/// Records the end of an attempt.
pub(super) async fn finish(state: &State, id: i64, report: Report) {
    // The change has been made; that its end cannot be recorded must not be told as its failure. The attempt stays
    // open in the record, and is told as unknown after the next start.
    if let Err(error) = journal::end(&state.store, id, &report).await {
        tracing::error!(record = id, error = %error.happened.en, "the end of an attempt could not be recorded");
    }
}

fn internal(error: &dyn std::fmt::Display, what: &str) -> AppError {
    let mut told = AppError::new(
        Kind::Internal,
        words!("The console failed at this.", "콘솔 내부에서 실패했습니다."),
        words!("Look at the record, then try again.", "기록을 확인한 뒤 다시 시도하세요."),
    );
    told.incident = Some(crate::server::incident(error, what));
    told
}

/// Plans and carries out without account and record: for the tests of engines on real servers.
#[cfg(test)]
pub(crate) async fn carry_out<C: Change>(engine: &impl Engine<C>, change: &C) -> Report {
    match engine.plan(change).await {
        Err(error) => unplanned(error),
        Ok(plan) => match plan.checks.iter().find(|check| check.verdict == super::Verdict::Block) {
            Some(check) => Report {
                outcome: Outcome::Refused,
                summary: check.found.clone(),
                ran: Vec::new(),
                read_back: nothing_sent(),
                error: None,
            },
            None => {
                let run = Run::new(change.target().to_string(), plan.title.clone());
                execute(engine, change, &plan, &run).await
            }
        },
    }
}

/// Plans, confirms and applies with a record, without an account: for tests of what outlasts a console.
#[cfg(test)]
pub(crate) async fn confirmed<C: Change>(state: &Arc<State>, engine: impl Engine<C>, change: C) -> i64 {
    let Planned { change: text, plan, ticket } = plan(&engine, &change).await.expect("a plan");
    let typed = if let Blast::TypeName(name) = plan.blast { name } else { String::new() };
    let confirmation = Confirmation { change: text, fingerprint: plan.fingerprint, ticket, typed };
    let by = ("test".to_owned(), "::1".to_owned());
    attempt(state, by, engine, change, confirmation).await.expect("a record")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Check;

    fn plan(checks: Vec<Check>, blast: Blast) -> Plan {
        Plan {
            title: words!("t", "t"),
            checks,
            commands: Vec::new(),
            revert: Vec::new(),
            effect: Vec::new(),
            way_back: words!("none", "없음"),
            blast,
            fingerprint: "f".into(),
        }
    }

    fn confirmation(fingerprint: &str, typed: &str) -> Confirmation {
        Confirmation {
            change: String::new(),
            fingerprint: fingerprint.into(),
            ticket: String::new(),
            typed: typed.into(),
        }
    }

    #[test]
    fn a_plan_is_refused_when_the_world_has_moved() {
        assert!(refusal(&plan(vec![], Blast::Plain), &confirmation("f", "")).is_none());
        assert!(refusal(&plan(vec![], Blast::Plain), &confirmation("g", "")).is_some());
    }

    #[test]
    fn a_blocked_plan_cannot_be_confirmed_by_hand() {
        let blocked = plan(vec![Check::block(words!("no", "no"), Words::default())], Blast::Plain);
        let report = refusal(&blocked, &confirmation("f", "")).expect("it must be refused");
        assert_eq!(report.outcome, Outcome::Refused);
    }

    #[test]
    fn the_typed_name_must_be_the_name() {
        let plan = plan(vec![], Blast::TypeName("myslot".into()));
        assert!(refusal(&plan, &confirmation("f", "MySlot")).is_some());
        assert!(refusal(&plan, &confirmation("f", "myslot")).is_none());
    }

    #[test]
    fn a_fingerprint_differs_when_a_command_or_an_observation_does() {
        let command = |exact: &str| Command {
            exact: exact.into(),
            typed: String::new(),
            tool: String::new(),
            database: String::new(),
        };
        let one = fingerprint(&1, &[command("a")]);
        assert_eq!(one, fingerprint(&1, &[command("a")]));
        assert_ne!(one, fingerprint(&2, &[command("a")]));
        assert_ne!(one, fingerprint(&1, &[command("b")]));
    }
}
