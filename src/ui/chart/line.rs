//! Where the points of a line stand in the picture.

use std::fmt::Write;

use super::{Point, Series};

/// The measures of the picture. It is stretched, so these are only how fine its points are.
pub const WIDTH: u32 = 1_000;
pub const HEIGHT: u32 = 300;

/// The time that a chart shows, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: i64,
    pub to: i64,
}

impl Span {
    /// That of all points; none where there is no point.
    pub fn of(series: &[Series]) -> Option<Self> {
        let times = || series.iter().flat_map(|series| &series.points).map(|(time, _)| *time);
        Some(Self { from: times().min()?, to: times().max()? })
    }

    pub fn millis(self) -> i64 {
        self.to.saturating_sub(self.from).max(1)
    }

    /// The times that are written below: the first, the middle, the last.
    pub fn marks(self) -> impl Iterator<Item = i64> {
        [0, 1, 2].into_iter().map(move |half| self.from.saturating_add(self.millis() / 2 * half))
    }
}

/// How values become places.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub span: Span,
    /// The value at the upper edge.
    pub top: f64,
}

impl Line {
    fn x(self, time: i64) -> f64 {
        let part = time.saturating_sub(self.span.from) as f64 / self.span.millis() as f64;
        part.clamp(0.0, 1.0) * f64::from(WIDTH)
    }

    fn y(self, value: f64) -> f64 {
        (1.0 - (value / self.top).clamp(0.0, 1.0)) * f64::from(HEIGHT)
    }

    /// A line across at this value.
    pub fn level(self, value: f64) -> String {
        format!("M0 {:.1}H{WIDTH}", self.y(value))
    }

    /// The line through the points. It is interrupted where nothing was measured; a point between two gaps is a dot.
    pub fn path(self, points: &[Point]) -> String {
        let longest = longest_step(points);
        let mut path = String::new();
        let mut before: Option<i64> = None;
        for (time, value) in points {
            let Some(value) = value else {
                before = None;
                continue;
            };
            let goes_on = before.is_some_and(|before| time - before <= longest);
            let (command, dot) = if goes_on { ('L', "") } else { ('M', "h0") };
            // Writing to a text cannot fail.
            let _ = write!(path, "{command}{:.1} {:.1}{dot}", self.x(*time), self.y(*value));
            before = Some(*time);
        }
        path
    }
}

/// The longest time between two points that belong together: three times the usual one.
fn longest_step(points: &[Point]) -> i64 {
    let mut steps: Vec<i64> = points.windows(2).map(|two| two[1].0 - two[0].0).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).map_or(i64::MAX, |usual| usual.saturating_mul(3))
}

/// At most so many points: of each stretch the highest, since what is high is what one looks for. A stretch in which
/// nothing was measured stays a gap.
pub fn thinned(points: Vec<Point>, most: usize) -> Vec<Point> {
    if points.len() <= most {
        return points;
    }
    let size = points.len().div_ceil(most);
    let value = |point: &Point| point.1.unwrap_or(f64::NEG_INFINITY);
    points
        .chunks(size)
        .filter_map(|stretch| stretch.iter().copied().max_by(|one, other| value(one).total_cmp(&value(other))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Line = Line { span: Span { from: 0, to: 10_000 }, top: 100.0 };

    #[test]
    fn a_line_goes_from_the_left_to_the_right_and_higher_is_up() {
        let points = [(0, Some(0.0)), (5_000, Some(50.0)), (10_000, Some(100.0))];
        assert_eq!(LINE.path(&points), "M0.0 300.0h0L500.0 150.0L1000.0 0.0");
        assert_eq!(LINE.level(25.0), "M0 225.0H1000");
    }

    #[test]
    fn a_line_is_interrupted_where_nothing_was_measured() {
        let points = [(0, Some(1.0)), (1_000, None), (2_000, Some(1.0)), (3_000, Some(1.0))];
        assert_eq!(LINE.path(&points).matches('M').count(), 2);
        // The console was stopped meanwhile: there is no point at all.
        let points = [(0, Some(1.0)), (1_000, Some(1.0)), (2_000, Some(1.0)), (9_000, Some(1.0)), (10_000, Some(1.0))];
        assert_eq!(LINE.path(&points).matches('M').count(), 2);
    }

    #[test]
    fn a_value_beyond_the_picture_stays_at_its_edge() {
        assert_eq!(LINE.path(&[(20_000, Some(500.0))]), "M1000.0 0.0h0");
        assert_eq!(LINE.path(&[(-5, Some(-3.0))]), "M0.0 300.0h0");
    }

    #[test]
    fn of_many_points_the_highest_are_kept_and_gaps_stay_gaps() {
        let points: Vec<Point> = (0..1_000).map(|time| (time, (time < 500).then_some((time % 10) as f64))).collect();
        let thinned = thinned(points, 100);
        assert_eq!(thinned.len(), 100);
        assert!(thinned[..50].iter().all(|(_, value)| *value == Some(9.0)));
        assert!(thinned[50..].iter().all(|(_, value)| value.is_none()));
    }

    #[test]
    fn one_point_alone_has_a_place() {
        let series = Series { label: String::new(), points: vec![(7, Some(1.0))] };
        let span = Span::of(&[series]).expect("a span");
        assert_eq!((span.from, span.to, span.millis()), (7, 7, 1));
        assert_eq!(Span::of(&[]), None);
    }
}
