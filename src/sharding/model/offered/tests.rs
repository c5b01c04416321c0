//! The set of what is offered, for each release that differs, against a file; and the rules by patch.

use std::fmt::Write;

use super::{Generation, Operation, Release, Version};

const fn release(version: (u16, u16, u16), fcv: (u16, u16)) -> Release {
    Release { version: Version::new(version.0, version.1, version.2), fcv: Version::new(fcv.0, fcv.1, 0) }
}

const RELEASES: [Release; 11] = [
    release((4, 2, 0), (4, 2)),
    release((4, 4, 0), (4, 4)),
    release((5, 0, 0), (4, 4)),
    release((5, 0, 0), (5, 0)),
    release((6, 0, 2), (6, 0)),
    release((6, 0, 3), (6, 0)),
    release((7, 0, 0), (7, 0)),
    release((8, 0, 0), (8, 0)),
    release((8, 0, 10), (8, 0)),
    release((8, 2, 0), (8, 2)),
    release((8, 3, 0), (8, 3)),
];

fn name(operation: Operation) -> String {
    serde_json::to_string(&operation).expect("a name").trim_matches('"').to_owned()
}

fn golden() -> String {
    let mut out =
        String::from("What is offered (+) and what is not (-), by release. OUTGROW_GOLDEN=write writes it anew.\n");
    for it in RELEASES {
        let Version { major, minor, .. } = it.fcv;
        let (removal, balancing) = (Generation::of_removal(it), Generation::of_balancing(it));
        let _ = writeln!(out, "\n{} with FCV {major}.{minor}", it.version);
        let _ = writeln!(
            out,
            "  commands that remove a shard: {removal:?}; that switch balancing of a collection: {balancing:?}"
        );
        for operation in Operation::ALL {
            let _ = match operation.offered(it) {
                Ok(()) => writeln!(out, "+ {}", name(operation)),
                Err(reason) => writeln!(out, "- {}: {}", name(operation), reason.en),
            };
        }
    }
    out
}

#[test]
fn what_is_offered_is_what_the_file_says() {
    if std::env::var("OUTGROW_GOLDEN").is_ok_and(|it| it == "write") {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/sharding/model/offered/golden.txt");
        std::fs::write(path, golden()).expect("the file is written");
        return;
    }
    assert_eq!(golden(), include_str!("golden.txt"));
}

#[test]
fn every_operation_is_listed_once_and_has_names_of_its_own() {
    let mut names: Vec<String> = Operation::ALL.map(name).into();
    let mut titles: Vec<String> = Operation::ALL.map(|it| it.title().ko).into();
    for list in [&mut names, &mut titles] {
        list.sort();
        list.dedup();
        assert_eq!(list.len(), Operation::ALL.len());
    }
    assert_eq!(Operation::ALL.last().map(|it| *it as usize + 1), Some(Operation::ALL.len()), "one is missing in ALL");
}

#[test]
fn a_cluster_whose_fcv_was_not_raised_is_told_so() {
    let told = Operation::Reshard.offered(release((5, 0, 3), (4, 4))).expect_err("not yet");
    assert_eq!(
        told.en,
        "Resharding needs MongoDB 5.0 (FCV 5.0); this cluster is 5.0.3 (FCV 4.4): raise the FCV to 5.0 first."
    );
    assert!(told.ko.contains("먼저 FCV를 5.0"), "{}", told.ko);
    let told = Operation::Reshard.offered(release((4, 4, 3), (4, 4))).expect_err("not yet");
    assert!(told.en.ends_with("this cluster is 4.4.3 (FCV 4.4): upgrade it first."), "{}", told.en);
}

#[test]
fn what_came_with_a_patch_is_offered_from_that_patch() {
    let has = |operation: Operation, version, fcv| operation.offered(release(version, fcv)).is_ok();
    for (version, expected) in [
        ((4, 2, 24), false),
        ((4, 4, 10), false),
        ((4, 4, 11), true),
        ((5, 0, 5), false),
        ((5, 0, 6), true),
        ((5, 1, 1), false),
        ((5, 1, 2), true),
        ((5, 2, 0), true),
        ((6, 0, 0), true),
        ((8, 3, 0), true),
    ] {
        assert_eq!(has(Operation::FreezeCollection, version, (version.0, version.1)), expected, "{version:?}");
    }
    for (version, expected) in [
        ((5, 3, 0), false),
        ((6, 0, 0), false),
        ((6, 0, 3), false),
        ((6, 0, 4), true),
        ((6, 0, 5), true),
        ((6, 1, 0), false),
        ((6, 1, 1), false),
        ((6, 1, 2), true),
        ((6, 2, 0), true),
        ((7, 0, 0), true),
    ] {
        assert_eq!(has(Operation::Defragment, version, (version.0, version.1)), expected, "{version:?}");
    }
    assert!(!has(Operation::ClearJumbo, (4, 2, 2), (4, 2)) && has(Operation::ClearJumbo, (4, 2, 3), (4, 2)));
    assert!(
        !has(Operation::ReshardTimeSeries, (8, 0, 9), (8, 0)) && has(Operation::ReshardTimeSeries, (8, 1, 0), (8, 1))
    );
    let told = Operation::FreezeCollection.offered(release((5, 0, 3), (5, 0))).expect_err("not yet");
    assert!(told.en.starts_with("Freezing a collection needs MongoDB 5.0.6; this cluster is 5.0.3"), "{}", told.en);
}

#[test]
fn a_cluster_of_an_unknown_version_is_offered_what_every_version_has() {
    let unknown = Release::default();
    assert!(Operation::ShardCollection.offered(unknown).is_ok() && Operation::StopBalancer.offered(unknown).is_ok());
    let told = Operation::Reshard.offered(unknown).expect_err("who knows");
    assert!(told.en.contains("is unknown"), "{}", told.en);
}

#[test]
fn the_newer_commands_are_used_only_with_their_fcv() {
    assert_eq!(Generation::of_removal(release((8, 2, 0), (8, 0))), Generation::Old);
    assert!(Operation::RemoveShard.offered(release((8, 2, 0), (8, 0))).is_ok());
    assert_eq!(Generation::of_removal(release((8, 2, 0), (8, 2))), Generation::New);
    assert!(Operation::RemoveShard.offered(release((8, 2, 0), (8, 2))).is_err());
    assert_eq!(Generation::of_balancing(release((8, 0, 10), (7, 0))), Generation::Old);
    assert_eq!(Generation::of_balancing(release((8, 0, 9), (8, 0))), Generation::Old);
    assert_eq!(Generation::of_balancing(release((8, 0, 10), (8, 0))), Generation::New);
}
