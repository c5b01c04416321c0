use super::*;

#[test]
fn tokens_are_long_and_differ() {
    let (one, other) = (random_hex::<32>(), random_hex::<32>());
    assert_eq!(one.len(), 64);
    assert_ne!(one, other);
    assert_ne!(digest_of(&one), digest_of(&other));
}
