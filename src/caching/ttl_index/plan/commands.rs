//! The commands of each change, and the lines that a person would type.

use bson::{Document, doc};

use crate::caching::ttl_index::model::{Change, Deed, Seconds};
use crate::change::Command;
use crate::targets::model::{property, quoted};
use crate::targets::mongo::command::command;

/// What is sent, in order.
pub(in crate::caching::ttl_index) fn of(change: &Change) -> Vec<Command> {
    match &change.deed {
        Deed::Create { field, seconds } => vec![create(change, field, *seconds)],
        Deed::SetSeconds { seconds } | Deed::Convert { seconds } => vec![set_seconds(change, *seconds)],
        Deed::Disarm => vec![set_seconds(change, Seconds::NEVER)],
        Deed::Hide => vec![hide(change, true)],
        Deed::Unhide => vec![hide(change, false)],
        Deed::Drop => vec![drop_index(change)],
        Deed::Lower { steps, .. } => steps.iter().map(|seconds| set_seconds(change, *seconds)).collect(),
        Deed::Expire { seconds } => vec![expire(change, *seconds)],
    }
}

/// `collMod` with other seconds, for an index that is there.
pub(in crate::caching::ttl_index) fn set_seconds(change: &Change, seconds: Seconds) -> Command {
    let index = doc! { "name": &change.name, "expireAfterSeconds": seconds.sent() };
    coll_mod(
        change,
        doc! { "index": index },
        &format!("index: {{ name: {}, expireAfterSeconds: {} }}", quoted(&change.name), seconds.sent()),
    )
}

fn coll_mod(change: &Change, with: Document, typed: &str) -> Command {
    let (database, collection) = (change.namespace.database(), change.namespace.collection());
    let mut document = doc! { "collMod": collection };
    document.extend(with);
    let typed =
        format!("db.getSiblingDB({}).runCommand({{ collMod: {}, {typed} }})", quoted(database), quoted(collection));
    command(database, document, typed)
}

fn hide(change: &Change, hidden: bool) -> Command {
    let index = doc! { "name": &change.name, "hidden": hidden };
    coll_mod(change, doc! { "index": index }, &format!("index: {{ name: {}, hidden: {hidden} }}", quoted(&change.name)))
}

fn expire(change: &Change, seconds: Option<Seconds>) -> Command {
    match seconds {
        Some(seconds) => {
            let sent = seconds.sent();
            coll_mod(change, doc! { "expireAfterSeconds": sent }, &format!("expireAfterSeconds: {sent}"))
        }
        None => coll_mod(change, doc! { "expireAfterSeconds": "off" }, "expireAfterSeconds: \"off\""),
    }
}

fn collection(change: &Change) -> String {
    let (database, collection) = (change.namespace.database(), change.namespace.collection());
    format!("db.getSiblingDB({}).getCollection({})", quoted(database), quoted(collection))
}

fn create(change: &Change, field: &str, seconds: Seconds) -> Command {
    let (name, sent) = (change.index(), seconds.sent());
    let typed = format!(
        "{}.createIndex({{ {}: 1 }}, {{ name: {}, expireAfterSeconds: {sent} }})",
        collection(change),
        property(field),
        quoted(&name)
    );
    let index = doc! { "key": { field: 1 }, "name": name, "expireAfterSeconds": sent };
    let document = doc! { "createIndexes": change.namespace.collection(), "indexes": [index] };
    command(change.namespace.database(), document, typed)
}

fn drop_index(change: &Change) -> Command {
    let typed = format!("{}.dropIndex({})", collection(change), quoted(&change.name));
    let document = doc! { "dropIndexes": change.namespace.collection(), "index": &change.name };
    command(change.namespace.database(), document, typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::ttl_index::model::Form;
    use crate::targets::model::TargetId;

    fn of_form(action: &str, when: &str) -> Command {
        let form = Form {
            namespace: "a.b c".into(),
            name: "x\"1".into(),
            field: "x-y".into(),
            when: when.into(),
            seconds: "7d".into(),
            ..Form::default()
        };
        let change = Change::from_form(TargetId::parse("m").expect("a name"), action, &form).expect("a change");
        of(&change).remove(0)
    }

    #[test]
    fn what_is_sent_is_what_is_shown() {
        let of = |action: &str, when: &str| {
            let it = of_form(action, when);
            assert_eq!(it.database, "a");
            (it.exact, it.typed)
        };
        assert_eq!(
            of("create_ttl_index", "after"),
            (
                r#"{"createIndexes":"b c","indexes":[{"key":{"x-y":1},"name":"x-y_1","expireAfterSeconds":604800}]}"#.into(),
                r#"db.getSiblingDB("a").getCollection("b c").createIndex({ "x-y": 1 }, { name: "x-y_1", expireAfterSeconds: 604800 })"#.into()
            )
        );
        assert_eq!(
            of("set_ttl_seconds", "date").0,
            r#"{"collMod":"b c","index":{"name":"x\"1","expireAfterSeconds":0}}"#
        );
        assert_eq!(
            of("disarm_index", "").1,
            r#"db.getSiblingDB("a").runCommand({ collMod: "b c", index: { name: "x\"1", expireAfterSeconds: 2147483647 } })"#
        );
        assert_eq!(of("set_collection_expiry", "off").0, r#"{"collMod":"b c","expireAfterSeconds":"off"}"#);
        assert_eq!(of("hide_index", "").0, r#"{"collMod":"b c","index":{"name":"x\"1","hidden":true}}"#);
        assert_eq!(of("drop_index", "").0, r#"{"dropIndexes":"b c","index":"x\"1"}"#);
    }
}
