//! A cache, asked at most once a second however many look, and not at all while nobody does.

mod sample;
mod seen;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::Mutex;

use self::sample::pictured;
use self::window::Ring;
use super::history;
use super::model::{Database, NodeSeen, Overview, Picture, Ratio, Window, findings};
use crate::auth::session::{Authorized, Reads};
use crate::error::AppError;
use crate::server::store::Store;
use crate::targets::model::TargetKind;
use crate::targets::redis::info::Info;
use crate::targets::redis::probes::Probes;
use crate::targets::redis::{Node, at, nodes};
use crate::targets::registry::Entry;

/// An answer counts as fresh for so long.
const FRESH: Duration = Duration::from_secs(1);
const TEN_MINUTES: Duration = Duration::from_secs(600);
const MINUTE: Duration = Duration::from_secs(60);

/// A cache for somebody who looks.
pub struct Cache {
    entry: Arc<Entry>,
    store: Store,
}

impl Cache {
    /// # Errors
    /// `NotFound` when there is no such target.
    pub fn to_read(who: &Authorized<Reads>, target: &str) -> Result<Self, AppError> {
        let state = who.state();
        Ok(Self { entry: state.registry.find(target, TargetKind::Redis)?, store: state.store.clone() })
    }

    pub fn target(&self) -> &str {
        self.entry.configured.target.id.as_str()
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The cache as it is now, with what is wrong with it.
    ///
    /// # Errors
    /// When no server of it answers, or the console's user may not ask.
    pub async fn overview(&self) -> Result<Overview, AppError> {
        let seen = look(&self.entry).await?;
        history::keep(&self.store, &self.entry, &seen).await;
        Ok(seen)
    }

    /// What lives how long.
    ///
    /// # Errors
    /// As [`Cache::overview`].
    pub async fn picture(&self) -> Result<Picture, AppError> {
        let (picture, trouble) = pictured(&self.entry).await;
        match (picture, trouble) {
            (Some(picture), _) => Ok(picture),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(Picture::default()),
        }
    }
}

/// What is known of one target. It goes with the target.
#[derive(Default)]
struct Watch(Mutex<Turn>);

#[derive(Default)]
struct Turn {
    rings: BTreeMap<Node, Ring>,
    /// A failure is an answer too.
    last: Option<(Instant, Result<Overview, AppError>)>,
}

/// The cache as it is now.
///
/// # Errors
/// As [`Cache::overview`].
pub(super) async fn look(entry: &Arc<Entry>) -> Result<Overview, AppError> {
    let watch = entry.shared::<Watch>();
    // Whoever comes while the servers are asked waits here for the same answer.
    let mut turn = watch.0.lock().await;
    if let Some((at, answer)) = &turn.last
        && at.elapsed() < FRESH
    {
        return answer.clone();
    }
    let answer = read(entry, &mut turn.rings).await;
    turn.last = Some((Instant::now(), answer.clone()));
    answer
}

async fn read(entry: &Arc<Entry>, rings: &mut BTreeMap<Node, Ring>) -> Result<Overview, AppError> {
    let configured = &entry.configured;
    let mut overview = Overview {
        target: configured.target.id.to_string(),
        database: configured.database.as_ref().and_then(|number| number.parse().ok()).unwrap_or(0),
        ..Overview::default()
    };
    let all = nodes(entry).await?;
    let answers = join_all(all.iter().map(|node| ask(entry, node))).await;
    rings.retain(|node, _| all.contains(node));
    let mut refused = None;
    for (node, answer) in all.iter().zip(answers) {
        match answer {
            Ok((info, own)) => {
                let ring = rings.entry(node.clone()).or_default();
                ring.push(window::counted(&info, own));
                let mut seen = seen::node(node, &info);
                (seen.evictions, seen.expirations) = ring.rates();
                seen.ratio = ring.ratio(MINUTE);
                add(&mut overview.databases, seen::databases(&info));
                overview.touched += ring.touched(TEN_MINUTES);
                overview.nodes.push(seen);
            }
            Err(error) => {
                overview.silent.push(node.to_string());
                refused = Some(error);
            }
        }
    }
    if let (true, Some(error)) = (overview.nodes.is_empty(), refused) {
        return Err(error);
    }
    overview.ratios = ratios(rings);
    let (picture, trouble) = pictured(entry).await;
    (overview.picture, overview.trouble) = (picture, trouble.map(|error| error.happened));
    overview.findings = findings(&overview);
    Ok(overview)
}

/// What one server says, and what the console itself has asked it until then.
async fn ask(entry: &Entry, node: &Node) -> Result<(Info, (u64, u64)), AppError> {
    let counter = entry.shared::<Probes>().of(node);
    let text: String = at(entry, node, |mut link| async move {
        let mut pipe = redis::pipe();
        pipe.cmd("INFO").cmd("INFO").arg("commandstats");
        let (all, commands): (String, String) = link.ask_all(&pipe).await?;
        Ok(all + &commands)
    })
    .await?;
    Ok((Info::parse(&text), counter.read()))
}

fn ratios(rings: &BTreeMap<Node, Ring>) -> Vec<(Window, Ratio)> {
    let over = |span| rings.values().map(|ring| ring.ratio(span)).fold(Ratio::default(), Ratio::plus);
    vec![
        (Window::Minute, over(MINUTE)),
        (Window::TenMinutes, over(TEN_MINUTES)),
        (Window::SinceLooked, over(Duration::MAX)),
    ]
}

fn add(all: &mut Vec<Database>, more: Vec<Database>) {
    for one in more {
        match all.iter_mut().find(|known| known.number == one.number) {
            Some(known) => {
                known.keys += one.keys;
                known.expires += one.expires;
            }
            None => all.push(one),
        }
    }
    all.sort_by_key(|it| it.number);
}

/// Of the servers together, for the history.
pub(super) fn total(nodes: &[NodeSeen], of: impl Fn(&NodeSeen) -> Option<f64>) -> Option<f64> {
    nodes.iter().map(of).sum()
}
