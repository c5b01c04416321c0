//! PostgreSQL's programs and data on disk: which version, where its data may lie, and the making
//! of a primary with a standby as its twin.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use super::Options;
use super::directory::{Held, let_pass, private_folder, take_turn, write_private};
use super::error::{SandboxError, files};
use super::memory::Memory;
use super::process::{run_to_end, under_account, we_are_root};
use super::settings::{Postgres, missing};

/// Used when we are root and the usual places lie under a folder that only root may enter.
pub(super) const OPEN_PLACE: &str = "/var/lib/outgrow-sandbox";
const DEBIAN: &str = "/usr/lib/postgresql";
/// Read by both servers; what is given on the command line could not be changed by ALTER SYSTEM.
const CONFIGURATION: &str = "
# Added by `outgrow sandbox`.
wal_level = logical
max_replication_slots = 20
max_wal_senders = 20
shared_buffers = '32MB'
max_wal_size = '256MB'
wal_retrieve_retry_interval = '500ms'
timezone = 'UTC'
include_if_exists = 'standby.conf'
";

/// PostgreSQL refuses to run as root; Debian's package makes this account.
pub(super) fn account() -> Option<&'static str> {
    we_are_root().then_some("postgres")
}

/// The folder of the programs: the newest of Debian's, or the version asked for.
pub(super) async fn binaries(options: &Options, account: Option<&str>) -> Result<PathBuf, SandboxError> {
    let Some(version) = options.postgres_version else {
        let newest = newest_installed(Path::new(DEBIAN));
        return newest.ok_or_else(|| missing("postgres", "install Debian's postgresql"));
    };
    let root = options.downloads.join(format!("postgres-{version}"));
    let places = ["native/bin", "package/native/bin", "bin"].map(|it| root.join(it));
    let found = places.into_iter().find(|it| it.join("postgres").is_file());
    let found = found.ok_or_else(|| {
        let advice = format!("unpack it to {} first", root.display());
        missing(&format!("PostgreSQL {version}"), &advice)
    })?;
    if account.is_none() || others_may_enter(&found) {
        return Ok(found);
    }
    copied_to_open_place(&found, version).await
}

/// The major version that a folder's `postgres` reports.
pub(super) async fn major(binaries: &Path) -> Result<u8, SandboxError> {
    let mut command = Command::new(binaries.join("postgres"));
    command.arg("--version");
    let text = run_to_end(command).await?;
    major_in(&text).ok_or_else(|| SandboxError::Program {
        program: "postgres --version".into(),
        reason: format!("it says {:?}", text.trim()),
    })
}

/// Where the data of one major version lies: in the sandbox's directory where its account can
/// reach that, otherwise in the open place, which is remembered.
pub(super) fn home(
    held: &Held,
    memory: &mut Memory,
    account: Option<&str>,
    major: u8,
) -> Result<PathBuf, SandboxError> {
    let name = format!("postgresql-{major}");
    let parent = held.path().parent().unwrap_or(held.path());
    if account.is_none() {
        return held.folder(&name);
    }
    if others_may_enter(parent) {
        let_pass(held.path())?;
        return held.folder(&name);
    }
    let elsewhere = match &memory.postgres_home {
        Some(known) => known.clone(),
        None => Path::new(OPEN_PLACE).join(memory.password("postgresql folder")?),
    };
    memory.postgres_home = Some(elsewhere.clone());
    private_folder(&elsewhere)?;
    let_pass(&elsewhere)?;
    let_pass(Path::new(OPEN_PLACE))?;
    private_folder(&elsewhere.join(name))
}

/// Makes both servers' data if it is not there yet. The standby is a copy of the primary taken
/// before that has ever run: the same system, one checkpoint old, which then streams the rest.
/// It needs no pg_basebackup, which the packages from npm lack.
pub(super) async fn prepare(settings: &Postgres) -> Result<(), SandboxError> {
    let (primary, standby) = (settings.home.join("primary"), settings.home.join("standby"));
    if !primary.is_dir() {
        let draft = settings.home.join("draft");
        for leftover in [&draft, &standby] {
            remove_folder(leftover)?;
        }
        let password = &settings.superuser_password;
        initialise(&settings.binaries, settings.account, password, CONFIGURATION, &draft).await?;
        copy(&draft, &standby).await?;
        // The primary's name comes last: where it stands, everything before it is complete.
        write_private(&standby.join("standby.signal"), "")?;
        fs::rename(&draft, &primary).map_err(files("naming", &primary))?;
    }
    write_private(&standby.join("standby.conf"), &standby_configuration(settings))?;
    own(settings.account, &settings.home).await
}

fn standby_configuration(settings: &Postgres) -> String {
    format!(
        "primary_conninfo = 'host=127.0.0.1 port={} user=standby password={} \
         application_name=standby1'\nprimary_slot_name = 'standby1'\n\
         hot_standby_feedback = on\n",
        settings.port, settings.standby_password,
    )
}

/// Makes an empty server's data; `configuration` is added to its own.
pub(super) async fn initialise(
    binaries: &Path,
    account: Option<&str>,
    password: &str,
    configuration: &str,
    data: &Path,
) -> Result<(), SandboxError> {
    let home = data.parent().unwrap_or(data);
    let password_file = home.join("superuser-password");
    write_private(&password_file, password)?;
    own(account, home).await?;
    let mut command = under_account(account, &binaries.join("initdb"));
    command.arg("--pgdata").arg(data).arg("--pwfile").arg(&password_file);
    command.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"]);
    // Nothing is lost if the machine goes down during this: the next start begins anew.
    command.args(["--locale=C", "--no-sync"]).current_dir(home);
    let made = run_to_end(command).await;
    fs::remove_file(&password_file).map_err(files("removing", &password_file))?;
    made?;
    let file = data.join("postgresql.conf");
    let appended =
        fs::OpenOptions::new().append(true).open(&file).and_then(|mut it| it.write_all(configuration.as_bytes()));
    appended.map_err(files("extending", &file))
}

/// Hands a folder with everything in it to the account that PostgreSQL runs under.
async fn own(account: Option<&str>, home: &Path) -> Result<(), SandboxError> {
    let Some(account) = account else {
        return Ok(());
    };
    let mut command = Command::new("chown");
    command.arg("-R").arg(format!("{account}:{account}")).arg(home);
    run_to_end(command).await.map(drop)
}

pub(super) async fn copy(from: &Path, to: &Path) -> Result<(), SandboxError> {
    let mut command = Command::new("cp");
    command.args(["--archive", "--reflink=auto", "--no-target-directory"]).arg(from).arg(to);
    run_to_end(command).await.map(drop)
}

async fn copied_to_open_place(binaries: &Path, version: u8) -> Result<PathBuf, SandboxError> {
    let package = binaries.parent().unwrap_or(binaries);
    let root = open_folder(&format!("programs-{version}"))?;
    let _turn = take_turn(&root.with_extension("lock")).await?;
    if !root.join("bin/postgres").is_file() {
        let draft = root.with_extension("draft");
        remove_folder(&draft)?;
        copy(package, &draft).await?;
        remove_folder(&root)?;
        fs::rename(&draft, &root).map_err(files("naming", &root))?;
    }
    Ok(root.join("bin"))
}

/// A path in the open place, which others may pass through.
pub(super) fn open_folder(name: &str) -> Result<PathBuf, SandboxError> {
    private_folder(Path::new(OPEN_PLACE))?;
    let_pass(Path::new(OPEN_PLACE))?;
    Ok(Path::new(OPEN_PLACE).join(name))
}

fn newest_installed(root: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(root).ok()?.flatten().filter_map(|entry| {
        let number: u8 = entry.file_name().to_str()?.parse().ok()?;
        let binaries = entry.path().join("bin");
        binaries.join("postgres").is_file().then_some((number, binaries))
    });
    versions.max().map(|(_, binaries)| binaries)
}

fn major_in(version: &str) -> Option<u8> {
    let number = version.split_whitespace().find(|it| it.starts_with(|c: char| c.is_ascii_digit()))?;
    let digits = number.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Whether an account without rights of its own can pass through all folders down to this one.
fn others_may_enter(path: &Path) -> bool {
    let may_pass = |it: &Path| {
        let mode = fs::metadata(it).map(|it| it.permissions().mode());
        mode.is_ok_and(|it| it & 0o001 != 0)
    };
    path.canonicalize().is_ok_and(|it| it.ancestors().all(may_pass))
}

pub(super) fn remove_folder(path: &Path) -> Result<(), SandboxError> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(files("removing", path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_as_the_packages_write_them() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(major_in(debian), Some(15));
        assert_eq!(major_in("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major_in("postgres"), None);
    }

    #[test]
    fn a_folder_closed_to_others_is_seen_as_such() {
        let closed = std::env::temp_dir().join(format!("outgrow-closed-{}", std::process::id()));
        private_folder(&closed.join("inner")).expect("made");
        assert!(!others_may_enter(&closed.join("inner")));
        assert!(others_may_enter(Path::new("/usr/bin")));
        fs::remove_dir_all(closed).expect("cleaned up");
    }
}
