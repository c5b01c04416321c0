//! What the console's user at the cluster may do.

use bson::Document;

/// An action on a resource, as MongoDB's roles grant it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Privilege {
    action: &'static str,
    on: Resource,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Resource {
    Cluster,
    Collection { database: String, collection: String },
}

impl Privilege {
    /// On the cluster: `addShard`, `listShards`.
    pub fn on_cluster(action: &'static str) -> Self {
        Self { action, on: Resource::Cluster }
    }

    /// On a collection: `moveChunk`, `enableSharding`.
    pub fn on(database: &str, collection: &str, action: &'static str) -> Self {
        Self { action, on: Resource::Collection { database: database.to_owned(), collection: collection.to_owned() } }
    }
}

impl Privilege {
    /// Whether it is about the documents of a collection, which a cluster's manager need not be allowed to touch.
    pub(super) fn is_of_data(&self) -> bool {
        matches!(self.action, "dropCollection" | "createIndex")
    }
}

impl std::fmt::Display for Privilege {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.on {
            Resource::Cluster => write!(out, "{} (cluster)", self.action),
            Resource::Collection { database, collection } => write!(out, "{} ({database}.{collection})", self.action),
        }
    }
}

/// The privileges in an answer to `connectionStatus`; none where nobody is logged in, which is so where the cluster
/// does not ask who one is.
pub(super) fn held(status: &Document) -> Option<Vec<Document>> {
    let info = status.get_document("authInfo").ok()?;
    if info.get_array("authenticatedUsers").ok()?.is_empty() {
        return None;
    }
    let held = info.get_array("authenticatedUserPrivileges").ok()?;
    Some(held.iter().filter_map(|it| it.as_document().cloned()).collect())
}

/// Those that none of the held ones grants.
pub(super) fn missing(held: &[Document], wanted: &[Privilege]) -> Vec<Privilege> {
    wanted.iter().filter(|wanted| !held.iter().any(|it| grants(it, wanted))).cloned().collect()
}

fn grants(held: &Document, wanted: &Privilege) -> bool {
    let actions = held.get_array("actions").map(Vec::as_slice).unwrap_or_default();
    let does = actions.iter().any(|it| it.as_str().is_some_and(|it| it == wanted.action || it == "anyAction"));
    does && held.get_document("resource").is_ok_and(|resource| covers(resource, &wanted.on))
}

/// An empty name stands for every database, and for every collection but MongoDB's own.
fn covers(resource: &Document, wanted: &Resource) -> bool {
    if resource.get_bool("anyResource").unwrap_or_default() {
        return true;
    }
    let Resource::Collection { database, collection } = wanted else {
        return resource.get_bool("cluster").unwrap_or_default();
    };
    let (Ok(of_database), Ok(of_collection)) = (resource.get_str("db"), resource.get_str("collection")) else {
        return false;
    };
    let same_database = of_database.is_empty() || of_database == database;
    same_database && (of_collection == collection || of_collection.is_empty() && !collection.starts_with("system."))
}
