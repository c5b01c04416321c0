//! Connection strings as libpq reads them: only what says where they lead. A password is never taken out of one.

use serde::{Deserialize, Serialize};

use crate::replication::conninfo::settings;

/// Where a standby connects to, as its `primary_conninfo` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conninfo {
    /// The first host; empty where none is given.
    pub host: String,
    pub port: u16,
    /// Empty where none is given.
    pub application: String,
    /// The database, which slot synchronisation needs; empty where none is given.
    pub database: String,
}

impl Conninfo {
    /// Reads `host=a port=5432 …` or `postgresql://…`. What cannot be read counts as not given.
    /// Grammar: <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING>.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let address = ["postgresql://", "postgres://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let mut found = Self { port: 5432, ..Self::default() };
        match address {
            Some(address) => found.take_address(address),
            None => settings(text).into_iter().flatten().for_each(|(name, value)| found.take(&name, value)),
        }
        found
    }

    fn take(&mut self, name: &str, value: String) {
        let first = value.split(',').next().unwrap_or_default().to_owned();
        match name {
            // An address is what is connected to; the host beside it is then only a name.
            "hostaddr" => self.host = first,
            "host" if self.host.is_empty() => self.host = first,
            "port" => self.port = first.parse().unwrap_or(5432),
            "application_name" => self.application = value,
            "dbname" => self.database = value,
            _ => {}
        }
    }

    fn take_address(&mut self, address: &str) {
        let (place, query) = address.split_once('?').unwrap_or((address, ""));
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        let hosts = hosts.rsplit_once('@').map_or(hosts, |(_, hosts)| hosts);
        let first = hosts.split(',').next().unwrap_or_default();
        let (host, port) = match first.rsplit_once(':') {
            Some((host, port)) if port.parse::<u16>().is_ok() => (host, port),
            _ => (first, "5432"),
        };
        self.take("host", decoded(host.trim_start_matches('[').trim_end_matches(']')));
        self.take("port", port.to_owned());
        self.take("dbname", decoded(database));
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            self.take(name, decoded(value));
        }
    }
}

/// `%` and two digits are a byte.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let code = bytes.get(place + 1..place + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match code.filter(|_| bytes[place] == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                place += 3;
            }
            None => {
                out.push(bytes[place]);
                place += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(host: &str, port: u16, application: &str, database: &str) -> Conninfo {
        Conninfo { host: host.into(), port, application: application.into(), database: database.into() }
    }

    #[test]
    fn where_a_connection_string_leads_is_read_as_libpq_reads_it() {
        let cases = [
            ("", read("", 5432, "", "")),
            ("host=10.0.0.5 port=5433 user=repl password=x application_name=s1", read("10.0.0.5", 5433, "s1", "")),
            (r"host = 'a b' application_name='it\'s \\' dbname=app", read("a b", 5432, r"it's \", "app")),
            ("host=one,two port=5433,5434 dbname=app", read("one", 5433, "", "app")),
            ("host=name hostaddr=10.0.0.9", read("10.0.0.9", 5432, "", "")),
            (
                "postgresql://repl:s%40crt@db.example:6000/app?application_name=s%201",
                read("db.example", 6000, "s 1", "app"),
            ),
            ("postgres://[::1]:6000/", read("::1", 6000, "", "")),
        ];
        for (text, meant) in cases {
            assert_eq!(Conninfo::parse(text), meant, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_password_is_never_taken_out(secret in "[a-zA-Z0-9]{12,20}") {
            for text in [format!("host=a password={secret} port=1"), format!("postgresql://u:{secret}@h/db")] {
                let found = format!("{:?}", Conninfo::parse(&text));
                prop_assert!(!found.contains(&secret));
            }
        }

        #[test]
        fn any_text_is_read_to_its_end(text in "(?s).{0,200}") {
            Conninfo::parse(&text);
        }
    }
}
