//! Cached queries on real servers, seen by clients that know nothing of the console. The database itself counts: a
//! function that is slow writes a line to its log for each run, and another where two run at once.

mod flights;
mod plans;
mod verdicts;

use std::path::PathBuf;

use redis::aio::MultiplexedConnection;
use serde_json::json;

use super::desk::{Desk, Work};
use super::flight::run;
use super::model::{Answer, Change, QueryName, Recipe};
use super::store;
use crate::change::apply::carry_out;
use crate::change::{Outcome, Report};
use crate::sandbox::lab::{self, eventually};
use crate::server::store::Store;
use crate::targets::registry::{Configured, Registry};

/// Fast unless told otherwise, and broken while there is a row in `broken`.
const WITNESS: &str = "
    CREATE TABLE broken (a int);
    CREATE FUNCTION slow(millis int) RETURNS int STABLE LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM broken) THEN RAISE EXCEPTION 'broken'; END IF;
        IF NOT pg_try_advisory_lock(7) THEN RAISE LOG 'witness: two at once'; END IF;
        PERFORM pg_sleep(millis / 1000.0);
        RAISE LOG 'witness: one run';
        PERFORM pg_advisory_unlock(7);
        RETURN millis;
    END $$";

/// A database and a cache.
struct Lab {
    database: lab::Server,
    cache: lab::redis::Server,
    client: MultiplexedConnection,
}

/// A console with a store of its own.
struct Console {
    desk: Desk,
    folder: PathBuf,
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Lab {
    async fn start() -> Self {
        let (database, cache) = tokio::join!(lab::Server::start(15, &[]), lab::redis::Server::start());
        database.client().await.batch_execute(WITNESS).await.expect("the witness");
        let client = cache.client().await;
        Self { database, cache, client }
    }

    fn console(&self) -> Console {
        self.console_with(vec![self.database.entry().configured.clone()])
    }

    fn console_with(&self, mut targets: Vec<Configured>) -> Console {
        let cache = self.cache.entry().configured.clone();
        let id = cache.target.id.clone();
        targets.push(cache);
        let name = crate::auth::session::random_hex::<6>();
        let folder = std::env::temp_dir().join(format!("outgrow-queries-{name}"));
        let store = Store::open(&folder).expect("a store");
        Console { desk: Desk::at(&Registry::load(targets), &store, &id), folder }
    }

    /// `fields` come on top of a key, a minute, and the source.
    fn recipe(&self, query: &str, fields: serde_json::Value) -> Recipe {
        let mut all = json!({
            "target": format!("lab-{}", self.cache.port()), "key": "mydata", "ttl": 60,
            "source": format!("lab-{}", self.database.port()), "query": query
        });
        let serde_json::Value::Object(fields) = fields else { panic!("fields") };
        all.as_object_mut().expect("an object").extend(fields);
        serde_json::from_value(all).expect("a recipe")
    }

    fn runs(&self) -> usize {
        self.database.log().matches("LOG:  witness: one run").count()
    }

    fn at_once(&self) -> usize {
        self.database.log().matches("LOG:  witness: two at once").count()
    }

    async fn ask<T: redis::FromRedisValue>(&self, arguments: &[&[u8]]) -> T {
        let mut command = redis::Cmd::new();
        for argument in arguments {
            command.arg(*argument);
        }
        command.query_async(&mut self.client.clone()).await.expect("an answer")
    }

    async fn pttl(&self, key: &str) -> i64 {
        self.ask(&[b"PTTL", key.as_bytes()]).await
    }
}

impl Console {
    async fn apply(&self, change: Change) -> Report {
        carry_out(&Work::new(self.desk.clone()), &change).await
    }

    async fn done(&self, change: Change) -> Report {
        let report = self.apply(change).await;
        assert_eq!(report.outcome, Outcome::Done, "{report:#?}");
        report
    }

    /// Writes the query down; gives it as the console keeps it.
    async fn keep(&self, recipe: Recipe) -> Recipe {
        let name: QueryName = recipe.name.clone().expect("a name");
        self.done(Change::SaveQuery(recipe)).await;
        store::find(&self.desk.store, &name).await.expect("the store").expect("it is kept").recipe
    }

    async fn run(&self, recipe: &Recipe) -> Answer {
        run(&self.desk, recipe).await.unwrap_or_else(|error| panic!("{error:?}"))
    }
}
