//! Values as a form holds them: told and written in their own format.

use crate::caching::format;
use crate::caching::key::model::LONGEST_VALUE;
use crate::text::Words;
use crate::words;

/// Bytes of text that are shown of a value.
const SHOWN: usize = 4_096;

/// A value as it is shown.
pub(super) struct Told {
    pub format: Words,
    pub text: String,
    /// Whether that is all of it.
    pub whole: bool,
}

/// Tells what a value is. `whole` says whether these are all of its bytes.
pub(super) fn look(value: &[u8], whole: bool) -> Told {
    let format::Looked { format, mut text, .. } = format::look(value, whole);
    let shown = text.floor_char_boundary(SHOWN);
    let whole = whole && shown == text.len();
    text.truncate(shown);
    Told { format: format.words(), text, whole }
}

/// What stands in the form, or why the value cannot be edited here. These are all of its bytes.
pub(in crate::caching::key) fn editable(value: &[u8]) -> Result<String, Words> {
    if value.len() > LONGEST_VALUE {
        return Err(words!(
            "It has more than 8 KiB. Change it in the application.",
            "8KiB가 넘습니다. 애플리케이션에서 바꾸세요."
        ));
    }
    let looked = format::look(value, true);
    let text = looked.edit.filter(|_| looked.editable).ok_or_else(|| {
        looked.why_not.unwrap_or_else(|| {
            words!("It would not be the same after a form has held it.", "양식을 거치면 값이 달라집니다.")
        })
    })?;
    // A form changes these without asking.
    if text.is_empty() || text.len() > LONGEST_VALUE || text.contains('\r') || text.starts_with('\n') {
        return Err(words!(
            "A form does not keep an empty value, more than 8 KiB, or line breaks at its beginning or of Windows' kind.",
            "빈 값, 8KiB가 넘는 값, 맨 앞의 줄바꿈, Windows 형식 줄바꿈은 양식이 그대로 보존하지 못합니다."
        ));
    }
    Ok(text)
}

/// The bytes of a value that was typed, in the format of the one that it replaces.
///
/// # Errors
/// What that format cannot hold.
pub(in crate::caching::key) fn written(former: &[u8], typed: &str) -> Result<Vec<u8>, Words> {
    editable(former)?;
    format::written(&format::look(former, true).format, typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_would_change_is_not_offered_to_be_edited() {
        for value in [&b""[..], b"\n a", b"a\r\nb", b"\xff\xfe", &[b'a'; LONGEST_VALUE + 1]] {
            assert!(editable(value).is_err(), "{value:?}");
        }
        assert_eq!(editable("a\n키\t".as_bytes()).as_deref(), Ok("a\n키\t"));
    }

    #[test]
    fn a_value_is_written_in_the_format_of_the_one_before() {
        // pickle.dumps({"a": 1}, 5)
        let pickle = b"\x80\x05\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s.";
        assert_eq!(editable(pickle).as_deref(), Ok(r#"{"a": 1}"#));
        let new = written(pickle, r#"{"a": 2}"#).expect("a pickle");
        assert_eq!(new[..2], [0x80, 5], "{new:?}");
        assert_eq!(look(&new, true).text, "{'a': 2}");
        assert!(written(pickle, "{'a': 2}").is_err(), "no JSON");
        assert_eq!(written(br#"{"a": 1}"#, r#"{"a": 2}"#).as_deref(), Ok(&br#"{"a": 2}"#[..]));
    }
}
