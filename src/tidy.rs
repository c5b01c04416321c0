//! The rules of the house, kept by a test: which room may know which, and what the renderer does not escape.

use std::fs;
use std::path::{Path, PathBuf};

const FEATURES: [&str; 3] = ["sharding", "replication", "caching"];

/// All source files with their text up to the tests, by their path below `src`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the sources") {
            let path = entry.expect("an entry of the folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((name_of(&path, &root), body_of(&path)));
            }
        }
    }
    found.retain(|(name, _)| name != "tidy.rs");
    found
}

fn name_of(path: &Path, root: &PathBuf) -> String {
    path.strip_prefix(root).expect("a path below the root").to_string_lossy().into_owned()
}

fn body_of(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a readable file");
    text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

/// The room that a file is in: `sharding/page.rs` and `replication/slots/page/table.rs` are in a page.
fn is_in(name: &str, room: &str) -> bool {
    name.trim_end_matches(".rs").split('/').skip(1).any(|part| part == room)
}

/// Files that name a module they must not know.
fn trespassers(of: impl Fn(&str) -> bool, forbidden: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for (name, text) in sources().into_iter().filter(|(name, _)| of(name)) {
        for module in forbidden {
            if text.contains(&format!("crate::{module}")) {
                found.push(format!("{name} knows {module}"));
            }
        }
    }
    found
}

#[test]
fn a_feature_does_not_know_another() {
    for feature in FEATURES {
        let others: Vec<&str> = FEATURES.into_iter().filter(|other| *other != feature).collect();
        let found = trespassers(|name| name.starts_with(feature), &others);
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn the_parts_of_the_interface_and_the_spine_know_no_feature() {
    let found = trespassers(|name| name.starts_with("ui/") || name.starts_with("change"), &FEATURES);
    assert!(found.is_empty(), "{found:?}");
    let found = trespassers(|name| name.starts_with("ui/"), &["server", "auth", "audit", "targets"]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_model_knows_neither_the_interface_nor_a_driver() {
    let found = trespassers(|name| is_in(name, "model"), &["ui", "server", "auth::session", "change::apply"]);
    assert!(found.is_empty(), "{found:?}");
    for (name, text) in sources().into_iter().filter(|(name, _)| is_in(name, "model")) {
        for driver in ["leptos::", "mongodb::", "tokio_postgres::", "redis::", "rusqlite::", "axum::"] {
            assert!(!text.contains(driver), "{name} knows {driver}");
        }
    }
}

#[test]
fn a_page_reaches_databases_only_through_its_api() {
    let pages = |name: &str| ["page", "parts", "picker", "notice"].iter().any(|room| is_in(name, room));
    let found = trespassers(pages, &["server::", "change::apply", "auth::session", "targets::registry"]);
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn an_api_does_not_know_the_interface_and_is_the_same_on_both_sides() {
    let found = trespassers(|name| is_in(name, "api"), &["ui"]);
    assert!(found.is_empty(), "{found:?}");
    for (name, text) in sources().into_iter().filter(|(name, _)| is_in(name, "api") || is_in(name, "page")) {
        assert!(!text.contains("cfg("), "{name} differs between the server and the browser");
    }
}

#[test]
fn only_the_spine_lets_an_engine_run_a_command() {
    let found: Vec<String> = sources()
        .into_iter()
        .filter(|(name, text)| name != "change/apply.rs" && text.contains("engine.run("))
        .map(|(name, _)| name)
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

/// What leptos renders without escaping: titles, the children of a textarea, styles, and markup as text.
#[test]
fn nothing_that_comes_from_outside_is_rendered_unescaped() {
    for (name, text) in sources() {
        let sinks = text.matches("inner_html").count();
        let allowed = usize::from(matches!(name.as_str(), "app.rs" | "ui/form.rs"));
        assert!(sinks <= allowed, "{name} writes markup by hand");
        assert!(name == "ui/frame.rs" || !text.contains("<Title"), "{name} must use SafeTitle");
        for sink in ["<Style", "<noscript", "<Script"] {
            assert!(!text.contains(sink), "{name} uses {sink}, which is not escaped");
        }
    }
}
