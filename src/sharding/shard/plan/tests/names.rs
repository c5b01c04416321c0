//! No name can change what a command is.

use bson::{Bson, Document, doc};
use proptest::prelude::*;

use super::{facts, sent};
use crate::sharding::model::{KeyField, Namespace, ShardKey, Spread};
use crate::sharding::shard::model::Extras;
use crate::sharding::shard::mongo::Facts;
use crate::sharding::shard::plan::{Wanted, shard_collection};

proptest! {
    #[test]
    fn no_name_can_change_what_a_command_is(
        database in "\\PC{1,20}", collection in "\\PC{1,40}", fields in proptest::collection::vec("\\PC{1,20}", 1..4),
    ) {
        let spread = Spread::Ranged;
        let fields = fields.into_iter().map(|field| KeyField { field, spread }).collect();
        let (Ok(namespace), Ok(key)) = (Namespace::parse(&format!("{database}.{collection}")), ShardKey::new(fields))
        else { return Ok(()) };
        let facts = facts();
        let wanted = Wanted { namespace: &namespace, key: &key, unique: true, uuid: Some("u"), extras: &Extras::default() };
        let plan = shard_collection("shop", &wanted, &facts);
        let expected: Document = key.fields().iter().map(|it| (it.field.clone(), Bson::Int32(1))).collect();
        let last = sent(&plan.commands[plan.commands.len() - 1].exact);
        prop_assert_eq!(
            last, doc! { "shardCollection": namespace.to_string(), "key": expected.clone(), "unique": true }
        );
        if plan.commands.len() == 2 {
            let first = sent(&plan.commands[0].exact);
            prop_assert_eq!(first.get_str("createIndexes").ok(), Some(namespace.collection()));
            let index = first.get_array("indexes").expect("a list")[0].as_document().expect("an index").clone();
            prop_assert_eq!(index.get_document("key").ok(), Some(&expected));
            prop_assert_eq!(index.len(), 3);
        }
    }

    #[test]
    fn no_name_breaks_out_of_a_line_of_mongosh(collection in "\\PC{1,40}", field in "\\PC{1,20}") {
        let (Ok(namespace), Ok(key)) =
            (Namespace::parse(&format!("a.{collection}")), ShardKey::new(vec![KeyField { field, spread: Spread::Ranged }]))
        else { return Ok(()) };
        let wanted = Wanted { namespace: &namespace, key: &key, unique: false, uuid: None, extras: &Extras::default() };
        let plan = shard_collection("shop", &wanted, &Facts { collection: None, ..facts() });
        let line = &plan.commands[0].typed;
        let inside = line.strip_prefix("sh.shardCollection(").and_then(|it| it.strip_suffix(")")).expect("a call");
        let mut literals = serde_json::Deserializer::from_str(inside).into_iter::<String>();
        prop_assert_eq!(literals.next().expect("a literal").expect("JSON"), namespace.to_string());
        prop_assert_eq!(&inside[literals.byte_offset()..], format!(", {key}"));
    }
}
