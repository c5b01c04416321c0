//! The session's cookie, and those that keep language and colours.

use axum::http::{HeaderMap, HeaderValue, header};
use leptos::prelude::use_context;

/// The name of the session's cookie. With the prefix, a browser takes it from this host over TLS only; over plain HTTP
/// on the own machine, where the prefix is not allowed, it goes without.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-sid" } else { "sid" }
}

/// `Lax`, not `Strict`: a link in a ticket or a chat must find the operator logged in. It is safe since no GET changes
/// anything and a POST from elsewhere is refused before the cookie is looked at.
pub(super) fn session_cookie(token: &str, secure: bool) -> String {
    let name = cookie_name(secure);
    let flag = if secure { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax{flag}")
}

/// Adds a cookie to the answer of the server function that runs.
pub fn set_cookie(cookie: &str) {
    let Some(options) = use_context::<leptos_axum::ResponseOptions>() else { return };
    if let Ok(value) = HeaderValue::from_str(cookie) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// The value of a cookie of the request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    pairs
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xsid=1; sid2=2; lang=ko"));
        headers.append(header::COOKIE, HeaderValue::from_static("sid=3"));
        assert_eq!(cookie(&headers, "sid"), Some("3"));
        assert_eq!(cookie(&headers, "lang"), Some("ko"));
        assert_eq!(cookie(&headers, "theme"), None);
    }

    #[test]
    fn a_cookie_over_tls_is_bound_to_its_host() {
        assert_eq!(session_cookie("t", true), "__Host-sid=t; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(session_cookie("t", false), "sid=t; Path=/; HttpOnly; SameSite=Lax");
    }
}
