//! What is asked of and sent to a server that publishes, 13 to 18.

mod list;
mod preflight;

use std::sync::Arc;

use tokio_postgres::Row;

use super::model::{Change, Extent, LeftBehind, Operations, Table, Verb};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::AppError;
use crate::replication::logical::model::{Name, TableName};
use crate::replication::logical::postgres::{Send, read, send};
use crate::replication::server::{About, Server};
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;
pub use list::overview;
pub use preflight::Choice;

/// The publications of one server, at work for somebody who may change them.
pub struct Publications {
    server: Server,
    peers: Vec<Arc<Entry>>,
}

/// A publication that exists.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Known {
    pub all_tables: bool,
    pub publish: Operations,
    pub via_root: bool,
    pub owned: bool,
    /// The schemas and tables that it lists itself.
    pub listed: bool,
}

/// What a plan rests on.
pub struct Facts {
    pub about: About,
    pub known: Option<Known>,
    /// The tables that would be in the publication afterwards, or that the change is about.
    pub tables: Vec<Table>,
    /// Tables that were named and are not there.
    pub missing: Vec<String>,
    /// Schemas that were named and are not there.
    pub missing_schemas: Vec<String>,
    /// Whether the console's role may create things in the database.
    pub may_create: bool,
    /// Whether the role that was named exists, and with which attributes; none where no role was named.
    pub reader: Option<Reader>,
    pub left_behind: LeftBehind,
    /// Subscriptions of known targets that use the publication, and who reads logical slots of the database now.
    pub subscribers: Vec<String>,
    pub readers: Vec<String>,
}

/// The role that subscribers log in with.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reader {
    pub exists: bool,
    pub replicates: bool,
}

impl Publications {
    pub const fn of(server: Server, peers: Vec<Arc<Entry>>) -> Self {
        Self { server, peers }
    }

    pub const fn server(&self) -> &Server {
        &self.server
    }

    /// Everything the checks need to know.
    ///
    /// # Errors
    /// As [`read`].
    pub async fn facts(&self, change: &Change) -> Result<Facts, AppError> {
        let (about, database) = (self.server.about().await?, change.database());
        let name = name_of(change);
        let known = match name {
            Some(name) => self.known(database, name).await?,
            None => None,
        };
        let reader = match change {
            Change::CreatePublication { reader, .. } => reader.as_ref(),
            Change::GrantSelect { reader, .. } => Some(reader),
            _ => None,
        };
        let choice = chosen(change);
        let tables = preflight::tables(&self.server, database.as_str(), &choice, reader).await?;
        let there: Vec<&TableName> = tables.iter().map(|table| &table.name).collect();
        let missing = named(change).iter().filter(|table| !there.contains(table)).map(ToString::to_string).collect();
        let (may_create, reader, missing_schemas) = self.rights(change, reader).await?;
        let (subscribers, readers) = match name {
            Some(name) if known.is_some() => {
                let all = list::subscribers(&self.server, &self.peers, database.as_str()).await;
                let of_it = all.into_iter().filter(|(_, names)| names.iter().any(|it| it == name.as_str()));
                (of_it.map(|(who, _)| who).collect(), list::readers(&self.server, database.as_str()).await?)
            }
            _ => (Vec::new(), Vec::new()),
        };
        let left_behind = list::left_behind(&self.server, database.as_str()).await?;
        Ok(Facts {
            about,
            known,
            tables,
            missing,
            missing_schemas,
            may_create,
            reader,
            left_behind,
            subscribers,
            readers,
        })
    }

    async fn known(&self, database: &Name, name: &Name) -> Result<Option<Known>, AppError> {
        const SQL: &str = "SELECT puballtables, pubinsert, pubupdate, pubdelete, pubtruncate, pubviaroot, \
            pg_has_role(pubowner, 'USAGE'), EXISTS (SELECT FROM pg_publication_rel WHERE prpubid = p.oid) \
            FROM pg_publication p WHERE pubname = $1";
        let name = name.as_str();
        let row = read(&self.server, database.as_str(), |on| async move { on.client().query_opt(SQL, &[&name]).await })
            .await?;
        Ok(row.map(|row| Known {
            all_tables: row.get(0),
            publish: operations(&row, 1),
            via_root: row.get(5),
            owned: row.get(6),
            listed: row.get(7),
        }))
    }

    async fn rights(
        &self,
        change: &Change,
        reader: Option<&Name>,
    ) -> Result<(bool, Option<Reader>, Vec<String>), AppError> {
        const SQL: &str = "SELECT has_database_privilege(current_database(), 'CREATE'), \
            (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = $1), \
            array(SELECT it FROM unnest($2::text[]) AS it WHERE NOT EXISTS \
                (SELECT FROM pg_namespace WHERE nspname = it))";
        let role = reader.map(|name| name.as_str().to_owned());
        let schemas: Vec<String> = match change {
            Change::CreatePublication { extent: Extent::Schemas(names), .. } => {
                names.iter().map(ToString::to_string).collect()
            }
            _ => Vec::new(),
        };
        let row = read(&self.server, change.database().as_str(), |on| async move {
            on.client().query_one(SQL, &[&role, &schemas]).await
        })
        .await?;
        let replicates: Option<bool> = row.get(1);
        let reader = reader.map(|_| Reader { exists: replicates.is_some(), replicates: replicates == Some(true) });
        Ok((row.get(0), reader, row.get(2)))
    }
}

/// Five columns of operations, from this one on.
fn operations(row: &Row, from: usize) -> Operations {
    Operations {
        insert: row.get(from),
        update: row.get(from + 1),
        delete: row.get(from + 2),
        truncate: row.get(from + 3),
    }
}

const fn name_of(change: &Change) -> Option<&Name> {
    match change {
        Change::CreatePublication { name, .. }
        | Change::AlterTables { name, .. }
        | Change::SetPublish { name, .. }
        | Change::DropPublication { name, .. } => Some(name),
        Change::SetReplicaIdentity { .. } | Change::GrantSelect { .. } => None,
    }
}

/// The tables that the change names itself.
fn named(change: &Change) -> Vec<TableName> {
    match change {
        Change::CreatePublication { extent: Extent::Tables(tables), .. }
        | Change::AlterTables { tables, .. }
        | Change::GrantSelect { tables, .. } => tables.clone(),
        Change::SetReplicaIdentity { table, .. } => vec![table.clone()],
        _ => Vec::new(),
    }
}

/// The tables that the checks look at.
fn chosen(change: &Change) -> Choice {
    match change {
        Change::CreatePublication { extent: Extent::AllTables, .. } => Choice::All,
        Change::CreatePublication { extent: Extent::Schemas(names), .. } => {
            Choice::Schemas(names.iter().map(ToString::to_string).collect())
        }
        Change::SetPublish { name, .. } | Change::DropPublication { name, .. } => {
            Choice::Published(name.as_str().to_owned())
        }
        _ => Choice::These(named(change)),
    }
}

impl Engine<Change> for Publications {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        Ok(super::plan::plan(self.server.name(), change, &self.facts(change).await?))
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        send(&self.server, command, Send::plain(&command.exact), run, || async {}).await?;
        Ok(words!("Done.", "완료."))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        match change {
            Change::SetReplicaIdentity { .. } | Change::GrantSelect { .. } => {
                let left: Vec<String> = self
                    .facts(change)
                    .await?
                    .tables
                    .iter()
                    .filter(|table| {
                        table.troubles.iter().any(|it| it.breaks_writes() || *it == super::model::Trouble::NoSelect)
                    })
                    .map(|table| table.name.to_string())
                    .collect();
                let seen = if left.is_empty() {
                    words!("The table is fit to be published.", "테이블을 발행할 수 있습니다.")
                } else {
                    let names = left.join(", ");
                    words!("Still not fit to be published: {names}.", "아직 발행할 수 없습니다: {names}.")
                };
                Ok(ReadBack { holds: left.is_empty(), seen })
            }
            _ => self.read_publication(change).await,
        }
    }
}

impl Publications {
    async fn read_publication(&self, change: &Change) -> Result<ReadBack, AppError> {
        let Some(name) = name_of(change) else {
            return Ok(ReadBack { holds: true, seen: Words::default() });
        };
        let known = self.known(change.database(), name).await?;
        let Some(known) = known else {
            let holds = matches!(change, Change::DropPublication { .. });
            return Ok(ReadBack {
                holds,
                seen: words!("There is no publication {name}.", "발행 {name}이(가) 없습니다."),
            });
        };
        let choice = Choice::Published(name.as_str().to_owned());
        let tables = preflight::tables(&self.server, change.database().as_str(), &choice, None).await?;
        let has = |table: &TableName| tables.iter().any(|it| it.name == *table);
        let holds = match change {
            Change::CreatePublication { publish, via_root, extent, .. } => {
                known.publish == *publish
                    && known.via_root == *via_root
                    && known.all_tables == (*extent == Extent::AllTables)
            }
            Change::AlterTables { verb, tables: named, .. } => match verb {
                Verb::Drop => !named.iter().any(has),
                // A partitioned table may be listed by its partitions.
                Verb::Add | Verb::Set => !tables.is_empty(),
            },
            Change::SetPublish { publish, via_root, .. } => known.publish == *publish && known.via_root == *via_root,
            _ => false,
        };
        let (count, publish) = (tables.len(), known.publish.to_string());
        let seen = words!(
            "The publication {name} sends {publish}; its tables: {count}.",
            "발행 {name}에는 테이블 {count}개가 있고 {publish}을(를) 보냅니다.",
        );
        Ok(ReadBack { holds, seen })
    }
}
