//! The form in which rows are stored under a key: that of the keys beside it, so that the application that reads them
//! can read this one too. Django's cache raises on JSON where it expects a pickle.

mod pickle;

use serde_json::Value;

use super::model::Wanted;
use crate::change::Check;
use crate::text::Words;
use crate::words;

/// A form that rows are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Json,
    Pickle,
}

/// What the keys beside a key are like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub json: usize,
    pub pickle: usize,
    /// Neither, and no whole number, which all forms write alike.
    pub other: usize,
}

impl Shape {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Pickle => "pickle",
        }
    }

    /// The form that an operator chose or, where that was left open, that was found.
    pub const fn chosen(wanted: Wanted, found: Found) -> Self {
        match wanted {
            Wanted::Json => Self::Json,
            Wanted::Pickle => Self::Pickle,
            Wanted::Found if found.pickle > found.json => Self::Pickle,
            Wanted::Found => Self::Json,
        }
    }

    /// As it is written down.
    pub const fn wanted(self) -> Wanted {
        match self {
            Self::Json => Wanted::Json,
            Self::Pickle => Wanted::Pickle,
        }
    }

    /// Rows, which are a JSON text, in this form.
    pub fn written(self, json: String) -> Vec<u8> {
        match self {
            Self::Json => json.into_bytes(),
            Self::Pickle => serde_json::from_str(&json).map(|value| pickle::written(&value)).unwrap_or_default(),
        }
    }
}

/// The rows of a stored value, whichever of the two forms it has; none where it is neither.
pub fn read(bytes: &[u8]) -> Option<Value> {
    if bytes.first() == Some(&0x80) { pickle::read(bytes) } else { serde_json::from_slice(bytes).ok() }
}

/// A stored value as text to be shown: the first 4 KiB of it.
pub fn shown(value: &[u8]) -> String {
    const SHOWN: usize = 4_096;
    match value.first() {
        Some(0x80) => match read(value) {
            Some(rows) => rows.to_string().chars().take(SHOWN).collect(),
            None => crate::caching::model::spelled(&value[..value.len().min(SHOWN)]),
        },
        _ => String::from_utf8_lossy(&value[..value.len().min(SHOWN)]).into_owned(),
    }
}

impl Found {
    /// By the first bytes of some values.
    pub fn of(beginnings: &[Vec<u8>]) -> Self {
        let mut found = Self::default();
        for bytes in beginnings {
            match bytes.as_slice() {
                [0x80, 2..=5, ..] => found.pickle += 1,
                digits if digits.iter().enumerate().all(|(at, it)| it.is_ascii_digit() || at == 0 && *it == b'-') => {}
                [b'{' | b'[' | b'"' | b't' | b'f' | b'n', ..] => found.json += 1,
                _ => found.other += 1,
            }
        }
        found
    }

    /// What is stored, and why; a warning where the keys beside it are of another form.
    pub fn check(self, wanted: Wanted) -> Check {
        let (shape, Self { json, pickle, other }) = (Shape::chosen(wanted, self), self);
        let name = shape.name();
        let seen = if json + pickle + other == 0 {
            words!("no key beside it tells of another form", "옆에 다른 형식을 알려 주는 키가 없음")
        } else {
            words!(
                "of the keys beside it, {json} are JSON, {pickle} pickles and {other} something else",
                "옆의 키: JSON {json}개, pickle {pickle}개, 그 외 {other}개"
            )
        };
        let found = Words::new(format!("Stored as {name}: {}.", seen.en), format!("{name}(으)로 저장: {}.", seen.ko));
        let foreign = match shape {
            Shape::Json => pickle + other > json,
            Shape::Pickle => json + other > pickle,
        };
        if !foreign {
            return Check::pass(found);
        }
        Check::warn(
            found,
            words!(
                "An application that reads them may fail at this one: Django's cache answers with an error 500. Choose \
                 the form that it reads.",
                "이 키들을 읽는 애플리케이션이 이 값에서 실패할 수 있습니다(Django는 오류 500). 읽을 수 있는 형식을 고르세요.",
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Verdict;

    fn found(values: &[&[u8]]) -> Found {
        Found::of(&values.iter().map(|it| it.to_vec()).collect::<Vec<_>>())
    }

    #[test]
    fn rows_take_the_form_of_the_keys_beside_them() {
        let django = found(&[b"\x80\x05\x95\x01", b"\x80\x04\x95", b"42", b"-7"]);
        assert_eq!(django, Found { pickle: 2, json: 0, other: 0 });
        assert_eq!(Shape::chosen(Wanted::Found, django), Shape::Pickle);
        assert_eq!(Shape::chosen(Wanted::Found, found(&[b"{\"a\": 1}", b"[1]"])), Shape::Json);
        assert_eq!(Shape::chosen(Wanted::Found, Found::default()), Shape::Json);
    }

    #[test]
    fn a_form_that_the_application_does_not_read_is_told() {
        let django = found(&[b"\x80\x05\x95\x01"]);
        assert_eq!(django.check(Wanted::Found).verdict, Verdict::Pass);
        assert_eq!(django.check(Wanted::Json).verdict, Verdict::Warn);
        assert_eq!(found(&[b"\x78\x9c\x01"]).check(Wanted::Found).verdict, Verdict::Warn);
        assert_eq!(Found::default().check(Wanted::Found).verdict, Verdict::Pass);
    }

    #[test]
    fn rows_come_back_from_either_form() {
        let json = r#"[{"id":1,"name":"펜","price":-2.5,"sold":null,"new":true,"big":18446744073709551615}]"#;
        for shape in [Shape::Json, Shape::Pickle] {
            let written = shape.written(json.to_owned());
            assert_eq!(read(&written).expect("rows").to_string(), json, "{shape:?}");
        }
        assert_eq!(read(b"hello"), None);
    }
}
