//! What is found of collections that are made up, and what is offered for them.

use super::*;
use crate::sharding::model::{Measure, Unit, Version};

fn one() -> One {
    One {
        target: "c".into(),
        namespace: "shop.orders".into(),
        release: Release { version: Version::new(6, 0, 5), fcv: Version::new(6, 0, 0) },
        exists: true,
        time_series: false,
        view: false,
        capped: false,
        collated: false,
        uuid: String::new(),
        primary: Some("a".into()),
        key: Some("{ k: 1 }".into()),
        unique: false,
        spread: Vec::new(),
        source: Source::Now,
        many_chunks: false,
        jumbo: Some(0),
        evenness: Evenness::Unknown(words!("–", "–")),
        chunk_bytes: (128 << 20, false),
        compliance: None,
        stands_still: None,
        movement: Movement::default(),
        resharding: None,
        zones: Vec::new(),
        indexes: Some(vec![IndexSeen {
            name: "k_1".into(),
            key: "{ k: 1 }".into(),
            unique: false,
            supports: true,
            expires: None,
        }]),
        findings: Vec::new(),
        actions: Vec::new(),
    }
}

fn refusal<'a>(one: &'a One, title: &str) -> Option<&'a str> {
    let action = one.actions.iter().find(|it| it.title.en == title).unwrap_or_else(|| panic!("{title} is missing"));
    action.why_not.as_ref().map(|why| why.en.as_str())
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    assert_eq!(one().judged().findings, []);
}

#[test]
fn what_keeps_chunks_from_moving_is_told() {
    let found = |change: fn(&mut One)| {
        let mut one = one();
        change(&mut one);
        one.judged().findings.into_iter().map(|it| it.words.en).collect::<Vec<_>>()
    };
    assert_eq!(found(|one| one.movement.left_alone = true), ["The balancer leaves it alone."]);
    assert_eq!(found(|one| one.movement.frozen = true), ["No chunk of it can move: it is frozen."]);
    assert_eq!(found(|one| one.jumbo = Some(3)), ["3 chunks are too big to be moved."]);
    assert_eq!(found(|one| one.indexes = Some(Vec::new())), ["No index supports the shard key."]);
    let uneven = found(|one| {
        let (most, least) = ("a".into(), "b".into());
        one.evenness = Evenness::Uneven(Measure { unit: Unit::Bytes, difference: 9, threshold: 3, most, least });
    });
    assert_eq!(uneven, ["It is spread unevenly."]);
}

#[test]
fn an_index_by_which_documents_expire_is_told() {
    let mut seen = one();
    seen.indexes.iter_mut().flatten().for_each(|index| index.expires = Some(3_600));
    let found = seen.judged().findings;
    assert_eq!(found[0].words.en, "Documents expire by the index k_1, after 1 h.");
}

#[test]
fn what_this_version_lacks_is_told_with_its_reason() {
    let seen = one().judged();
    assert_eq!(refusal(&seen, "Reshard"), None);
    assert_eq!(refusal(&seen, "Refine the key"), None);
    assert!(refusal(&seen, "Unshard").expect("8.0 has it").contains("8.0"));
    let of_4_2 = Release { version: Version::new(4, 2, 0), fcv: Version::new(4, 2, 0) };
    let old = One { release: of_4_2, ..one() }.judged();
    assert!(refusal(&old, "Refine the key").expect("4.4 has it").contains("4.4"));
    let of_8 = Release { version: Version::new(8, 0, 0), fcv: Version::new(8, 0, 0) };
    assert_eq!(refusal(&One { release: of_8, ..one() }.judged(), "Unshard"), None);
}

#[test]
fn what_the_collection_is_not_for_is_told_with_its_reason() {
    let plain = One { key: None, ..one() }.judged();
    assert_eq!(refusal(&plain, "Shard it"), None);
    assert_eq!(refusal(&plain, "Chunk map"), Some("It is not sharded."));
    let own = One { namespace: "config.system.sessions".into(), ..one() }.judged();
    assert!(own.actions.iter().all(|it| it.why_not.is_some()), "MongoDB's own is nobody's to change");
    assert_eq!(refusal(&own, "Drop"), Some("It belongs to MongoDB."));
}

#[test]
fn a_time_series_is_not_sent_to_pages_that_do_not_know_it() {
    let series = One { time_series: true, ..one() }.judged();
    for title in ["Zones", "Its balancing", "Refine the key", "Reshard", "Drop"] {
        assert!(refusal(&series, title).expect(title).contains("ordinary collections only"), "{title}");
    }
    assert_eq!((refusal(&series, "Chunk map"), refusal(&series, "Moves of its chunks")), (None, None));
    let mut frozen = One { time_series: true, ..one() };
    frozen.movement.frozen = true;
    assert_eq!(frozen.judged().findings[0].link, "");
}

#[test]
fn a_missing_index_is_told_with_the_line_that_builds_it() {
    let seen = One { indexes: Some(Vec::new()), ..one() }.judged();
    let line = r#"db.getSiblingDB("shop").getCollection("orders").createIndex({ k: 1 })"#;
    assert!(seen.findings[0].why.en.ends_with(line), "{:?}", seen.findings);
    let collated = One { indexes: Some(Vec::new()), collated: true, ..one() }.judged();
    assert!(collated.findings[0].why.en.contains(r#"{ locale: "simple" }"#), "{:?}", collated.findings);
}

#[test]
fn a_link_carries_any_name() {
    let seen = One { namespace: "a.b&c=d".into(), ..one() }.judged();
    let drop = seen.actions.iter().find(|it| it.title.en == "Drop").expect("offered");
    assert_eq!(drop.link, "/sharding/reshape?target=c&namespace=a.b%26c%3Dd&action=drop_collection");
}
