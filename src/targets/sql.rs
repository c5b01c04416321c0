//! SQL text that is made by us. Utility statements take no parameters, so names and values are quoted here and nowhere
//! else.

use crate::change::Command;

/// A statement that is sent as it is typed in psql, to the database that the target names.
pub fn statement(text: String) -> Command {
    statement_in("", text)
}

/// A statement that is sent as it is typed in psql, to this database of the server.
pub fn statement_in(database: &str, text: String) -> Command {
    Command { typed: text.clone(), exact: text, tool: "psql".to_owned(), database: database.to_owned() }
}

/// Text as an SQL literal. With a backslash in it the escape form is used, which means the same under either setting
/// of `standard_conforming_strings`. A NUL, which no text of PostgreSQL can hold, is left out.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\0', "").replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// A name as a quoted identifier, case kept. A NUL, which no name can hold, is left out.
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

/// A schema and a name as a quoted, qualified identifier.
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", identifier(schema), identifier(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_breaks_out_of_a_literal(text in "(?s).*") {
            let quoted = literal(&text);
            let inner = quoted.trim_start_matches('E');
            let inner = &inner[1..inner.len() - 1];
            // Inside, quotes come in pairs only, and so do backslashes.
            prop_assert!(!inner.replace("''", "").contains('\''));
            prop_assert!(!inner.replace("\\\\", "").contains('\\'));
        }

        #[test]
        fn no_name_breaks_out_of_an_identifier(name in "(?s).*") {
            let quoted = identifier(&name);
            let inner = &quoted[1..quoted.len() - 1];
            prop_assert!(!inner.replace("\"\"", "").contains('"'));
            prop_assert!(!inner.contains('\0'));
        }
    }

    #[test]
    fn names_keep_their_case_and_their_quotes() {
        assert_eq!(qualified("public", "Or\"ders"), r#""public"."Or""ders""#);
    }
}
