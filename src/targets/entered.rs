//! Targets that are entered on the settings page: tried, kept in the console's store with a sealed password, and
//! taken out again.

use std::net::IpAddr;
use std::sync::Arc;

use rusqlite::params;

use super::model::{Entered, Target, TargetForm, TargetId, TargetKind};
use super::registry::{self, Configured, Entry, Secret};
use super::vault::Vault;
use crate::audit::journal::{self, Begin, Begun};
use crate::auth::session::{Administers, Authorized};
use crate::change::{Outcome, Report};
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::server::store::Store;
use crate::text::Words;
use crate::words;

/// The record of an attempt to add a target.
pub struct Recorded {
    pub id: i64,
    /// Whether the target was kept.
    pub done: bool,
}

/// All targets for the settings.
///
/// # Errors
/// When the store cannot be read.
pub async fn list(who: &Authorized<Administers>) -> Result<Vec<Entered>, AppError> {
    let here = ids(&who.state().store).await?;
    let all = who.state().registry.all();
    Ok(all
        .iter()
        .map(|entry| {
            let Configured { target, user, database, .. } = &entry.configured;
            Entered {
                here: here.iter().any(|id| id == target.id.as_str()),
                target: target.clone(),
                user: user.clone().unwrap_or_default(),
                database: database.clone().unwrap_or_default(),
            }
        })
        .collect())
}

/// Tries a target and keeps it. What came of it is told by the record.
///
/// # Errors
/// Only when nothing could be recorded.
pub async fn add(
    who: &Authorized<Administers>,
    form: &TargetForm,
    password: String,
    anyway: bool,
) -> Result<Recorded, AppError> {
    let named = form.id.chars().filter(|it| !it.is_control()).take(40).collect::<String>();
    let title = words!("Add the target {named}", "대상 {named} 추가");
    let id = begin(who, "targets.add_target", &named, title).await?;
    let added = keep(who.state(), form, password, anyway).await;
    let done = added.is_ok();
    end(who.state(), id, added).await;
    Ok(Recorded { id, done })
}

async fn keep(state: &Arc<State>, form: &TargetForm, password: String, anyway: bool) -> Result<Words, AppError> {
    let target = form.parse()?;
    if state.registry.all().iter().any(|entry| entry.configured.target.id == target.id) {
        return Err(AppError::new(
            Kind::Conflict,
            words!("There is a target of this name already.", "같은 이름의 대상이 이미 있습니다."),
            words!(
                "Choose another name, or remove the other first.",
                "다른 이름을 쓰거나 기존 대상을 먼저 제거하세요."
            ),
        )
        .at("id"));
    }
    check_address(state, &target).await?;
    let filled = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let configured = Configured {
        user: filled(&form.user),
        password: Some(password).filter(|password| !password.is_empty()).map(Secret::new),
        database: filled(&form.database),
        tls: None,
        target,
    };
    let answer = registry::describe(&Entry::alone(configured.clone())).await;
    let seen = match answer {
        Ok(seen) => seen,
        Err(_) if anyway => {
            words!("It does not answer now, and was kept all the same.", "지금 응답하지 않지만 저장했습니다.")
        }
        Err(error) => return Err(error),
    };
    write(state, &configured).await?;
    state.registry.put(configured);
    Ok(seen)
}

/// Forgets a target that was entered here.
///
/// # Errors
/// Only when nothing could be recorded.
pub async fn remove(who: &Authorized<Administers>, id: &str) -> Result<i64, AppError> {
    let id = TargetId::parse(id).map_err(|rule| AppError::invalid("id", rule))?;
    let title = words!("Remove the target {id}", "대상 {id} 제거");
    let record = begin(who, "targets.remove_target", id.as_str(), title).await?;
    let removed = forget(who.state(), &id).await;
    end(who.state(), record, removed).await;
    Ok(record)
}

async fn forget(state: &State, id: &TargetId) -> Result<Words, AppError> {
    let name = id.to_string();
    let rows = state
        .store
        .with(move |connection| {
            let transaction = connection.transaction()?;
            let rows = transaction.execute("DELETE FROM entered_target WHERE id = ?1", [&name])?;
            if rows > 0 {
                // Another server may get the name; what was known of this one must not be told of that.
                transaction.execute("DELETE FROM wal_volume WHERE target = ?1", [&name])?;
                transaction.execute("DELETE FROM history_series WHERE target = ?1", [&name])?;
            }
            transaction.commit()?;
            Ok(rows)
        })
        .await?;
    if rows == 0 {
        return Err(AppError::not_found(words!(
            "No target of this name was entered here. One from the targets file is removed there.",
            "여기서 추가한 대상이 아닙니다. 대상 파일의 대상은 그 파일에서 제거하세요.",
        )));
    }
    state.registry.take(id);
    Ok(words!("The database itself was not touched.", "데이터베이스 자체는 바뀌지 않았습니다."))
}

/// Puts the kept targets into the registry. One whose password cannot be opened goes without it, and says so when it
/// is used. A name that the targets file has too is the file's.
///
/// # Errors
/// When the store cannot be read.
pub async fn load(state: &State) -> Result<(), AppError> {
    for (target, user, sealed, database) in read(&state.store).await? {
        if state.registry.all().iter().any(|entry| entry.configured.target.id == target.id) {
            tracing::warn!(target = %target.id, "entered on the settings page and in the targets file: the file counts");
            continue;
        }
        let opened = sealed.map(|sealed| state.vault.unseal(&target, user.as_deref().unwrap_or_default(), &sealed));
        if matches!(opened, Some(None)) {
            tracing::error!(target = %target.id, "its password cannot be opened with this key: enter it anew");
        }
        state.registry.put(Configured { target, user, password: opened.flatten(), database, tls: None });
    }
    Ok(())
}

type Row = (Target, Option<String>, Option<Vec<u8>>, Option<String>);

async fn read(store: &Store) -> Result<Vec<Row>, AppError> {
    let rows = store
        .with(|connection| {
            let sql = "SELECT id, kind, name, host, port, user, password, database FROM entered_target";
            let mut statement = connection.prepare(sql)?;
            let rows = statement.query_map([], |row| {
                let (id, kind): (String, String) = (row.get(0)?, row.get(1)?);
                let form = TargetForm {
                    id,
                    kind,
                    name: row.get(2)?,
                    host: row.get(3)?,
                    port: row.get::<_, i64>(4)?.to_string(),
                    ..TargetForm::default()
                };
                Ok((form.parse(), row.get(5)?, row.get(6)?, row.get(7)?))
            })?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })
        .await?;
    rows.into_iter().map(|(target, user, sealed, database)| Ok((target?, user, sealed, database))).collect()
}

async fn ids(store: &Store) -> Result<Vec<String>, AppError> {
    store
        .with(|connection| {
            let mut statement = connection.prepare("SELECT id FROM entered_target")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
        .await
}

async fn write(state: &State, configured: &Configured) -> Result<(), AppError> {
    let Configured { target, user, password, database, .. } = configured.clone();
    let bound = user.clone().unwrap_or_default();
    let sealed = password.map(|password| state.vault.seal(&target, &bound, password.expose())).transpose();
    let sealed = sealed.map_err(|error| {
        let incident = crate::server::incident(&error, "sealing a password");
        let next = words!("Look into the console's log.", "콘솔 로그를 확인하세요.");
        let happened = words!("The password could not be sealed.", "비밀번호를 암호화하지 못했습니다.");
        AppError { incident: Some(incident), ..AppError::new(Kind::Internal, happened, next) }
    })?;
    let kind = match target.kind {
        TargetKind::Mongodb => "mongodb",
        TargetKind::Postgresql => "postgresql",
        TargetKind::Redis => "redis",
    };
    let sql = "INSERT INTO entered_target VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    state
        .store
        .with(move |connection| {
            let id = target.id.to_string();
            connection.execute(sql, params![id, kind, target.name, target.host, target.port, user, sealed, database])
        })
        .await
        .map(|_| ())
}

/// Refuses addresses that no database has: link-local ones, where clouds keep their secrets, and our own.
async fn check_address(state: &State, target: &Target) -> Result<(), AppError> {
    let (host, port) = (target.host.as_str(), target.port);
    let lookup = tokio::time::timeout(std::time::Duration::from_secs(2), tokio::net::lookup_host((host, port))).await;
    let Ok(Ok(addresses)) = lookup else {
        return Err(AppError::invalid("host", words!("This name is not known.", "이 이름을 찾을 수 없습니다.")));
    };
    let own = state.config.addr;
    for address in addresses {
        let ip = address.ip().to_canonical();
        let ours = port == own.port() && (ip == own.ip() || ip.is_loopback() || own.ip().is_unspecified());
        if ours || forbidden(ip) {
            let rule = words!("No database can be at this address.", "이 주소에는 데이터베이스가 있을 수 없습니다.");
            return Err(AppError::invalid("host", rule));
        }
    }
    Ok(())
}

/// Whether no database can be at this address.
pub(super) fn forbidden(ip: IpAddr) -> bool {
    let local = match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    local || ip.is_unspecified() || ip.is_multicast()
}

async fn begin(who: &Authorized<Administers>, word: &str, target: &str, title: Words) -> Result<i64, AppError> {
    let begin = Begin {
        actor: who.operator().name.clone(),
        from: who.from().to_owned(),
        word: word.to_owned(),
        target: target.to_owned(),
        title,
        change_json: String::new(),
        plan: None,
        ticket: None,
    };
    match journal::begin(&who.state().store, begin).await? {
        Begun::New(id) | Begun::Already(id) => Ok(id),
    }
}

async fn end(state: &State, id: i64, came: Result<Words, AppError>) {
    let report = match came {
        Ok(read_back) => Report {
            outcome: Outcome::Done,
            summary: words!("The targets are as you asked.", "요청하신 대로 반영했습니다."),
            ran: Vec::new(),
            read_back,
            error: None,
        },
        Err(error) => Report {
            outcome: Outcome::Refused,
            summary: words!("The targets are as before.", "대상은 그대로입니다."),
            ran: Vec::new(),
            read_back: Words::default(),
            error: Some(error),
        },
    };
    if let Err(error) = journal::end(&state.store, id, &report).await {
        tracing::error!(record = id, error = %error.happened.en, "the end of an attempt could not be recorded");
    }
}

/// The key file of the state in `dir`.
///
/// # Errors
/// A sentence for the one who starts the console.
pub fn vault(dir: &std::path::Path) -> Result<Vault, String> {
    Vault::open(&dir.join("secret.key"))
}

#[cfg(test)]
mod tests {
    use super::forbidden;

    #[test]
    fn no_database_is_at_a_link_local_address() {
        for bad in ["169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "255.255.255.255"] {
            assert!(forbidden(bad.parse().expect("an address")), "{bad} must be refused");
        }
        for good in ["127.0.0.1", "10.0.0.5", "::1", "2001:db8::1"] {
            assert!(!forbidden(good.parse().expect("an address")), "{good} must be accepted");
        }
    }
}
