//! Accounts: name, role and password hash.

use rusqlite::{Connection, OptionalExtension, params};

use crate::audit::journal::{self, Begin, Begun};
use crate::auth::model::Role;
use crate::change::{Outcome, Report};
use crate::error::{AppError, Kind};
use crate::server::store::Store;
use crate::text::Words;
use crate::words;

/// An account as it is stored.
pub struct Account {
    pub id: i64,
    pub name: String,
    /// Argon2id in PHC form.
    pub password: String,
}

/// The role that is stored under this word.
pub fn role_of(word: &str) -> Option<Role> {
    match word {
        "viewer" => Some(Role::Viewer),
        "operator" => Some(Role::Operator),
        "admin" => Some(Role::Admin),
        _ => None,
    }
}

const fn word_of(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Operator => "operator",
        Role::Admin => "admin",
    }
}

/// Checks the name of an account: 1 to 40 letters, digits, dots, dashes, underscores and at-signs.
///
/// # Errors
/// [`Kind::Invalid`] at the field `name`.
pub fn check_name(name: &str) -> Result<(), AppError> {
    let fits = (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte));
    if fits {
        return Ok(());
    }
    let rule = words!(
        "A user's name has 1 to 40 letters, digits, and . - _ @.",
        "사용자 이름은 영문자, 숫자, . - _ @ 를 쓴 1~40자입니다.",
    );
    Err(AppError::invalid("name", rule))
}

/// Whether any account exists.
///
/// # Errors
/// When the store fails.
pub async fn exist(store: &Store) -> Result<bool, AppError> {
    store.with(|connection| any(connection)).await
}

fn any(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM account)", [], |row| row.get(0))
}

/// The account of this name, whatever its case.
///
/// # Errors
/// When the store fails.
pub async fn find(store: &Store, name: &str) -> Result<Option<Account>, AppError> {
    let name = name.to_owned();
    let sql = "SELECT id, name, password FROM account WHERE name = ?1";
    let read = |row: &rusqlite::Row<'_>| Ok(Account { id: row.get(0)?, name: row.get(1)?, password: row.get(2)? });
    store.with(move |connection| connection.query_row(sql, [name], read).optional()).await
}

/// When an account may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Only while there is none.
    First,
    Always,
}

/// Who makes an account, for the record.
#[derive(Clone, Copy)]
pub struct Maker<'a> {
    /// Name of the account that makes it; empty where nobody is logged in.
    pub actor: &'a str,
    /// The address of the request, or `command line`.
    pub from: &'a str,
}

/// Makes an account of a name and a password hash that were checked, and records that. Gives its number.
///
/// # Errors
/// [`Kind::Conflict`] when the name is taken, or when another account was faster to be the first.
pub async fn create(
    store: &Store,
    maker: Maker<'_>,
    (name, role): (&str, Role),
    password: String,
    when: When,
) -> Result<i64, AppError> {
    let word = word_of(role);
    let begin = Begin {
        actor: maker.actor.to_owned(),
        from: maker.from.to_owned(),
        word: "auth.create_account".to_owned(),
        target: String::new(),
        title: words!("Make the account {name} with the role {word}", "{word} 역할의 계정 {name} 만들기"),
        change_json: String::new(),
        plan: None,
        ticket: None,
    };
    let (Begun::New(record) | Begun::Already(record)) = journal::begin(store, begin).await?;
    let made = insert(store, name.to_owned(), word, password, when).await;
    let (outcome, summary) = match &made {
        Ok(_) => (Outcome::Done, words!("The account was made.", "계정을 만들었습니다.")),
        Err(_) => (Outcome::Failed, words!("The account was not made.", "계정을 만들지 못했습니다.")),
    };
    let (error, read_back) = (made.as_ref().err().cloned(), Words::default());
    journal::end(store, record, &Report { outcome, summary, ran: Vec::new(), read_back, error }).await?;
    made
}

async fn insert(
    store: &Store,
    name: String,
    role: &'static str,
    password: String,
    when: When,
) -> Result<i64, AppError> {
    let now = super::clock::wall();
    let made = store
        .with(move |connection| {
            let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            if when == When::First && any(&transaction)? {
                return Ok(None);
            }
            let sql = "INSERT INTO account (name, role, password, created_at) VALUES (?1, ?2, ?3, ?4) \
                       ON CONFLICT (name) DO NOTHING RETURNING id";
            let id = transaction.query_row(sql, params![name, role, password, now], |row| row.get(0)).optional()?;
            transaction.commit()?;
            Ok(id)
        })
        .await?;
    made.ok_or_else(|| {
        AppError::new(
            Kind::Conflict,
            words!("There is such an account already.", "이미 있는 계정입니다."),
            words!("Log in with it, or choose another name.", "그 계정으로 로그인하거나 다른 이름을 고르세요."),
        )
    })
}
