//! The figures of a key as a person reads them.

use super::{Arrays, Cardinality, Figures, Routing, Spread, Trend};
use crate::text::{Words, count};
use crate::words;

impl Cardinality {
    pub fn words(self) -> Words {
        match self {
            Self::Exact(number) => Words::same(count(number)),
            Self::AtLeast(number) => {
                let number = count(number);
                words!("at least {number}", "최소 {number}개")
            }
            Self::UniqueInSample(number) => {
                let number = count(number);
                words!("unique in the sample: at least {number}", "표본에서 모두 다름: 최소 {number}개")
            }
            Self::Unknown => unknown(),
        }
    }
}

impl Arrays {
    pub fn words(self) -> Words {
        match self {
            Self::None => words!("none", "없음"),
            Self::NotSeen => words!("none seen; not all documents looked at", "보이지 않음(일부 문서만 확인)"),
            Self::Some(share) if share > 0.0 => words!("{share:.1} % of the sample", "표본의 {share:.1}%"),
            Self::Some(_) => words!("in a document outside of the sample", "표본 밖의 문서에 있음"),
        }
    }
}

impl Trend {
    pub fn words(&self) -> Words {
        match self {
            Self::Rising(greater) => {
                let share = greater * 100.0;
                words!("yes (greater in {share:.0} % of pairs)", "예(쌍의 {share:.0}%에서 증가)")
            }
            Self::Falling(greater) => {
                let share = greater * 100.0;
                words!("no, it falls (greater in {share:.0} % of pairs)", "아니요, 작아짐(쌍의 {share:.0}%에서 증가)")
            }
            Self::Mixed(greater) => {
                let share = greater * 100.0;
                words!("no clear direction (greater in {share:.0} % of pairs)", "방향 없음(쌍의 {share:.0}%에서 증가)")
            }
            Self::Monotonic => words!("yes, as the server measured", "예(서버 측정)"),
            Self::NotMonotonic => words!("no, as the server measured", "아니요(서버 측정)"),
            Self::Hashed => words!("no: it is hashed", "아니요: 해시됨"),
            Self::Unknown(why) => {
                let (en, ko) = (&why.en, &why.ko);
                words!("not measured: {en}", "측정하지 않음: {ko}")
            }
        }
    }
}

impl Routing {
    pub fn words(&self) -> Words {
        match self {
            Self::NotMeasured => words!("not measured", "측정하지 않음"),
            Self::NoSamples => words!("no samples", "표본 없음"),
            Self::Measured { reads, writes } => {
                let of = |spread: &Option<Spread>| spread.as_ref().map_or_else(no_samples, spread_words);
                let (reads, writes) = (of(reads), of(writes));
                Words::new(
                    format!("reads: {}; writes: {}", reads.en, writes.en),
                    format!("읽기: {}; 쓰기: {}", reads.ko, writes.ko),
                )
            }
        }
    }
}

impl Figures {
    /// The share of the most frequent value.
    pub fn top_words(&self) -> Words {
        match (self.top, self.cardinality) {
            (Some(share), _) => words!("{share:.1} % of the documents", "문서의 {share:.1}%"),
            (None, Cardinality::Unknown) => unknown(),
            (None, _) => words!("no value was seen twice", "두 번 나온 값 없음"),
        }
    }

    pub fn absent_words(&self) -> Words {
        self.absent.map_or_else(unknown, |share| words!("{share:.1} % of the documents", "문서의 {share:.1}%"))
    }

    /// The types of each field.
    pub fn types_words(&self) -> Words {
        if self.types.iter().all(|it| it.types.is_empty()) {
            return unknown();
        }
        let fields = self.types.iter().map(|it| {
            let types: Vec<String> = it.types.iter().map(|(name, share)| format!("{name} {share:.0} %")).collect();
            format!("{}: {}", it.field, types.join(", "))
        });
        Words::same(fields.collect::<Vec<_>>().join(" · "))
    }
}

fn spread_words(spread: &Spread) -> Words {
    let Spread { total, one, several, all } = *spread;
    let total = count(total);
    words!(
        "{one:.0} % ask one shard, {several:.0} % some, {all:.0} % all ({total} sampled)",
        "한 샤드 {one:.0}%, 일부 {several:.0}%, 전체 {all:.0}%(표본 {total}개)"
    )
}

fn no_samples() -> Words {
    words!("no samples", "표본 없음")
}

fn unknown() -> Words {
    words!("unknown", "알 수 없음")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_no_zero() {
        assert_eq!(Routing::NotMeasured.words().en, "not measured");
        assert_eq!(Routing::NoSamples.words().en, "no samples");
        let reads = Some(Spread { total: 525, one: 84.19, several: 12.19, all: 3.62 });
        let measured = Routing::Measured { reads, writes: None };
        assert_eq!(
            measured.words().en,
            "reads: 84 % ask one shard, 12 % some, 4 % all (525 sampled); writes: no samples"
        );
        assert_eq!(Cardinality::UniqueInSample(10_000).words().en, "unique in the sample: at least 10,000");
        assert_eq!(Cardinality::AtLeast(499).words().en, "at least 499");
        assert_eq!(Cardinality::Unknown.words().en, "unknown");
    }

    #[test]
    fn a_trend_tells_what_its_figure_is() {
        assert_eq!(Trend::Rising(1.0).words().en, "yes (greater in 100 % of pairs)");
        assert_eq!(Trend::Falling(0.0).words().en, "no, it falls (greater in 0 % of pairs)");
        assert_eq!(Trend::Mixed(0.51).words().en, "no clear direction (greater in 51 % of pairs)");
        assert_eq!(Trend::Mixed(0.51).words().ko, "방향 없음(쌍의 51%에서 증가)");
    }
}
