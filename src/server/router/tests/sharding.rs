//! Sharding through the real router, on a real cluster: what a viewer sees of it, and a plan in a second tab.

use bson::{Bson, Document, doc};

use super::*;
use crate::change::Planned;
use crate::sandbox::lab::mongo::shared;
use crate::sharding::value::canonical;
use crate::text::url_text;

/// A value of a document: nobody who may only look may see it.
const VALUE: &str = "a value of somebody";

/// A console whose target `mongo` is the shared cluster, and a sharded collection `c` of a database of its own.
struct AtCluster {
    console: Console,
    database: String,
    client: mongodb::Client,
}

impl AtCluster {
    async fn new(name: &str) -> Self {
        let lab = shared().await;
        let port = lab.entry().configured.target.port;
        let targets = std::env::temp_dir().join(format!("outgrow-cluster-{name}-{}.toml", std::process::id()));
        let text = format!("[[target]]\nid = \"mongo\"\nkind = \"mongodb\"\nhost = \"127.0.0.1\"\nport = {port}\n");
        std::fs::write(&targets, text).expect("a scratch file");
        std::fs::set_permissions(&targets, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("private");
        let console = Console::with_targets(name, Some(targets.clone())).await;
        let _ = std::fs::remove_file(&targets);
        let (database, client) = (lab.name_of_database(), lab.client().await);
        let at = Self { console, database, client };
        at.admin(doc! { "shardCollection": at.namespace(), "key": { "a": 1 } }).await;
        at.admin(doc! { "split": at.namespace(), "middle": { "a": 100 } }).await;
        let documents = (0..200).map(|a| doc! { "a": a, "who": VALUE });
        let collection = at.client.database(&at.database).collection::<Document>("c");
        collection.insert_many(documents).await.expect("documents");
        at
    }

    fn namespace(&self) -> String {
        format!("{}.c", self.database)
    }

    async fn admin(&self, command: Document) {
        let told = command.clone();
        let answer = self.client.database("admin").run_command(command).await;
        answer.unwrap_or_else(|error| panic!("{told}: {error}"));
    }

    async fn sign_in(&self, name: &str, role: Role) -> String {
        self.console.account(name, role).await;
        self.console.log_in(name).await
    }

    async fn plan(&self, function: &str, cookie: &str, fields: &[(&str, &str)]) -> Planned {
        let answer = self.console.call(&format!("/api/sharding/{function}"), cookie, &form(fields)).await;
        assert_eq!(answer.status, StatusCode::OK, "{function}: {}", answer.body);
        serde_json::from_str(&answer.body).expect("a plan")
    }

    async fn apply(&self, function: &str, cookie: &str, planned: &Planned, typed: &str) -> crate::audit::model::Record {
        let Planned { change, plan, ticket } = planned;
        let fields =
            [("change", change.as_str()), ("fingerprint", &plan.fingerprint), ("ticket", ticket), ("typed", typed)];
        let answer = self.console.call(&format!("/api/sharding/{function}"), cookie, &form(&fields)).await;
        assert_eq!(answer.status, StatusCode::OK, "{function}: {}", answer.body);
        journal::read(&self.console.state.store, answer.body.parse().expect("a number")).await.expect("a record")
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let field = |(name, value): &(&str, &str)| format!("{name}={}", url_text(value));
    fields.iter().map(field).collect::<Vec<_>>().join("&")
}

/// What is asked for on every page of sharding, so that each shows as much as it can.
fn everything(at: &AtCluster) -> String {
    let lowest = canonical(&doc! { "a": Bson::MinKey });
    form(&[("target", "mongo"), ("namespace", &at.namespace()), ("min", &lowest)])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_viewer_reads_every_page_of_sharding_and_is_told_that_nothing_can_be_changed() {
    let at = AtCluster::new("viewer").await;
    let cookie = at.sign_in("vera", Role::Viewer).await;
    let all = everything(&at);
    let paths: Vec<String> = pages().into_iter().filter(|path| path.contains("/sharding")).collect();
    assert!(paths.len() > 15, "{paths:?}");
    for path in &paths {
        // The advisor measures the field that holds the value.
        let more = if path.ends_with("advisor") { "&key=who" } else { "" };
        let answer = at.console.get(&format!("{path}?{all}{more}"), &cookie).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.body.contains(VALUE), "{path} shows a value");
        assert!(!answer.body.contains("/api/sharding/apply_"), "{path} offers what would be refused");
        if !path.starts_with("/live/") {
            assert!(answer.body.contains("may look, but not change"), "{path} does not say why: {}", answer.body);
            assert!(answer.body.contains("<h1"), "{path}");
        }
    }
    let operator = at.sign_in("olga", Role::Operator).await;
    let answer = at.console.get(&format!("/sharding?{all}"), &operator).await;
    assert!(!answer.body.contains("may look, but not change"), "who may change is told nothing of the kind");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_viewer_who_opens_the_address_of_a_plan_is_refused_in_words() {
    let at = AtCluster::new("viewer-plans").await;
    let cookie = at.sign_in("vera", Role::Viewer).await;
    let all = everything(&at);
    for plan in [
        "shard?action=shard_collection&key=a",
        "chunk?action=split_chunk&how=middle",
        "zones?action=add_shard_to_zone&shard=shard1&zone=EU",
        "balancer?action=stop_balancer",
        "balancer?action=stop_balancing_collection",
        "shards?action=remove_shard&shard=shard2",
        "reshape?action=drop_collection",
    ] {
        let answer = at.console.get(&format!("/sharding/{plan}&{all}"), &cookie).await;
        assert!(answer.body.contains("No permission"), "{plan}: {}", answer.body);
        assert!(!answer.body.contains("/api/sharding/apply_"), "{plan}");
    }
    let writes = gate::RIGHTS.iter().filter(|(path, right)| path.contains("/sharding/") && *right == Right::Change);
    let mut refused = 0;
    for (path, _) in writes {
        let answer = at.console.call(path, &cookie, &all).await;
        assert_eq!((answer.status, answer.kind()), (StatusCode::FORBIDDEN, Some(Kind::Forbidden)), "{path}");
        refused += 1;
    }
    assert!(refused >= 14, "each plan and each apply");
}

/// What plans, what applies, the form, and what is typed to confirm.
type Tab<'a> = (&'a str, &'a str, Vec<(&'a str, &'a str)>, &'a str);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_plan_in_a_second_tab_is_refused_after_the_first_was_applied() {
    let at = AtCluster::new("tabs").await;
    let cookie = at.sign_in("olga", Role::Operator).await;
    let namespace = at.namespace();
    let (plain, zone) = (format!("{}.plain", at.database), format!("z{}", at.database));
    let documents = at.client.database(&at.database).collection::<Document>("plain");
    documents.insert_one(doc! { "k": 1 }).await.expect("a document");
    let lowest = canonical(&doc! { "a": Bson::MinKey });
    let tabs: [Tab<'_>; 5] = [
        (
            "plan_zone",
            "apply_zone",
            vec![("form[action]", "add_shard_to_zone"), ("form[shard]", "shard1"), ("form[zone]", &zone)],
            "",
        ),
        (
            "plan_chunk",
            "apply_chunk",
            vec![
                ("form[action]", "split_chunk"),
                ("form[namespace]", &namespace),
                ("form[min]", &lowest),
                ("form[how]", "middle"),
            ],
            "",
        ),
        (
            "plan_balancer",
            "apply_balancer",
            vec![("action", "stop_balancing_collection"), ("namespace", &namespace)],
            "",
        ),
        (
            "plan_change",
            "apply_change",
            vec![("form[action]", "shard_collection"), ("form[namespace]", &plain), ("form[key]", "k")],
            &plain,
        ),
        (
            "plan_reshape",
            "apply_reshape",
            vec![("form[action]", "drop_collection"), ("form[namespace]", &namespace)],
            &namespace,
        ),
    ];
    for (plan, apply, fields, typed) in tabs {
        let mut fields = fields;
        fields.push(("target", "mongo"));
        let (first, second) = (at.plan(plan, &cookie, &fields).await, at.plan(plan, &cookie, &fields).await);
        let done = at.apply(apply, &cookie, &first, typed).await.report.expect("a report");
        assert_eq!(done.outcome, Outcome::Done, "{plan}: {done:?}");
        let late = at.apply(apply, &cookie, &second, typed).await.report.expect("a report");
        assert_eq!((late.outcome, late.ran.len()), (Outcome::Refused, 0), "{plan}: {late:?}");
    }
    at.admin(doc! { "removeShardFromZone": "shard1", "zone": &zone }).await;
}
