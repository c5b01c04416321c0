//! The hash slot of a key, of which a cluster has 16,384.

/// CRC-16/XMODEM of the key, or of its hash tag: what stands between the first `{` and the `}` that follows it, where
/// that is anything. Source: the cluster specification of Redis.
pub(super) fn of(key: &[u8]) -> u16 {
    crc16(tag(key).unwrap_or(key)) % 16_384
}

fn tag(key: &[u8]) -> Option<&[u8]> {
    let after = key.iter().position(|byte| *byte == b'{')? + 1;
    let length = key[after..].iter().position(|byte| *byte == b'}')?;
    (length > 0).then(|| &key[after..after + length])
}

fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |mut sum, byte| {
        sum ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            sum = if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 };
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_the_specification() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(of(b"a"), 15495);
    }

    #[test]
    fn only_a_hash_tag_that_holds_something_counts() {
        assert_eq!(of(b"{user1000}.following"), of(b"{user1000}.followers"));
        assert_eq!(of(b"foo{bar}{zap}"), of(b"bar"));
        assert_eq!(of(b"foo{{bar}}zap"), of(b"{bar"));
        assert_ne!(of(b"foo{}{bar}"), of(b"bar"));
        assert_ne!(of(b"{bar"), of(b"bar"));
    }
}
