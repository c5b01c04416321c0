//! Finding functions that may do more than read, by the server's own catalogue.

/// Which of these names is a function that is marked as volatile.
pub(super) const SQL: &str =
    "SELECT DISTINCT proname::text FROM pg_proc WHERE provolatile = 'v' AND proname = ANY($1) ORDER BY 1";

/// Fields of a plan that hold no expressions: names of tables and nodes, which may be called like a function.
const NO_EXPRESSIONS: [&str; 14] = [
    "Node Type",
    "Parent Relationship",
    "Strategy",
    "Partial Mode",
    "Join Type",
    "Relation Name",
    "Schema",
    "Alias",
    "Index Name",
    "CTE Name",
    "Subplan Name",
    "Scan Direction",
    "Command",
    "Operation",
];

/// Bytes of a name that count: the server cuts off the rest.
const LONGEST: usize = 63;

/// All words of the text. No attempt is made to tell calls from columns, strings or comments: a second reading of SQL
/// would differ from the server's somewhere, and be the way in. A column that is named like such a function is refused
/// with it, which errs on the safe side.
pub(super) fn words_of(sql: &str) -> Vec<String> {
    let mut names = Vec::new();
    gather(sql, &mut names);
    tidy(names)
}

/// All words of the expressions in a plan. The server has put views and functions that it looks into in their places,
/// so what they call is seen here.
pub(super) fn words_of_plan(plan: &serde_json::Value) -> Vec<String> {
    let mut names = Vec::new();
    walk(plan, &mut names);
    tidy(names)
}

fn walk(value: &serde_json::Value, names: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => gather(text, names),
        serde_json::Value::Array(values) => values.iter().for_each(|value| walk(value, names)),
        serde_json::Value::Object(fields) => {
            let of = fields.iter().filter(|(name, _)| !NO_EXPRESSIONS.contains(&name.as_str()));
            of.for_each(|(_, value)| walk(value, names));
        }
        _ => {}
    }
}

fn gather(text: &str, names: &mut Vec<String>) {
    let word = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    let words = text.split(|character| !word(character));
    // In quotes a name may hold anything; which of the parts are in quotes does not matter.
    for name in words.chain(text.split('"').skip(1)).filter(|name| !name.is_empty()) {
        let name = &name[..name.floor_char_boundary(LONGEST)];
        names.push(name.to_owned());
        names.push(name.to_lowercase());
    }
}

fn tidy(mut names: Vec<String>) -> Vec<String> {
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_may_be_called_is_found() {
        let found = words_of("SELECT Now(), pg_catalog.PG_SLEEP/**/ (1), \"nextval\"('s') FROM f(x)");
        for name in ["now", "pg_sleep", "nextval", "f"] {
            assert!(found.iter().any(|it| it == name), "{name} must be found in {found:?}");
        }
        let found = words_of(&format!("SELECT \"two words\"(), {}()", "a".repeat(70)));
        for name in ["two words", &"a".repeat(63)] {
            assert!(found.iter().any(|it| it == name), "{name} must be found in {found:?}");
        }
    }

    #[test]
    fn what_a_plan_calls_is_found_and_what_its_tables_are_called_is_not() {
        let plan = serde_json::json!([{ "Plan": {
            "Node Type": "Seq Scan", "Relation Name": "timeofday",
            "Plans": [{ "Output": ["random()", "a.id"], "Filter": "(a.at < clock_timestamp())" }]
        }}]);
        let found = words_of_plan(&plan);
        assert!(["random", "clock_timestamp", "id"].iter().all(|it| found.iter().any(|name| name == it)), "{found:?}");
        assert!(!found.iter().any(|name| name == "timeofday"));
    }
}
