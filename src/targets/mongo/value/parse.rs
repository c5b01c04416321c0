//! The grammar: values as JavaScript writes them, without its expressions.

use bson::{Bson, Document};

use super::cursor::Cursor;
use super::{DEEPEST, LONGEST, extended, literal};
use crate::text::Words;
use crate::words;

pub(super) struct Parser<'a> {
    cursor: Cursor<'a>,
    depth: usize,
}

impl<'a> Parser<'a> {
    /// # Errors
    /// Where there is too much to read.
    pub(super) fn new(text: &'a str) -> Result<Self, Words> {
        if text.len() > LONGEST {
            return Err(words!("At most 64 KiB.", "최대 64KiB입니다."));
        }
        Ok(Self { cursor: Cursor::new(text), depth: 0 })
    }

    /// # Errors
    /// What is wrong, and where.
    pub(super) fn whole(&mut self) -> Result<Bson, Words> {
        let value = self.value()?;
        self.cursor.skip_space();
        match self.cursor.peek() {
            None => Ok(value),
            Some(more) => {
                Err(self.cursor.wrong(&words!("the value ends before “{more}”", "값이 “{more}” 앞에서 끝났습니다")))
            }
        }
    }

    /// # Errors
    /// As [`Parser::whole`], and where it is no document.
    pub(super) fn whole_document(&mut self) -> Result<Document, Words> {
        match self.whole()? {
            Bson::Document(document) => Ok(document),
            _ => Err(words!("Write a document, for example {{ a: 1 }}.", "문서를 입력하세요. 예: {{ a: 1 }}")),
        }
    }

    fn value(&mut self) -> Result<Bson, Words> {
        self.cursor.skip_space();
        match self.cursor.peek() {
            None => Err(self.cursor.wrong(&words!("a value is missing", "값이 빠졌습니다"))),
            Some('{') => self.deeper(Self::object),
            Some('[') => self.deeper(Self::array),
            Some('"' | '\'') => self.string().map(Bson::String),
            Some(it) if it.is_ascii_digit() || "+-.".contains(it) => self.number(),
            Some(it) if starts_name(it) => self.deeper(Self::named),
            Some(it) => {
                Err(self.cursor.wrong(&words!("no value begins with “{it}”", "“{it}”(으)로 시작하는 값은 없습니다")))
            }
        }
    }

    /// Each level takes some of the stack, so their number is bounded.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Result<Bson, Words>) -> Result<Bson, Words> {
        if self.depth >= DEEPEST {
            return Err(self.cursor.wrong(&words!("more than {DEEPEST} levels", "{DEEPEST}단계보다 깊습니다")));
        }
        self.depth += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn object(&mut self) -> Result<Bson, Words> {
        let begin = self.cursor.at();
        self.cursor.expect('{')?;
        let mut document = Document::new();
        let mut all_quoted = true;
        loop {
            self.cursor.skip_space();
            if self.cursor.take('}') {
                break;
            }
            let at = self.cursor.at();
            let (name, is_quoted) = self.name()?;
            all_quoted &= is_quoted;
            self.cursor.skip_space();
            self.cursor.expect(':')?;
            let value = self.value()?;
            if document.insert(name.clone(), value).is_some() {
                return Err(self.cursor.wrong_at(at, &words!("{name} is named twice", "{name}이(가) 두 번 나옵니다")));
            }
            self.cursor.skip_space();
            if !self.cursor.take(',') {
                self.cursor.expect('}')?;
                break;
            }
        }
        // Extended JSON quotes its names; a document's own fields may be called the same.
        if !all_quoted {
            return Ok(Bson::Document(document));
        }
        extended::meant(document).map_err(|what| self.cursor.wrong_at(begin, &what))
    }

    fn array(&mut self) -> Result<Bson, Words> {
        self.cursor.expect('[')?;
        self.list(']').map(Bson::Array)
    }

    /// Values with commas between them, up to `end`.
    fn list(&mut self, end: char) -> Result<Vec<Bson>, Words> {
        let mut values = Vec::new();
        loop {
            self.cursor.skip_space();
            if self.cursor.take(end) {
                return Ok(values);
            }
            values.push(self.value()?);
            self.cursor.skip_space();
            if !self.cursor.take(',') {
                self.cursor.expect(end)?;
                return Ok(values);
            }
        }
    }

    /// A field's name, and whether it is quoted.
    fn name(&mut self) -> Result<(String, bool), Words> {
        let at = self.cursor.at();
        let (name, is_quoted) = match self.cursor.peek() {
            Some('"' | '\'') => (self.string()?, true),
            // JavaScript's way to name a field what an object's prototype is called.
            Some('[') => {
                self.cursor.expect('[')?;
                self.cursor.skip_space();
                let name = self.string()?;
                self.cursor.skip_space();
                self.cursor.expect(']')?;
                (name, false)
            }
            _ => (self.cursor.take_while(is_of_name).to_owned(), false),
        };
        if name.is_empty() && !is_quoted {
            return Err(self.cursor.wrong(&words!("a field's name is missing", "필드 이름이 빠졌습니다")));
        }
        if name.contains('\0') {
            return Err(self.cursor.wrong_at(
                at,
                &words!("a field's name cannot hold the character 0", "필드 이름에 문자 0을 쓸 수 없습니다"),
            ));
        }
        Ok((name, is_quoted))
    }

    fn string(&mut self) -> Result<String, Words> {
        let begin = self.cursor.at();
        let end = match self.cursor.next() {
            Some(quote @ ('"' | '\'')) => quote,
            _ => {
                return Err(self
                    .cursor
                    .wrong_at(begin, &words!("a quoted text is expected", "따옴표로 묶은 글이 와야 합니다")));
            }
        };
        let mut text = String::new();
        loop {
            match self.cursor.next() {
                None | Some('\n' | '\r') => {
                    let what = words!(
                        "the text that begins here has no end quote",
                        "여기서 시작한 글에 닫는 따옴표가 없습니다"
                    );
                    return Err(self.cursor.wrong_at(begin, &what));
                }
                Some('\\') => text.extend(self.escaped()?),
                Some(it) if it == end => return Ok(text),
                Some(it) => text.push(it),
            }
        }
    }

    /// What stands after a backslash; none for the end of a line, which goes on.
    fn escaped(&mut self) -> Result<Option<char>, Words> {
        let at = self.cursor.at();
        let meant = match self.cursor.next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('v') => Some('\u{b}'),
            Some('0') if !self.cursor.peek().is_some_and(|it| it.is_ascii_digit()) => Some('\0'),
            Some('x') => self.hexadecimal(2).and_then(char::from_u32),
            Some('u') => self.unicode(),
            Some('\n') => return Ok(None),
            Some(it) if !it.is_ascii_alphanumeric() => Some(it),
            _ => None,
        };
        let unknown = words!("this is no escape that JavaScript has", "JavaScript에 없는 이스케이프입니다");
        meant.map(Some).ok_or_else(|| self.cursor.wrong_at(at, &unknown))
    }

    fn unicode(&mut self) -> Option<char> {
        if self.cursor.take('{') {
            let digits = self.cursor.take_while(|it| it.is_ascii_hexdigit());
            let meant = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
            return meant.filter(|_| self.cursor.take('}'));
        }
        let first = self.hexadecimal(4)?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first);
        }
        // Half of a character that needs two.
        let second = (self.cursor.take('\\') && self.cursor.take('u')).then(|| self.hexadecimal(4))??;
        (0xdc00..0xe000)
            .contains(&second)
            .then(|| char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)))?
    }

    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 4 | self.cursor.next()?.to_digit(16)?;
        }
        Some(value)
    }

    fn number(&mut self) -> Result<Bson, Words> {
        let begin = self.cursor.at();
        let is_negative = self.cursor.take('-');
        if !is_negative {
            self.cursor.take('+');
        }
        if self.cursor.peek().is_some_and(starts_name) {
            let word = self.cursor.take_while(is_of_name);
            return literal::endless(word, is_negative)
                .ok_or_else(|| self.cursor.wrong_at(begin, &words!("this is no number", "숫자가 아닙니다")));
        }
        let digits = self.cursor.take_while(|it| it.is_ascii_alphanumeric() || it == '.');
        // An exponent may have a sign.
        let has_exponent =
            digits.ends_with(['e', 'E']) && digits.starts_with(|it: char| it.is_ascii_digit() || it == '.');
        let more = match self.cursor.peek() {
            Some(sign @ ('+' | '-')) if has_exponent => {
                self.cursor.next();
                format!("{sign}{}", self.cursor.take_while(|it| it.is_ascii_digit()))
            }
            _ => String::new(),
        };
        let sign = if is_negative { "-" } else { "" };
        literal::number(&format!("{sign}{digits}{more}")).map_err(|what| self.cursor.wrong_at(begin, &what))
    }

    /// A word such as `true`, or a value with its type before it: `Long("5")`, `new Date(0)`.
    fn named(&mut self) -> Result<Bson, Words> {
        let begin = self.cursor.at();
        let mut word = self.cursor.take_while(is_of_name);
        if word == "new" {
            self.cursor.skip_space();
            word = self.cursor.take_while(is_of_name);
        }
        self.cursor.skip_space();
        let meant = if self.cursor.take('(') {
            let arguments = self.list(')')?;
            literal::made(word, &arguments)
        } else {
            literal::word(word)
        };
        meant.map_err(|what| self.cursor.wrong_at(begin, &what))
    }
}

fn starts_name(it: char) -> bool {
    it.is_alphabetic() || it == '_' || it == '$'
}

fn is_of_name(it: char) -> bool {
    it.is_alphanumeric() || it == '_' || it == '$'
}
