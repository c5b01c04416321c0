//! What real servers answered to real mistakes, and what is made of it.

use bson::{Document, doc};

use super::{tell, tell_of};
use crate::error::Kind;
use crate::sandbox::lab::mongo::shared;

/// The mistake, the command that was sent, the code and its name as mongod 6.0.5 answered, and words of ours.
const SEEN: [(&str, &str, i32, &str, &str); 55] = [
    ("a bad name", "enableSharding", 73, "InvalidNamespace", "name cannot be used"),
    ("the database admin", "enableSharding", 72, "InvalidOptions", "MongoDB's own"),
    ("another case", "enableSharding", 13297, "DatabaseDifferCase", "upper and lower case"),
    ("another primary", "enableSharding", 48, "NamespaceExists", "another primary shard"),
    ("an unknown shard", "enableSharding", 70, "ShardNotFound", "no such shard"),
    ("a key of 2", "shardCollection", 2, "BadValue", "key or the collation"),
    ("a key of text", "shardCollection", 2, "BadValue", "key or the collation"),
    ("an empty key", "shardCollection", 2, "BadValue", "key or the collation"),
    ("a descending key", "shardCollection", 2, "BadValue", "key or the collation"),
    ("two hashed fields", "shardCollection", 2, "BadValue", "key or the collation"),
    ("a text index", "shardCollection", 2, "BadValue", "key or the collation"),
    ("unique and hashed", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("initial chunks of a ranged key", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("too many initial chunks", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("sharded with another key", "shardCollection", 23, "AlreadyInitialized", "sharded already"),
    ("sharded not unique", "shardCollection", 23, "AlreadyInitialized", "sharded already"),
    ("no index", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("no hashed index", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("no unique index", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("split beforehand with documents", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("another unique index", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("an index with arrays", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("a sparse index", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("a view", "shardCollection", 166, "CommandNotSupportedOnView", "a view"),
    ("a capped collection", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("a collation of its own", "shardCollection", 2, "BadValue", "key or the collation"),
    ("no collection's name", "shardCollection", 73, "InvalidNamespace", "name is missing"),
    ("a collection of admin", "shardCollection", 72, "InvalidOptions", "cannot be sharded like this"),
    ("an array in the key", "insert", 61, "ShardKeyNotFound", "does not fit the collection's shard key"),
    ("an _id twice", "insert", 11000, "DuplicateKey", "the same key"),
    ("unique without the key", "createIndexes", 67, "CannotCreateIndex", "cannot be built"),
    ("the key's only index", "dropIndexes", 370, "CannotDropShardKeyIndex", "only index"),
    ("an upsert without the key", "update", 61, "ShardKeyNotFound", "does not fit the collection's shard key"),
    ("another field's point", "split", 16634, "Location16634", "fields of the shard key"),
    ("a range of none", "moveRange", 26, "NamespaceNotFound", "not sharded"),
    ("a range of another key", "moveRange", 13388, "StaleConfig", "not those of the shard key"),
    ("no extension", "refineCollectionShardKey", 72, "InvalidOptions", "does not begin with the current one"),
    ("no index for it", "refineCollectionShardKey", 72, "InvalidOptions", "no usable index"),
    ("refining none", "refineCollectionShardKey", 118, "NamespaceNotSharded", "not sharded"),
    ("resharding as unique", "reshardCollection", 2, "BadValue", "unique key"),
    ("an unknown zone", "updateZoneKeyRange", 177, "ZoneNotFound", "no such zone"),
    ("bounds the wrong way", "updateZoneKeyRange", 9, "FailedToParse", "not less than the upper"),
    ("bounds of another key", "updateZoneKeyRange", 61, "ShardKeyNotFound", "fields of the shard key"),
    ("an unknown shard's zone", "removeShardFromZone", 70, "ShardNotFound", "no such shard"),
    ("status of none", "balancerCollectionStatus", 118, "NamespaceNotSharded", "not sharded"),
    ("balancing of none", "configureCollectionBalancing", 118, "NamespaceNotSharded", "not sharded"),
    ("chunks too big", "configureCollectionBalancing", 72, "InvalidOptions", "1 to 1024 MiB"),
    ("chunks of -1", "configureCollectionBalancing", 72, "InvalidOptions", "1 to 1024 MiB"),
    ("aborting none", "abortReshardCollection", 339, "NoSuchReshardCollection", "No resharding"),
    ("removing none", "removeShard", 70, "ShardNotFound", "no such shard"),
    ("a primary at none", "movePrimary", 70, "ShardNotFound", "no such shard"),
    ("zones not given", "reshardCollection", 2, "BadValue", "must be given its zones"),
    ("two at once", "reshardCollection", 117, "ConflictingOperationInProgress", "one at a time"),
    ("a zone's only shard", "removeShard", 163, "ZoneStillInUse", "only shard of a zone"),
    ("a dead replica set", "addShard", 133, "FailedToSatisfyReadPreference", "no primary that answers"),
];

/// What the manual and the list of the server's codes name beside these.
const NAMED: [(i32, &str); 34] = [
    (6, "HostUnreachable"),
    (11, "UserNotFound"),
    (13, "Unauthorized"),
    (18, "AuthenticationFailed"),
    (20, "IllegalOperation"),
    (24, "LockTimeout"),
    (46, "LockBusy"),
    (50, "MaxTimeMSExpired"),
    (59, "CommandNotFound"),
    (64, "WriteConcernFailed"),
    (87, "CannotSplit"),
    (96, "OperationFailed"),
    (112, "WriteConflict"),
    (121, "DocumentValidationFailure"),
    (133, "FailedToSatisfyReadPreference"),
    (150, "StaleEpoch"),
    (153, "ChunkTooBig"),
    (178, "RangeOverlapConflict"),
    (188, "IncompatibleServerVersion"),
    (200, "ChunkRangeCleanupPending"),
    (262, "ExceededTimeLimit"),
    (265, "OrphanedRangeCleanUpFailed"),
    (319, "MovePrimaryInProgress"),
    (338, "ReshardCollectionInProgress"),
    (340, "ReshardCollectionCommitted"),
    (341, "ReshardCollectionAborted"),
    (342, "ReshardingCriticalSectionTimeout"),
    (350, "ReshardCollectionTruncatedError"),
    (381, "ReshardCollectionInterruptedDueToFCVChange"),
    (405, "CannotCreateChunkDistribution"),
    (414, "AddOrRemoveShardInProgress"),
    (4_952_606, "Location4952606"),
    (11601, "Interrupted"),
    (12587, "BackgroundOperationInProgressForNamespace"),
];

#[test]
fn every_mistake_that_real_servers_refused_is_told_in_words_of_its_own() {
    for (mistake, command, code, code_name, expected) in SEEN {
        let told = tell_of("shop", command, code, code_name);
        let all = format!("{} {}", told.happened.en, told.next.en);
        assert!(all.contains(expected), "{mistake}: {all}");
        assert!(!all.contains(code_name) && !all.contains("refused it"), "{mistake}: {all}");
        assert!(!told.next.en.is_empty() && !told.next.ko.is_empty(), "{mistake}: what to do is missing");
    }
}

#[test]
fn every_code_that_is_named_is_told() {
    for (code, code_name) in NAMED {
        let told = tell("shop", code, code_name);
        assert!(!told.happened.en.contains(code_name), "{code} {code_name} is not translated");
        assert!(!told.happened.ko.is_empty(), "{code}");
    }
}

#[test]
fn an_unknown_code_is_told_by_its_number_and_a_harmless_name() {
    let told = tell("shop", 4242, "Strange<b>Code");
    assert_eq!(told.kind, Kind::Refused);
    assert!(told.happened.en.contains("4242 StrangebCode"));
}

#[test]
fn an_answer_that_leaves_the_outcome_open_is_no_refusal() {
    for code in [50, 64, 91, 262, 10107, 11601] {
        assert_eq!(tell("shop", code, "").kind, Kind::Unreachable, "{code}");
    }
}

/// What is sent in vain, with the name of the collection in it that is sharded on `a`, and of the one that is not.
fn mistakes(sharded: &str, plain: &str, database: &str) -> Vec<Document> {
    let key = |key: Document| doc! { "shardCollection": plain, "key": key };
    vec![
        doc! { "enableSharding": "a.b" },
        doc! { "enableSharding": "admin" },
        doc! { "enableSharding": database.to_uppercase() },
        doc! { "enableSharding": format!("{database}x"), "primaryShard": "nope" },
        key(doc! { "a": 2 }),
        key(doc! { "a": "foo" }),
        key(doc! {}),
        key(doc! { "a": -1 }),
        key(doc! { "a": "hashed", "b": "hashed" }),
        key(doc! { "a": "text" }),
        doc! { "shardCollection": plain, "key": { "a": "hashed" }, "unique": true },
        doc! { "shardCollection": plain, "key": { "a": 1 }, "numInitialChunks": 4 },
        key(doc! { "nothing": 1 }),
        key(doc! { "nothing": "hashed" }),
        doc! { "shardCollection": sharded, "key": { "b": 1 } },
        doc! { "shardCollection": sharded, "key": { "a": 1 }, "unique": true },
        doc! { "shardCollection": format!("{database}."), "key": { "a": 1 } },
        doc! { "shardCollection": "admin.c", "key": { "a": 1 } },
        doc! { "shardCollection": format!("{database}.v"), "key": { "a": 1 } },
        doc! { "shardCollection": format!("{database}.capped"), "key": { "a": 1 } },
        doc! { "split": sharded, "middle": { "b": 1 } },
        doc! { "moveRange": format!("{database}.none"), "toShard": "shard1", "min": { "a": 1 } },
        doc! { "moveRange": sharded, "toShard": "shard2", "min": { "b": 1 } },
        doc! { "moveRange": sharded, "toShard": "nope", "min": { "a": bson::Bson::MinKey } },
        doc! { "refineCollectionShardKey": sharded, "key": { "b": 1, "a": 1 } },
        doc! { "refineCollectionShardKey": sharded, "key": { "a": 1, "b": 1 } },
        doc! { "refineCollectionShardKey": plain, "key": { "a": 1, "b": 1 } },
        doc! { "updateZoneKeyRange": sharded, "min": { "a": 0 }, "max": { "a": 10 }, "zone": "nozone" },
        doc! { "removeShardFromZone": "nope", "zone": "z" },
        doc! { "addShardToZone": "nope", "zone": "z" },
        doc! { "balancerCollectionStatus": plain },
        doc! { "configureCollectionBalancing": plain, "chunkSize": 64 },
        doc! { "configureCollectionBalancing": sharded, "chunkSize": 2000 },
        doc! { "configureCollectionBalancing": sharded, "chunkSize": -1 },
        doc! { "abortReshardCollection": sharded },
        doc! { "removeShard": "nope" },
        doc! { "movePrimary": database, "to": "nope" },
        doc! { "reshardCollection": plain, "key": { "b": 1 } },
    ]
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn mistakes_that_are_made_on_real_servers_are_all_told_in_words() {
    let lab = shared().await;
    let client = lab.client().await;
    let database = lab.name_of_database();
    let (sharded, plain) = (format!("{database}.s"), format!("{database}.p"));
    let admin = client.database("admin");
    admin.run_command(doc! { "shardCollection": &sharded, "key": { "a": 1 } }).await.expect("sharded");
    let own = client.database(&database);
    own.collection::<Document>("p").insert_one(doc! { "a": 1, "b": 1 }).await.expect("inserted");
    own.run_command(doc! { "create": "v", "viewOn": "p", "pipeline": [] }).await.expect("a view");
    own.run_command(doc! { "create": "capped", "capped": true, "size": 4096 }).await.expect("a capped one");
    for command in mistakes(&sharded, &plain, &database) {
        let sent = command.keys().next().cloned().unwrap_or_default();
        let shown = command.to_string();
        let error = admin.run_command(command).await.expect_err(&shown);
        let mongodb::error::ErrorKind::Command(refused) = error.kind.as_ref() else { panic!("{shown}: {error}") };
        let told = tell_of("shop", &sent, refused.code, &refused.code_name);
        assert!(!told.happened.en.contains("refused it ("), "{shown}: {refused:?}");
        assert!(!told.next.en.is_empty(), "{shown}: {told:?}");
    }
}
