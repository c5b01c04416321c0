//! What is asked of and sent to a server that subscribes, and of its publisher, 13 to 18.

mod clean;
mod facts;
mod list;
mod sequences;

use std::sync::{Arc, Mutex, PoisonError};

use super::kept::{Kept, bound_to};
use super::model::form::{KnownPublisher, SubscriptionForm};
use super::model::{Change, Connection, Creation, Secret};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::replication::conninfo::in_marked_literal;
use crate::replication::logical::postgres::{self, Send, read};
use crate::replication::server::{Server, first_row};
use crate::replication::slots::watch::Watch;
use crate::targets::model::TargetId;
use crate::targets::registry::{self, Entry};
use crate::text::Words;
use crate::words;
pub use facts::{Facts, Local, PublishedTable, PublisherFacts, SubscriberFacts};
pub use list::{Existing, existing, offered, overview};
pub use sequences::Sequence;

/// The subscriptions of one server, at work for somebody who may change them.
pub struct Subscriptions {
    server: Server,
    peers: Vec<Arc<Entry>>,
    operator: String,
    /// What the last plan found, for carrying it out.
    prepared: Mutex<Option<Prepared>>,
}

/// What a creation needs beside its commands.
#[derive(Clone)]
struct Prepared {
    /// Stands in the command where the password will be.
    mark: String,
    secret: Option<registry::Secret>,
    /// Where the slot is made, if the console can look there.
    publisher: Option<Server>,
    slot: String,
}

impl Subscriptions {
    pub fn of(server: Server, peers: Vec<Arc<Entry>>, operator: &str) -> Self {
        Self { server, peers, operator: operator.to_owned(), prepared: Mutex::default() }
    }

    pub const fn server(&self) -> &Server {
        &self.server
    }

    pub fn peers(&self) -> &[Arc<Entry>] {
        &self.peers
    }

    /// A known target as a publisher.
    pub fn peer(&self, id: &TargetId) -> Option<Server> {
        self.peers.iter().find(|peer| peer.configured.target.id == *id).map(|peer| Server::at(Arc::clone(peer)))
    }

    /// The password of a connection; none where there is none, or none any more.
    fn secret(&self, connection: &Connection) -> Option<registry::Secret> {
        match &connection.secret {
            Secret::Nowhere => None,
            Secret::Target(id) => {
                let configured = &self.peer(id)?.entry().configured.clone();
                let own = configured.target.host == connection.host
                    && configured.target.port == connection.port
                    && configured.user.as_deref().unwrap_or("postgres") == connection.user.as_str();
                configured.password.clone().filter(|_| own)
            }
            Secret::Typed(key) => {
                let bound = bound_to(&connection.host, connection.port, connection.user.as_str());
                self.server.entry().shared::<Kept>().find(key, &self.operator, &bound)
            }
        }
    }

    fn prepared(&self) -> Option<Prepared> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn plan_creation(&self, creation: &Creation) -> Result<Plan, AppError> {
        let secret = self.secret(&creation.publisher);
        let facts = self.facts(creation, secret.is_some()).await?;
        let publisher = creation.publisher.target.as_ref().and_then(|id| self.peer(id));
        let prepared = Prepared {
            mark: super::plan::mark(&creation.publisher.secret),
            secret,
            publisher,
            slot: creation.slot.to_string(),
        };
        *self.prepared.lock().unwrap_or_else(PoisonError::into_inner) = Some(prepared);
        Ok(super::plan::create(self.server.name(), creation, &facts))
    }

    /// Makes the subscription. The mark in the command gives way to the password, and nothing else differs from what
    /// was shown. Who keeps the publisher from making the slot is told meanwhile.
    async fn create(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let prepared = self.prepared().ok_or_else(forgotten)?;
        let password = prepared.secret.as_ref().map(registry::Secret::expose);
        let sql = match password {
            None => command.exact.clone(),
            Some(password) if command.exact.matches(&prepared.mark).count() == 1 => {
                command.exact.replacen(&prepared.mark, &in_marked_literal(password), 1)
            }
            Some(_) => return Err(forgotten()),
        };
        run.tell(words!("The subscriber connects to the publisher.", "구독 서버가 발행 서버에 연결합니다."));
        let watch = || clean::tell_blockers(prepared.publisher.as_ref(), &prepared.slot, run);
        let send = Send { prepare: &UNLOGGED, secret: password, ..Send::plain(&sql) };
        let made = postgres::send(&self.server, command, send, run, watch).await;
        // A server that answers no has cleaned up itself.
        if made.as_ref().is_err_and(|error| run.is_cancelled() || error.kind == Kind::Unreachable)
            && command.exact.contains("create_slot = true")
            && let Some(publisher) = &prepared.publisher
        {
            // An answer that was lost may have been a yes. The slot of a subscription that is there is left alone.
            if clean::is_absent(&self.server, &prepared.slot).await {
                clean::drop_unfinished(publisher, &prepared.slot).await;
            } else {
                tracing::warn!(slot = prepared.slot, "the slot is left: its subscription may have been made");
            }
        }
        made.map(|_| words!("The subscription was made.", "구독이 생성되었습니다."))
    }
}

/// Keeps a password out of the subscriber's log and statistics, where the console's role may ask for that: it is part
/// of the statement.
const UNLOGGED: [&str; 7] = [
    "SET log_statement = 'none'",
    "SET log_min_error_statement = 'panic'",
    "SET log_min_duration_statement = -1",
    "SET log_min_duration_sample = -1",
    "SET log_transaction_sample_rate = 0",
    "SET track_activities = off",
    "SET pg_stat_statements.track_utility = off",
];

fn forgotten() -> AppError {
    AppError::new(
        Kind::Conflict,
        words!("The password is not kept any more.", "비밀번호가 더 이상 보관되어 있지 않습니다."),
        words!(
            "Type it again and plan anew. Nothing was sent.",
            "다시 입력하고 새로 계획하세요. 전송된 것은 없습니다."
        ),
    )
}

impl Engine<Change> for Subscriptions {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        match change {
            Change::CreateSubscription(creation) => self.plan_creation(creation).await,
            Change::CopySequences { name, publisher, publisher_database, margin, .. } => {
                let Some(from) = self.peer(publisher) else {
                    return Err(AppError::not_found(words!(
                        "There is no such publisher.",
                        "그런 발행 서버가 없습니다."
                    )));
                };
                let there = existing(&self.server, &self.peers, change.database(), name).await?;
                let sequences = self.sequences(change.database(), &from, publisher_database, *margin).await?;
                let facts = super::plan::sequences::Facts { there, sequences };
                Ok(super::plan::sequences::plan(self.server.name(), from.name(), change, &facts))
            }
            _ => {
                let about = self.server.about().await?;
                let there = existing(&self.server, &self.peers, change.database(), change.name()).await?;
                let lacking = self.lacking(change, there.as_ref()).await;
                Ok(super::plan::alter::plan(self.server.name(), change, &about, there.as_ref(), &lacking))
            }
        }
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let told = if command.exact.starts_with("CREATE SUBSCRIPTION") {
            self.create(command, run).await
        } else {
            let sent = postgres::send(&self.server, command, Send::plain(&command.exact), run, || async {}).await;
            sent.map(|answer| first_row(&answer).map_or_else(|| words!("Done.", "완료."), Words::same))
        };
        // The slot of a subscription is its publisher's, and that may be any of them.
        for peer in &self.peers {
            peer.shared::<Watch>().forget();
        }
        told
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        if let Change::CopySequences { publisher, publisher_database, .. } = change {
            return self.sequences_are_ahead(change.database(), publisher, publisher_database).await;
        }
        let there = existing(&self.server, &self.peers, change.database(), change.name()).await?;
        let name = change.name();
        let Some(there) = there else {
            let holds = matches!(change, Change::DropSubscription { .. });
            return Ok(ReadBack {
                holds,
                seen: words!("There is no subscription {name}.", "구독 {name}이(가) 없습니다."),
            });
        };
        let holds = match change {
            Change::CreateSubscription(creation) => there.enabled == creation.enabled,
            Change::EnableSubscription { .. } => there.enabled,
            Change::DisableSubscription { .. } => !there.enabled,
            Change::SetPublications { publications, .. } => {
                let mut wanted: Vec<String> = publications.iter().map(ToString::to_string).collect();
                let mut seen = there.publications.clone();
                wanted.sort();
                seen.sort();
                wanted == seen
            }
            // The worker takes the mark away as soon as it has passed over the transaction.
            Change::SkipTransaction { .. } | Change::RefreshSubscription { .. } => true,
            Change::DetachSlot { .. } => there.slot.is_none(),
            Change::DropSubscription { .. } | Change::CopySequences { .. } => false,
        };
        let state = if there.enabled { words!("enabled", "활성") } else { words!("disabled", "비활성") };
        let slot = there.slot.unwrap_or_else(|| "–".to_owned());
        let seen = Words::new(
            format!("The subscription {name} is {}, with the slot {slot}.", state.en),
            format!("구독 {name}: {}, 슬롯 {slot}.", state.ko),
        );
        Ok(ReadBack { holds, seen })
    }
}

impl Subscriptions {
    /// Publications that a change names and the publisher does not have, as far as it can be asked.
    async fn lacking(&self, change: &Change, there: Option<&Existing>) -> Vec<String> {
        let (Change::SetPublications { publications, .. }, Some(publisher)) =
            (change, there.and_then(|there| there.publisher.as_ref()))
        else {
            return Vec::new();
        };
        let Some(server) = self.peer(&publisher.target) else { return Vec::new() };
        let names: Vec<String> = publications.iter().map(ToString::to_string).collect();
        let sql = "SELECT it FROM unnest($1::text[]) AS it WHERE it NOT IN (SELECT pubname FROM pg_publication)";
        let work = |on: Arc<crate::targets::postgres::dedicated::Dedicated>| async move {
            on.client().query(sql, &[&names]).await
        };
        let rows = read(&server, &publisher.database, work).await.unwrap_or_default();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// What the form may be filled in with, where the publisher is a known target.
pub fn known(peers: &[Arc<Entry>], id: &str) -> Option<KnownPublisher> {
    let entry = peers.iter().find(|peer| peer.configured.target.id.as_str() == id)?;
    let configured = &entry.configured;
    Some(KnownPublisher {
        target: configured.target.clone(),
        user: configured.user.clone().unwrap_or_else(|| "postgres".to_owned()),
        database: configured.database.clone().unwrap_or_else(|| "postgres".to_owned()),
        has_password: configured.password.is_some(),
    })
}

/// Keeps a typed password for the publisher that the form names, and gives the form with the key of it.
///
/// # Errors
/// `Invalid` where no password was typed or the form cannot be used.
pub fn keep(
    server: &Server,
    peers: &[Arc<Entry>],
    operator: &str,
    form: SubscriptionForm,
    database: &str,
    password: String,
) -> Result<SubscriptionForm, AppError> {
    if password.is_empty() || password.len() > 512 || password.contains('\0') {
        return Err(AppError::invalid("password", words!("Type 1 to 512 bytes.", "1~512바이트를 입력하세요.")));
    }
    let publisher = known(peers, &form.publisher);
    let database = postgres::database_of(server, database);
    let Change::CreateSubscription(creation) = form.parse(server.target().clone(), &database, publisher.as_ref())?
    else {
        return Err(AppError::invalid(
            "action",
            words!("Only a new subscription needs one.", "새 구독에만 필요합니다."),
        ));
    };
    let to = &creation.publisher;
    let bound = bound_to(&to.host, to.port, to.user.as_str());
    let secret = server.entry().shared::<Kept>().keep(operator, bound, password)?;
    Ok(SubscriptionForm { secret, ..form })
}
