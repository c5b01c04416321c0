//! Connection strings without their secrets.

use crate::replication::conninfo::{is_harmless, quoted, settings};

const MASK: &str = "••••";

/// The string with all masked that is not known to be harmless. One that is written as an address, or that cannot be
/// read, is not shown at all.
pub fn masked(conninfo: &str) -> String {
    let Some(all) = settings(conninfo) else { return MASK.to_owned() };
    let shown = all.into_iter().map(|(name, value)| {
        let value = if is_harmless(&name) || value.is_empty() { quoted(&value) } else { MASK.to_owned() };
        format!("{name}={value}")
    });
    shown.collect::<Vec<_>>().join(" ")
}

/// The value of one word of a `name=value` string; none where there is no such word.
pub fn value_of(conninfo: &str, name: &str) -> Option<String> {
    settings(conninfo)?.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
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
            "postgresql://repl:hun?ter2hunter2@db1:5432/",
            "host=a oauth_client_secret=hunter2",
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
