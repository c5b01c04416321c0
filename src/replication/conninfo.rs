//! Connection strings as libpq reads them: written with quotes that nothing breaks out of, shown without what is
//! secret. See <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>.

/// One setting, `keyword='value'`. A NUL, which no setting can hold, is left out.
pub fn setting(keyword: &str, value: &str) -> String {
    format!("{keyword}={}", quoted(value))
}

/// A value in libpq's quotes, unless it needs none.
pub fn quoted(value: &str) -> String {
    let bare = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:/".contains(&byte));
    if bare { value.to_owned() } else { always_quoted(value) }
}

fn always_quoted(value: &str) -> String {
    format!("'{}'", value.replace('\0', "").replace('\\', "\\\\").replace('\'', "\\'"))
}

/// A connection string as an SQL literal in which `mark` stands for a password. It is always of the escape form, so
/// that its look tells nothing of the password.
pub fn marked_literal(conninfo: &str, mark: &str) -> String {
    format!("E'{} password={mark}'", escaped(conninfo))
}

/// The password as it stands in a [`marked_literal`] at the place of the mark: quoted for libpq, then for SQL.
pub fn in_marked_literal(password: &str) -> String {
    escaped(&always_quoted(password))
}

fn escaped(text: &str) -> String {
    text.replace('\0', "").replace('\\', "\\\\").replace('\'', "''")
}

/// Whether a setting is known to hold nothing secret.
pub fn is_harmless(keyword: &str) -> bool {
    const HARMLESS: [&str; 8] =
        ["host", "hostaddr", "port", "dbname", "user", "application_name", "sslmode", "connect_timeout"];
    HARMLESS.contains(&keyword)
}

/// The settings of a connection string that may be shown. Nothing else of it is ever shown, so what libpq learns to
/// keep secret in a later version does not come out either.
pub fn shown(conninfo: &str) -> Vec<(String, String)> {
    let mut found = settings(conninfo).unwrap_or_default();
    found.retain(|(keyword, _)| is_harmless(keyword));
    found
}

/// The value of one harmless setting.
pub fn value(conninfo: &str, keyword: &str) -> Option<String> {
    shown(conninfo).into_iter().find(|(known, _)| known == keyword).map(|(_, value)| value)
}

/// All settings, also what is secret; none where libpq would not read it either, or where it is written as an address.
pub fn settings(conninfo: &str) -> Option<Vec<(String, String)>> {
    if conninfo.starts_with("postgres://") || conninfo.starts_with("postgresql://") {
        return None;
    }
    let mut found = Vec::new();
    let mut rest = conninfo.trim_start();
    while !rest.is_empty() {
        let (keyword, after) = rest.split_once('=')?;
        let (value, after) = read_value(after.trim_start())?;
        found.push((keyword.trim().to_owned(), value));
        rest = after.trim_start();
    }
    Some(found)
}

fn read_value(text: &str) -> Option<(String, &str)> {
    let (text, quoted) = text.strip_prefix('\'').map_or((text, false), |inner| (inner, true));
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((place, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            '\'' if quoted => return Some((value, &text[place + 1..])),
            it if !quoted && it.is_whitespace() => return Some((value, &text[place..])),
            it => value.push(it),
        }
    }
    (!quoted).then_some((value, ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads an SQL literal of the escape form as the server does.
    fn unescaped(literal: &str) -> String {
        let inner = literal.strip_prefix("E'").and_then(|rest| rest.strip_suffix('\'')).expect("an escape literal");
        let mut out = String::new();
        let mut characters = inner.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => out.push(characters.next().expect("something after a backslash")),
                '\'' => {
                    assert_eq!(characters.next(), Some('\''), "a quote that ends the literal early");
                    out.push('\'');
                }
                it => out.push(it),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn no_value_breaks_out_of_its_setting(host in "[^\\x00]*", user in "[^\\x00]*") {
            let conninfo = format!("{} {}", setting("host", &host), setting("user", &user));
            let read = settings(&conninfo).expect("libpq reads it");
            prop_assert_eq!(read, vec![("host".to_owned(), host), ("user".to_owned(), user)]);
        }

        #[test]
        fn a_password_arrives_as_it_was_typed_and_nothing_beside_it(password in "[^\\x00]*", host in "[^\\x00‹›]*") {
            let literal = marked_literal(&setting("host", &host), "‹mark›");
            prop_assert_eq!(literal.matches("‹mark›").count(), 1);
            let sent = unescaped(&literal.replace("‹mark›", &in_marked_literal(&password)));
            let read = settings(&sent).expect("libpq reads it");
            prop_assert_eq!(read, vec![("host".to_owned(), host), ("password".to_owned(), password)]);
        }

        #[test]
        fn what_is_shown_never_holds_the_password(password in "[!-~]{6,20}") {
            let conninfo = format!("host=a {} user=b", setting("password", &password));
            prop_assert!(!shown(&conninfo).iter().any(|(_, value)| value.contains(&password)));
        }
    }

    #[test]
    fn only_what_is_known_to_be_harmless_is_shown() {
        let conninfo = r"host = db1 port=5432 password='it\'s \\ it' sslpassword=x passfile='/x' user=repl";
        let shown: Vec<String> =
            shown(conninfo).into_iter().map(|(keyword, value)| format!("{keyword}={value}")).collect();
        assert_eq!(shown, ["host=db1", "port=5432", "user=repl"]);
        assert!(super::shown("postgresql://u:secret@h/db").is_empty(), "an address is not taken apart");
        assert!(super::shown("host=a 'secret").is_empty(), "what libpq cannot read is not shown");
    }
}
