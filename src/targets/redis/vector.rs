//! Commands as they stand in a plan: an argument vector as JSON, in which an argument that is no text stands as the
//! digits of its bytes; and the line that a person types in redis-cli.

use serde_json::{Value, json};

use crate::change::Command;
use crate::error::{AppError, Kind};
use crate::words;

/// A command of these arguments.
pub fn command<A: AsRef<[u8]>>(arguments: &[A]) -> Command {
    let exact: Vec<Value> = arguments.iter().map(|it| argument(it.as_ref())).collect();
    let typed: Vec<String> = arguments.iter().map(|it| typed(it.as_ref())).collect();
    Command {
        exact: Value::from(exact).to_string(),
        typed: typed.join(" "),
        tool: "redis-cli".to_owned(),
        database: String::new(),
    }
}

/// The arguments of a command as it stands in a plan.
///
/// # Errors
/// `Internal` where it is none.
pub fn parsed(exact: &str) -> Result<Vec<Vec<u8>>, AppError> {
    let read = || {
        let Value::Array(arguments) = serde_json::from_str(exact).ok()? else { return None };
        let arguments: Option<Vec<Vec<u8>>> = arguments.iter().map(bytes).collect();
        arguments.filter(|it| !it.is_empty())
    };
    read().ok_or_else(|| {
        AppError::new(
            Kind::Internal,
            words!("The plan holds a command that cannot be sent.", "계획에 보낼 수 없는 명령이 있습니다."),
            words!("Plan again.", "계획을 다시 세우세요."),
        )
    })
}

/// Arguments as a request of the driver.
pub fn request<A: AsRef<[u8]>>(arguments: &[A]) -> redis::Cmd {
    let mut request = redis::Cmd::new();
    for argument in arguments {
        request.arg(argument.as_ref());
    }
    request
}

/// An argument as redis-cli reads it: in quotes where it holds more than letters, digits and a few signs.
pub fn typed(argument: &[u8]) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-:.@/*".contains(byte);
    if !argument.is_empty() && argument.iter().all(plain) {
        return String::from_utf8_lossy(argument).into_owned();
    }
    let mut quoted = String::from("\"");
    for chunk in argument.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => quoted.extend(['\\', character]),
                '\n' => quoted.push_str("\\n"),
                '\r' => quoted.push_str("\\r"),
                '\t' => quoted.push_str("\\t"),
                it if it.is_control() => {
                    let mut bytes = [0; 4];
                    quoted.extend(it.encode_utf8(&mut bytes).bytes().map(|byte| format!("\\x{byte:02x}")));
                }
                it => quoted.push(it),
            }
        }
        quoted.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    quoted.push('"');
    quoted
}

fn argument(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => Value::from(text),
        Err(_) => json!({ "hex": bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() }),
    }
}

fn bytes(argument: &Value) -> Option<Vec<u8>> {
    match argument {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Object(_) => {
            let digits = argument.get("hex")?.as_str().filter(|it| it.is_ascii() && it.len() % 2 == 0)?;
            let pairs = (0..digits.len()).step_by(2);
            pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_a_plan_shows_is_what_is_sent(arguments in prop::collection::vec(any::<Vec<u8>>(), 1..4)) {
            prop_assert_eq!(parsed(&command(&arguments).exact).expect("a command"), arguments);
        }

        #[test]
        fn no_argument_ends_the_line_that_is_typed(argument in any::<Vec<u8>>()) {
            prop_assert!(!typed(&argument).chars().any(char::is_control));
        }
    }

    #[test]
    fn an_argument_is_quoted_as_redis_cli_reads_it() {
        assert_eq!(typed(b":1:mydata"), ":1:mydata");
        assert_eq!(typed(b"a \"b\"\\"), r#""a \"b\"\\""#);
        assert_eq!(typed(b"\x80\x05\n"), r#""\x80\x05\n""#);
        assert_eq!(typed("키".as_bytes()), "\"키\"");
        assert_eq!(typed(b""), "\"\"");
    }

    #[test]
    fn what_is_no_argument_vector_is_not_sent() {
        for text in ["", "{}", "[]", "[1]", r#"[{"hex":"0"}]"#, r#"[{"hex":"zz"}]"#] {
            assert!(parsed(text).is_err(), "{text} must be refused");
        }
    }
}
