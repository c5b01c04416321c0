//! Deleting a sandbox.

use std::fs;
use std::path::Path;

use super::directory::hold_existing;
use super::earlier_run::await_earlier_run;
use super::error::{SandboxError, files};
use super::memory::Memory;
use super::postgres_files::OPEN_PLACE;

/// Deletes a sandbox's directory with all its data. Refuses one that is not a sandbox's, and one
/// that is in use.
pub async fn reset(dir: &Path) -> Result<(), SandboxError> {
    let held = hold_existing(dir).await?;
    let memory = Memory::load(held.path())?;
    await_earlier_run(held.path(), memory.postgres_home.as_deref()).await?;
    // What the memory names is deleted only where this program puts such folders.
    if let Some(elsewhere) = &memory.postgres_home
        && elsewhere.parent() == Some(Path::new(OPEN_PLACE))
        && elsewhere.exists()
    {
        fs::remove_dir_all(elsewhere).map_err(files("deleting", elsewhere))?;
    }
    fs::remove_dir_all(held.path()).map_err(files("deleting", held.path()))
}
