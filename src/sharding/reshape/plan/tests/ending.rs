//! Plans that end something: what runs, and a collection.

use bson::doc;

use super::{blocks, facts, namespace, seen, sent, target, with};
use crate::change::Blast;
use crate::sharding::reshape::model::change::Change;
use crate::sharding::reshape::model::operation::{Kind, Operation, Phase};
use crate::sharding::reshape::mongo::{Facts, Zone};
use crate::sharding::reshape::plan::plan;

#[test]
fn an_operation_is_ended_only_while_it_is_the_one_that_was_looked_at() {
    let running = |phase| Operation {
        id: "o".into(),
        namespace: "shop.c".into(),
        kind: Kind::Reshard,
        source: "u".into(),
        key: "{ s: 1 }".into(),
        phase,
        seconds: Some(5),
        documents: None,
        bytes: None,
        recipients: Vec::new(),
        donors: Vec::new(),
        silent: Vec::new(),
    };
    let facts_with = |phase| Facts { operations: Some(vec![running(phase)]), ..facts() };
    let abort =
        |id: &str| Change::AbortReshard { target: target(), namespace: namespace(), operation: Some(id.into()) };
    let commit = Change::CommitReshard { target: target(), namespace: namespace(), operation: Some("o".into()) };
    assert_eq!(sent(&abort("o"), &facts_with(Phase::Copying)), [r#"{"abortReshardCollection":"shop.c"}"#]);
    assert_eq!(sent(&commit, &facts_with(Phase::CatchingUp)), [r#"{"commitReshardCollection":"shop.c"}"#]);
    assert!(blocks(&abort("p"), &facts_with(Phase::Copying)).contains("Another one runs now"));
    assert!(blocks(&abort("o"), &facts_with(Phase::Committing)).contains("too late"));
    assert!(blocks(&abort("o"), &facts()).contains("Nothing of the kind runs"));
    let unshard = Change::AbortUnshard { target: target(), namespace: namespace(), operation: Some("o".into()) };
    assert!(blocks(&unshard, &facts_with(Phase::Copying)).contains("Nothing of the kind"), "it is a resharding");
}

#[test]
fn dropping_tells_all_that_is_lost() {
    let facts = with(|it| it.zones = vec![Zone { zone: "eu".into(), min: doc! { "k": 0 }, max: doc! { "k": 1 } }]);
    let change = Change::DropCollection { target: target(), namespace: namespace(), seen: Some(seen("u")) };
    let plan = plan("lab", &change, &facts);
    let effect: String = plan.effect.iter().map(|it| it.en.clone()).collect();
    for told in ["1,000,000 documents (3.0 GiB)", "t_1, 1 h", "zones eu", "2 indexes"] {
        assert!(effect.contains(told), "{told}: {effect}");
    }
    assert_eq!(plan.commands[0].exact, r#"{"drop":"c"}"#);
    assert_eq!((plan.commands[0].database.as_str(), plan.blast), ("shop", Blast::TypeName("shop.c".into())));
}
