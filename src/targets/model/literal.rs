//! Names and texts as they stand in a line of JavaScript.

/// A property's name in JavaScript: bare where that is possible, else quoted.
pub fn property(name: &str) -> String {
    let bare = !name.is_empty()
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '$')
        && !name.starts_with(|it: char| it.is_ascii_digit())
        && name != "__proto__";
    match (bare, name) {
        (true, _) => name.to_owned(),
        // Bare or quoted, this one would set the object's prototype.
        (false, "__proto__") => "[\"__proto__\"]".to_owned(),
        (false, _) => quoted(name),
    }
}

/// A text as a literal of JavaScript and JSON.
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
