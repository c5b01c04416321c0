//! The data that every server of one version starts from: made once by `initdb`, which takes a second or two, and copied.

use std::fs;
use std::path::{Path, PathBuf};

use super::identity::renew;
use super::place::{Place, enterable, root};
use crate::sandbox::directory::take_turn;
use crate::sandbox::memory::random_hex;
use crate::sandbox::postgres_files::{account, binaries, copy, initialise, remove_folder};
use crate::sandbox::{Options, SandboxError};

/// What all servers are set to. What is given on the command line could not be changed by ALTER SYSTEM.
const CONFIGURATION: &str = "
# Added by the tests of outgrow.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = logical
max_replication_slots = 20
max_wal_senders = 20
max_connections = 50
shared_buffers = '16MB'
max_wal_size = '256MB'
wal_retrieve_retry_interval = '200ms'
timezone = 'UTC'
# The data is thrown away, so it need not survive the machine; and nothing of it may lie elsewhere.
fsync = off
dynamic_shared_memory_type = mmap
include_if_exists = 'lab.conf'
";

/// What a copy needs to be started and entered.
pub(super) struct Made {
    pub(super) binaries: PathBuf,
    pub(super) password: String,
}

/// A place with the data of a new server of this version.
pub(super) async fn copied(major: u8) -> (Place, Made) {
    let options = Options { postgres_version: Some(major), ..Options::new("") };
    let binaries = binaries(&options, account()).await.unwrap_or_else(|error| panic!("{error} (.make/setup.sh test)"));
    let template = root().join(format!("template-{major}"));
    let place = Place::new().await;
    let _turn = take_turn(&template.with_extension("lock")).await.expect("our turn with the template");
    let password = current(&template, &binaries).await.unwrap_or_else(|error| panic!("PostgreSQL {major}: {error}"));
    copy(&template.join("data"), place.data()).await.expect("room for a copy");
    renew(place.data());
    (place, Made { binaries, password })
}

/// Makes the template unless it is there and made of the same, and tells its superuser's password.
async fn current(template: &Path, binaries: &Path) -> Result<String, SandboxError> {
    let size = fs::metadata(binaries.join("postgres")).map_or(0, |it| it.len());
    let stamp = format!("postgres of {size} bytes{CONFIGURATION}");
    let known = fs::read_to_string(template.join("stamp")).is_ok_and(|it| it == stamp);
    if known && let Ok(password) = fs::read_to_string(template.join("password")) {
        return Ok(password);
    }
    let draft = template.with_extension("draft");
    remove_folder(&draft)?;
    enterable(&draft);
    let password = random_hex::<16>()?;
    initialise(binaries, account(), &password, CONFIGURATION, &draft.join("data")).await?;
    fs::write(draft.join("password"), &password).expect("written");
    fs::write(draft.join("stamp"), stamp).expect("written");
    remove_folder(template)?;
    fs::rename(&draft, template).expect("renamed");
    Ok(password)
}
