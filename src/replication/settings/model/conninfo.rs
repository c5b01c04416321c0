//! Connection strings without their secrets.

use crate::replication::conninfo::{quoted, settings};

const MASK: &str = "••••";

/// The string with its passwords masked. What cannot be read is not shown at all.
pub fn masked(conninfo: &str) -> String {
    if conninfo.starts_with("postgres://") || conninfo.starts_with("postgresql://") {
        return masked_address(conninfo);
    }
    match settings(conninfo) {
        None => MASK.to_owned(),
        Some(pairs) => {
            let shown = pairs.into_iter().map(|(name, value)| {
                let secret = name.contains("password");
                let value = if secret && !value.is_empty() { MASK.to_owned() } else { quoted(&value) };
                format!("{name}={value}")
            });
            shown.collect::<Vec<_>>().join(" ")
        }
    }
}

/// The value of one word of a `name=value` string; none where there is no such word.
pub fn value_of(conninfo: &str, name: &str) -> Option<String> {
    settings(conninfo)?.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn masked_address(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgresql", address));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
    let user = user.split_once(':').map_or(user.to_owned(), |(user, _)| format!("{user}:{MASK}"));
    let at = if user.is_empty() { "" } else { "@" };
    let query = query.split('&').filter(|pair| !pair.is_empty() && !pair.contains("password"));
    let query = query.collect::<Vec<_>>().join("&");
    let question = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{user}{at}{place}{question}{query}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        for conninfo in [
            "host=a user=b password=hunter2 port=5432",
            "password = 'hunter2 with \\' space' host=a",
            "sslpassword=hunter2 host=a",
            "postgresql://b:hunter2@a:5432/db?sslmode=require",
            "postgresql://b@a/db?password=hunter2",
            "host=a password='hunter2",
        ] {
            assert!(!masked(conninfo).contains("hunter2"), "{}", masked(conninfo));
        }
        assert_eq!(masked("host=a user=b password=x"), format!("host=a user=b password={MASK}"));
    }

    #[test]
    fn what_is_no_secret_stays() {
        let conninfo = "host=10.0.0.1 user=repl application_name='replica 1' dbname=postgres";
        assert_eq!(masked(conninfo), conninfo);
        assert_eq!(value_of(conninfo, "dbname").as_deref(), Some("postgres"));
        assert_eq!(value_of(conninfo, "password"), None);
    }

    proptest! {
        #[test]
        fn no_quoted_password_gets_through(secret in "[a-zA-Z0-9'\\\\ ]{6,20}") {
            let conninfo = format!("host=a password={} user=b", quoted(&secret));
            prop_assert_eq!(masked(&conninfo), format!("host=a password={MASK} user=b"));
        }
    }
}
