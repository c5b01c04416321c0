//! Publications and the changes to them.

pub mod form;
pub mod seen;

use serde::{Deserialize, Serialize};

use crate::replication::logical::model::{Name, TableName};
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;
pub use form::PublicationForm;
pub use seen::{LeftBehind, Overview, Publication, PublishedTable, Table, Trouble};

/// The kinds of change to rows that a publication sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operations {
    pub insert: bool,
    pub update: bool,
    pub delete: bool,
    pub truncate: bool,
}

impl Operations {
    pub const ALL: Self = Self { insert: true, update: true, delete: true, truncate: true };

    /// Reads `insert, update`; an empty text means all.
    ///
    /// # Errors
    /// The rule that the text breaks.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let mut found = Self { insert: false, update: false, delete: false, truncate: false };
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.is_empty() {
            return Ok(Self::ALL);
        }
        for part in parts {
            match part {
                "insert" => found.insert = true,
                "update" => found.update = true,
                "delete" => found.delete = true,
                "truncate" => found.truncate = true,
                _ => {
                    return Err(words!(
                        "“{part}” is no operation of a publication.",
                        "“{part}”은(는) 발행할 수 있는 작업이 아닙니다."
                    ));
                }
            }
        }
        Ok(found)
    }

    /// Whether rows must be told apart by a replica identity.
    pub const fn need_identity(self) -> bool {
        self.update || self.delete
    }
}

impl std::fmt::Display for Operations {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all =
            [("insert", self.insert), ("update", self.update), ("delete", self.delete), ("truncate", self.truncate)];
        let words: Vec<&str> = all.into_iter().filter(|(_, sent)| *sent).map(|(word, _)| word).collect();
        out.write_str(&words.join(", "))
    }
}

/// What a publication is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", content = "names", rename_all = "snake_case")]
pub enum Extent {
    Tables(Vec<TableName>),
    /// All tables of these schemas, also later ones. 15 and later.
    Schemas(Vec<Name>),
    /// All tables of the database, also later ones.
    AllTables,
}

/// How the tables of a publication change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Add,
    Drop,
    Set,
}

/// How a table's rows are told apart when they change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", content = "index", rename_all = "snake_case")]
pub enum Identity {
    PrimaryKey,
    Index(Name),
    Full,
}

/// A write that concerns publications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    CreatePublication {
        target: TargetId,
        database: Name,
        name: Name,
        extent: Extent,
        publish: Operations,
        /// Changes of partitions are sent as those of the partitioned table.
        via_root: bool,
        /// The role that subscribers log in with, if it is known yet.
        reader: Option<Name>,
    },
    AlterTables {
        target: TargetId,
        database: Name,
        name: Name,
        verb: Verb,
        tables: Vec<TableName>,
    },
    SetPublish {
        target: TargetId,
        database: Name,
        name: Name,
        publish: Operations,
        via_root: bool,
    },
    DropPublication {
        target: TargetId,
        database: Name,
        name: Name,
    },
    SetReplicaIdentity {
        target: TargetId,
        database: Name,
        table: TableName,
        identity: Identity,
    },
    /// Lets the role that subscribers log in with read the tables.
    GrantSelect {
        target: TargetId,
        database: Name,
        reader: Name,
        tables: Vec<TableName>,
    },
}

impl Change {
    pub const fn database(&self) -> &Name {
        match self {
            Self::CreatePublication { database, .. }
            | Self::AlterTables { database, .. }
            | Self::SetPublish { database, .. }
            | Self::DropPublication { database, .. }
            | Self::SetReplicaIdentity { database, .. }
            | Self::GrantSelect { database, .. } => database,
        }
    }
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::CreatePublication { .. } => "replication.create_publication",
            Self::AlterTables { .. } | Self::SetPublish { .. } => "replication.alter_publication",
            Self::DropPublication { .. } => "replication.drop_publication",
            Self::SetReplicaIdentity { .. } => "replication.set_replica_identity",
            Self::GrantSelect { .. } => "replication.grant_select",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::CreatePublication { target, .. }
            | Self::AlterTables { target, .. }
            | Self::SetPublish { target, .. }
            | Self::DropPublication { target, .. }
            | Self::SetReplicaIdentity { target, .. }
            | Self::GrantSelect { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_read_as_they_are_written() {
        assert_eq!(Operations::parse(""), Ok(Operations::ALL));
        assert_eq!(Operations::parse("insert").expect("one").to_string(), "insert");
        assert!(!Operations::parse("insert,truncate").expect("two").need_identity());
        assert!(Operations::parse("insert; drop").is_err());
    }

    #[test]
    fn a_change_that_was_tampered_with_is_not_read() {
        let text = r#"{"do":"drop_publication","target":"pg","database":"shop","name":"a‹b"}"#;
        assert!(serde_json::from_str::<Change>(text).is_err());
    }
}
