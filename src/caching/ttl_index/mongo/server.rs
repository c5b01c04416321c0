//! What is asked of the server itself before an index is changed: who it is, who we are there, and what else goes on.

use bson::{Document, doc};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};

use crate::caching::ttl_index::model::Monitor;
use crate::targets::model::Namespace;
use crate::targets::mongo::answer::{first_batch, is_true, number, soft};

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::caching::ttl_index) struct Server {
    pub router: bool,
    /// It takes changes: a router, a primary, or a server that stands alone.
    pub writable: bool,
    /// Its clock, in milliseconds since 1970.
    pub now: i64,
    pub version: (i32, i32),
}

impl Server {
    /// Whether the version is at least this one.
    pub(in crate::caching::ttl_index) fn reaches(&self, major: i32, minor: i32) -> bool {
        self.version >= (major, minor)
    }
}

/// # Errors
/// The driver's.
pub(in crate::caching::ttl_index) async fn server(client: &Client) -> Result<Server, Error> {
    let admin = client.database("admin");
    let (hello, build) =
        tokio::try_join!(admin.run_command(doc! { "hello": 1 }), admin.run_command(doc! { "buildInfo": 1 }))?;
    let mut parts = build.get_str("version").unwrap_or_default().split('.').map(|it| it.parse().unwrap_or_default());
    let router = hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid");
    let now = hello.get_datetime("localTime").map(|it| it.timestamp_millis()).unwrap_or_default();
    Ok(Server {
        router,
        writable: router || is_true(&hello, "isWritablePrimary") || is_true(&hello, "ismaster"),
        now,
        version: (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()),
    })
}

/// The task that deletes. Nothing of it is asked of a router, which would tell of itself.
///
/// # Errors
/// The driver's.
pub(in crate::caching::ttl_index) async fn monitor(client: &Client, server: Server) -> Result<Monitor, Error> {
    if server.router {
        return Ok(Monitor { router: true, ..Monitor::default() });
    }
    let admin = client.database("admin");
    let status = doc! {
        "serverStatus": 1, "metrics": 1, "wiredTiger": 0, "locks": 0, "repl": 0, "transactions": 0, "tcmalloc": 0,
        "maxTimeMS": 1_000,
    };
    let one = |name: &str| doc! { "getParameter": 1, name: 1 };
    let (status, enabled, sleep) = tokio::try_join!(
        async { soft(admin.run_command(status).await) },
        async { soft(admin.run_command(one("ttlMonitorEnabled")).await) },
        async { soft(admin.run_command(one("ttlMonitorSleepSecs")).await) },
    )?;
    let ttl = status.as_ref().and_then(|it| it.get_document("metrics").ok()?.get_document("ttl").ok());
    Ok(Monitor {
        router: false,
        secondary: !server.writable,
        enabled: enabled.and_then(|it| it.get_bool("ttlMonitorEnabled").ok()),
        sleep: sleep.and_then(|it| number(&it, "ttlMonitorSleepSecs")),
        passes: ttl.and_then(|it| number(it, "passes")),
        deleted: ttl.and_then(|it| number(it, "deletedDocuments")),
    })
}

/// What else goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::caching::ttl_index) struct Around {
    /// Commands at work on the collection; none where nobody may ask.
    pub running: Option<Vec<String>>,
    /// A server of the cluster gave no answer.
    pub silent: bool,
    /// It belongs to a sharded cluster, whose router was passed by.
    pub shard: bool,
    /// Actions that the console's user lacks; none where nobody has to log in.
    pub missing: Vec<&'static str>,
}

/// Asks all servers what is at work on the collection, and what we may do there.
///
/// # Errors
/// The driver's.
pub(in crate::caching::ttl_index) async fn around(
    client: &Client,
    server: Server,
    namespace: &Namespace,
    needed: &[&'static str],
) -> Result<Around, Error> {
    let admin = client.database("admin");
    let status = doc! { "connectionStatus": 1, "showPrivileges": true, "maxTimeMS": 1_000 };
    let state = doc! { "shardingState": 1 };
    let (work, status, state) = tokio::try_join!(
        async { Ok(admin.run_command(work_on(namespace)).await) },
        async { soft(admin.run_command(status).await) },
        async { if server.router { Ok(None) } else { soft(admin.run_command(state).await) } },
    )?;
    let (running, silent) = match work {
        Ok(answer) => (Some(first_batch(&answer).map(named).collect()), false),
        Err(error) => match error.kind.as_ref() {
            ErrorKind::Command(command) => (None, server.router && command.code != 13),
            _ => return Err(error),
        },
    };
    Ok(Around {
        running,
        silent,
        shard: state.is_some_and(|it| is_true(&it, "enabled")),
        missing: status.map(|it| missing(&it, namespace, needed)).unwrap_or_default(),
    })
}

const AT_WORK: [&str; 4] = ["reshardCollection", "createIndexes", "collMod", "dropIndexes"];

/// What changes the collection on any of the servers, at most 50 operations.
fn work_on(namespace: &Namespace) -> Document {
    let (database, collection, full) = (namespace.database(), namespace.collection(), namespace.to_string());
    let here = AT_WORK.iter().map(|name| doc! { format!("command.{name}"): collection, "command.$db": database });
    let mut ways: Vec<Document> = here.collect();
    ways.push(doc! { "originatingCommand.reshardCollection": &full });
    ways.push(doc! { "command.reshardCollection": &full });
    let what = AT_WORK.iter().map(|name| (format!("command.{name}"), 1.into()));
    let mut fields: Document = what.collect();
    fields.insert("originatingCommand.reshardCollection", 1);
    doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true, "localOps": false } },
            { "$match": { "$or": ways } },
            { "$limit": 50 },
            { "$project": fields },
        ],
        "cursor": { "batchSize": 50 },
        "maxTimeMS": 1_500,
    }
}

fn named(row: &Document) -> String {
    let of = |field: &str| row.get_document(field).ok().and_then(|it| it.keys().next().cloned());
    of("command").or_else(|| of("originatingCommand")).unwrap_or_default()
}

/// Actions on the collection that none of our privileges grants. Where nobody is logged in, all is allowed.
fn missing(status: &Document, namespace: &Namespace, needed: &[&'static str]) -> Vec<&'static str> {
    let info = status.get_document("authInfo").cloned().unwrap_or_default();
    let array = |name: &str| info.get_array(name).cloned().unwrap_or_default();
    if array("authenticatedUsers").is_empty() {
        return Vec::new();
    }
    let held = array("authenticatedUserPrivileges");
    let grants = |action: &str| {
        held.iter().filter_map(|it| it.as_document()).any(|it| {
            let does = it.get_array("actions").is_ok_and(|actions| {
                actions.iter().any(|held| held.as_str().is_some_and(|held| held == action || held == "anyAction"))
            });
            does && it.get_document("resource").is_ok_and(|resource| covers(resource, namespace))
        })
    };
    needed.iter().copied().filter(|action| !grants(action)).collect()
}

/// An empty name stands for every database and every collection.
fn covers(resource: &Document, namespace: &Namespace) -> bool {
    if is_true(resource, "anyResource") {
        return true;
    }
    let (Ok(database), Ok(collection)) = (resource.get_str("db"), resource.get_str("collection")) else { return false };
    (database.is_empty() || database == namespace.database())
        && (collection.is_empty() || collection == namespace.collection())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_is_named() {
        let namespace = Namespace::parse("a.b").expect("a name");
        let status = |resource: Document| {
            doc! { "authInfo": {
                "authenticatedUsers": [{ "user": "x" }],
                "authenticatedUserPrivileges": [{ "resource": resource, "actions": ["collMod", "find"] }],
            } }
        };
        let of = |resource: Document| missing(&status(resource), &namespace, &["collMod", "createIndex"]);
        assert_eq!(of(doc! { "db": "a", "collection": "" }), ["createIndex"]);
        assert_eq!(of(doc! { "db": "z", "collection": "" }), ["collMod", "createIndex"]);
        let nobody = doc! { "authInfo": { "authenticatedUsers": [] } };
        assert!(missing(&nobody, &namespace, &["collMod"]).is_empty());
    }
}
