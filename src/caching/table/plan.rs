//! Plans for cache tables: pure, of what was seen.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::model::{Change, Counted, Entry, Expires, TableName, is_moment, short};
use super::postgres::{PORTION, Seen, extending, quoted};
use crate::caching::format::{Format, pickle};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::error::AppError;
use crate::targets::sql::{literal, statement};
use crate::text::{Words, count, span};
use crate::words;

/// What Django writes for an entry without a time to live. Never `infinity`, on which it fails.
const NEVER: &str = "9999-12-31 23:59:59+00";

/// The plan of a change.
///
/// # Errors
/// `Invalid` at the value, where it is not JSON.
pub(super) fn plan(change: &Change, seen: &Seen) -> Result<Plan, AppError> {
    let mut checks = rights(change, seen);
    let (title, command, effect, way_back, blast) = match change {
        Change::SetExpiry { .. } | Change::KeepEntry { .. } | Change::SetValue { .. } => {
            one(change, seen, &mut checks)?
        }
        Change::ExtendEntries { table, prefix, until, .. } => extend(table, prefix, until, seen, &mut checks),
        Change::PurgeExpired { table, .. } => purge(table, seen, &mut checks),
    };
    let commands = vec![command];
    // The moment and the digest that were seen stand in the statement. How many rows it would touch differs all the time.
    let fingerprint = fingerprint(&seen.facts.standby, &commands);
    Ok(Plan { title, checks, commands, revert: Vec::new(), effect, way_back, blast, fingerprint })
}

fn rights(change: &Change, seen: &Seen) -> Vec<Check> {
    let table = &seen.facts.table;
    let purge = matches!(change, Change::PurgeExpired { .. });
    // A row that is to be deleted is locked first, which needs the right to update.
    let may = if purge { table.may_delete && table.may_update } else { table.may_update };
    let need = if purge { "UPDATE, DELETE" } else { "UPDATE" };
    let mut checks = vec![Check::pass(words!(
        "The table is exactly as Django makes it.",
        "테이블이 Django가 만드는 형태와 정확히 같습니다."
    ))];
    checks.push(if seen.facts.standby {
        Check::block(
            words!("The server is a standby: it can only be read.", "대기 서버이므로 읽기만 할 수 있습니다."),
            words!("Make the change on its primary.", "기본 서버에서 변경하세요."),
        )
    } else {
        Check::pass(words!("The server takes writes.", "서버에 쓸 수 있습니다."))
    });
    checks.push(if may {
        Check::pass(words!("The console's role has {need} on it.", "콘솔의 역할에 {need} 권한이 있습니다."))
    } else {
        Check::block(
            words!(
                "No permission: the console's role lacks {need}.",
                "권한 없음: 콘솔의 역할에 {need} 권한이 없습니다."
            ),
            words!("GRANT {need} ON the table TO the role.", "역할에 {need} 권한을 GRANT하세요."),
        )
    });
    checks
}

type Parts = (Words, Command, Vec<Words>, Words, Blast);

/// One entry: changed only if it is still as it was seen.
fn one(change: &Change, seen: &Seen, checks: &mut Vec<Check>) -> Result<Parts, AppError> {
    let Some((entry, until, digest)) = &seen.entry else {
        return Err(AppError::not_found(words!("There is no such entry.", "그런 항목이 없습니다.")));
    };
    let (table, key) = (quoted(change.table()), literal(&entry.row.key));
    let name = short(&entry.row.key);
    let guard = format!("expires = {}", literal(until));
    let (title, set, guard, effect) = match change {
        Change::SetExpiry { ttl, .. } => {
            let seconds = ttl.seconds();
            let Words { en, ko } = span(seconds * 1_000);
            (
                words!("Let {name} expire in {en}", "{name}을(를) {ko} 뒤에 만료"),
                format!("expires = date_trunc('second', now() + interval '{seconds} seconds')"),
                guard,
                words!(
                    "From then on Django finds nothing under the key.",
                    "그 뒤로 Django는 이 키에서 아무것도 찾지 못합니다."
                ),
            )
        }
        Change::SetValue { json, .. } => {
            let value = value(entry, json)?;
            (
                words!("Change the value of {name}", "{name}의 값 변경"),
                format!("value = {}", literal(&value)),
                format!("{guard} AND md5(value) = {}", literal(digest)),
                words!("It expires when it would have.", "만료 시각은 그대로입니다."),
            )
        }
        _ => (
            words!("Let {name} never expire", "{name}을(를) 만료되지 않게 설정"),
            format!("expires = '{NEVER}'"),
            guard,
            words!(
                "Django takes the end of the year 9999 for never.",
                "Django는 9999년 말을 만료 없음으로 취급합니다."
            ),
        ),
    };
    checks.push(living(entry));
    if let Some(family) = entry.row.family.filter(|it| it.protected()) {
        let (Words { en, ko }, loss) = (family.words(), family.loss());
        checks.push(Check::warn(words!("Its name says that it is a {en}.", "이름을 보면 {ko}입니다."), loss));
    }
    let back = if matches!(change, Change::SetValue { .. }) {
        words!("None: the former value is not kept.", "없음: 이전 값은 보관하지 않습니다.")
    } else {
        words!("Set it to expire at {until}, as before.", "이전처럼 {until}에 만료되도록 설정하세요.")
    };
    let blast = if matches!(change, Change::SetValue { .. }) { Blast::Confirm } else { Blast::Plain };
    let sql = format!("UPDATE {table} SET {set} WHERE cache_key = {key} AND {guard}");
    Ok((title, statement(sql), vec![effect], back, blast))
}

fn living(entry: &Entry) -> Check {
    match entry.row.expires {
        Expires::In(left) if left <= 0 => Check::warn(
            words!(
                "The entry has expired; Django has not deleted it yet.",
                "만료된 항목이며 Django가 아직 지우지 않았습니다."
            ),
            words!("With a later moment Django finds it again.", "더 늦은 시각을 설정하면 Django가 다시 찾게 됩니다."),
        ),
        Expires::In(left) => {
            let Words { en, ko } = span(left);
            Check::pass(words!("The entry expires in {en} now.", "지금은 {ko} 뒤에 만료됩니다."))
        }
        Expires::Never => Check::pass(words!("The entry never expires now.", "지금은 만료되지 않습니다.")),
        Expires::Infinite => Check::warn(
            words!(
                "The entry expires at infinity, on which Django fails.",
                "만료 시각이 infinity이며 Django에서 오류가 납니다."
            ),
            words!("Any other moment puts that right.", "다른 시각으로 바꾸면 해결됩니다."),
        ),
    }
}

/// The value as Django's database cache writes every value: the Base64 of a pickle.
fn value(entry: &Entry, json: &str) -> Result<String, AppError> {
    let refused = |rule| AppError::invalid("value", rule);
    let Format::Pickle(protocol) = entry.looked.format else {
        return Err(refused(entry.looked.why_not.clone().unwrap_or_default()));
    };
    if !entry.looked.editable {
        return Err(refused(entry.looked.why_not.clone().unwrap_or_default()));
    }
    Ok(STANDARD.encode(pickle::of_json(protocol, json).map_err(refused)?))
}

fn extend(table: &TableName, prefix: &str, until: &str, seen: &Seen, checks: &mut Vec<Check>) -> Parts {
    let matched = seen.matched.unwrap_or(Counted { count: 0, more: false });
    let (rows, prefix_shown) = (told(matched), short(prefix));
    if !is_moment(until) {
        checks.push(Check::block(
            words!("The moment is none that the console writes.", "콘솔이 쓰는 형식의 시각이 아닙니다."),
            words!("Open the form anew.", "양식을 다시 여세요."),
        ));
    }
    checks.push(if matched.count == 0 {
        Check::block(
            words!("No living entry begins so and dies earlier.", "이렇게 시작하고 더 일찍 만료되는 항목이 없습니다."),
            words!("Look at the keys in the list.", "목록에서 키를 확인하세요."),
        )
    } else {
        Check::pass(words!("{rows} entries match.", "항목 {rows}개가 해당합니다."))
    });
    if seen.protected {
        checks.push(Check::warn(
            words!(
                "There are keys of sessions, locks or queues among them.",
                "세션, 잠금, 작업 큐의 키가 포함되어 있습니다."
            ),
            words!("Whoever is logged in stays so for longer.", "로그인한 사용자가 더 오래 로그인 상태로 남습니다."),
        ));
    }
    let name = quoted(table);
    let which = extending(prefix, until);
    let sql = format!(
        "UPDATE {name} SET expires = {} WHERE cache_key IN (SELECT cache_key FROM {name} WHERE {which} \
         ORDER BY cache_key LIMIT {PORTION} FOR UPDATE SKIP LOCKED)",
        literal(until)
    );
    let effect = vec![
        words!(
            "Each is written anew, {PORTION} at a time; it can be stopped between.",
            "{PORTION}개씩 새로 쓰며 그 사이에 중단할 수 있습니다."
        ),
        words!("Entries that live longer already stay as they are.", "이미 더 오래 남은 항목은 그대로입니다."),
    ];
    (
        words!(
            "Let {rows} entries {prefix_shown}… live until {until}",
            "{prefix_shown}…로 시작하는 항목 {rows}개를 {until}까지 유지"
        ),
        in_portions(sql),
        effect,
        words!("None: the former moments are not kept.", "없음: 이전 만료 시각은 보관하지 않습니다."),
        Blast::TypeName(table.to_string()),
    )
}

fn purge(table: &TableName, seen: &Seen, checks: &mut Vec<Check>) -> Parts {
    let matched = seen.matched.unwrap_or(Counted { count: 0, more: false });
    let rows = told(matched);
    checks.push(if matched.count == 0 {
        Check::block(
            words!("No row has expired.", "만료된 행이 없습니다."),
            words!("There is nothing to delete.", "삭제할 것이 없습니다."),
        )
    } else {
        Check::pass(words!("{rows} rows have expired.", "행 {rows}개가 만료되었습니다."))
    });
    let name = quoted(table);
    let sql = format!(
        "DELETE FROM {name} WHERE cache_key IN (SELECT cache_key FROM {name} WHERE expires <= now() \
         ORDER BY expires LIMIT {PORTION} FOR UPDATE SKIP LOCKED) AND expires <= now()"
    );
    let effect = vec![
        words!(
            "Django never returns these rows; {PORTION} are deleted at a time, and it can be stopped between.",
            "Django가 돌려주지 않는 행입니다. {PORTION}개씩 삭제하며 그 사이에 중단할 수 있습니다."
        ),
        words!(
            "The room in the table is free for new rows; the file shrinks only by VACUUM FULL.",
            "빈자리는 새 행에 쓰이며, 파일은 VACUUM FULL로만 줄어듭니다."
        ),
    ];
    (
        words!("Delete {rows} expired rows of {table}", "{table}의 만료된 행 {rows}개 삭제"),
        in_portions(sql),
        effect,
        words!("None.", "없음."),
        Blast::Confirm,
    )
}

/// A statement that is sent again and again; the typed line says so.
fn in_portions(sql: String) -> Command {
    let typed = format!("{sql}; -- again, until it changes fewer than {PORTION} rows");
    Command { typed, ..statement(sql) }
}

fn told(counted: Counted) -> String {
    let rows = count(counted.count);
    if counted.more { format!("> {rows}") } else { rows }
}
