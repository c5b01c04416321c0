//! The files of the built site: which there are, and a short digest that names this build of them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

/// The digest of the site that this process serves.
static VERSION: OnceLock<String> = OnceLock::new();

/// Names the build of the site in addresses (`?v=`), so that a page never meets the files of another build.
pub fn version() -> &'static str {
    VERSION.get().map_or("dev", String::as_str)
}

/// The files below the site's directory, as they were at the start. Only these are served, and anybody may read them.
pub struct Assets {
    root: PathBuf,
    paths: BTreeSet<String>,
}

impl Assets {
    /// Lists the site and computes its digest.
    ///
    /// # Errors
    /// A sentence for the one who starts the console, when the directory cannot be read.
    pub fn read(root: &Path) -> Result<Self, String> {
        let told = |error: std::io::Error| {
            format!("Cannot read the site in {}: {error}. Build it first, or name it with --site.", root.display())
        };
        let mut paths = BTreeSet::new();
        list(root, "", &mut paths).map_err(told)?;
        let mut digest = Sha256::new();
        for path in paths.iter().filter(|path| path.starts_with("/pkg/") && !is_compressed(path)) {
            digest.update(path);
            digest.update(std::fs::read(root.join(&path[1..])).map_err(told)?);
        }
        let version: String = digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        // Tests open several states in one process; they all serve the same site.
        let _ = VERSION.set(version);
        Ok(Self { root: root.to_owned(), paths })
    }

    /// The directory of the site.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether the path of an address names a file of the site, byte for byte: nothing is decoded, so `..` and `%2e`
    /// name nothing.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(path)
    }
}

/// The copies that were compressed when the site was built are served in place of the file, not by their own names.
fn is_compressed(path: &str) -> bool {
    path.ends_with(".br") || path.ends_with(".gz")
}

fn list(dir: &Path, prefix: &str, paths: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let plain = !name.starts_with('.') && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'%');
        if !plain {
            continue;
        }
        let path = format!("{prefix}/{name}");
        if entry.file_type()?.is_dir() {
            list(&entry.path(), &path, paths)?;
        } else if !is_compressed(&path) {
            paths.insert(path);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_site_are_served() {
        let dir = std::env::temp_dir().join(format!("outgrow-assets-{}", std::process::id()));
        std::fs::create_dir_all(dir.join("pkg")).expect("a scratch directory");
        for name in ["icons.svg", ".hidden", "pkg/a.js", "pkg/a.js.br"] {
            std::fs::write(dir.join(name), "x").expect("a scratch file");
        }
        let assets = Assets::read(&dir).expect("a readable site");
        assert!(assets.has("/icons.svg") && assets.has("/pkg/a.js"));
        for bad in ["/.hidden", "/pkg", "/pkg/", "/pkg/a.js.br", "/pkg/../pkg/a.js", "//icons.svg", "/%69cons.svg", ""]
        {
            assert!(!assets.has(bad), "{bad} must not be served");
        }
        let _ = std::fs::remove_dir_all(dir);
    }
}
