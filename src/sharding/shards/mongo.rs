//! How shards are read, added, drained and removed, and how the primary shard of a database is moved.

pub mod balancing;
pub mod facts;
pub mod left;
pub mod primary;
pub mod read;
pub mod tried;

use bson::Document;
use mongodb::Client;
use mongodb::error::Error;

use super::model::change::Change;
use super::model::{Database, Shard};
use crate::change::apply::{Engine, ReadBack};
use crate::change::run::Run;
use crate::change::{Command, Plan};
use crate::error::{AppError, Kind};
use crate::sharding::cluster::Cluster;
use crate::sharding::mongo::answer;
use crate::sharding::mongo::command::parsed;
use crate::text::Words;
use crate::words;

/// Changes the shards of one cluster.
pub struct Shards {
    cluster: Cluster,
}

impl Shards {
    pub fn new(cluster: Cluster) -> Self {
        Self { cluster }
    }

    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Notes in a change from a form what it is about, so that another thing of the same name is not taken for it later.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn observed(&self, change: Change) -> Result<Change, AppError> {
        Ok(match change {
            Change::StartDraining { target, shard, .. } => {
                let host = self.host(&shard).await?;
                Change::StartDraining { target, shard, host }
            }
            Change::StopDraining { target, shard, .. } => {
                let host = self.host(&shard).await?;
                Change::StopDraining { target, shard, host }
            }
            Change::CommitRemoval { target, shard, .. } => {
                let host = self.host(&shard).await?;
                Change::CommitRemoval { target, shard, host }
            }
            Change::MovePrimary { target, database, to, .. } => {
                let found = self.read(async |client| read::database(client, &database).await).await?;
                let (from, uuid) = found.map(|it| (it.primary, it.uuid)).unwrap_or_default();
                Change::MovePrimary { target, database, to, from, uuid }
            }
            change @ Change::AddShard { .. } => change,
        })
    }

    async fn host(&self, shard: &str) -> Result<String, AppError> {
        Ok(self.shard(shard).await?.map(|it| it.host).unwrap_or_default())
    }

    async fn shard(&self, name: &str) -> Result<Option<Shard>, AppError> {
        let shards = self.read(async |client| read::shards(client).await).await?;
        Ok(shards.into_iter().find(|it| it.name == name))
    }

    /// Asks the router.
    ///
    /// # Errors
    /// As [`Cluster::read`].
    pub async fn read<T>(&self, work: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, AppError> {
        self.cluster.read(|client| async move { work(&client).await }).await
    }
}

impl Engine<Change> for Shards {
    async fn plan(&self, change: &Change) -> Result<Plan, AppError> {
        super::plan::plan(self, change).await
    }

    async fn run(&self, command: &Command, run: &Run) -> Result<Words, AppError> {
        let document = parsed(&command.exact)?;
        let answer = match document.keys().next().map(String::as_str) {
            Some("movePrimary") => self.move_primary(command, &document, run).await,
            Some("addShard") => self.cluster.answer(command).await.map_err(unreachable_set),
            _ => self.cluster.answer(command).await,
        };
        // What was seen before the change must not be told as what is.
        super::watch::forget(self.cluster.entry());
        Ok(Words::same(answer::line(answer?)))
    }

    async fn read_back(&self, change: &Change) -> Result<ReadBack, AppError> {
        match change {
            Change::AddShard { set, name, .. } => {
                let name = name.as_deref().unwrap_or(set.name());
                Ok(added(name, set.name(), self.shard(name).await?))
            }
            Change::StartDraining { shard, .. } => Ok(draining(shard, true, self.shard(shard).await?)),
            Change::StopDraining { shard, .. } => Ok(draining(shard, false, self.shard(shard).await?)),
            Change::CommitRemoval { shard, .. } => Ok(removed(shard, self.shard(shard).await?)),
            Change::MovePrimary { database, to, .. } => {
                let found = self.read(async |client| read::database(client, database).await).await?;
                let found = found.map(|it| Database { name: database.clone(), primary: it.primary });
                Ok(moved(database, to, found))
            }
        }
    }
}

impl Shards {
    /// It answers when everything has been copied. Nobody can look into it meanwhile; the record says so.
    async fn move_primary(&self, command: &Command, document: &Document, run: &Run) -> Result<Document, AppError> {
        let database = document.get_str("movePrimary").unwrap_or_default().to_owned();
        let to = document.get_str("to").unwrap_or_default().to_owned();
        run.tell(words!(
            "{database} is being copied to {to}; writes to what is not sharded in it fail meanwhile.",
            "{database}을(를) {to}(으)로 복사하는 중입니다. 그동안 샤딩되지 않은 컬렉션의 쓰기는 실패합니다.",
        ));
        self.cluster.answer_patiently(command, run, || std::future::ready(())).await
    }
}

/// The servers tell a set that they cannot reach as one of the cluster's own that does not answer.
fn unreachable_set(error: AppError) -> AppError {
    if error.kind != Kind::Unreachable {
        return error;
    }
    let next = words!(
        "If the cluster itself is well, it is the new set: it must run, be initiated (rs.initiate), and be reachable by these names from every server of the cluster.",
        "클러스터가 정상이라면 새 복제 세트가 문제입니다. 실행 중이고 초기화(rs.initiate)되어 있으며 클러스터의 모든 서버에서 이 이름으로 접근할 수 있어야 합니다.",
    );
    AppError { next, ..error }
}

fn added(name: &str, set: &str, found: Option<Shard>) -> ReadBack {
    match found {
        Some(shard) => {
            let host = &shard.host;
            let holds = host.split('/').next() == Some(set);
            ReadBack {
                holds,
                seen: words!("config.shards lists {name} ({host}).", "config.shards에 {name}({host})이(가) 있습니다."),
            }
        }
        None => ReadBack {
            holds: false,
            seen: words!("config.shards does not list {name}.", "config.shards에 {name}이(가) 없습니다."),
        },
    }
}

fn draining(name: &str, wanted: bool, found: Option<Shard>) -> ReadBack {
    match found {
        Some(shard) if shard.draining => ReadBack {
            holds: wanted,
            seen: words!("config.shards shows {name} as draining.", "config.shards에 {name}이(가) 드레이닝 중입니다."),
        },
        Some(_) => ReadBack {
            holds: !wanted,
            seen: words!(
                "config.shards shows {name}, not draining.",
                "config.shards에 {name}이(가) 있으며 드레이닝 중이 아닙니다."
            ),
        },
        // An empty shard may be gone at once.
        None => ReadBack {
            holds: wanted,
            seen: words!("config.shards does not list {name}.", "config.shards에 {name}이(가) 없습니다."),
        },
    }
}

fn removed(name: &str, found: Option<Shard>) -> ReadBack {
    match found {
        None => ReadBack {
            holds: true,
            seen: words!(
                "config.shards does not list {name} any more.",
                "config.shards에 {name}이(가) 더 이상 없습니다."
            ),
        },
        Some(_) => ReadBack {
            holds: false,
            seen: words!("config.shards still lists {name}.", "config.shards에 {name}이(가) 아직 있습니다."),
        },
    }
}

fn moved(database: &str, to: &str, found: Option<Database>) -> ReadBack {
    let Some(Database { primary, .. }) = found else {
        return ReadBack {
            holds: false,
            seen: words!("config.databases does not list {database}.", "config.databases에 {database}이(가) 없습니다."),
        };
    };
    ReadBack {
        holds: primary == to,
        seen: words!(
            "config.databases shows {primary} as the primary shard of {database}.",
            "config.databases에 {database}의 프라이머리 샤드가 {primary}입니다."
        ),
    }
}
