//! TTL indexes on real servers, seen by a client that knows nothing of the console.

mod changes;
mod deletes;
mod restart;
mod stages;

use bson::{DateTime, Document, doc};
use mongodb::Client;
use mongodb::options::IndexOptions;

use super::model::{Change, Form, Preview, Seconds, Subject};
use super::mongo::Keeper;
use crate::change::Report;
use crate::change::apply::carry_out;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::mongo::{Cluster, shared};
use crate::targets::model::{Namespace, TargetId};

const DAY: i64 = 86_400_000;

/// One test's own database behind the router of the cluster that all share.
struct Lab {
    cluster: &'static Cluster,
    database: String,
    client: Client,
}

impl Lab {
    async fn new() -> Self {
        let cluster = shared().await;
        Self { cluster, database: cluster.name_of_database(), client: cluster.client().await }
    }

    fn keeper(&self) -> Keeper {
        Keeper::at(self.cluster.entry())
    }

    fn target(&self) -> TargetId {
        self.cluster.entry().configured.target.id.clone()
    }

    fn name(&self, collection: &str) -> Namespace {
        Namespace::parse(&format!("{}.{collection}", self.database)).expect("a name")
    }

    fn collection(&self, name: &str) -> mongodb::Collection<Document> {
        self.client.database(&self.database).collection(name)
    }

    async fn count(&self, collection: &str) -> i64 {
        self.collection(collection).count_documents(doc! {}).await.expect("it answers") as i64
    }

    /// An index as the server lists it.
    async fn spec(&self, collection: &str, name: &str) -> Option<Document> {
        let command = doc! { "listIndexes": collection };
        let answer = self.client.database(&self.database).run_command(command).await.expect("it answers");
        let all = answer.get_document("cursor").and_then(|it| it.get_array("firstBatch")).expect("a batch").clone();
        all.into_iter()
            .filter_map(|it| it.as_document().cloned())
            .find(|it| it.get_str("name").is_ok_and(|it| it == name))
    }

    async fn seconds(&self, collection: &str, name: &str) -> Option<i64> {
        let spec = self.spec(collection, name).await?;
        crate::targets::mongo::answer::number(&spec, "expireAfterSeconds")
    }

    /// An index that the console has not made.
    async fn index(&self, collection: &str, key: Document, with: Document) {
        let mut index = doc! { "key": key, "name": "x" };
        index.extend(with);
        let command = doc! { "createIndexes": collection, "indexes": [index] };
        self.client.database(&self.database).run_command(command).await.expect("made");
    }

    /// Documents whose dates are spread evenly over the last 30 days, in batches side by side.
    async fn fill(&self, collection: &str, many: i64) {
        const BATCH: i64 = 5_000;
        let now = DateTime::now().timestamp_millis();
        let batch = |first: i64| {
            let of = self.collection(collection);
            async move {
                let document = |n: i64| doc! { "at": DateTime::from_millis(now - 30 * DAY / many * n), "n": n };
                of.insert_many((first..many.min(first + BATCH)).map(document)).ordered(false).await.map(drop)
            }
        };
        let firsts: Vec<i64> = (0..many).step_by(BATCH as usize).collect();
        for some in firsts.chunks(3) {
            futures_util::future::try_join_all(some.iter().map(|first| batch(*first))).await.expect("inserted");
        }
    }

    fn change(&self, action: &str, collection: &str, form: Form) -> Change {
        let form = Form { namespace: self.name(collection).to_string(), ..form };
        Change::from_form(self.target(), action, &form).expect("a valid form")
    }

    /// Plans and carries out, as one who confirms what was shown.
    async fn apply(&self, action: &str, collection: &str, form: Form) -> Report {
        let change = self.keeper().observed(self.change(action, collection, form)).await.expect("it answers");
        carry_out(&self.keeper().with(&change), &change).await
    }

    async fn look(&self, collection: &str, name: &str, seconds: &str) -> (Subject, Preview) {
        let wanted = Seconds::parse(seconds).expect("seconds");
        let (subject, preview) =
            self.keeper().look(&self.name(collection), name, Some(wanted)).await.expect("it answers");
        (subject, preview.expect("a preview"))
    }

    /// Passes of the monitor of the slowest shard.
    async fn passes(&self) -> i64 {
        let mut least = i64::MAX;
        for shard in ["shard1", "shard2"] {
            let client = self.cluster.shard(shard).await;
            let status = client.database("admin").run_command(doc! { "serverStatus": 1 }).await.expect("it answers");
            let ttl = status.get_document("metrics").and_then(|it| it.get_document("ttl")).expect("a monitor");
            least = least.min(crate::targets::mongo::answer::number(ttl, "passes").expect("a number"));
        }
        least
    }

    /// Waits for two whole passes of all monitors.
    async fn two_passes(&self) {
        let before = self.passes().await;
        eventually("two passes of each monitor", 60, async || self.passes().await >= before + 3).await;
    }
}

/// A form that names an index.
fn index(name: &str) -> Form {
    Form { name: name.into(), ..Form::default() }
}

fn ago(days: i64) -> DateTime {
    DateTime::from_millis(DateTime::now().timestamp_millis() - days * DAY)
}

/// As a program does that knows nothing of the console.
fn expiring(seconds: u64) -> IndexOptions {
    IndexOptions::builder().expire_after(std::time::Duration::from_secs(seconds)).build()
}
