//! The body of the server: what it keeps, how it starts, and how it stops.

pub mod assets;
pub mod config;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod listen;
pub mod log;
pub mod router;
pub mod store;

use std::sync::{Arc, Mutex, PoisonError};

use crate::audit::journal;
use crate::auth::password::Hasher;
use crate::auth::session::backoff::Backoff;
use crate::auth::session::clock::Clock;
use crate::auth::session::{accounts, setup};
use crate::auth::{gate, session};
use crate::caching::bulk::redis::resume::RESUMES as BULK;
use crate::caching::ttl_index::mongo::resume::RESUMES as LOWERING;
use crate::change::resume;
use crate::change::run::Runs;
use crate::replication::slots::watch;
use crate::server::assets::Assets;
use crate::server::config::Config;
use crate::server::store::Store;
use crate::sharding::reshape::mongo::resume::RESUMES as RESHAPING;
use crate::targets::entered;
use crate::targets::registry::Registry;
use crate::targets::vault::Vault;

/// All that requests share. Always behind an [`Arc`].
pub struct State {
    pub store: Store,
    pub registry: Registry,
    pub config: Config,
    /// The files of the site that anybody may read.
    pub assets: Assets,
    pub hasher: Hasher,
    pub backoff: Backoff,
    pub clock: Clock,
    /// Applies that are under way.
    pub runs: Runs,
    /// Opens the passwords of targets that were entered in the browser.
    pub vault: Vault,
    /// Digest of the token that makes the first account; none once there is one.
    setup: Mutex<Option<session::Digest>>,
}

impl State {
    /// Opens the store, closes what an earlier run left open or goes on watching it, and reads the site. No target is
    /// contacted but those where something was left open, and that in the background.
    ///
    /// # Errors
    /// A sentence for the one who starts the console: the state directory or its file cannot be used, or a server
    /// function is missing in the table of rights.
    pub async fn open(config: Config) -> Result<Arc<Self>, String> {
        gate::check_table()?;
        let store = Store::open(&config.state)?;
        // What can go on with attempts that an earlier run left open, each feature's own.
        let resumes = [&RESHAPING[..], &LOWERING[..], &BULK[..]].concat();
        let resumed: Vec<&str> = resumes.iter().map(|(word, _)| *word).collect();
        let interrupted = journal::interrupted::close_interrupted(&store, &resumed).await;
        let interrupted = interrupted.map_err(|error| error.to_string())?;
        if interrupted > 0 {
            tracing::warn!(interrupted, "attempts of an earlier run ended without a result; see the record");
        }
        let state = Self {
            vault: entered::vault(&config.state)?,
            registry: Registry::load(config.read_targets()?),
            assets: Assets::read(&config.site)?,
            hasher: Hasher::default(),
            backoff: Backoff::default(),
            clock: Clock::start(),
            runs: Runs::default(),
            setup: Mutex::new(None),
            store,
            config,
        };
        entered::load(&state).await.map_err(|error| error.to_string())?;
        let state = Arc::new(state);
        resume::start(&state, &resumes).await.map_err(|error| error.to_string())?;
        Ok(state)
    }

    /// The digest that a setup token must have, while the first account is missing.
    pub fn setup_digest(&self) -> Option<session::Digest> {
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the digest of the setup token, or takes it away.
    pub fn set_setup_digest(&self, digest: Option<session::Digest>) {
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = digest;
    }
}

/// Serves until SIGTERM or Ctrl-C, then lets requests that run finish, at most 10 seconds.
///
/// # Errors
/// A sentence for the one who starts the console: the address cannot be listened on.
pub async fn serve(state: Arc<State>) -> Result<(), String> {
    let addr = state.config.addr;
    let listener = tokio::net::TcpListener::bind(addr)
        .await
        .map_err(|error| format!("Cannot listen on {addr}: {error}. Another console may run; choose --addr."))?;
    let origin = state.config.origin();
    if !accounts::exist(&state.store).await.map_err(|error| error.to_string())? {
        let token = setup::begin(&state);
        println!("No account exists yet. Make the first admin at\n  {origin}/setup?token={token}");
    }
    let head = journal::head(&state.store).await.map_err(|error| error.to_string())?;
    tracing::info!(%addr, targets = state.registry.all().len(), record = %head, "the console listens");
    println!("Outgrow listens on {origin}");
    let watching = watch::start(&state.store, &state.registry);
    listen::until(listener, router::router(&state), stop_signal()).await;
    watching.stop().await;
    if let Ok(head) = journal::head(&state.store).await {
        tracing::info!(record = %head, "the console has stopped");
    }
    Ok(())
}

/// Resolves when somebody wants the process to end.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else {
        // Without a handler SIGTERM ends the process at once, which is a stop too.
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Writes a failure to the log in the words of the driver, made harmless, and returns the number under which it
/// stands there. `what` says what the console was doing.
pub fn incident(error: &dyn std::fmt::Display, what: &str) -> String {
    let id = session::random_hex::<4>();
    let error = log::harmless(&error.to_string());
    tracing::error!(incident = %id, %error, "{what}");
    id
}
