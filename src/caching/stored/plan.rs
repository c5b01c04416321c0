//! What each change to a cache would do, found out beforehand.

use serde_json::json;

use super::model::{Change, QueryText};
use super::redis::{Cache, Facts, ROWS};
use super::sql::{Judged, MOST_ROWS, wrapped};
use crate::caching::model::{Key, Lifetime, Ttl};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Command, Plan};
use crate::error::AppError;
use crate::targets::model::TargetId;
use crate::text::{Words, count, span};
use crate::words;

/// Plans a change.
///
/// # Errors
/// When a server cannot be asked, or does not understand the query.
pub async fn plan(cache: &Cache, change: &Change) -> Result<Plan, AppError> {
    let facts = cache.facts(change.key()).await?;
    let Change::StoreQuery { key, ttl, source, query, .. } = change;
    let server = cache.source(source).map_err(|error| error.at("source"))?;
    let judged = server.judge(query).await.map_err(at_query)?;
    Ok(store_query(key, *ttl, (source, server.name()), query, &judged, &facts))
}

/// What the server says against the text belongs to the field; that it does not answer does not.
fn at_query(error: AppError) -> AppError {
    if error.kind == crate::error::Kind::Refused { error.at("query") } else { error }
}

fn store_query(
    key: &Key,
    ttl: Ttl,
    (source, server): (&TargetId, &str),
    query: &QueryText,
    judged: &Judged,
    facts: &Facts,
) -> Plan {
    let seconds = ttl.seconds().to_string();
    let sql = wrapped(query);
    let commands = vec![
        Command { typed: format!("{sql};"), exact: sql, tool: "psql".to_owned(), database: source.to_string() },
        command(&["SET", key.as_str(), ROWS, "EX", &seconds]),
    ];
    let exists = facts.lifetime != Lifetime::Missing;
    let most = count(i64::from(MOST_ROWS));
    let time = span(ttl.seconds() * 1000);
    Plan {
        title: Words::new(
            format!("Cache the result of a query as {key} for {}", time.en),
            format!("쿼리 결과를 {key}(으)로 {} 동안 캐시", time.ko),
        ),
        checks: vec![reads_only(judged), estimate(server, judged), place(key, facts)],
        fingerprint: fingerprint(&(exists, &facts.kind), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "The query runs once on {server}, in a read-only transaction that the server ends after 3 s.",
                "쿼리가 {server}에서 읽기 전용 트랜잭션으로 한 번 실행되며, 3초가 넘으면 서버가 중단합니다.",
            ),
            words!("At most {most} rows are stored, as JSON.", "최대 {most}행이 JSON으로 저장됩니다."),
        ],
        way_back: if exists {
            words!("None for the value that is there now: it is overwritten.", "없음: 지금 있는 값은 덮어써집니다.")
        } else {
            words!("The key expires by itself.", "키는 스스로 만료됩니다.")
        },
        blast: if exists { Blast::Confirm } else { Blast::Plain },
    }
}

fn reads_only(judged: &Judged) -> Check {
    if judged.volatile.is_empty() {
        return Check::pass(words!(
            "No volatile function is named: the result can be cached.",
            "휘발성 함수가 없어 결과를 캐시할 수 있습니다.",
        ));
    }
    let names = judged.volatile.join(", ");
    Check::block(
        words!("It names volatile functions: {names}.", "휘발성 함수가 있습니다: {names}."),
        words!("Take them out: they may do more than read.", "제거하세요. 읽기 이상의 일을 할 수 있습니다."),
    )
}

fn estimate(server: &str, judged: &Judged) -> Check {
    let (cost, rows) = (judged.cost, judged.rows);
    let found = words!(
        "{server} estimates {rows:.0} rows at a cost of {cost:.0}.",
        "{server}의 예상: {rows:.0}행, 비용 {cost:.0}.",
    );
    if rows > f64::from(MOST_ROWS) {
        Check::warn(found, words!("Only {MOST_ROWS} rows will be stored.", "{MOST_ROWS}행만 저장됩니다."))
    } else {
        Check::pass(found)
    }
}

fn place(key: &Key, facts: &Facts) -> Check {
    match (facts.lifetime, facts.kind.as_str()) {
        (Lifetime::Missing, _) => Check::pass(words!("The key {key} is free.", "키 {key}은(는) 비어 있습니다.")),
        (_, kind) => Check::warn(
            words!("{key} holds a {kind} now.", "{key}에 지금 {kind} 값이 있습니다."),
            words!("It will be overwritten.", "덮어써집니다."),
        ),
    }
}

/// An argument vector, and the line that a person would type in redis-cli.
fn command(arguments: &[&str]) -> Command {
    Command {
        exact: json!(arguments).to_string(),
        typed: arguments.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" "),
        tool: "redis-cli".to_owned(),
        database: String::new(),
    }
}

/// An argument as redis-cli reads it: in quotes where it holds more than letters, digits and a few signs.
fn quoted(argument: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "_-:.@/".contains(character);
    if !argument.is_empty() && argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("\"{}\"", argument.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::parse("mydata").expect("a valid key")
    }

    fn facts(lifetime: Lifetime) -> Facts {
        Facts { lifetime, kind: "string".into() }
    }

    #[test]
    fn the_textbook_lines_become_one_query_and_one_set() {
        let query = QueryText::parse("SELECT * FROM products").expect("a query");
        let source = TargetId::parse("pg-main").expect("a valid name");
        let judged = Judged { volatile: vec![], cost: 1.0, rows: 1.0 };
        let ttl = Ttl::parse("60").expect("a TTL");
        let plan = store_query(&key(), ttl, (&source, "Shop"), &query, &judged, &facts(Lifetime::Missing));
        assert_eq!(plan.commands.len(), 2);
        assert_eq!(plan.commands[1].typed, format!("SET mydata \"{ROWS}\" EX 60"));
        assert!(!plan.blocked());
    }

    #[test]
    fn a_query_that_may_write_is_blocked() {
        let query = QueryText::parse("SELECT nextval('s')").expect("a query");
        let source = TargetId::parse("pg-main").expect("a valid name");
        let judged = Judged { volatile: vec!["nextval".into()], cost: 0.0, rows: 0.0 };
        let ttl = Ttl::parse("60").expect("a TTL");
        assert!(store_query(&key(), ttl, (&source, "Shop"), &query, &judged, &facts(Lifetime::Missing)).blocked());
    }

    #[test]
    fn an_argument_is_quoted_as_redis_cli_reads_it() {
        assert_eq!(quoted(":1:mydata"), ":1:mydata");
        assert_eq!(quoted("a \"b\"\\"), "\"a \\\"b\\\"\\\\\"");
    }
}
