//! What a server shows of its publications, and what stands against publishing a table.

use serde::{Deserialize, Serialize};

use super::Operations;
use crate::replication::logical::model::{Name, TableName};
use crate::targets::model::TargetId;

/// Why a table cannot be in a publication, or what breaks once it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Trouble {
    Unlogged,
    Temporary,
    /// A foreign table, a view or the like.
    NoTable,
    /// `REPLICA IDENTITY DEFAULT` without a primary key.
    NoPrimaryKey,
    /// `REPLICA IDENTITY NOTHING`.
    IdentityNothing,
    /// `REPLICA IDENTITY USING INDEX`, but the index is gone or not valid.
    IndexGone,
    /// `REPLICA IDENTITY FULL`: works, at a price.
    Full,
    /// The role that was named may not read it.
    NoSelect,
}

impl Trouble {
    /// Whether UPDATE and DELETE of the application fail once the table is in a publication that sends them.
    pub const fn breaks_writes(self) -> bool {
        matches!(self, Self::NoPrimaryKey | Self::IdentityNothing | Self::IndexGone)
    }

    /// Whether the server refuses it in a publication at all.
    pub const fn cannot_be_published(self) -> bool {
        matches!(self, Self::Unlogged | Self::Temporary | Self::NoTable)
    }
}

/// A table as the preflight sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    pub name: TableName,
    pub partitioned: bool,
    pub troubles: Vec<Trouble>,
    /// Of a partitioned table, the first partition that the trouble is about.
    pub at: Option<TableName>,
    /// A unique index of columns that are never null, which could tell the rows apart.
    pub candidate: Option<Name>,
    /// Rows by the planner's estimate; none where the table was never analysed.
    pub rows: Option<i64>,
    pub bytes: i64,
    /// Whether the console's role owns it, as a publication for it needs.
    pub owned: bool,
}

/// A publication as the server shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    pub name: String,
    pub owner: String,
    pub all_tables: bool,
    pub publish: Operations,
    pub via_root: bool,
    /// Each with its columns and its row filter, where it has such; the first 200.
    pub tables: Vec<PublishedTable>,
    pub table_count: i64,
    pub schemas: Vec<String>,
    /// Subscriptions of known targets that name it.
    pub subscribers: Vec<String>,
}

/// A table in a publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedTable {
    pub name: String,
    /// The columns that are sent; none: all of them, or the version has no column lists.
    pub columns: Option<String>,
    pub row_filter: Option<String>,
}

/// What logical replication leaves behind in this database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftBehind {
    pub sequences: i64,
    pub materialized_views: i64,
    pub unlogged_tables: i64,
    pub foreign_tables: i64,
    pub large_objects: i64,
}

/// Everything about the publications of one database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    pub target: TargetId,
    pub database: String,
    pub databases: Vec<String>,
    /// 13 to 18.
    pub major: i32,
    pub standby: bool,
    pub wal_level: String,
    pub publications: Vec<Publication>,
    /// The first 300 tables by name.
    pub tables: Vec<Table>,
    pub table_count: i64,
    pub left_behind: LeftBehind,
    /// Logical slots of this database that a subscriber reads now, with the subscriber's name.
    pub readers: Vec<String>,
}
