//! Attempts that an earlier run of the console left open. What was begun at a database may go on there without the
//! console, so a feature that knows how to look for it goes on watching: the attempt is listed as under way again, and
//! its record gets the end that the database itself shows. Nothing is sent again.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::apply::{Engine, Listed, ReadBack, finish};
use super::run::Run;
use super::{Change, Command, Outcome, Report};
use crate::audit::journal::interrupted;
use crate::auth::session::clock::wall;
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::text::Words;
use crate::words;

/// An attempt whose record has a beginning and no end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// The number of its record.
    pub id: i64,
    /// When it began, in milliseconds since 1970 (UTC).
    pub at: i64,
    /// `<feature>.<verb>_<noun>`.
    pub word: String,
    /// The target's id.
    pub target: String,
    /// The attempt in one sentence.
    pub title: Words,
    /// The change as JSON.
    pub change: String,
    /// What was to be sent, in order. How much of it was sent is not known.
    pub commands: Vec<Command>,
}

/// The watching of one attempt until it has ended, with what came of it.
pub type Watching = Pin<Box<dyn Future<Output = Report> + Send>>;

/// Goes on with an attempt. It tells `run` what it sees, may offer to stop it, and sends nothing by itself.
pub type Resume = fn(Arc<State>, Open, Arc<Run>) -> Watching;

/// The words of changes, each with what can go on with them.
pub type Resumes = [(&'static str, Resume)];

/// Goes on with the attempts that are still open, each in a task of its own.
///
/// # Errors
/// When the store fails.
pub async fn start(state: &Arc<State>, resumes: &Resumes) -> Result<(), AppError> {
    for open in interrupted::left_open(&state.store).await? {
        if let Some((_, resume)) = resumes.iter().find(|(word, _)| *word == open.word) {
            tracing::info!(record = open.id, word = %open.word, "an attempt of an earlier run is watched again");
            go_on(state, open, *resume);
        }
    }
    Ok(())
}

fn go_on(state: &Arc<State>, open: Open, resume: Resume) {
    let ago = Duration::from_millis(u64::try_from(wall() - open.at).unwrap_or_default());
    let run = Arc::new(Run::since(open.target.clone(), open.title.clone(), ago).recorded(open.id));
    run.tell(words!(
        "The console was stopped in the middle; it looks where this stands.",
        "콘솔이 도중에 멈춰 현재 상태를 확인하는 중입니다.",
    ));
    let (id, state) = (open.id, Arc::clone(state));
    state.runs.add(id, Arc::clone(&run));
    tokio::spawn(async move {
        let _listed = Listed { state: Arc::clone(&state), id };
        let report = resume(Arc::clone(&state), open, run).await;
        finish(&state, id, report).await;
    });
}

/// How often a target that does not answer is asked again before the end is told as unknown.
const TRIES: u32 = 60;
const PAUSE: Duration = Duration::from_secs(2);

/// What came of an attempt whose work has ended, by what the database shows now. Waits for a database that does not
/// answer for some minutes.
pub async fn look<C: Change>(engine: &impl Engine<C>, change: &C, open: &Open) -> Report {
    let mut tries = 0;
    loop {
        match engine.read_back(change).await {
            Ok(back) => return told(back, open),
            Err(error) if error.kind == Kind::Unreachable && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => return unknown(error),
        }
    }
}

fn told(ReadBack { holds, seen }: ReadBack, open: &Open) -> Report {
    let (outcome, summary) = if holds {
        let (en, ko) = (&open.title.en, &open.title.ko);
        let summary = Words::new(
            format!("{en}. The console was stopped in the middle; the database has brought it to its end."),
            format!("{ko}. 콘솔이 도중에 멈췄지만 데이터베이스에서 완료되었습니다."),
        );
        (Outcome::Done, summary)
    } else {
        let summary = words!(
            "The console was stopped in the middle, and the database does not show the effect now: it was not sent, was \
             refused, was taken back meanwhile, or is still under way. Look again before you repeat it.",
            "콘솔이 도중에 멈췄고 지금 데이터베이스에 결과가 보이지 않습니다. 전송되지 않았거나, 거부되었거나, 그사이 되돌려졌거나, 아직 진행 중입니다. 다시 실행하기 전에 확인하세요.",
        );
        // One look cannot tell what was refused from what is still to come.
        (Outcome::Unknown, summary)
    };
    Report { outcome, summary, ran: Vec::new(), read_back: seen, error: None }
}

/// Nobody can say what came of it.
pub fn unknown(error: AppError) -> Report {
    Report {
        outcome: Outcome::Unknown,
        summary: words!(
            "The console was stopped in the middle. What came of it could not be found out.",
            "콘솔이 도중에 멈췄으며 결과를 확인하지 못했습니다.",
        ),
        ran: Vec::new(),
        read_back: Words::default(),
        error: Some(error),
    }
}
