//! Sessions, and the proof of a right that every engine asks for: a function that forgets to authorise does not
//! compile, also when it is called while a page is rendered.

pub mod accounts;
pub mod backoff;
pub mod clock;
pub mod cookies;
pub mod onward;
pub mod setup;

use std::marker::PhantomData;
use std::sync::Arc;

use axum::http::HeaderMap;
use leptos::prelude::use_context;
use rusqlite::{OptionalExtension, params};
use sha2::Digest as _;

use crate::audit::journal::{self, Note};
use crate::auth::model::{Operator, Right};
use crate::change::Outcome;
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::text::Words;
use crate::words;
use clock::{ABSOLUTE, IDLE, SEEN_EVERY, is_over};
use cookies::{cookie, cookie_name, session_cookie, set_cookie};

/// SHA-256 of a token.
pub type Digest = [u8; 32];

/// A right, as a type.
pub trait Needs {
    const RIGHT: Right;
}

/// Needs [`Right::Read`].
pub struct Reads;
/// Needs [`Right::Change`].
pub struct Changes;
/// Needs [`Right::Administer`].
pub struct Administers;

impl Needs for Reads {
    const RIGHT: Right = Right::Read;
}

impl Needs for Changes {
    const RIGHT: Right = Right::Change;
}

impl Needs for Administers {
    const RIGHT: Right = Right::Administer;
}

/// Who is logged in, by which session.
#[derive(Clone, Debug)]
pub struct Principal {
    digest: Digest,
    operator: Operator,
}

/// Who makes a request. Only the gate puts it there.
#[derive(Clone)]
pub struct Caller {
    state: Arc<State>,
    from: String,
    principal: Option<Principal>,
}

impl Caller {
    pub(in crate::auth) fn new(state: Arc<State>, from: String, principal: Option<Principal>) -> Self {
        Self { state, from, principal }
    }

    /// Who is logged in.
    pub fn operator(&self) -> Option<&Operator> {
        self.principal.as_ref().map(|principal| &principal.operator)
    }

    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// Writes down an event that is no change to a target.
    ///
    /// # Errors
    /// When the record cannot be written; then the event must not happen.
    pub async fn note(&self, word: &str, title: Words, outcome: Outcome) -> Result<i64, AppError> {
        let actor = self.operator().map_or("", |operator| &operator.name);
        self.note_as(actor, word, title, outcome).await
    }

    async fn note_as(&self, actor: &str, word: &str, title: Words, outcome: Outcome) -> Result<i64, AppError> {
        journal::note(&self.state.store, Note { actor, from: &self.from, word, target: "", title, outcome }).await
    }
}

/// Who makes this request, signed in or not.
///
/// # Errors
/// [`Kind::Internal`] outside of a request that came through the gate.
pub fn caller() -> Result<Caller, AppError> {
    use_context::<http::request::Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned()).ok_or_else(|| {
        AppError {
            incident: Some(crate::server::incident(&"no caller in the request", "a request went around the gate")),
            ..AppError::new(
                Kind::Internal,
                words!("The console could not tell who asks.", "콘솔이 요청한 사람을 확인하지 못했습니다."),
                words!("Reload the page.", "페이지를 새로 고치세요."),
            )
        }
    })
}

/// The proof that somebody is logged in who has the right `R`. Only [`authorize`] makes one.
pub struct Authorized<R: Needs> {
    state: Arc<State>,
    from: String,
    principal: Principal,
    right: PhantomData<R>,
}

impl<R: Needs> Authorized<R> {
    pub fn operator(&self) -> &Operator {
        &self.principal.operator
    }

    pub fn state(&self) -> &Arc<State> {
        &self.state
    }

    /// The address the request came from.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// Names the session without giving it away.
    pub fn session(&self) -> String {
        hex(&sha2::Sha256::digest(self.principal.digest)[..8])
    }
}

/// Checks that this request's session has the right `R`.
///
/// # Errors
/// [`Kind::SignedOut`] or [`Kind::Forbidden`].
pub async fn authorize<R: Needs>() -> Result<Authorized<R>, AppError> {
    let Caller { state, from, principal } = caller()?;
    let principal = principal.ok_or_else(AppError::signed_out)?;
    if !principal.operator.role.has(R::RIGHT) {
        return Err(AppError::forbidden());
    }
    Ok(Authorized { state, from, principal, right: PhantomData })
}

/// The session that the request's cookie names. The role is read each time, so a change of it applies at once. What a
/// page asks by itself while nobody is there does not keep a session alive: then `by_hand` is false.
///
/// # Errors
/// When the store fails.
pub async fn find(state: &State, headers: &HeaderMap, by_hand: bool) -> Result<Option<Principal>, AppError> {
    let Some(token) = cookie(headers, cookie_name(state.config.secure())) else { return Ok(None) };
    let digest = digest_of(token);
    let now = state.clock.now();
    let found = state
        .store
        .with(move |connection| {
            let sql = "SELECT a.name, a.role, s.created_at, s.last_seen FROM session s \
                       JOIN account a ON a.id = s.account WHERE s.digest = ?1";
            let row: Option<(String, String, i64, i64)> =
                connection.prepare_cached(sql)?.query_row([digest], |row| row.try_into()).optional()?;
            let Some((name, role, created, seen)) = row else { return Ok(None) };
            if is_over(now, created, seen) {
                connection.execute("DELETE FROM session WHERE digest = ?1", [digest])?;
                return Ok(None);
            }
            if by_hand && now - seen >= SEEN_EVERY {
                connection.execute("UPDATE session SET last_seen = ?2 WHERE digest = ?1", params![digest, now])?;
            }
            Ok(accounts::role_of(&role).map(|role| Operator { name, role }))
        })
        .await?;
    Ok(found.map(|operator| Principal { digest, operator }))
}

/// Logs in: checks the password, ends the session that the browser had, and starts a new one.
///
/// # Errors
/// One and the same for a wrong name, a wrong password and too many tries.
pub async fn log_in(caller: &Caller, name: &str, password: String) -> Result<(), AppError> {
    let state = &caller.state;
    if !state.backoff.try_now(name, &caller.from) {
        return Err(wrong());
    }
    let account = accounts::find(&state.store, name).await?;
    let stored = account.as_ref().map(|account| account.password.clone());
    let right = state.hasher.verify(password, stored).await?;
    // The name is written down only when it is an account's: people type passwords into the wrong field.
    let actor = account.as_ref().map_or("", |account| account.name.as_str());
    let Some(account) = account.as_ref().filter(|_| right) else {
        let title = words!("Log-in refused", "로그인 거부됨");
        caller.note_as(actor, "auth.log_in", title, Outcome::Refused).await?;
        return Err(wrong());
    };
    state.backoff.succeeded(name, &caller.from);
    caller.note_as(actor, "auth.log_in", words!("Logged in", "로그인"), Outcome::Done).await?;
    start(caller, account.id).await
}

fn wrong() -> AppError {
    AppError::new(
        Kind::SignedOut,
        words!(
            "The user or the password is not right, or there were too many tries.",
            "사용자 이름이나 비밀번호가 맞지 않거나, 시도가 너무 많았습니다.",
        ),
        words!("Wait a moment, then try again.", "잠시 기다린 뒤 다시 시도하세요."),
    )
}

/// Starts a session of this account under a new token.
async fn start(caller: &Caller, account: i64) -> Result<(), AppError> {
    let (state, token) = (&caller.state, random_hex::<32>());
    let (digest, former) = (digest_of(&token), caller.principal.as_ref().map(|principal| principal.digest));
    let now = state.clock.now();
    state
        .store
        .with(move |connection| {
            let transaction = connection.transaction()?;
            if let Some(former) = former {
                transaction.execute("DELETE FROM session WHERE digest = ?1", [former])?;
            }
            transaction.execute(
                "DELETE FROM session WHERE last_seen < ?1 OR created_at < ?2",
                params![now - IDLE, now - ABSOLUTE],
            )?;
            let sql = "INSERT INTO session (digest, account, created_at, last_seen) VALUES (?1, ?2, ?3, ?3)";
            transaction.execute(sql, params![digest, account, now])?;
            transaction.commit()
        })
        .await?;
    set_cookie(&session_cookie(&token, state.config.secure()));
    Ok(())
}

/// Ends the session of this request, at the server and in the browser.
///
/// # Errors
/// When the store fails.
pub async fn log_out(caller: &Caller) -> Result<(), AppError> {
    let Some(principal) = &caller.principal else { return Ok(()) };
    let digest = principal.digest;
    let sql = "DELETE FROM session WHERE digest = ?1";
    caller.state.store.with(move |connection| connection.execute(sql, [digest])).await?;
    set_cookie(&format!("{}; Max-Age=0", session_cookie("", caller.state.config.secure())));
    caller.note("auth.log_out", words!("Logged out", "로그아웃"), Outcome::Done).await?;
    Ok(())
}

/// `BYTES` random bytes in hexadecimal digits.
pub fn random_hex<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("without randomness no token is safe, so nothing can go on");
    hex(&bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The digest under which a token is kept.
pub fn digest_of(token: &str) -> Digest {
    sha2::Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests;
