//! The command that changes a chunk, as a document and as a line of mongosh.

use bson::{Document, doc};

use super::Bounds;
use crate::change::Command;
use crate::sharding::chunk::model::{Change, SplitAt};
use crate::sharding::model::Release;
use crate::sharding::model::offered::Operation;
use crate::sharding::mongo::command::command;
use crate::sharding::value::shown_document;

pub(super) fn of(change: &Change, bounds: &Bounds, release: Release) -> Command {
    let document = document(change, bounds, release);
    let typed = format!("db.adminCommand({})", shown_document(&document));
    command("admin", document, typed)
}

fn document(change: &Change, bounds: &Bounds, release: Release) -> Document {
    let namespace = change.subject().namespace.to_string();
    let whole = vec![bounds.min.clone(), bounds.max.clone()];
    match change {
        Change::SplitChunk { at, .. } => {
            let mut split = doc! { "split": namespace };
            match (at, &bounds.key) {
                (SplitAt::Key(_), Some(key)) => split.insert("middle", key.clone()),
                (SplitAt::Document(_), Some(key)) => split.insert("find", key.clone()),
                _ => split.insert("bounds", whole),
            };
            split
        }
        Change::MoveChunk { to, force_jumbo, .. } => {
            let mut moving = if Operation::MoveRange.offered(release).is_ok() {
                doc! { "moveRange": namespace, "min": bounds.min.clone(), "max": bounds.max.clone(), "toShard": to }
            } else {
                doc! { "moveChunk": namespace, "bounds": whole, "to": to }
            };
            if *force_jumbo {
                moving.insert("forceJumbo", true);
            }
            moving
        }
        Change::MergeChunks { .. } => {
            doc! { "mergeChunks": namespace, "bounds": [bounds.from.clone(), bounds.until.clone()] }
        }
        Change::ClearJumbo { .. } => doc! { "clearJumboFlag": namespace, "bounds": whole },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::chunk::model::Subject;
    use crate::sharding::model::{Identity, Namespace, Version};
    use crate::targets::model::TargetId;

    #[test]
    fn a_chunk_is_moved_by_the_command_that_the_cluster_has() {
        let subject = Subject {
            namespace: Namespace::parse("a.b").expect("a name"),
            identity: Identity::default(),
            min: r#"{"x":{"$numberLong":"-5"}}"#.into(),
            max: r#"{"x":{"$maxKey":1}}"#.into(),
            shard: "s1".into(),
        };
        let target = TargetId::parse("mongo").expect("a target");
        let change = Change::MoveChunk { target, subject, to: "s2".into(), force_jumbo: false };
        let bounds = Bounds::of(&change).expect("bounds");
        let typed = |major| {
            let version = Version::new(major, 0, 5);
            of(&change, &bounds, Release { version, fcv: Version::new(major, 0, 0) }).typed
        };
        let new = r#"db.adminCommand({ moveRange: "a.b", min: { x: Long("-5") }, max: { x: MaxKey }, toShard: "s2" })"#;
        assert_eq!(typed(6), new);
        let old = r#"db.adminCommand({ moveChunk: "a.b", bounds: [{ x: Long("-5") }, { x: MaxKey }], to: "s2" })"#;
        assert_eq!(typed(5).replace("[ ", "[").replace(" ]", "]"), old);
    }
}
