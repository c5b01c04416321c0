//! What the parts of caching share: keys and times to live.

mod key;
mod lifetime;
mod told;
mod ttl;

pub use key::{Key, spelled, unescaped};
pub use lifetime::Lifetime;
pub use told::Told;
pub use ttl::Ttl;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ttl_is_read_with_its_unit() {
        let seconds = |text| Ttl::parse(text).map(Ttl::seconds).ok();
        assert_eq!(seconds("60"), Some(60));
        assert_eq!(seconds(" 10m "), Some(600));
        assert_eq!(seconds("2h"), Some(7_200));
        assert_eq!(seconds("7d"), Some(604_800));
    }

    /// Another desktop program deleted the key for −1 (ARDM #619): `EXPIRE k -1` answers 1.
    #[test]
    fn what_would_delete_a_key_is_no_ttl() {
        for bad in ["0", "-1", "", "abc", "1.5", "NaN", "1e400", "9223372036854775807", "99999999999999999999", "3651d"]
        {
            assert!(Ttl::parse(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn an_answer_of_pttl_is_told_apart() {
        assert_eq!(Lifetime::from_pttl(-2), Lifetime::Missing);
        assert_eq!(Lifetime::from_pttl(-1), Lifetime::Never);
        assert_eq!(Lifetime::from_pttl(0), Lifetime::Left(0));
    }
}
