//! How TTL indexes are looked at and changed: through a router, or at a server that is none.

pub mod errors;
mod exact;
pub(super) mod facts;
mod kept;
mod list;
mod place;
mod preview;
mod read;
pub mod resume;
mod sample;
pub(super) mod server;
mod stages;
pub(super) mod steps;

use std::sync::Arc;
use std::time::Duration;

use self::errors::tell;
use self::facts::Facts;
use self::stages::Stages;
use super::model::{Change, Counted, Deed, Expiry, Kind as Of, Listing, Preview, Seconds, Subject};
use crate::auth::session::{Authorized, Changes, Reads};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::targets::model::{Namespace, TargetId, TargetKind};
use crate::targets::mongo::{self, answer, command};
use crate::targets::registry::Entry;
use crate::text::{Words, count};
use crate::words;

/// Looks after the TTL indexes of one target.
pub struct Keeper {
    entry: Arc<Entry>,
    stages: Option<Stages>,
}

/// What is shown of one index.
#[derive(Clone)]
struct Shown {
    subject: Subject,
    preview: Option<Preview>,
}

/// How old a list and a preview may be.
const LIST: Duration = Duration::from_secs(5);
const PREVIEW: Duration = Duration::from_secs(4);

impl Keeper {
    /// For somebody who looks.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        Ok(Self::at(who.state().registry.find(target, TargetKind::Mongodb)?))
    }

    /// For somebody who changes.
    ///
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_change(who: &Authorized<Changes>, target: &str) -> Result<Self, AppError> {
        Ok(Self::at(who.state().registry.find(target, TargetKind::Mongodb)?))
    }

    /// For what was left open, and for tests.
    pub(super) fn at(entry: Arc<Entry>) -> Self {
        Self { entry, stages: None }
    }

    /// The one that carries this change out.
    pub fn with(self, change: &Change) -> Self {
        Self { stages: Stages::of(change), ..self }
    }

    pub fn target(&self) -> &TargetId {
        &self.entry.configured.target.id
    }

    /// All TTL indexes, or those of one database; at most 5 s old.
    ///
    /// # Errors
    /// As [`mongo::aside`].
    pub async fn list(&self, database: &str) -> Result<Listing, AppError> {
        let deadline = Duration::from_secs(9);
        let (age, listing) = kept::kept(&self.entry, database, LIST, || {
            mongo::aside(&self.entry, tell, deadline, |client| async move { list::listing(&client, database).await })
        })
        .await;
        Ok(Listing { age: i64::try_from(age.as_millis()).unwrap_or(i64::MAX), ..listing? })
    }

    /// One index, and what these seconds would delete; without seconds, what it deletes as it is.
    ///
    /// # Errors
    /// As [`mongo::read`].
    pub async fn look(
        &self,
        namespace: &Namespace,
        name: &str,
        seconds: Option<Seconds>,
    ) -> Result<(Subject, Option<Preview>), AppError> {
        let key = format!("{namespace} {name:?} {:?}", seconds.map(Seconds::get));
        let (_, shown) = kept::kept(&self.entry, &key, PREVIEW, || self.looked(namespace, name, seconds)).await;
        let Shown { subject, preview } = shown?;
        Ok((subject, preview))
    }

    async fn looked(&self, namespace: &Namespace, name: &str, wanted: Option<Seconds>) -> Result<Shown, AppError> {
        let (subject, place, mut preview) = mongo::read(&self.entry, tell, |client| async move {
            let (server, (subject, place)) =
                tokio::try_join!(server::server(&client), read::subject(&client, namespace, name))?;
            let seconds = wanted.map(Seconds::get).or_else(|| subject.expiry.seconds());
            let preview = match seconds {
                Some(seconds) if subject.exists() => {
                    Some(preview::preview(&client, server, &subject, &place, seconds).await?)
                }
                _ => None,
            };
            Ok((subject, place, preview))
        })
        .await?;
        if let Some(preview) = &mut preview
            && let Some(due) = preview.due.filter(|due| due.more)
        {
            let (n, counting) = exact::exact(&self.entry, &place, &subject.uuid, preview.seconds, preview.cutoff());
            preview.counting = counting;
            preview.due = n.map(|n| Counted { n, more: false, ..due }).or(preview.due);
        }
        Ok(Shown { subject, preview })
    }

    /// Notes in a change from a form what it was planned on: collection, index, number of documents, steps.
    ///
    /// # Errors
    /// As [`mongo::aside`].
    pub async fn observed(&self, mut change: Change) -> Result<Change, AppError> {
        let facts = self.facts(&change).await?;
        change.seen.uuid.clone_from(&facts.subject.uuid);
        change.seen.spec.clone_from(&facts.subject.spec);
        (change.at, change.counted) = (facts.at, facts.deletes.map_or(0, |it| it.n));
        if let (Deed::Lower { steps, .. }, Some(steps::Steps::Found(found))) = (&mut change.deed, facts.steps) {
            *steps = found;
        }
        Ok(change)
    }

    async fn facts(&self, change: &Change) -> Result<Facts, AppError> {
        // Many counts make the steps, so they may take longer than a page usually waits.
        let deadline = Duration::from_secs(if matches!(change.deed, Deed::Lower { .. }) { 60 } else { 8 });
        let work = |client| async move { facts::facts(&{ client }, change).await };
        let mut facts = mongo::aside(&self.entry, tell, deadline, work).await?;
        if let (Some(due), Some(seconds)) = (facts.deletes, change.seconds())
            && due.more
        {
            let cutoff = steps::moment(facts.at, seconds.get());
            let (n, _) = exact::exact(&self.entry, &facts.place, &facts.subject.uuid, seconds.get(), cutoff);
            facts.deletes = n.map(|n| Counted { n, more: false, ..due }).or(facts.deletes);
        }
        Ok(facts)
    }

    /// Nobody is shown what was before.
    fn forget(&self) {
        kept::forget::<Listing>(&self.entry);
        kept::forget::<Shown>(&self.entry);
        exact::forget(&self.entry);
    }

    async fn send(&self, command: &Command) -> Result<bson::Document, AppError> {
        let document = command::parsed(&command.exact)?;
        let answer = mongo::change(&self.entry, tell, &command.database, document).await;
        self.forget();
        let answer = answer?;
        if answer.contains_key("writeConcernError") {
            // It may have happened, so it must not be told as a refusal.
            return Err(tell(&self.entry.configured.target.name, 64, ""));
        }
        Ok(answer)
    }

    async fn subject(&self, change: &Change) -> Result<Subject, AppError> {
        let (namespace, name) = (&change.namespace, change.index());
        let work = |client| async { read::subject(&{ client }, namespace, &name).await };
        mongo::read(&self.entry, tell, work).await.map(|(subject, _)| subject)
    }
}

impl Engine<Change> for Keeper {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        let facts = self.facts(change).await?;
        Ok(super::plan::plan(change, &facts))
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        if let Some(stages) = &self.stages {
            return stages.step(self, command, run).await;
        }
        let document = command::parsed(&command.exact)?;
        if !document.contains_key("createIndexes") {
            return self.send(command).await.map(|answer| Words::same(answer::line(answer)));
        }
        run.tell(words!("The server is building the index.", "서버가 인덱스를 만드는 중입니다."));
        let answer = mongo::change_patiently(&self.entry, tell, &command.database, document).await;
        self.forget();
        Ok(Words::same(answer::line(answer?)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        self.forget();
        let subject = self.subject(change).await?;
        let mut back = shown(change, &subject);
        if back.holds
            && let Some(seconds) = change.seconds().filter(|it| *it != Seconds::NEVER)
        {
            let (_, preview) = self.look(&change.namespace, &subject.name, Some(seconds)).await?;
            if let Some(due) = preview.and_then(|it| it.due).filter(|due| due.n > 0) {
                let Words { en, ko } = due.told();
                back.seen.en.push_str(&format!(" Still due, and deleted by the server in its next passes: {en}."));
                back.seen.ko.push_str(&format!(" 아직 남은 만료 문서: {ko}. 서버가 다음 주기에 삭제합니다."));
            }
        }
        Ok(back)
    }
}

/// Whether the server's list of indexes says what was asked for.
fn shown(change: &Change, subject: &Subject) -> ReadBack {
    let holds = match &change.deed {
        Deed::Hide => subject.exists() && subject.hidden,
        Deed::Unhide => subject.exists() && !subject.hidden,
        Deed::Drop => !subject.exists(),
        Deed::Expire { seconds: None } => subject.kind != Of::Index && subject.expiry == Expiry::None,
        _ => subject.exists() && change.seconds().is_some_and(|it| subject.expiry == stored(it)),
    };
    let Words { en, ko } = subject.expiry.told();
    let documents = subject.documents.map_or_else(|| "?".to_owned(), count);
    let seen = if subject.exists() {
        let hidden = if subject.hidden { words!(", hidden", ", 숨김") } else { Words::default() };
        let Words { en: hidden_en, ko: hidden_ko } = hidden;
        words!(
            "The server lists it with expiry {en}{hidden_en}; the collection has {documents} documents.",
            "서버에 표시된 만료: {ko}{hidden_ko}. 컬렉션의 문서: {documents}개.",
        )
    } else {
        words!("The server lists no such index.", "서버에 그런 인덱스가 없습니다.")
    };
    ReadBack { holds, seen }
}

/// As a server lists it.
fn stored(seconds: Seconds) -> Expiry {
    if seconds == Seconds::NEVER { Expiry::Never } else { Expiry::After(seconds.get()) }
}

/// An index that is looked for must be there.
///
/// # Errors
/// `NotFound`.
pub fn present(subject: Subject) -> Result<Subject, AppError> {
    if subject.exists() {
        return Ok(subject);
    }
    let (namespace, name) = (&subject.namespace, &subject.name);
    Err(AppError::new(
        Kind::NotFound,
        words!("{namespace} has no index {name}.", "{namespace}에 {name} 인덱스가 없습니다."),
        words!("Look at the list.", "목록을 확인하세요."),
    ))
}
