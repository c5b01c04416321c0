//! What a server says of itself.

use std::collections::BTreeMap;

/// Answers of INFO.
#[derive(Clone, Debug, Default)]
pub struct Info(BTreeMap<String, String>);

impl Info {
    pub fn parse(text: &str) -> Self {
        let fields = text.lines().filter_map(|line| line.trim_end().split_once(':'));
        Self(fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A field that is a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// One of the fields of a field: `keys` of `db0:keys=1,expires=0`.
    pub fn part(&self, name: &str, part: &str) -> Option<i64> {
        let parts = self.get(name)?.split(',').filter_map(|it| it.split_once('='));
        parts.filter(|(name, _)| *name == part).find_map(|(_, value)| value.parse().ok())
    }

    pub fn product(&self) -> Product {
        if self.get("valkey_version").is_some() { Product::Valkey } else { Product::Redis }
    }

    /// Major and minor version of the product; none where it was not told.
    pub fn version(&self) -> Option<(u32, u32)> {
        let text = self.get("valkey_version").or_else(|| self.get("redis_version"))?;
        let mut numbers = text.split('.').map(|it| it.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    }
}

/// Valkey left Redis after 7.2 and has counted from 7.2 on by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Redis,
    Valkey,
}

impl Product {
    pub const ALL: [Self; 2] = [Self::Redis, Self::Valkey];

    /// The name of the product, the same in both languages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Redis => "Redis",
            Self::Valkey => "Valkey",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_their_parts_are_read() {
        let info = Info::parse("# Server\r\nredis_version:7.0.15\r\n# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=9\r\n");
        assert_eq!(info.version(), Some((7, 0)));
        assert_eq!(info.product(), Product::Redis);
        assert_eq!(info.part("db0", "expires"), Some(1));
        assert_eq!(info.number("used_memory"), None);
    }

    #[test]
    fn valkey_is_told_by_its_own_version() {
        let info = Info::parse("redis_version:7.2.4\nserver_name:valkey\nvalkey_version:8.0.1\n");
        assert_eq!((info.product(), info.version()), (Product::Valkey, Some((8, 0))));
    }
}
