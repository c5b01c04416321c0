//! Decimal numbers of 128 bits (IEEE 754-2008, binary integer decimal), compared with all other numbers exactly.

use std::cmp::Ordering;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sharding) enum Decimal {
    NotANumber,
    Infinite { negative: bool },
    Finite { negative: bool, digits: u128, exponent: i32 },
}

/// The exponent that is stored as 0 is −6176.
const BIAS: i32 = 6176;
/// More than 34 digits are no number of this kind and count as 0.
const MOST: u128 = 9_999_999_999_999_999_999_999_999_999_999_999;

impl Decimal {
    pub(super) fn read(bits: u128) -> Self {
        let negative = bits >> 127 == 1;
        match (bits >> 122) & 0x1f {
            0x1f => Self::NotANumber,
            0x1e => Self::Infinite { negative },
            top if top >> 3 == 3 => {
                Self::Finite { negative, digits: 0, exponent: ((bits >> 111) & 0x3fff) as i32 - BIAS }
            }
            _ => {
                let digits = bits & ((1 << 113) - 1);
                let digits = if digits > MOST { 0 } else { digits };
                Self::Finite { negative, digits, exponent: ((bits >> 113) & 0x3fff) as i32 - BIAS }
            }
        }
    }

    /// Rounded to 64 bits, halves to the even neighbour.
    pub(super) fn whole(self) -> i64 {
        let (negative, size) = match self {
            Self::NotANumber => return 0,
            Self::Infinite { negative } => (negative, u128::MAX),
            Self::Finite { negative, digits, exponent } => (negative, rounded(digits, exponent)),
        };
        match (negative, i64::try_from(size)) {
            (false, Ok(size)) => size,
            (false, Err(_)) => i64::MAX,
            (true, Ok(size)) => -size,
            (true, Err(_)) => i64::MIN,
        }
    }

    pub(super) fn exact(self) -> Exact {
        match self {
            Self::NotANumber => Exact::NotANumber,
            Self::Infinite { negative } => Exact::Infinite { negative },
            Self::Finite { negative, digits, exponent } => {
                Exact::Finite(Finite { negative, digits, twos: 0, tens: exponent })
            }
        }
    }
}

/// `digits × 10^exponent` as a whole number, or the largest where it is beyond all.
fn rounded(digits: u128, exponent: i32) -> u128 {
    if digits == 0 {
        return 0;
    }
    let power = 10_u128.checked_pow(exponent.unsigned_abs());
    match (power, exponent >= 0) {
        (Some(power), true) => digits.saturating_mul(power),
        (None, true) => u128::MAX,
        (None, false) => 0,
        (Some(power), false) => {
            let (whole, rest) = (digits / power, digits % power);
            let up = rest > power - rest || (rest == power - rest && whole % 2 == 1);
            whole + u128::from(up)
        }
    }
}

/// A number of any kind.
pub(super) enum Exact {
    NotANumber,
    Infinite { negative: bool },
    Finite(Finite),
}

/// `digits × 2^twos × 10^tens`.
pub(super) struct Finite {
    negative: bool,
    digits: u128,
    twos: i32,
    tens: i32,
}

impl Exact {
    pub(super) fn of_int(value: i64) -> Self {
        Self::Finite(Finite { negative: value < 0, digits: value.unsigned_abs().into(), twos: 0, tens: 0 })
    }

    pub(super) fn of_double(value: f64) -> Self {
        if value.is_nan() {
            return Self::NotANumber;
        }
        let negative = value.is_sign_negative();
        if value.is_infinite() {
            return Self::Infinite { negative };
        }
        let bits = value.to_bits();
        let (fraction, exponent) = (bits & ((1 << 52) - 1), ((bits >> 52) & 0x7ff) as i32);
        // Below the smallest exponent the leading one is not there.
        let (digits, exponent) = if exponent == 0 { (fraction, 1) } else { (fraction | 1 << 52, exponent) };
        Self::Finite(Finite { negative, digits: digits.into(), twos: exponent - 1075, tens: 0 })
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Finite(one), Self::Finite(other)) => one.compare(&other),
            (one, other) => one.side().cmp(&other.side()),
        }
    }

    /// Where it stands beside all finite numbers.
    fn side(&self) -> i8 {
        match self {
            Self::NotANumber => -2,
            Self::Infinite { negative: true } => -1,
            Self::Finite(_) => 0,
            Self::Infinite { negative: false } => 1,
        }
    }
}

impl Finite {
    fn sign(&self) -> i8 {
        match (self.digits, self.negative) {
            (0, _) => 0,
            (_, true) => -1,
            (_, false) => 1,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match self.sign().cmp(&other.sign()) {
            Ordering::Equal if self.sign() == 0 => Ordering::Equal,
            Ordering::Equal if self.negative => other.size(self),
            Ordering::Equal => self.size(other),
            unequal => unequal,
        }
    }

    /// Compares without signs. Multiplied out only where the two are nearly equal.
    fn size(&self, other: &Self) -> Ordering {
        let difference = self.log2() - other.log2();
        if difference.abs() > 0.001 {
            return if difference > 0.0 { Ordering::Greater } else { Ordering::Less };
        }
        let (twos, tens) = (self.twos - other.twos, self.tens - other.tens);
        let one = Large::of(self.digits).times(2, twos).times(10, tens);
        let other = Large::of(other.digits).times(2, -twos).times(10, -tens);
        one.compare(&other)
    }

    fn log2(&self) -> f64 {
        (self.digits as f64).log2() + f64::from(self.twos) + f64::from(self.tens) * std::f64::consts::LOG2_10
    }
}

/// A number of any size, the lowest 32 bits first.
struct Large(Vec<u32>);

impl Large {
    fn of(digits: u128) -> Self {
        Self((0..4).map(|place| (digits >> (32 * place)) as u32).collect())
    }

    /// Multiplied by `base^power`; by nothing where the power is not positive.
    fn times(mut self, base: u32, power: i32) -> Self {
        for _ in 0..power.max(0) {
            let mut carry = 0;
            for limb in &mut self.0 {
                let product = u64::from(*limb) * u64::from(base) + carry;
                *limb = product as u32;
                carry = product >> 32;
            }
            if carry > 0 {
                self.0.push(carry as u32);
            }
        }
        self
    }

    fn compare(&self, other: &Self) -> Ordering {
        let places = self.0.len().max(other.0.len());
        let limb = |of: &Self, place: usize| of.0.get(place).copied().unwrap_or_default();
        (0..places)
            .rev()
            .map(|place| limb(self, place).cmp(&limb(other, place)))
            .find(|it| it.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}
