//! What may stand in the log. Errors of databases are foreign text: they can hold passwords, and control characters
//! that forge lines or steer a terminal.

/// Longest text of a foreign error in the log, in characters.
const LONGEST: usize = 300;

/// Starts the log on standard error. Drivers are quiet by default: at `info` they repeat what a database says. `OUTGROW_LOG` filters it, as in `warn,outgrow=debug`; with
/// `OUTGROW_LOG_FORMAT=json` each line is an object.
pub fn start() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("OUTGROW_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,outgrow=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let json = std::env::var("OUTGROW_LOG_FORMAT").is_ok_and(|format| format == "json");
    // A second start, as tests do, keeps the first log.
    let _ = if json { log.json().try_init() } else { log.with_ansi(false).compact().try_init() };
}

/// A foreign text as it may be logged: without credentials, in one line, at most 300 characters.
pub fn harmless(text: &str) -> String {
    let scrubbed = without_passwords(&without_userinfo(text));
    let mut out = String::with_capacity(scrubbed.len().min(LONGEST));
    for (place, character) in scrubbed.chars().enumerate() {
        if place == LONGEST {
            out.push('…');
            break;
        }
        if character.is_control() || is_invisible(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Marks that turn the direction of text, or have no width: they make one name look like another.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `scheme://user:password@host` becomes `scheme://***@host`.
fn without_userinfo(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|character: char| character.is_whitespace() || "/?#\"'<>".contains(character));
        // The last @ counts: a password may hold one.
        let authority = &after[..end.unwrap_or(after.len())];
        rest = match authority.rfind('@') {
            Some(sign) => {
                out.push_str("***");
                &after[sign..]
            }
            None => after,
        };
    }
    out.push_str(rest);
    out
}

/// `password=…` loses its value, up to the next blank, ampersand or semicolon.
fn without_passwords(text: &str) -> String {
    const KEY: &str = "password=";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(KEY) {
        let (before, value) = rest.split_at(at + KEY.len());
        out.push_str(before);
        out.push_str("***");
        let end = value.find(|character: char| character.is_whitespace() || "&;,".contains(character));
        rest = &value[end.unwrap_or(value.len())..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn credentials_do_not_reach_the_log() {
        assert_eq!(
            harmless("cannot reach mongodb://root:hun@ter2@db:27017/x"),
            "cannot reach mongodb://***@db:27017/x"
        );
        assert_eq!(harmless("a://b:c@d and e://f:g@h"), "a://***@d and e://***@h");
        assert_eq!(harmless("host=db Password=s3cret user=x"), "host=db Password=*** user=x");
        assert_eq!(harmless("see https://example.com/a@b"), "see https://example.com/a@b");
    }

    #[test]
    fn a_foreign_text_stays_in_its_line_and_keeps_its_direction() {
        assert_eq!(harmless("one\r\ntwo\u{1b}[31m\u{202e}"), "one\\u{d}\\u{a}two\\u{1b}[31m\\u{202e}");
    }

    #[test]
    fn a_foreign_text_is_cut() {
        assert_eq!(harmless(&"x".repeat(1000)).chars().count(), 301);
    }
}
