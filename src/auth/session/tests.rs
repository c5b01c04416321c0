use super::*;

#[test]
fn a_session_ends_by_idleness_by_age_and_when_the_clock_was_set_back() {
    let now = 1_000 * ABSOLUTE;
    assert!(!is_over(now, now - ABSOLUTE, now - IDLE));
    assert!(is_over(now, now - ABSOLUTE - 1, now));
    assert!(is_over(now, now - IDLE, now - IDLE - 1));
    assert!(is_over(now, now + 2 * SEEN_EVERY, now + 2 * SEEN_EVERY));
}

#[test]
fn the_clock_of_sessions_does_not_go_back() {
    let clock = Clock { started: Instant::now(), wall_at_start: wall() + 172_800_000 };
    assert!(clock.now() >= wall() + 172_000_000, "the system's clock was set back by two days");
    let clock = Clock { started: Instant::now(), wall_at_start: 0 };
    assert!(clock.now() >= wall() - 1_000, "the system's clock was set forward");
}

#[test]
fn the_way_on_stays_in_the_console() {
    for good in ["/", "/replication?slot=a%20b", "/audit?record=3#top"] {
        assert_eq!(safe_path(good), good);
    }
    let bad = [
        "", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x=1", "/api/auth/log_out",
        "javascript:alert(1)", "/한국", " /",
    ];
    for next in bad {
        assert_eq!(safe_path(next), "/", "{next:?}");
    }
    assert_eq!(safe_path_onwards("/login?next=/audit"), "/");
    assert_eq!(safe_path_onwards("/audit"), "/audit");
}

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

#[test]
fn tokens_are_long_and_differ() {
    let (one, other) = (random_hex::<32>(), random_hex::<32>());
    assert_eq!(one.len(), 64);
    assert_ne!(one, other);
}

#[test]
fn text_in_a_query_cannot_end_its_value() {
    assert_eq!(escaped("/a?b=c&d#é"), "/a%3Fb%3Dc%26d%23%C3%A9");
}
