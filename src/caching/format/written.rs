//! Values as they are written, each in the format of its neighbours: an application that reads pickles fails on JSON.

use super::json::{self, Wrong};
use super::model::{Format, LONGEST_TEXT};
use super::plain::Plain;
use super::{msgpack, pickle, zlib};
use crate::text::Words;
use crate::words;

/// The value of this JSON in that format. Two things are as frameworks do them: Django writes a whole number as its
/// digits whatever its format, so that it can be counted up; and where the format is text, `json` is the text itself.
///
/// # Errors
/// Where it is not JSON, or the format cannot hold it, or is none that the console writes.
pub fn written(format: &Format, json: &str) -> Result<Vec<u8>, Words> {
    if json.len() > LONGEST_TEXT {
        return Err(words!("At most 64 KiB of text.", "최대 64KiB입니다."));
    }
    if let Format::Text = format {
        // A form sends every line break as two characters.
        return Ok(json.replace("\r\n", "\n").into_bytes());
    }
    let value = plain(json)?;
    match (format, &value) {
        (Format::Integer, Plain::Int(digits)) => Ok(digits.clone().into_bytes()),
        (Format::Integer, _) => {
            Err(words!("This is a counter: it takes a whole number only.", "카운터이므로 정수만 쓸 수 있습니다."))
        }
        (Format::Pickle(_) | Format::Json | Format::Zlib(_) | Format::Msgpack, Plain::Int(digits)) => {
            Ok(digits.clone().into_bytes())
        }
        (Format::Json, _) => Ok(json.trim().as_bytes().to_vec()),
        (Format::Pickle(protocol), _) => Ok(pickle::write(*protocol, &value)),
        (Format::Zlib(inner), _) => match **inner {
            Format::Json | Format::Pickle(_) | Format::Msgpack => Ok(zlib::pack(written(inner, json)?)),
            _ => Err(unwritten()),
        },
        (Format::Msgpack, _) => msgpack::write(&value),
        (Format::Raw | Format::Text, _) => Err(unwritten()),
    }
}

/// Reads JSON out of a form.
pub(super) fn plain(text: &str) -> Result<Plain, Words> {
    json::parse(text).map_err(|wrong| match wrong {
        Wrong::Cut if text.trim().is_empty() => words!("Write the value as JSON.", "값을 JSON으로 입력하세요."),
        Wrong::Cut => words!("This JSON is not finished.", "JSON이 끝나지 않았습니다."),
        Wrong::TooDeep => words!("This JSON is too deep.", "JSON이 너무 깊습니다."),
        Wrong::TooMany => words!("This JSON has too many parts.", "JSON의 구성 요소가 너무 많습니다."),
        Wrong::At(byte) | Wrong::Twice(byte) => {
            let place = text[..text.floor_char_boundary(byte)].chars().count() + 1;
            match wrong {
                Wrong::Twice(_) => {
                    words!("The name at character {place} is there twice.", "{place}번째 글자의 이름이 두 번 나옵니다.")
                }
                _ => words!("This is not JSON at character {place}.", "{place}번째 글자에서 JSON이 아닙니다."),
            }
        }
    })
}

fn unwritten() -> Words {
    words!("The format of this value is not one that the console writes.", "콘솔이 쓸 수 있는 형식의 값이 아닙니다.")
}
