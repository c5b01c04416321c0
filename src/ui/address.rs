//! What the address of a page asks for. The router's own map decodes a value twice, so that `%41` typed by a person
//! would arrive as `A`; here it is decoded once, and alike on both sides.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::text::url_text;

/// The query of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pairs: Vec<(String, String)>,
}

impl Address {
    /// Reads a query: `a=1&b=2`, with or without its question mark.
    pub fn parse(query: &str) -> Self {
        let pairs = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        });
        Self { pairs: pairs.collect() }
    }

    /// The value of this name; empty where there is none.
    pub fn text(&self, name: &str) -> String {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// All values of this name, as boxes that were ticked give them.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.clone()).collect()
    }

    /// The value of this name as a number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }
}

/// Where the part of this page that stays fresh is rendered alone: the question is the page's own, but for what is
/// planned or was done.
pub fn use_source(path: &str) -> String {
    let address = use_address().get_untracked();
    let asked = address.pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "action" | "record"));
    let pairs: Vec<(&str, &str)> = asked.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    link(path, &pairs)
}

/// The address of this page, anew whenever it changes.
pub fn use_address() -> Memo<Address> {
    let search = use_location().search;
    Memo::new(move |_| search.with(|search| Address::parse(search)))
}

/// An address of ours. Empty values are left out.
pub fn link(path: &str, pairs: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    for (place, (name, value)) in pairs.iter().filter(|(_, value)| !value.is_empty()).enumerate() {
        address.push(if place == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        address.push_str(&url_text(value));
    }
    address
}

/// A value as it was typed: `+` is a space, `%` and two digits are a byte. What is no such thing stays as it is.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut place = 0;
    while place < bytes.len() {
        let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (bytes[place], hex(place + 1), hex(place + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high * 16 + low) as u8);
                place += 3;
                continue;
            }
            (b'+', ..) => out.push(b' '),
            (byte, ..) => out.push(byte),
        }
        place += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_decoded_once() {
        let address = Address::parse("?query=SELECT+%27%2541%25%27&key=%ED%82%A4&empty=");
        assert_eq!(address.text("query"), "SELECT '%41%'");
        assert_eq!(address.text("key"), "키");
        assert_eq!(address.text("missing"), "");
        assert_eq!(Address::parse("t=a&u=x&t=b").all("t"), ["a", "b"]);
    }

    #[test]
    fn what_is_no_code_stays_as_it_is() {
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }

    #[test]
    fn what_a_link_holds_is_read_again() {
        let typed = "a&b=c #%41+ü";
        let address = link("/x", &[("empty", ""), ("value", typed)]);
        let (_, query) = address.split_once('?').expect("a query");
        assert_eq!(Address::parse(query).text("value"), typed);
    }
}
