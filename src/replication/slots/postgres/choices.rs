//! What only some plans and forms need to know: databases, open transactions, roles.

use super::super::model::action::{CreationChoices, DatabaseChoice, SlotDeeds};
use super::super::model::{DatabaseName, SlotName};
use super::super::plan::{offers, versions};
use super::{Facts, Slots};
use crate::error::AppError;
use crate::replication::server::About;
use crate::targets::postgres;
use crate::text::Words;
use crate::words;

/// What the creation of a logical slot meets.
pub struct Scene {
    /// None: there is no such database.
    pub database: Option<DatabaseChoice>,
    /// The oldest three that write.
    pub writers: Vec<Writer>,
    pub writing: i64,
    /// Prepared transactions, which nobody has ended.
    pub prepared: i64,
}

/// A transaction that has written and is open.
pub struct Writer {
    pub pid: i32,
    /// None where the console's role may not see it.
    pub seconds: Option<f64>,
    pub application: Option<String>,
}

/// A role that may be kept from logging in for a moment.
pub struct Fence {
    pub role: String,
}

pub struct AboutSnapshot {
    pub about: About,
    pub may: bool,
}

const DATABASES: &str = "SELECT datname::text, datallowconn, has_database_privilege(oid, 'CONNECT') FROM pg_database \
     WHERE NOT datistemplate";

impl Slots {
    /// # Errors
    /// As [`postgres::read`].
    pub async fn scene(&self, database: &DatabaseName) -> Result<Scene, AppError> {
        // Whether a transaction writes is shown to everybody; since when and what, to its own role and pg_read_all_stats.
        const WRITERS: &str = "SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::float8, \
             left(application_name, 60), count(*) OVER () FROM pg_stat_activity \
             WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() ORDER BY age(backend_xid) DESC LIMIT 3";
        let database = database.to_string();
        postgres::read(self.server().entry(), |client| async move {
            let one = client.query_opt(&format!("{DATABASES} AND datname = $1"), &[&database]).await?;
            let writers = client.query(WRITERS, &[]).await?;
            let prepared = client.query_one("SELECT count(*) FROM pg_prepared_xacts", &[]).await?;
            Ok(Scene {
                database: one.map(|row| choice(&row)),
                writing: writers.first().map_or(0, |row| row.get(3)),
                writers: writers.iter().map(writer).collect(),
                prepared: prepared.get(0),
            })
        })
        .await
    }

    /// Whether the role of a slot's consumer may be kept from logging in; if not, why.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn fence(&self, facts: &Facts) -> Result<Result<Fence, Words>, AppError> {
        let user = facts.slot.as_ref().and_then(|slot| slot.now.user.as_ref());
        let Some(role) = user.and_then(|user| user.role.clone()) else {
            return Ok(Err(words!("Nobody's role is known to keep out.", "막을 역할을 알 수 없습니다.")));
        };
        let me = &facts.about.role;
        if role == me.name {
            return Ok(Err(words!("It is the console's own role.", "콘솔 자신의 역할입니다.")));
        }
        if !me.superuser && !me.create_role {
            let why = words!(
                "The console's role has no CREATEROLE, so it cannot change {role}.",
                "콘솔 역할에 CREATEROLE이 없어 {role}을(를) 바꿀 수 없습니다."
            );
            return Ok(Err(why));
        }
        const SQL: &str = "SELECT rolsuper, (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid \
             AND a.backend_type IS DISTINCT FROM 'walsender'), rolcanlogin FROM pg_roles r WHERE rolname = $1";
        let name = role.clone();
        let ask = |client: deadpool_postgres::Object| async move { client.query_opt(SQL, &[&name]).await };
        let Some(row) = postgres::read(self.server().entry(), ask).await? else {
            return Ok(Err(words!("There is no role {role} any more.", "역할 {role}이(가) 더 이상 없습니다.")));
        };
        let (superuser, others, may): (bool, i64, bool) = (row.get(0), row.get(1), row.get(2));
        Ok(if superuser {
            Err(words!(
                "{role} is a superuser, who must always be able to log in.",
                "{role}은(는) 슈퍼유저라 로그인을 막지 않습니다."
            ))
        } else if others > 0 {
            Err(words!(
                "{role} also has {others} other connection(s): an application would be kept out too.",
                "{role}에 다른 연결이 {others}개 있어 애플리케이션까지 막게 됩니다.",
            ))
        } else if !may {
            Err(words!("{role} cannot log in as it is.", "{role}은(는) 이미 로그인할 수 없습니다."))
        } else {
            Ok(Fence { role })
        })
    }

    /// # Errors
    /// As [`postgres::read`].
    pub async fn about_snapshot(&self) -> Result<AboutSnapshot, AppError> {
        let about = self.server().about().await?;
        const SQL: &str = "SELECT coalesce(bool_or(has_function_privilege(oid, 'EXECUTE')), false) FROM pg_proc \
             WHERE proname = 'pg_log_standby_snapshot' AND pronamespace = 'pg_catalog'::regnamespace";
        let ask = |client: deadpool_postgres::Object| async move { client.query_one(SQL, &[]).await };
        let may = postgres::read(self.server().entry(), ask).await?.get(0);
        Ok(AboutSnapshot { about, may })
    }

    /// What the form for a new slot offers.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn creation_choices(&self) -> Result<CreationChoices, AppError> {
        let about = self.server().about().await?;
        let sql = format!("{DATABASES} ORDER BY 1 LIMIT 200");
        let ask = |client: deadpool_postgres::Object| async move { client.query(&sql, &[]).await };
        let rows = postgres::read(self.server().entry(), ask).await?;
        let primary = if about.standby { self.primary().await } else { None };
        Ok(CreationChoices {
            databases: rows.iter().map(choice).collect(),
            own_database: self.server().database().to_owned(),
            no_logical: versions::no_logical(&about),
            no_two_phase: versions::no_two_phase(&about),
            no_failover: versions::no_failover(&about),
            standby: about.standby,
            primary,
        })
    }

    async fn primary(&self) -> Option<(String, String)> {
        // No slot has an empty name, so nobody is asked about one.
        let name = SlotName::parse("_").ok()?;
        let primary = self.ask_peers(&name, true).await.primary?;
        Some((primary.target.to_string(), primary.name))
    }

    /// What can be done with a slot; none where there is no such slot.
    ///
    /// # Errors
    /// As [`postgres::read`].
    pub async fn deeds(&self, name: &SlotName) -> Result<Option<SlotDeeds>, AppError> {
        let facts = self.facts(name).await?;
        let Some(slot) = &facts.slot else { return Ok(None) };
        let fence = if slot.active { self.fence(&facts).await?.ok() } else { None };
        Ok(Some(offers::deeds(self.server().target().as_str(), slot, &facts, fence.map(|fence| fence.role))))
    }
}

fn choice(row: &tokio_postgres::Row) -> DatabaseChoice {
    let (open, may): (bool, bool) = (row.get(1), row.get(2));
    let closed = if !open {
        Some(words!("It takes no connections.", "연결을 받지 않습니다."))
    } else if !may {
        Some(words!(
            "The console's role may not connect (GRANT CONNECT).",
            "콘솔 역할에 연결 권한이 없습니다(GRANT CONNECT)."
        ))
    } else {
        None
    };
    DatabaseChoice { name: row.get(0), closed }
}

fn writer(row: &tokio_postgres::Row) -> Writer {
    Writer { pid: row.get(0), seconds: row.get(1), application: row.get(2) }
}
