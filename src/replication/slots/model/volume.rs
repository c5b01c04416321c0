//! The size of the volume that a server's WAL is on. SQL cannot tell it, so an operator enters it.

use crate::error::AppError;
use crate::text::{Words, url_text};
use crate::words;

/// Reads a size as people write it: `200 GiB`, `200GB`, `1.5 T`, or bytes. Decimal units count as binary ones, as the
/// server itself has it. Empty: not known.
///
/// # Errors
/// The rule that the text breaks.
pub fn parse_size(text: &str) -> Result<Option<i64>, Words> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let rule = || {
        words!(
            "A number and a unit, such as 200 GiB: from 16 MiB to 1024 TiB.",
            "숫자와 단위로 입력하세요(예: 200 GiB). 16 MiB부터 1024 TiB까지입니다.",
        )
    };
    let end = text.find(|it: char| !(it.is_ascii_digit() || it == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let shift = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return Err(rule()),
    };
    let number: f64 = number.parse().map_err(|_| rule())?;
    let bytes = number * (1_i64 << shift) as f64;
    let fits = (16.0 * 1_048_576.0..=1024.0 * (1_i64 << 40) as f64).contains(&bytes);
    if fits { Ok(Some(bytes as i64)) } else { Err(rule()) }
}

/// Where somebody is led who has entered a size: to the list, with the record, or with what was typed where that is
/// no size.
///
/// # Errors
/// What is wrong beside the size itself.
pub fn leads_to(target: &str, typed: &str, entered: Result<i64, &AppError>) -> Result<String, AppError> {
    let target = url_text(target);
    match entered {
        Ok(record) => Ok(format!("/replication?target={target}&record={record}")),
        Err(error) if error.field.is_some() => {
            Ok(format!("/replication?target={target}&volume={}#volume", url_text(typed)))
        }
        Err(error) => Err(error.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_read_as_people_write_it() {
        for (text, bytes) in [
            ("200 GiB", Some(200 << 30)),
            ("200gb", Some(200 << 30)),
            (" 1.5T ", Some(3 << 39)),
            ("209715200", Some(200 << 20)),
            ("", None),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["many", "-1 GiB", "1..5 GiB", "5 apples", "1", "NaN", "inf", "1e30", "9999 TiB", "'; --"] {
            assert!(parse_size(text).is_err(), "{text:?} must be refused");
        }
    }
}
