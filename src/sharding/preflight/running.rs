//! What is at work in the cluster and keeps other changes to the same thing waiting, as `$currentOp` tells it.

use bson::{Bson, Document, doc};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    Reshard,
    MoveCollection,
    Unshard,
    Refine,
    Shard,
    MovePrimary,
    Drop,
    Rename,
    IndexBuild,
    /// Another change of what there is.
    Other,
}

/// Something at work on a collection or a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running {
    pub doing: Doing,
    /// `database.collection`, or the database alone.
    pub namespace: String,
    /// The shards that work on it.
    pub shards: Vec<String>,
    /// Since it began, in seconds; none where the server does not say.
    pub seconds: Option<i64>,
}

impl Running {
    /// Whether it touches this collection, or the database that it is in.
    pub fn touches(&self, name: &str) -> bool {
        let inside = |whole: &str, part: &str| part.strip_prefix(whole).is_some_and(|rest| rest.starts_with('.'));
        self.namespace == name || inside(&self.namespace, name) || inside(name, &self.namespace)
    }
}

/// The names of commands, as a person sends them and as a router hands them on.
const COMMANDS: [(&str, Doing); 19] = [
    ("reshardCollection", Doing::Reshard),
    ("_shardsvrReshardCollection", Doing::Reshard),
    ("_configsvrReshardCollection", Doing::Reshard),
    ("moveCollection", Doing::MoveCollection),
    ("unshardCollection", Doing::Unshard),
    ("refineCollectionShardKey", Doing::Refine),
    ("_shardsvrRefineCollectionShardKey", Doing::Refine),
    ("_configsvrRefineCollectionShardKey", Doing::Refine),
    ("shardCollection", Doing::Shard),
    ("_shardsvrCreateCollection", Doing::Shard),
    ("movePrimary", Doing::MovePrimary),
    ("_shardsvrMovePrimary", Doing::MovePrimary),
    ("_configsvrMovePrimary", Doing::MovePrimary),
    ("drop", Doing::Drop),
    ("_shardsvrDropCollection", Doing::Drop),
    ("dropDatabase", Doing::Drop),
    ("_shardsvrDropDatabase", Doing::Drop),
    ("renameCollection", Doing::Rename),
    ("createIndexes", Doing::IndexBuild),
];

/// What the coordinators of changes call themselves, from MongoDB 5.0.
const COORDINATORS: [(&str, Doing); 9] = [
    ("ReshardCollectionCoordinator", Doing::Reshard),
    ("MoveCollectionCoordinator", Doing::MoveCollection),
    ("UnshardCollectionCoordinator", Doing::Unshard),
    ("RefineCollectionShardKeyCoordinator", Doing::Refine),
    ("CreateCollectionCoordinator", Doing::Shard),
    ("MovePrimaryCoordinator", Doing::MovePrimary),
    ("DropCollectionCoordinator", Doing::Drop),
    ("DropDatabaseCoordinator", Doing::Drop),
    ("RenameCollectionCoordinator", Doing::Rename),
];

/// Operations of all shards that may stand in the way, at most 500, with no more of each than is read here.
pub(super) fn question(millis: i32) -> Document {
    let sent = COMMANDS.iter().map(|(name, _)| doc! { format!("command.{name}"): { "$exists": true } });
    let ways: Vec<Document> = sent
        .chain([
            doc! { "originatingCommand": { "$exists": true } },
            doc! { "desc": { "$regex": "^[A-Za-z]*Coordinator(V[0-9]+)?$" }, "type": "op" },
        ])
        .collect();
    let fields =
        ["shard", "ns", "desc", "command", "originatingCommand", "secs_running", "totalOperationTimeElapsedSecs"];
    let fields: Document = fields.into_iter().chain(["provenance"]).map(|it| (it.to_owned(), Bson::Int32(1))).collect();
    doc! {
        "aggregate": 1,
        "pipeline": [
            { "$currentOp": { "allUsers": true, "idleConnections": false, "localOps": false } },
            { "$match": { "$or": ways } },
            { "$limit": 500 },
            { "$project": fields },
        ],
        "cursor": { "batchSize": 500 },
        "maxTimeMS": millis,
    }
}

/// What is at work, once for all shards that work on it.
pub(super) fn of_rows<'a>(rows: impl Iterator<Item = &'a Document>) -> Vec<Running> {
    let mut all: Vec<Running> = Vec::new();
    for one in rows.filter_map(of_row) {
        match all.iter_mut().find(|it| it.doing == one.doing && it.namespace == one.namespace) {
            Some(same) => {
                same.shards.extend(one.shards.into_iter().filter(|it| !same.shards.contains(it)).collect::<Vec<_>>());
                same.seconds = same.seconds.max(one.seconds);
            }
            None => all.push(one),
        }
    }
    all
}

fn of_row(row: &Document) -> Option<Running> {
    let (doing, namespace) = of_origin(row).or_else(|| of_coordinator(row)).or_else(|| of_command(row))?;
    let seconds = ["totalOperationTimeElapsedSecs", "secs_running"].iter().find_map(|field| match row.get(field) {
        Some(Bson::Int32(seconds)) => Some(i64::from(*seconds)),
        Some(Bson::Int64(seconds)) => Some(*seconds),
        _ => None,
    });
    let shards = row.get_str("shard").map(|it| vec![it.to_owned()]).unwrap_or_default();
    Some(Running { doing, namespace, shards, seconds })
}

/// The work of resharding, of which moving and unsharding a collection are two more kinds.
fn of_origin(row: &Document) -> Option<(Doing, String)> {
    let origin = row.get_document("originatingCommand").ok()?;
    let provenance = row.get_str("provenance").or_else(|_| origin.get_str("provenance")).unwrap_or_default();
    let (sent, namespace) = named(origin)?;
    let doing = match provenance {
        "moveCollection" | "balancerMoveCollection" => Doing::MoveCollection,
        "unshardCollection" => Doing::Unshard,
        _ => sent,
    };
    Some((doing, namespace))
}

fn of_coordinator(row: &Document) -> Option<(Doing, String)> {
    let description = row.get_str("desc").ok()?;
    let namespace = row.get_str("ns").ok().filter(|it| !it.is_empty())?;
    let is_coordinator = description.contains("Coordinator") && !description.contains(' ');
    let known = COORDINATORS.iter().find(|(name, _)| description.starts_with(name)).map(|(_, doing)| *doing);
    // Those of index builds and of transactions carry a name of their own kind, and no change of what there is.
    let is_other =
        ["IndexBuilds", "TransactionCoordinator", "DatabaseCloner"].iter().any(|it| description.starts_with(it));
    let doing = known.or((is_coordinator && !is_other).then_some(Doing::Other))?;
    Some((doing, namespace.trim_end_matches(".$cmd").to_owned()))
}

fn of_command(row: &Document) -> Option<(Doing, String)> {
    named(row.get_document("command").ok()?)
}

/// A command, and what it names: a full name, or one in the database that it was sent to.
fn named(command: &Document) -> Option<(Doing, String)> {
    let (name, doing) = COMMANDS.iter().find(|(name, _)| command.contains_key(name))?;
    let database = command.get_str("$db").unwrap_or_default();
    let Ok(subject) = command.get_str(name) else {
        return (!database.is_empty()).then(|| (*doing, database.to_owned()));
    };
    let is_full = database.is_empty() || database == "admin";
    Some((*doing, if is_full { subject.to_owned() } else { format!("{database}.{subject}") }))
}
