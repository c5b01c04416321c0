//! The sandbox as commands: real databases with example data, alone or with the console on them.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::auth::model::Role;
use crate::auth::session::accounts::{self, Maker, When};
use crate::auth::session::random_hex;
use crate::sandbox;
use crate::server::config::{Config, StateDir, Web};
use crate::server::{State, store};

/// What the databases are made of.
#[derive(Clone, Debug, clap::Args)]
pub struct Databases {
    /// PostgreSQL's major version, out of those that were downloaded. Default: the system's
    #[arg(long, value_name = "MAJOR")]
    postgres: Option<u8>,
    /// Leave the databases empty
    #[arg(long)]
    no_seed: bool,
    /// For tests: one more MongoDB replica set, which is no shard yet, and servers that delete at once what has moved
    #[arg(long)]
    spare_shard: bool,
}

impl Databases {
    fn in_dir(&self, dir: PathBuf) -> sandbox::Options {
        let mut options = sandbox::Options::new(dir);
        options.postgres_version = self.postgres;
        options.seed = !self.no_seed;
        options.spare_shard = self.spare_shard;
        options
    }
}

/// Options of `outgrow demo`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    #[command(flatten)]
    web: Web,
    #[command(flatten)]
    state: StateDir,
    #[command(flatten)]
    databases: Databases,
}

/// What can be done with the databases alone.
#[derive(clap::Subcommand)]
pub enum SandboxCommand {
    /// Start the databases and print a line with "ready" and the targets file. They end at Ctrl-C or SIGTERM, and
    /// also when this process is killed
    Start {
        /// Directory of their data. Made if missing
        #[arg(long)]
        dir: PathBuf,
        #[command(flatten)]
        databases: Databases,
    },
    /// Delete the databases' data. Refuses a directory that is not a sandbox's, or that is in use
    Reset {
        /// Directory of their data
        #[arg(long)]
        dir: PathBuf,
    },
}

/// Starts or resets the databases.
///
/// # Errors
/// A sentence for the one who gave the command.
pub async fn sandbox(command: SandboxCommand) -> Result<(), String> {
    let done = match command {
        SandboxCommand::Start { dir, databases } => sandbox::run_until_stopped(databases.in_dir(dir)).await,
        SandboxCommand::Reset { dir } => sandbox::reset(&dir).await,
    };
    done.map_err(|error| error.to_string())
}

/// Starts the databases, then the console on them; stops both at Ctrl-C or SIGTERM.
///
/// # Errors
/// A sentence for the one who gave the command.
pub async fn run(options: Options) -> Result<(), String> {
    let dir = options.state.path()?;
    store::make_private(&dir)?;
    let databases = tokio::select! {
        started = sandbox::start(options.databases.in_dir(dir.join("sandbox"))) => started.map_err(|error| error.to_string())?,
        () = super::stop_signal() => return Ok(()),
    };
    let served = console(options.web, dir, databases.targets_file().to_owned()).await;
    println!("Stopping the databases");
    databases.stop().await;
    served
}

async fn console(web: Web, dir: PathBuf, targets: PathBuf) -> Result<(), String> {
    let file = dir.join("credentials.json");
    let state = State::open(Config::new(web, dir, Some(targets))?).await?;
    if let Some(Credentials { user, password }) = admin(&state, &file).await? {
        println!("\n  Address   {}\n  User      {user}\n  Password  {password}\n", state.config.origin());
    }
    super::serve(state).await
}

#[derive(Serialize, Deserialize)]
struct Credentials {
    user: String,
    password: String,
}

/// The sandbox's admin, made at the first start with a password that is kept in a file for its owner. None when
/// somebody made accounts of their own and removed the file.
async fn admin(state: &State, file: &Path) -> Result<Option<Credentials>, String> {
    let told = |error: &dyn std::fmt::Display| format!("Cannot use {}: {error}", file.display());
    let exists = accounts::exist(&state.store).await.map_err(|error| error.to_string())?;
    let kept = match std::fs::read_to_string(file) {
        Ok(text) => Some(serde_json::from_str::<Credentials>(&text).map_err(|error| told(&error))?),
        Err(_) if exists => None,
        Err(_) => {
            let made = Credentials { user: "admin".to_owned(), password: random_hex::<10>() };
            keep(file, &made).map_err(|error| told(&error))?;
            Some(made)
        }
    };
    if let (false, Some(credentials)) = (exists, &kept) {
        let hash = state.hasher.hash(credentials.password.clone()).await.map_err(|error| error.to_string())?;
        let maker = Maker { actor: "", from: "command line" };
        let made = accounts::create(&state.store, maker, (&credentials.user, Role::Admin), hash, When::First);
        made.await.map_err(|error| error.to_string())?;
    }
    Ok(kept)
}

fn keep(file: &Path, credentials: &Credentials) -> std::io::Result<()> {
    let text = serde_json::to_string(credentials)?;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}
