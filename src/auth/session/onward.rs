//! Where a browser goes after a form.

use leptos::prelude::use_context;

/// Whether the answer to this request is a document, as it is for a form without WASM.
pub fn answers_page() -> bool {
    use_context::<http::request::Parts>().is_some_and(|parts| crate::auth::gate::wants_page(&parts.headers))
}

/// Where to go next, if it is a path of this console; else the first page. It becomes a `Location` header, so it must
/// lead nowhere else and hold nothing that ends a line.
pub fn safe_path(next: &str) -> String {
    let plain = next.len() <= 2000 && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let path = next.split(['?', '#']).next().unwrap_or_default();
    let own = next.starts_with('/') && !next.starts_with("//");
    let is_page = !path.starts_with("/api/");
    if plain && own && is_page { next.to_owned() } else { "/".to_owned() }
}

/// Where to go after a log-in: as [`safe_path`], but not back to the log-in.
pub fn after_log_in(next: &str) -> String {
    match next.split(['?', '#']).next() {
        Some("/login" | "/setup") => "/".to_owned(),
        _ => safe_path(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_stays_in_the_console() {
        for good in ["/", "/replication?slot=a%20b", "/audit?record=3#top"] {
            assert_eq!(safe_path(good), good);
        }
        let bad = [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x=1",
            "/api/auth/log_out",
            "javascript:alert(1)",
            "/한국",
            " /",
        ];
        for next in bad {
            assert_eq!(safe_path(next), "/", "{next:?}");
        }
        assert_eq!(after_log_in("/login?next=/audit"), "/");
        assert_eq!(after_log_in("/audit"), "/audit");
    }
}
