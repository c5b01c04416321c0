//! Numbers of all of BSON's types, compared by their exact values.

use std::cmp::Ordering;

use super::decimal::{Decimal, Exact};

#[derive(Clone, Copy, Debug)]
pub(in crate::sharding) enum Number {
    Int(i64),
    Double(f64),
    Decimal(Decimal),
}

/// 2⁶³, the first that is beyond 64 bits.
pub(in crate::sharding) const BEYOND: f64 = 9_223_372_036_854_775_808.0;

impl Number {
    /// What is no number comes before all that are.
    pub(in crate::sharding) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(one), Self::Int(other)) => one.cmp(&other),
            (Self::Int(one), Self::Double(other)) => int_with_double(one, other),
            (Self::Double(one), Self::Int(other)) => int_with_double(other, one).reverse(),
            (Self::Double(one), Self::Double(other)) => one.partial_cmp(&other).unwrap_or_else(|| {
                // At least one of them is no number.
                other.is_nan().cmp(&one.is_nan())
            }),
            _ => self.exact().compare(other.exact()),
        }
    }

    /// As the hash of a key takes it: without its fraction, and no further than 64 bits go.
    pub(in crate::sharding) fn whole(self) -> i64 {
        match self {
            Self::Int(value) => value,
            // The first number beyond 64 bits has always been taken for the smallest, and hashes must not change.
            Self::Double(BEYOND) => i64::MIN,
            Self::Double(value) => value as i64,
            Self::Decimal(value) => value.whole(),
        }
    }

    fn exact(self) -> Exact {
        match self {
            Self::Int(value) => Exact::of_int(value),
            Self::Double(value) => Exact::of_double(value),
            Self::Decimal(value) => value.exact(),
        }
    }
}

fn int_with_double(int: i64, double: f64) -> Ordering {
    if double.is_nan() || double < -BEYOND {
        return Ordering::Greater;
    }
    if double >= BEYOND {
        return Ordering::Less;
    }
    // Within 64 bits the whole part is exact.
    int.cmp(&(double as i64)).then_with(|| 0.0_f64.partial_cmp(&double.fract()).unwrap_or(Ordering::Equal))
}
