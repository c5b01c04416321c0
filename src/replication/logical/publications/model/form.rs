//! What a form about publications holds, and the change that it asks for.

use serde::{Deserialize, Serialize};

use super::{Change, Extent, Identity, Operations, Verb};
use crate::error::AppError;
use crate::replication::logical::model::{Name, TableName, parse_names};
use crate::targets::model::TargetId;
use crate::words;

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
}
