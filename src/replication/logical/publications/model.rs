//! Publications, the tables that could be in one, and the changes to them.

use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::replication::logical::model::{Name, TableName, parse_names};
use crate::targets::model::TargetId;
use crate::text::Words;
use crate::words;

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

/// What a form about publications holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PublicationForm {
    pub action: String,
    pub name: String,
    /// `tables`, `schemas` or `all`.
    pub extent: String,
    /// Tables or schemas, parted by commas or lines.
    pub names: String,
    /// `insert, update`…; empty: all.
    pub publish: String,
    pub via_root: String,
    pub reader: String,
    /// `index`, `full` or `primary`.
    pub identity: String,
    pub index: String,
}

impl PublicationForm {
    /// The change that the form asks for.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn parse(&self, target: TargetId, database: &str) -> Result<Change, AppError> {
        let name_at = |field: &str, text: &str| Name::parse(text.trim()).map_err(|rule| AppError::invalid(field, rule));
        let database = name_at("database", database)?;
        let name = || name_at("name", &self.name);
        let publish = || Operations::parse(&self.publish).map_err(|rule| AppError::invalid("publish", rule));
        let via_root = self.via_root == "yes";
        let reader = Some(self.reader.trim()).filter(|text| !text.is_empty());
        Ok(match self.action.as_str() {
            "create_publication" => Change::CreatePublication {
                target,
                database,
                name: name()?,
                extent: self.extent()?,
                publish: publish()?,
                via_root,
                reader: reader.map(|text| name_at("reader", text)).transpose()?,
            },
            "add_tables" | "drop_tables" | "set_tables" => Change::AlterTables {
                target,
                database,
                name: name()?,
                verb: match self.action.as_str() {
                    "add_tables" => Verb::Add,
                    "drop_tables" => Verb::Drop,
                    _ => Verb::Set,
                },
                tables: self.tables()?,
            },
            "set_publish" => Change::SetPublish { target, database, name: name()?, publish: publish()?, via_root },
            "drop_publication" => Change::DropPublication { target, database, name: name()? },
            "set_replica_identity" => Change::SetReplicaIdentity {
                target,
                database,
                table: TableName::parse(&self.names).map_err(|rule| AppError::invalid("names", rule))?,
                identity: match self.identity.as_str() {
                    "full" => Identity::Full,
                    "primary" => Identity::PrimaryKey,
                    _ => Identity::Index(name_at("index", &self.index)?),
                },
            },
            "grant_select" => Change::GrantSelect {
                target,
                database,
                reader: name_at("reader", &self.reader)?,
                tables: self.tables()?,
            },
            _ => return Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        })
    }

    fn extent(&self) -> Result<Extent, AppError> {
        Ok(match self.extent.as_str() {
            "all" => Extent::AllTables,
            "schemas" => {
                let names = parse_names(&self.names).map_err(|rule| AppError::invalid("names", rule))?;
                Extent::Schemas(some(names)?)
            }
            _ => Extent::Tables(self.tables()?),
        })
    }

    fn tables(&self) -> Result<Vec<TableName>, AppError> {
        some(TableName::parse_list(&self.names).map_err(|rule| AppError::invalid("names", rule))?)
    }
}

/// Names in one form at most.
const MOST: usize = 500;

fn some<T>(names: Vec<T>) -> Result<Vec<T>, AppError> {
    let most = MOST;
    let rule = match names.len() {
        0 => words!("Choose at least one.", "하나 이상 선택하세요."),
        count if count > most => words!("At most {most} at once.", "한 번에 최대 {most}개입니다."),
        _ => return Ok(names),
    };
    Err(AppError::invalid("names", rule))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn target() -> TargetId {
        TargetId::parse("pg").expect("a name")
    }

    #[test]
    fn a_form_without_a_table_is_told_at_its_field() {
        let form =
            PublicationForm { action: "create_publication".into(), name: "p".into(), ..PublicationForm::default() };
        assert_eq!(form.parse(target(), "shop").expect_err("no table").field.as_deref(), Some("names"));
    }

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
