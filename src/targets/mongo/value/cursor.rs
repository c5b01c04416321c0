//! A place in a text that is read from its beginning to its end, and what is wrong there.

use crate::text::Words;
use crate::words;

pub(super) struct Cursor<'a> {
    text: &'a str,
    /// In bytes.
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Where it stands, to be told by [`Cursor::wrong_at`].
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn skip_space(&mut self) {
        self.take_while(|it| it.is_whitespace() || it == '\u{feff}');
    }

    /// Takes what stands next where it is this.
    pub(super) fn take(&mut self, wanted: char) -> bool {
        let is_there = self.peek() == Some(wanted);
        if is_there {
            self.at += wanted.len_utf8();
        }
        is_there
    }

    /// Takes as many characters as are of this kind; perhaps none.
    pub(super) fn take_while(&mut self, is_wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|it| !is_wanted(it)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// # Errors
    /// Where something else stands there.
    pub(super) fn expect(&mut self, wanted: char) -> Result<(), Words> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(match self.peek() {
            None => self.wrong(&words!("it ends where “{wanted}” is missing", "“{wanted}”이(가) 빠진 채 끝납니다")),
            Some(found) => self.wrong(&words!(
                "“{wanted}” is expected, not “{found}”",
                "“{found}” 자리에 “{wanted}”이(가) 와야 합니다"
            )),
        })
    }

    /// What is wrong here.
    pub(super) fn wrong(&self, what: &Words) -> Words {
        self.wrong_at(self.at, what)
    }

    /// What is wrong at an earlier place. Characters are counted from 1, as a person counts them.
    pub(super) fn wrong_at(&self, at: usize, what: &Words) -> Words {
        let before = self.text.get(..at).unwrap_or(self.text);
        let place = before.chars().count() + 1;
        let (en, ko) = (&what.en, &what.ko);
        words!("At character {place}: {en}.", "{place}번째 글자: {ko}.")
    }
}
