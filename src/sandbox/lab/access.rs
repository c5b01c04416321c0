//! Ways into a server of the laboratory: as its superuser, as a role with fewer rights, and as the console.

use std::sync::Arc;

use tokio_postgres::{Client, Config, Error, NoTls};

use super::Server;
use crate::targets::model::{Target, TargetId, TargetKind};
use crate::targets::registry::{Configured, Entry, Secret};

impl Server {
    /// As superuser, to the database `postgres`.
    pub(crate) async fn client(&self) -> Client {
        self.client_to("postgres").await
    }

    /// As superuser.
    pub(crate) async fn client_to(&self, database: &str) -> Client {
        let client = self.client_as("postgres", &self.password, database).await;
        client.unwrap_or_else(|error| panic!("PostgreSQL {} does not let us in: {}", self.major, told(&error)))
    }

    pub(crate) async fn client_as(&self, user: &str, password: &str, database: &str) -> Result<Client, Error> {
        let mut config = Config::new();
        config.host("127.0.0.1").port(self.port).user(user).password(password).dbname(database);
        let (client, connection) = config.connect(NoTls).await?;
        // It ends by itself once the client is dropped; errors reach the client's own calls.
        tokio::spawn(connection);
        Ok(client)
    }

    /// One statement as superuser in the database `postgres`, on a connection of its own. Several at once would be one
    /// transaction.
    pub(crate) async fn run(&self, sql: &str) {
        self.run_in("postgres", sql).await;
    }

    pub(crate) async fn run_in(&self, database: &str, sql: &str) {
        let done = self.client_to(database).await.batch_execute(sql).await;
        done.unwrap_or_else(|error| panic!("PostgreSQL {}: {}\n{sql}", self.major, told(&error)));
    }

    /// The console's target for this server, as superuser. Each has connections of its own.
    pub(crate) fn entry(&self) -> Arc<Entry> {
        self.entry_as("postgres", &self.password)
    }

    pub(crate) fn entry_as(&self, user: &str, password: &str) -> Arc<Entry> {
        let target = Target {
            id: TargetId::parse(&format!("lab-{}", self.port)).expect("a target's name"),
            kind: TargetKind::Postgresql,
            name: format!("PostgreSQL {} {}", self.major, self.name),
            host: "127.0.0.1".into(),
            port: self.port,
        };
        Arc::new(Entry::alone(Configured {
            target,
            user: Some(user.to_owned()),
            password: Some(Secret::new(password)),
            database: Some("postgres".into()),
            tls: None,
        }))
    }

    /// Makes a role that may log in, with `attributes` such as `REPLICATION` and `grants` such as `pg_monitor` or
    /// `SELECT ON t`: the console's target as this role. Its password is [`Server::password`].
    pub(crate) async fn role(&self, name: &str, attributes: &str, grants: &[&str]) -> Arc<Entry> {
        let (role, password) = (identifier(name), literal(&self.password));
        self.run(&format!("CREATE ROLE {role} LOGIN PASSWORD {password} {attributes}")).await;
        for grant in grants {
            self.run(&format!("GRANT {grant} TO {role}")).await;
        }
        self.entry_as(name, &self.password)
    }

    /// For programs and servers that connect through libpq: CREATE SUBSCRIPTION, `pg_receivewal`. An empty database is
    /// left out.
    pub(crate) fn conninfo(&self, user: &str, password: &str, database: &str) -> String {
        let mut all = format!("host=127.0.0.1 port={} user={} password={}", self.port, word(user), word(password));
        if !database.is_empty() {
            all.push_str(&format!(" dbname={}", word(database)));
        }
        all
    }
}

/// A string in SQL.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn identifier(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A value in a libpq connection string, quoted where it must be.
fn word(text: &str) -> String {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The server's own words, which the driver hides one level down.
fn told(error: &Error) -> String {
    match error.as_db_error() {
        Some(said) => format!(
            "{} {}: {} {}",
            said.severity(),
            said.code().code(),
            said.message(),
            said.detail().unwrap_or_default()
        ),
        None => error.to_string(),
    }
}
