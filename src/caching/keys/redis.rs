//! How the keys of a target are looked at: a bounded walk, remembered for a moment, and what is asked of its keys.

mod ask;
mod looks;
mod walk;

use std::sync::Arc;

use self::ask::Seen;
use self::looks::{Look, Looks};
use self::walk::Budget;
use super::model::{Looked, Name, Question, Row, Sort, Tree, Walk};
use crate::auth::session::{Authorized, Reads};
use crate::caching::model::{Key, Lifetime, Told, spelled};
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::targets::registry::Entry;

/// Keys on a page.
const PAGE: usize = 100;
/// Characters of a name that is too long.
const BEGINNING: usize = 120;

/// The keys of one target.
pub struct Keys {
    entry: Arc<Entry>,
    budget: Budget,
}

impl Keys {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn of(who: &Authorized<Reads>, name: &str) -> Result<Self, AppError> {
        Ok(Self::at(who.state().registry.find(name, TargetKind::Redis)?))
    }

    pub(super) fn at(entry: Arc<Entry>) -> Self {
        Self { entry, budget: Budget::default() }
    }

    /// With a budget of so many keys.
    #[cfg(test)]
    pub(super) fn with_budget(entry: Arc<Entry>, found: usize, looked: usize) -> Self {
        Self { entry, budget: Budget { found, looked, ..Budget::default() } }
    }

    /// Looks at keys, or tells of the look that was just made: another page of it is cut from the same names.
    ///
    /// # Errors
    /// As [`crate::targets::redis::at`]; `Invalid` where the look is to go on at a server that is not there.
    pub async fn look(&self, asked: &Question) -> Result<Looked, AppError> {
        let looks = self.entry.shared::<Looks>();
        let look = match looks.find(asked) {
            Some(look) => look,
            None => looks.keep(asked, self.look_anew(asked).await?),
        };
        self.told(asked, &look).await
    }

    async fn look_anew(&self, asked: &Question) -> Result<Look, AppError> {
        let walked = walk::walk(&self.entry, asked, &self.budget).await?;
        let (seen, hidden, gone) = ask::lifetimes(&self.entry, &walked).await?;
        Ok(Look::new(walked, seen, hidden, gone))
    }

    async fn told(&self, asked: &Question, look: &Look) -> Result<Looked, AppError> {
        let pairs = look.seen.iter().map(|it| (it.name.as_slice(), it.lifetime == Lifetime::Never));
        let tree = Tree::of(&asked.prefix, pairs);
        let past = look.age();
        let mut chosen: Vec<(&Seen, Lifetime)> = look
            .seen
            .iter()
            .map(|it| (it, aged(it.lifetime, past)))
            .filter(|(_, lifetime)| asked.lives.is_none_or(|lives| lives.holds(*lifetime)))
            .collect();
        self.sort(asked.sort, look, &mut chosen).await?;
        let pages = chosen.len().div_ceil(PAGE);
        let page = asked.page.min(pages.saturating_sub(1));
        let shown: Vec<&Seen> = chosen.iter().skip(page * PAGE).take(PAGE).map(|(seen, _)| *seen).collect();
        let rows = ask::rows(&self.entry, &look.walked, &shown).await?;
        let rows = shown.iter().zip(rows).filter_map(|(seen, row)| Some(row_of(&seen.name, row?))).collect();
        Ok(Looked {
            tree,
            rows,
            matching: count(chosen.len()),
            page,
            pages,
            counts_use: look.walked.counts_use,
            replica: look.walked.replica,
            walk: self.told_of(asked, look),
        })
    }

    /// By what is not remembered of each key, the whole look is asked for it.
    async fn sort(&self, sort: Sort, look: &Look, chosen: &mut Vec<(&Seen, Lifetime)>) -> Result<(), AppError> {
        match sort {
            Sort::Name => chosen.sort_by(|(one, _), (other, _)| one.name.cmp(&other.name)),
            Sort::Ttl => chosen.sort_by(|(one, dies), (other, later)| {
                rank(*dies).cmp(&rank(*later)).then_with(|| one.name.cmp(&other.name))
            }),
            Sort::Size | Sort::Idle => {
                let keys: Vec<&Seen> = chosen.iter().map(|(seen, _)| *seen).collect();
                let measured = ask::measured(&self.entry, &look.walked, &keys, sort == Sort::Size).await?;
                let mut both: Vec<_> = measured.into_iter().zip(chosen.drain(..)).collect();
                // A counter of uses is the lower the less a key is used; an idle time is the higher.
                let rising = sort == Sort::Idle && look.walked.counts_use;
                both.sort_by(|(one, (seen, _)), (other, (next, _))| {
                    let order = if rising { one.cmp(other) } else { other.cmp(one) };
                    order.then_with(|| seen.name.cmp(&next.name))
                });
                chosen.extend(both.into_iter().map(|(_, pair)| pair));
            }
        }
        Ok(())
    }

    fn told_of(&self, asked: &Question, look: &Look) -> Walk {
        let walked = &look.walked;
        let whole = walked.after.is_none() && asked.after == super::model::Place::default();
        let of_all = whole && asked.prefix.is_empty() && asked.kind.is_none();
        let named = count(walked.names.len());
        Walk {
            total: walked.total,
            looked: walked.looked,
            found: count(look.seen.len()),
            hidden: look.hidden,
            gone: look.gone,
            ghosts: walked.total.filter(|_| of_all).map(|total| (total - named).max(0)),
            whole,
            after: walked.after.map(|place| place.to_string()),
            millis: walked.millis,
            age: look.age(),
            nodes: walked.nodes.len(),
        }
    }
}

/// What is left of a time to live after so many milliseconds.
fn aged(lifetime: Lifetime, past: i64) -> Lifetime {
    match lifetime {
        Lifetime::Left(millis) => Lifetime::Left((millis - past).max(0)),
        other => other,
    }
}

/// The next to die first, those that live for ever last.
fn rank(lifetime: Lifetime) -> i64 {
    match lifetime {
        Lifetime::Left(millis) => millis,
        Lifetime::Never | Lifetime::Missing => i64::MAX,
    }
}

fn row_of(name: &[u8], (lifetime, kind, bytes, idle): (Lifetime, String, Told, Told)) -> Row {
    let name = match Key::of(name) {
        Some(key) => Name::Whole(key.as_str().to_owned()),
        None => Name::Shortened(spelled(name).chars().take(BEGINNING).collect(), name.len()),
    };
    Row { name, lifetime, kind, bytes, idle }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
