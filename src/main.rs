//! The command line.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use outgrow::audit::journal;
use outgrow::auth::model::Role;
use outgrow::auth::password::{self, Hasher};
use outgrow::auth::session::accounts::{self, Maker, When};
use outgrow::server::config::{Config, StateDir, Web};
use outgrow::server::store::Store;
use outgrow::server::{self, State};

/// Outgrow is an admin console in the browser for databases that outgrow one machine. It shards MongoDB collections,
/// creates and watches PostgreSQL replication slots, and sets what Redis keeps and for how long. It shows each change
/// as the exact commands before it sends them, and records every attempt.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the console on your own databases
    ///
    /// The databases are named in a TOML file, one [[target]] each:
    ///
    ///   [[target]]
    ///   id = "orders"                 # in addresses and records
    ///   kind = "postgresql"           # or "mongodb" (its router), or "redis"
    ///   name = "Orders"               # as people call it; optional
    ///   host = "db1.example.com"
    ///   port = 5432
    ///   user = "console"              # optional
    ///   password_file = "orders.txt"  # first line; or password = "..." in a file that only you can read
    ///   database = "orders"           # optional
    ///
    /// The database of Redis is a number; before it "tls/" encrypts the connection, and "sentinel:NAME/" says that the
    /// address is a sentinel's. A cluster is recognised by itself. For Redis also, as files in PEM: tls_ca (who may
    /// sign the server's certificate), tls_certificate and tls_key (by which the server knows the console).
    ///
    /// PostgreSQL servers are asked for their replication slots every 15 s, every second while somebody looks; other
    /// databases only when somebody opens a page that needs them. As long as no account exists, the console
    /// prints a link with which the first admin is made. It stops at Ctrl-C or SIGTERM and lets running requests
    /// finish. OUTGROW_LOG sets what is logged to standard error: "warn,outgrow=info" unless it is given, and
    /// "warn,outgrow=debug" adds every request. OUTGROW_LOG_FORMAT=json makes each line an object.
    #[command(verbatim_doc_comment)]
    Serve {
        #[command(flatten)]
        web: Web,
        #[command(flatten)]
        state: StateDir,
        /// File that names the databases
        #[arg(long, env = "OUTGROW_TARGETS", value_name = "FILE")]
        targets: Option<PathBuf>,
    },
    /// Start real databases with example data, and the console on them
    #[cfg(feature = "sandbox")]
    Demo {
        #[command(flatten)]
        demo: server::demo::Options,
    },
    /// Start or reset the example databases alone
    #[cfg(feature = "sandbox")]
    #[command(subcommand)]
    Sandbox(server::demo::SandboxCommand),
    /// Work with accounts
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Work with the record of attempts
    #[command(subcommand)]
    Audit(AuditCommand),
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Make an account with the role admin. The password is read from standard input: its first line, at least 12
    /// characters. May run while the console runs.
    Create {
        /// Name to log in with: 1 to 40 letters, digits, and . - _ @
        #[arg(long)]
        name: String,
        #[command(flatten)]
        state: StateDir,
    },
}

#[derive(Subcommand)]
enum AuditCommand {
    /// Check that no row of the record was changed, removed or cut off. Ends with 1 and names the first bad row
    /// otherwise. Prints the head of the chain: keep it elsewhere, and give it as --anchor later.
    Verify {
        /// A head that was printed earlier, as NUMBER:HASH. Shows also a cut that was made with care
        #[arg(long, value_name = "NUMBER:HASH")]
        anchor: Option<journal::chain::Head>,
        #[command(flatten)]
        state: StateDir,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    server::log::start();
    // Rendering a page can hang on a runtime with one worker (leptos issue 4647), so small machines get four too.
    let workers = std::thread::available_parallelism().map_or(4, |count| count.get().clamp(4, 16));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        // Blocking work is hashing, two at a time, and reading files of the site.
        .max_blocking_threads(16)
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments.command)),
        Err(error) => Err(format!("Cannot start: {error}")),
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> Result<ExitCode, String> {
    match command {
        Command::Serve { web, state, targets } => {
            let config = Config::new(web, state.path()?, targets)?;
            server::serve(State::open(config).await?).await?;
        }
        #[cfg(feature = "sandbox")]
        Command::Demo { demo } => server::demo::run(demo).await?,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(command) => server::demo::sandbox(command).await?,
        Command::Admin(AdminCommand::Create { name, state }) => create_admin(&name, &state).await?,
        Command::Audit(AuditCommand::Verify { anchor, state }) => return verify(anchor, &state).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create_admin(name: &str, state: &StateDir) -> Result<(), String> {
    accounts::check_name(name).map_err(|error| error.to_string())?;
    let password = read_password().map_err(|error| format!("Cannot read the password: {error}"))?;
    password::check_new(&password).map_err(|error| error.to_string())?;
    let store = Store::open_shared(&state.path()?)?;
    let made = async {
        let hash = Hasher::default().hash(password).await?;
        let maker = Maker { actor: "", from: "command line" };
        accounts::create(&store, maker, (name, Role::Admin), hash, When::Always).await
    };
    made.await.map_err(|error: outgrow::error::AppError| format!("{error} {}", error.next.en))?;
    println!("{name} can log in now.");
    Ok(())
}

/// One line of standard input. A terminal does not show what is typed.
fn read_password() -> std::io::Result<String> {
    let input = std::io::stdin();
    let typed = input.is_terminal();
    let echo = |flag: &str| std::process::Command::new("stty").arg(flag).status().map(|_| ());
    if typed {
        eprint!("Password: ");
        std::io::stderr().flush()?;
        echo("-echo")?;
    }
    let mut line = String::new();
    let read = input.lock().read_line(&mut line);
    if typed {
        echo("echo")?;
        eprintln!();
    }
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn verify(anchor: Option<journal::chain::Head>, state: &StateDir) -> Result<ExitCode, String> {
    let store = Store::open_shared(&state.path()?)?;
    let told = |error: outgrow::error::AppError| error.to_string();
    let verified = match journal::verify(&store).await.map_err(told)? {
        Ok(verified) => verified,
        Err(broken) => {
            println!("Broken at row {}: {}.", broken.first_bad_seq, broken.why);
            return Ok(ExitCode::FAILURE);
        }
    };
    if let Some(anchor) = anchor
        && !journal::holds(&store, &anchor).await.map_err(told)?
    {
        println!("Broken: the record does not hold row {} as the anchor names it.", anchor.seq);
        return Ok(ExitCode::FAILURE);
    }
    println!("{} rows, none changed, none missing.\nHead: {}", verified.rows, verified.head);
    Ok(ExitCode::SUCCESS)
}
