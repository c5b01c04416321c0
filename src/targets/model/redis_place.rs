//! What stands in the database field of a Redis target: `0`, `tls/0`, `sentinel:mymaster/0`.

use crate::text::Words;
use crate::words;

/// Where the keys are behind the address of a Redis or Valkey target. Its parts stand one after another with a slash
/// between; what is left out is the plain server with database 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RedisPlace {
    /// Encrypted, with the certificate checked against the system's authorities.
    pub tls: bool,
    /// The address is a sentinel's, and this is the name under which it watches the primary.
    pub sentinel: Option<String>,
    /// The number that SELECT takes. In a cluster there is only 0.
    pub number: u16,
}

impl RedisPlace {
    /// # Errors
    /// The rule, where a part is none of the three or stands twice.
    pub fn parse(text: &str) -> Result<Self, Words> {
        let mut place = Self::default();
        let mut number = None;
        for part in text.split('/').map(str::trim).filter(|part| !part.is_empty()) {
            match part.strip_prefix("sentinel:") {
                Some(name) if is_name(name) && place.sentinel.is_none() => place.sentinel = Some(name.to_owned()),
                None if part == "tls" && !place.tls => place.tls = true,
                None if number.is_none() && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                    number = Some(part.parse().map_err(|_| rule())?);
                }
                _ => return Err(rule()),
            }
        }
        place.number = number.unwrap_or_default();
        Ok(place)
    }
}

/// The signs that a sentinel takes.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn rule() -> Words {
    words!(
        "For Redis: a database's number, with tls/ or sentinel:NAME/ before it where needed.",
        "Redis는 데이터베이스 번호를 쓰고, 필요하면 그 앞에 tls/ 또는 sentinel:이름/을 붙입니다.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_number_with_what_leads_to_it() {
        let place =
            |tls, sentinel: Option<&str>, number| RedisPlace { tls, sentinel: sentinel.map(str::to_owned), number };
        assert_eq!(RedisPlace::parse(""), Ok(place(false, None, 0)));
        assert_eq!(RedisPlace::parse("3"), Ok(place(false, None, 3)));
        assert_eq!(RedisPlace::parse("tls"), Ok(place(true, None, 0)));
        assert_eq!(RedisPlace::parse("tls/sentinel:my-master/1"), Ok(place(true, Some("my-master"), 1)));
    }

    #[test]
    fn what_is_no_place_is_refused_and_not_taken_for_database_0() {
        for text in
            ["abc", "-1", "1/2", "99999", "sentinel:", "sentinel:a b", "sentinel:a/sentinel:b", "tls/tls", "TLS"]
        {
            assert!(RedisPlace::parse(text).is_err(), "{text:?} must be refused");
        }
    }
}
