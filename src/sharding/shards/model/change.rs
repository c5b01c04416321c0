//! The wish to change which shards a cluster has, or where a database is at home.

use serde::{Deserialize, Serialize};

use super::hosts::{ReplicaSet, shard_name};
use crate::error::AppError;
use crate::sharding::model::Namespace;
use crate::targets::model::TargetId;
use crate::words;

/// A write to the cluster. What was looked at stands in it, so that another thing of the same name is not taken for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// Makes a replica set a shard.
    AddShard {
        target: TargetId,
        set: ReplicaSet,
        /// None: the name of its replica set.
        name: Option<String>,
    },
    /// Lets the balancer move everything away from a shard.
    StartDraining {
        target: TargetId,
        shard: String,
        /// `set/host:port,…` as it was when the plan was made.
        host: String,
    },
    /// Lets a shard keep what is left on it.
    StopDraining { target: TargetId, shard: String, host: String },
    /// Takes a drained shard out of the cluster.
    CommitRemoval { target: TargetId, shard: String, host: String },
    /// Makes another shard the home of what is not sharded in a database.
    MovePrimary {
        target: TargetId,
        database: String,
        to: String,
        /// Where it was when the plan was made.
        from: String,
        /// The database's own UUID, where its version has one (5.0 and later).
        uuid: Option<String>,
    },
}

/// What a form holds, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Form {
    pub action: String,
    pub hosts: String,
    pub name: String,
    pub shard: String,
    pub database: String,
    pub to: String,
}

impl Form {
    /// Reads what a form holds. What is there at that moment is added by the engine.
    ///
    /// # Errors
    /// `Invalid` at the field that cannot be used.
    pub fn read(&self, target: TargetId) -> Result<Change, AppError> {
        let shard = || named("shard", &self.shard);
        let host = String::new;
        Ok(match self.action.as_str() {
            "add_shard" => {
                let set = ReplicaSet::parse(&self.hosts).map_err(|rule| AppError::invalid("hosts", rule))?;
                let name = (!self.name.trim().is_empty()).then(|| named("name", &self.name)).transpose()?;
                Change::AddShard { target, set, name }
            }
            "remove_shard" | "start_draining" => Change::StartDraining { target, shard: shard()?, host: host() },
            "stop_draining" => Change::StopDraining { target, shard: shard()?, host: host() },
            "commit_removal" => Change::CommitRemoval { target, shard: shard()?, host: host() },
            "move_primary" => {
                let database = database(&self.database)?;
                Change::MovePrimary { target, database, to: named("to", &self.to)?, from: String::new(), uuid: None }
            }
            _ => return Err(AppError::invalid("action", words!("There is no such action.", "그런 작업은 없습니다."))),
        })
    }
}

fn named(field: &str, text: &str) -> Result<String, AppError> {
    shard_name(text).map_err(|rule| AppError::invalid(field, rule))
}

/// A database that people may use. Its name obeys the same rules as in a collection's full name.
fn database(text: &str) -> Result<String, AppError> {
    let name = text.trim();
    let rule = match Namespace::parse(&format!("{name}.c")) {
        Ok(_) if !name.contains('.') => return Ok(name.to_owned()),
        Ok(_) => words!("A database's name has no dot.", "데이터베이스 이름에는 점(.)이 없습니다."),
        Err(_) if name.is_empty() => words!("Name a database.", "데이터베이스 이름을 입력하세요."),
        Err(rule) => rule,
    };
    Err(AppError::invalid("database", rule))
}

impl crate::change::Change for Change {
    fn word(&self) -> &'static str {
        match self {
            Self::AddShard { .. } => "sharding.add_shard",
            Self::StartDraining { .. } => "sharding.start_draining",
            Self::StopDraining { .. } => "sharding.stop_draining",
            Self::CommitRemoval { .. } => "sharding.commit_removal",
            Self::MovePrimary { .. } => "sharding.move_primary",
        }
    }

    fn target(&self) -> &TargetId {
        match self {
            Self::AddShard { target, .. }
            | Self::StartDraining { target, .. }
            | Self::StopDraining { target, .. }
            | Self::CommitRemoval { target, .. }
            | Self::MovePrimary { target, .. } => target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(form: Form) -> Result<Change, AppError> {
        form.read(TargetId::parse("mongo").expect("a valid name"))
    }

    fn form(action: &str) -> Form {
        Form {
            action: action.into(),
            hosts: "rs3/db5:27018".into(),
            shard: "shard2".into(),
            database: "shop".into(),
            to: "shard1".into(),
            ..Form::default()
        }
    }

    #[test]
    fn a_form_becomes_the_change_that_it_names() {
        let json = |action| serde_json::to_string(&read(form(action)).expect("a valid form")).expect("JSON");
        assert_eq!(json("add_shard"), r#"{"do":"add_shard","target":"mongo","set":"rs3/db5:27018","name":null}"#);
        assert_eq!(json("remove_shard"), r#"{"do":"start_draining","target":"mongo","shard":"shard2","host":""}"#);
        assert_eq!(json("remove_shard"), json("start_draining"));
        let moved = r#"{"do":"move_primary","target":"mongo","database":"shop","to":"shard1","from":"","uuid":null}"#;
        assert_eq!(json("move_primary"), moved);
    }

    #[test]
    fn a_wrong_form_is_told_at_its_field() {
        let field = |form: Form| read(form).expect_err("must be refused").field.expect("a field");
        assert_eq!(field(Form { hosts: "db5:27018".into(), ..form("add_shard") }), "hosts");
        assert_eq!(field(Form { name: "a b".into(), ..form("add_shard") }), "name");
        assert_eq!(field(Form { shard: String::new(), ..form("start_draining") }), "shard");
        assert_eq!(field(Form { database: String::new(), ..form("move_primary") }), "database");
        assert_eq!(field(Form { database: "config".into(), ..form("move_primary") }), "database");
        assert_eq!(field(Form { database: "a.b".into(), ..form("move_primary") }), "database");
        assert_eq!(field(Form { to: String::new(), ..form("move_primary") }), "to");
        assert_eq!(field(form("drop_shard")), "action");
    }
}
