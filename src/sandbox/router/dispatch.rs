//! The table of public commands: which are answered here, which are forwarded, and where to.

use std::time::Duration;

use bson::{Document, RawDocument, RawDocumentBuf, doc, rawdoc};
use tokio::time::timeout;

use super::answer::{Answer, fine, illegal, refused, unknown_command};
use super::relay::{Relay, in_time};
use super::rewrite::decoded;
use super::wire::Command;
use super::{chunks, crud, ddl, hello, overview, sharding, statistics, versioned};

/// A shard keeps the client's deadline itself; this is for the case that it does not answer.
const GRACE: Duration = Duration::from_secs(3);

/// One command, with what every handler asks for.
pub(super) struct Request {
    pub(super) name: String,
    pub(super) database: String,
    pub(super) body: RawDocumentBuf,
    pub(super) sequences: Vec<u8>,
}

impl Request {
    fn from_command(command: Command) -> Option<Self> {
        let first = command.body.iter_elements().next()?.ok()?;
        Some(Self {
            name: first.key().as_str().to_owned(),
            database: command.body.get_str("$db").ok()?.to_owned(),
            body: command.body,
            sequences: command.sequences,
        })
    }

    /// The value of the command's first field, where it is a text: mostly a collection's name.
    pub(super) fn subject(&self) -> &str {
        self.body.get_str(&self.name).unwrap_or_default()
    }

    /// `database.collection` of a command that names its collection.
    pub(super) fn namespace(&self) -> String {
        format!("{}.{}", self.database, self.subject())
    }

    pub(super) fn decoded(&self) -> Result<Document, super::answer::Failure> {
        decoded(&self.body)
    }

    /// Whether a yes-or-no field is there with this value.
    pub(super) fn says(&self, field: &str, value: bool) -> bool {
        self.body.get_bool(field).is_ok_and(|it| it == value)
    }

    /// The config servers keep these themselves; everything else lives on the shards.
    pub(super) fn is_about_config(&self) -> bool {
        matches!(self.database.as_str(), "config" | "admin" | "local")
    }

    fn deadline(&self) -> Option<Duration> {
        let stated = match self.body.get("maxTimeMS").ok()?? {
            bson::RawBsonRef::Int32(it) => u64::try_from(it).ok()?,
            bson::RawBsonRef::Int64(it) => u64::try_from(it).ok()?,
            _ => return None,
        };
        (stated > 0).then(|| Duration::from_millis(stated) + GRACE)
    }
}

/// Always an answer: a failure becomes the document that says so.
pub(super) async fn answer(relay: &mut Relay, client: i32, command: Command) -> RawDocumentBuf {
    let Some(request) = Request::from_command(command) else {
        return refused(40571, "Location40571", "OP_MSG requests require a $db argument").into_answer();
    };
    let handled = match request.deadline() {
        Some(deadline) => in_time(timeout(deadline, handle(relay, client, &request)).await),
        None => handle(relay, client, &request).await,
    };
    handled.unwrap_or_else(super::answer::Failure::into_answer)
}

/// The legacy form carries nothing but the handshake.
pub(super) fn answer_legacy(client: i32, body: &RawDocument) -> RawDocumentBuf {
    let first = body.iter_elements().next().and_then(Result::ok);
    match first.map(|it| it.key().as_str()) {
        Some("hello") => hello::hello(client, false),
        Some("isMaster" | "ismaster") => hello::hello(client, true),
        _ => {
            let text = "Unsupported OP_QUERY command. The client driver may require an upgrade.";
            refused(352, "UnsupportedOpQueryCommand", text).into_answer()
        }
    }
}

async fn handle(relay: &mut Relay, client: i32, request: &Request) -> Answer {
    refuse_transactions(request)?;
    match request.name.as_str() {
        "hello" => Ok(hello::hello(client, false)),
        "isMaster" | "ismaster" => Ok(hello::hello(client, true)),
        "ping" | "endSessions" | "startSession" | "refreshSessions" | "flushRouterConfig" => Ok(fine()),
        "isdbgrid" => Ok(rawdoc! { "isdbgrid": 1, "hostname": "127.0.0.1", "ok": 1.0 }),
        "replSetGetStatus" => {
            let text = "replSetGetStatus is not supported through mongos";
            Err(refused(96, "OperationFailed", text))
        }
        "find" | "aggregate" | "insert" | "update" | "delete" => crud::crud(relay, request).await,
        "getMore" => crud::get_more(relay, request).await,
        "killCursors" => crud::kill_cursors(relay, request).await,
        "explain" => versioned::explain(relay, request).await,
        "findAndModify" | "findandmodify" => versioned::find_and_modify(relay, request).await,
        "distinct" => versioned::distinct(relay, request).await,
        "count" => statistics::count(relay, request).await,
        "collStats" | "collstats" => statistics::collection(relay, request).await,
        "dbStats" | "dbstats" => statistics::database(relay, request).await,
        "dataSize" | "datasize" => statistics::data_size(relay, request).await,
        "validate" => statistics::validate(relay, request).await,
        "serverStatus" => overview::server(relay, request).await,
        "getParameter" => overview::parameter(relay, request).await,
        "listDatabases" => overview::list_databases(relay, request).await,
        "currentOp" => overview::current_op(relay, request).await,
        "killOp" => overview::kill_op(relay, request).await,
        _ => handle_definitions(relay, request).await,
    }
}

/// Commands that change or show what there is, rather than what is in it.
async fn handle_definitions(relay: &mut Relay, request: &Request) -> Answer {
    match request.name.as_str() {
        "create" => ddl::create(relay, request).await,
        "createIndexes" => ddl::create_indexes(relay, request).await,
        "listIndexes" => ddl::list_indexes(relay, request).await,
        "listCollections" => ddl::list_collections(relay, request).await,
        "drop" | "dropIndexes" | "collMod" | "dropDatabase" | "convertToCapped" => {
            ddl::coordinated(relay, request).await
        }
        "renameCollection" => ddl::rename_collection(relay, request).await,
        "enableSharding" | "enablesharding" => sharding::enable_sharding(relay, request).await,
        "shardCollection" | "shardcollection" => sharding::shard_collection(relay, request).await,
        "refineCollectionShardKey" => sharding::refine(relay, request).await,
        "reshardCollection" => sharding::reshard(relay, request).await,
        "setAllowMigrations" => sharding::set_allow_migrations(relay, request).await,
        "movePrimary" | "moveprimary" => sharding::move_primary(relay, request).await,
        "addShard" | "addshard" => sharding::add_shard(relay, request).await,
        "listShards" => sharding::list_shards(relay).await,
        "getShardVersion" => sharding::shard_version(relay, request).await,
        "split" => chunks::split(relay, request).await,
        "moveChunk" | "movechunk" => chunks::move_chunk(relay, request).await,
        "moveRange" => chunks::move_range(relay, request).await,
        "mergeChunks" => chunks::merge(relay, request).await,
        "clearJumboFlag" => chunks::clear_jumbo(relay, request).await,
        name if sharding::config_command(name).is_some() => sharding::on_config(relay, request).await,
        name if FORWARDED_TO_CONFIG.contains(&name) => crud::plain_on_config(relay, request).await,
        name => Err(unknown_command(name)),
    }
}

/// What concerns the process or its users is asked of the config server as it stands.
const FORWARDED_TO_CONFIG: [&str; 33] = [
    "buildInfo",
    "buildinfo",
    "connPoolStats",
    "connectionStatus",
    "createRole",
    "createUser",
    "dropRole",
    "dropUser",
    "features",
    "getClusterParameter",
    "getCmdLineOpts",
    "getDefaultRWConcern",
    "getDiagnosticData",
    "getFreeMonitoringStatus",
    "getLog",
    "getShardMap",
    "grantRolesToUser",
    "hostInfo",
    "listCommands",
    "logRotate",
    "profile",
    "revokeRolesFromUser",
    "rolesInfo",
    "saslContinue",
    "saslStart",
    "setDefaultRWConcern",
    "setFeatureCompatibilityVersion",
    "setParameter",
    "top",
    "updateRole",
    "updateUser",
    "usersInfo",
    "whatsmyuri",
];

/// A shard aborts a transaction that starts on its router commands, so none is let through.
fn refuse_transactions(request: &Request) -> Result<(), super::answer::Failure> {
    let starts = matches!(request.body.get("startTransaction"), Ok(Some(_)));
    let continues = request.says("autocommit", false);
    let ends = matches!(request.name.as_str(), "commitTransaction" | "abortTransaction");
    if starts || continues || ends {
        return Err(illegal("The sandbox's router does not run multi-document transactions"));
    }
    Ok(())
}

/// The fields that may accompany any command and go with it under its other name.
pub(super) fn companions(body: &Document) -> Document {
    let mut kept = doc! {};
    for field in ["comment", "maxTimeMS", "lsid"] {
        if let Some(value) = body.get(field) {
            kept.insert(field, value.clone());
        }
    }
    kept
}
