//! A look at what a logical slot holds for its consumer, without taking it away. It is data, so it is shown to those who
//! may change things, and the record tells only that somebody looked.

use std::time::Duration;

use super::super::model::action::{PEEK_ROWS, Peek, PeekCount, PeekLine};
use super::super::model::{DatabaseName, SlotName};
use super::errors::{self, Sent};
use super::{Seen, Slots};
use crate::audit::journal::{self, Note};
use crate::auth::session::{Authorized, Changes};
use crate::change::Outcome;
use crate::error::{AppError, Kind};
use crate::targets::postgres::dedicated::Dedicated;
use crate::text::Words;
use crate::words;

/// The server ends it after this time: the limit of rows counts only between transactions.
const LONGEST: Duration = Duration::from_secs(2);

const TEXT: &str =
    "SELECT lsn::text, xid::text, left(data, 300) FROM pg_logical_slot_peek_changes($1, NULL, $2::int4) LIMIT $2::int4";

/// The first byte of a message names its kind; of a change of a row the next four are the table.
const KINDS: &str = "SELECT chr(get_byte(data, 0)), CASE WHEN chr(get_byte(data, 0)) IN ('I', 'U', 'D') THEN \
     ((get_byte(data, 1)::int8 << 24) | (get_byte(data, 2) << 16) | (get_byte(data, 3) << 8) | get_byte(data, 4)) \
     ::oid::regclass::text ELSE '' END, count(*) \
     FROM pg_logical_slot_peek_binary_changes($1, NULL, $2::int4, 'proto_version', '1', 'publication_names', $3) \
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT $2::int4";

const PUBLICATIONS: &str = "SELECT string_agg(quote_ident(pubname), ',') FROM pg_publication";

/// Looks, after it was written down who looks.
///
/// # Errors
/// What keeps the slot from being looked at; else as [`Dedicated::open`].
pub async fn peek(who: &Authorized<Changes>, slots: &Slots, name: &SlotName) -> Result<Peek, AppError> {
    let server = slots.server();
    let title = words!("Looked at the next changes of the slot {name}", "슬롯 {name}의 다음 변경 조회");
    let (actor, from) = (who.operator().name.as_str(), who.from());
    let (word, target) = ("replication.peek_slot", server.target().as_str());
    journal::note(&who.state().store, Note { actor, from, word, target, title, outcome: Outcome::Done }).await?;
    look(slots, name).await
}

/// The look itself.
pub(in crate::replication::slots) async fn look(slots: &Slots, name: &SlotName) -> Result<Peek, AppError> {
    let (_, slot) = slots.look(name).await?;
    let slot = slot.ok_or_else(|| {
        AppError::not_found(words!("There is no slot {name} (any more).", "슬롯 {name}이(가) 없습니다."))
    })?;
    let database = readable(&slot)?;
    let entry = slots.server().entry();
    let connection = Dedicated::open(entry, Some(database.as_str()), LONGEST).await?;
    let text = slot.plugin.as_deref() != Some("pgoutput");
    let asked = tokio::time::timeout(LONGEST * 2, ask(&connection, name.as_str(), text)).await;
    match asked {
        Ok(Ok(Some(peek))) => Ok(peek),
        Ok(Ok(None)) => Err(refused(
            words!(
                "This database has no publication, so pgoutput would send nothing.",
                "이 데이터베이스에 발행이 없어 pgoutput이 보낼 것이 없습니다."
            ),
            words!("Create a publication first.", "먼저 발행을 만드세요."),
        )),
        Ok(Err(error)) => Err(errors::told(entry, &error, Sent::Peek)),
        Err(_) => Err(AppError::new(
            Kind::Unreachable,
            words!("The server gave no answer within four seconds.", "서버가 4초 안에 응답하지 않았습니다."),
            words!("Nothing was taken from the slot.", "슬롯에서 가져간 것은 없습니다."),
        )),
    }
}

/// The database in which the slot can be read now; else why not.
fn readable(slot: &Seen) -> Result<DatabaseName, AppError> {
    let database = slot.database.as_deref().and_then(|name| DatabaseName::parse(name).ok());
    let physical = || {
        refused(
            words!("A physical slot holds files, not changes.", "물리 슬롯은 변경이 아니라 파일을 보관합니다."),
            Words::default(),
        )
    };
    if slot.active {
        return Err(AppError::new(
            Kind::Conflict,
            words!(
                "The slot is in use; looking would keep its consumer out.",
                "슬롯이 사용 중입니다. 조회하면 소비자가 연결하지 못합니다."
            ),
            words!("Look when its consumer is stopped.", "소비자를 멈춘 뒤 조회하세요."),
        ));
    }
    if slot.lost() {
        let happened = words!("The slot is lost: its changes are gone.", "유실된 슬롯이라 변경이 남아 있지 않습니다.");
        return Err(refused(happened, Words::default()));
    }
    database.filter(|_| slot.logical).ok_or_else(physical)
}

async fn ask(connection: &Dedicated, name: &str, text: bool) -> Result<Option<Peek>, tokio_postgres::Error> {
    let client = connection.client();
    if text {
        let rows = client.query(TEXT, &[&name, &PEEK_ROWS]).await?;
        let line = |row: &tokio_postgres::Row| PeekLine { lsn: row.get(0), xid: row.get(1), text: row.get(2) };
        return Ok(Some(Peek::Text(rows.iter().map(line).collect())));
    }
    let publications: Option<String> = client.query_one(PUBLICATIONS, &[]).await?.get(0);
    let Some(publications) = publications else { return Ok(None) };
    let rows = client.query(KINDS, &[&name, &PEEK_ROWS, &publications]).await?;
    let count = |row: &tokio_postgres::Row| PeekCount { letter: row.get(0), table: row.get(1), count: row.get(2) };
    Ok(Some(Peek::Kinds(rows.iter().map(count).collect())))
}

fn refused(happened: Words, next: Words) -> AppError {
    AppError::new(Kind::Refused, happened, next)
}
