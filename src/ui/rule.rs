//! What may be typed into a field, as data: the browser checks it while it is typed, and needs no code of any feature
//! for it. The server goes by the parsers of the models; each rule has a test that it agrees with its parser.

use serde::{Deserialize, Serialize};

use crate::text::{Lang, Words};

/// Demands that are made of a text one after the other; the first that is broken is told. Spaces around the text do not
/// count. `{}` in the words stands for the character that is wrong. A rule may be wider than its parser, where that
/// needs more than a text to decide, but never narrower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule<T = Words> {
    demands: Vec<(Demand, T)>,
}

/// One demand. Characters are listed as `a-z0-9_`; a dash at the end stands for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Demand {
    Filled,
    /// Bytes at most.
    Longest(usize),
    /// No character but these.
    Only(String),
    /// No line breaks, tabs and the like.
    Printable,
    /// Something on both sides of the first such character.
    Halves(char),
    /// Something in each part, where parts are separated by this character.
    Parts(char),
    /// A whole number, with one of the units or without.
    Number(Units),
    /// Such a number of at least so many of the smallest unit.
    Least(Units, u64),
    /// And of at most so many.
    Most(Units, u64),
    /// Another text than this.
    Differs(String),
    /// This is nowhere in it.
    Without(String),
    /// It does not begin with this.
    BeginsWithout(String),
    /// Nothing, or two hexadecimal numbers of at most so many digits with this character between.
    HexPair(char, usize),
    /// Nothing, or some character beyond these.
    Beyond(String),
}

/// What may stand after a number, and how many of the smallest unit it is: `("m", 60)`.
pub type Units = Vec<(String, u64)>;

/// Seconds, minutes, hours, days.
pub fn time_units() -> Units {
    [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)].map(|(unit, seconds)| (unit.to_owned(), seconds)).into()
}

impl<T> Default for Rule<T> {
    fn default() -> Self {
        Self { demands: Vec::new() }
    }
}

impl Rule {
    pub fn new() -> Self {
        Self::default()
    }

    fn and(mut self, demand: Demand, told: Words) -> Self {
        self.demands.push((demand, told));
        self
    }

    #[must_use]
    pub fn filled(self, told: Words) -> Self {
        self.and(Demand::Filled, told)
    }

    #[must_use]
    pub fn longest(self, bytes: usize, told: Words) -> Self {
        self.and(Demand::Longest(bytes), told)
    }

    #[must_use]
    pub fn only(self, characters: &str, told: Words) -> Self {
        self.and(Demand::Only(characters.to_owned()), told)
    }

    #[must_use]
    pub fn printable(self, told: Words) -> Self {
        self.and(Demand::Printable, told)
    }

    #[must_use]
    pub fn halves(self, separator: char, told: Words) -> Self {
        self.and(Demand::Halves(separator), told)
    }

    #[must_use]
    pub fn parts(self, separator: char, told: Words) -> Self {
        self.and(Demand::Parts(separator), told)
    }

    #[must_use]
    pub fn number(self, units: Units, told: Words) -> Self {
        self.and(Demand::Number(units), told)
    }

    #[must_use]
    pub fn least(self, units: Units, least: u64, told: Words) -> Self {
        self.and(Demand::Least(units, least), told)
    }

    #[must_use]
    pub fn most(self, units: Units, most: u64, told: Words) -> Self {
        self.and(Demand::Most(units, most), told)
    }

    #[must_use]
    pub fn differs(self, from: &str, told: Words) -> Self {
        self.and(Demand::Differs(from.to_owned()), told)
    }

    #[must_use]
    pub fn without(self, piece: &str, told: Words) -> Self {
        self.and(Demand::Without(piece.to_owned()), told)
    }

    #[must_use]
    pub fn begins_without(self, piece: &str, told: Words) -> Self {
        self.and(Demand::BeginsWithout(piece.to_owned()), told)
    }

    #[must_use]
    pub fn hex_pair(self, separator: char, digits: usize, told: Words) -> Self {
        self.and(Demand::HexPair(separator, digits), told)
    }

    #[must_use]
    pub fn beyond(self, characters: &str, told: Words) -> Self {
        self.and(Demand::Beyond(characters.to_owned()), told)
    }

    /// The rule as it is sent to a reader of this language.
    pub fn read(&self, lang: Lang) -> Rule<String> {
        Rule { demands: self.demands.iter().map(|(demand, told)| (demand.clone(), told.read(lang))).collect() }
    }

    /// # Errors
    /// What is told of the first demand that the text breaks.
    pub fn check(&self, text: &str) -> Result<(), Words> {
        match self.broken(text) {
            None => Ok(()),
            Some((told, wrong)) => Err(Words::new(fill(&told.en, wrong), fill(&told.ko, wrong))),
        }
    }
}

impl Rule<String> {
    /// What is wrong with the text.
    pub fn fault(&self, text: &str) -> Option<String> {
        self.broken(text).map(|(told, wrong)| fill(told, wrong))
    }
}

impl<T> Rule<T> {
    fn broken(&self, text: &str) -> Option<(&T, Option<char>)> {
        let text = text.trim();
        self.demands.iter().find_map(|(demand, told)| demand.broken_by(text).map(|wrong| (told, wrong)))
    }
}

fn fill(told: &str, wrong: Option<char>) -> String {
    wrong.map_or_else(|| told.to_owned(), |wrong| told.replace("{}", wrong.encode_utf8(&mut [0; 4])))
}

impl Demand {
    /// None where the text keeps it; else the character that is to blame, if it is one.
    fn broken_by(&self, text: &str) -> Option<Option<char>> {
        let unless = |kept: bool| (!kept).then_some(None);
        match self {
            Self::Filled => unless(!text.is_empty()),
            Self::Longest(bytes) => unless(text.len() <= *bytes),
            Self::Only(characters) => text.chars().find(|it| !lists(characters, *it)).map(Some),
            Self::Printable => unless(!text.chars().any(char::is_control)),
            Self::Halves(separator) => {
                unless(text.split_once(*separator).is_some_and(|(left, right)| !left.is_empty() && !right.is_empty()))
            }
            Self::Parts(separator) => unless(text.split(*separator).all(|part| !part.trim().is_empty())),
            Self::Number(units) => unless(number(text, units).is_some()),
            Self::Least(units, least) => unless(number(text, units).is_none_or(|number| number >= *least)),
            Self::Most(units, most) => unless(number(text, units).is_none_or(|number| number <= *most)),
            Self::Differs(other) => unless(text != other),
            Self::Without(piece) => unless(!text.contains(piece.as_str())),
            Self::BeginsWithout(piece) => unless(!text.starts_with(piece.as_str())),
            Self::HexPair(separator, digits) => {
                let number = |part: &str| (1..=*digits).contains(&part.len()) && is_hex(part);
                let pair = text.split_once(*separator).is_some_and(|(left, right)| number(left) && number(right));
                unless(text.is_empty() || pair)
            }
            Self::Beyond(characters) => unless(text.is_empty() || text.chars().any(|it| !characters.contains(it))),
        }
    }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `a-z0-9_` lists this character.
fn lists(characters: &str, wanted: char) -> bool {
    let mut rest = characters.chars();
    while let Some(first) = rest.next() {
        let mut range = rest.clone();
        let last = match (range.next(), range.next()) {
            (Some('-'), Some(last)) => {
                rest = range;
                last
            }
            _ => first,
        };
        if (first..=last).contains(&wanted) {
            return true;
        }
    }
    false
}

/// A whole number of the smallest unit. More digits than fit are the largest number.
fn number(text: &str, units: &Units) -> Option<u64> {
    let with_unit =
        units.iter().find_map(|(unit, factor)| text.strip_suffix(unit.as_str()).map(|rest| (rest, *factor)));
    let (digits, factor) = with_unit.unwrap_or((text, 1));
    let digits = digits.trim();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words;

    #[test]
    fn a_list_of_characters_has_ranges_and_single_ones() {
        for (character, listed) in [('a', true), ('m', true), ('z', true), ('_', true), ('-', true), ('A', false)] {
            assert_eq!(lists("a-z0-9_-", character), listed, "{character}");
        }
        assert!(!lists("", 'a'));
        assert!(!lists("ac", 'b'));
    }

    #[test]
    fn the_first_broken_demand_is_told_with_the_character_that_is_wrong() {
        let rule = Rule::new()
            .filled(words!("Name it.", "이름을 입력하세요."))
            .only("a-z", Words::new("“{}” is not allowed.", "“{}”은(는) 쓸 수 없습니다."));
        assert_eq!(rule.check(" ok "), Ok(()));
        assert_eq!(rule.check("  ").err().unwrap_or_default().en, "Name it.");
        assert_eq!(rule.read(Lang::Ko).fault("aB"), Some("“B”은(는) 쓸 수 없습니다.".to_owned()));
    }

    #[test]
    fn a_number_has_a_unit_or_none_and_bounds() {
        let told = |text: &str| Words::same(text);
        let rule = Rule::new().number(time_units(), told("number")).least(time_units(), 1, told("least")).most(
            time_units(),
            86_400,
            told("most"),
        );
        for (text, fault) in [
            ("60", ""),
            ("1 d", ""),
            ("24h", ""),
            ("0", "least"),
            ("2d", "most"),
            ("99999999999999999999", "most"),
            ("-1", "number"),
            ("1.5", "number"),
            ("d", "number"),
        ] {
            assert_eq!(rule.check(text).err().unwrap_or_default().en, fault, "{text}");
        }
    }

    #[test]
    fn parts_and_halves_are_not_empty() {
        let halves = Rule::new().halves('.', Words::same("halves"));
        assert_eq!(
            ["a.b", "a.b.c", "a", ".b", "a."].map(|it| halves.check(it).is_ok()),
            [true, true, false, false, false]
        );
        let parts = Rule::new().parts(',', Words::same("parts"));
        assert_eq!(["a", "a, b", "a,,b", "a, "].map(|it| parts.check(it).is_ok()), [true, true, false, false]);
    }

    #[test]
    fn a_rule_comes_whole_through_the_page() {
        let rule = Rule::new().longest(3, Words::same("3")).only("a-z", Words::same("“{}”")).read(Lang::En);
        let text = serde_json::to_string(&rule).expect("JSON");
        assert_eq!(serde_json::from_str::<Rule<String>>(&text).expect("the rule"), rule);
    }
}
