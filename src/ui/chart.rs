//! A line over time, drawn by the server. Its values stand as a table behind it, for those who cannot see it.

use leptos::prelude::*;

use crate::text::{Lang, use_lang, utc};
use crate::ui::table::Table;

/// A value at a time, with what it must not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dot {
    /// Milliseconds since 1970.
    pub at: i64,
    pub value: i64,
    pub bound: Option<i64>,
}

/// Rows of the table: more are not read by anybody.
const ROWS: usize = 60;

/// The size of the drawing. It is stretched to its place; the width of lines is not.
const WIDE: i64 = 1000;
const HIGH: i64 = 200;

/// A line from `from` to `to`, in milliseconds since 1970. Where dots are farther apart than three `step`s nothing was
/// measured, and the line is broken.
#[component]
pub fn LineChart(
    #[prop(into)] label: String,
    /// The head of the values in the table.
    #[prop(into)]
    unit: String,
    dots: Vec<Dot>,
    from: i64,
    to: i64,
    step: i64,
    /// How a value is written.
    format: fn(i64) -> String,
) -> impl IntoView {
    let lang = use_lang();
    let frame = Scale::of(&dots, from, to);
    let newest = dots.last().map(|dot| format(dot.value)).unwrap_or_default();
    let top = format(frame.top);
    let summary = match lang {
        Lang::En => format!("{label}. Now {newest}; the top of the chart is {top}."),
        Lang::Ko => format!("{label}. 현재 {newest}, 그래프 맨 위는 {top}."),
    };
    let line = frame.path(&dots, step, |dot| Some(dot.value));
    let bound = frame.path(&dots, step, |dot| dot.bound.filter(|bound| *bound <= frame.top));
    let grid: String = (1..4).map(|part| format!("M0 {0}H{WIDE}", HIGH * part / 4)).collect();
    view! {
        <figure class="chart">
            <figcaption>{label}</figcaption>
            <div class="scale">
                <span>{top}</span>
                <span>{lang.of("now ", "현재 ")} {newest}</span>
            </div>
            <svg viewBox=format!("0 0 {WIDE} {HIGH}") preserveAspectRatio="none" role="img" aria-label=summary>
                <path class="grid" d=grid />
                <path class="bound" d=bound />
                <path d=line />
            </svg>
            <div class="scale">
                <span>{utc(from)}</span>
                <span>{utc(to)} " UTC"</span>
            </div>
            <details>
                <summary>{lang.of("As a table", "표로 보기")}</summary>
                <Values dots=dots unit=unit format=format />
            </details>
        </figure>
    }
}

#[component]
fn Values(dots: Vec<Dot>, unit: String, format: fn(i64) -> String) -> impl IntoView {
    let lang = use_lang();
    let every = dots.len().div_ceil(ROWS).max(1);
    let heads = vec![lang.of("Time (UTC)", "시각 (UTC)"), lang.of("Value", "값"), lang.of("Limit", "한도")];
    view! {
        <Table caption=unit heads=heads>
            {dots
                .into_iter()
                .rev()
                .step_by(every)
                .map(|dot| {
                    view! {
                        <tr>
                            <th scope="row">{utc(dot.at)}</th>
                            <td class="number">{format(dot.value)}</td>
                            <td class="number">{dot.bound.map_or_else(|| "–".to_owned(), format)}</td>
                        </tr>
                    }
                })
                .collect_view()}
        </Table>
    }
}

/// Where times and values lie in the drawing.
struct Scale {
    from: i64,
    to: i64,
    top: i64,
}

impl Scale {
    fn of(dots: &[Dot], from: i64, to: i64) -> Self {
        let highest = dots.iter().map(|dot| dot.value).max().unwrap_or(0).max(1);
        // A limit far above would press the line flat; then it is only told.
        let bound = dots.iter().filter_map(|dot| dot.bound).max().filter(|bound| *bound / 4 <= highest);
        Self { from, to: to.max(from + 1), top: highest.max(bound.unwrap_or(0)) }
    }

    fn path(&self, dots: &[Dot], step: i64, of: impl Fn(&Dot) -> Option<i64>) -> String {
        let (mut path, mut before) = (String::new(), None);
        for dot in dots.iter().filter(|dot| dot.at >= self.from) {
            let Some(value) = of(dot) else {
                before = None;
                continue;
            };
            let joined = before.is_some_and(|before| dot.at - before <= 3 * step);
            let across = (dot.at - self.from) as f64 * WIDE as f64 / (self.to - self.from) as f64;
            let down = HIGH as f64 - value.max(0) as f64 * HIGH as f64 / self.top as f64;
            let pen = if joined { 'L' } else { 'M' };
            path.push_str(&format!("{pen}{across:.1} {down:.1}"));
            // A dot alone would not be drawn.
            if !joined {
                path.push_str("h0.1");
            }
            before = Some(dot.at);
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(at: i64, value: i64) -> Dot {
        Dot { at, value, bound: None }
    }

    #[test]
    fn the_highest_value_is_at_the_top_and_now_at_the_right() {
        let dots = [dot(0, 0), dot(10, 50), dot(20, 100)];
        let scale = Scale::of(&dots, 0, 20);
        assert_eq!(scale.path(&dots, 10, |dot| Some(dot.value)), "M0.0 200.0h0.1L500.0 100.0L1000.0 0.0");
    }

    #[test]
    fn where_nothing_was_measured_the_line_is_broken() {
        let dots = [dot(0, 1), dot(10, 1), dot(50, 1)];
        let path = Scale::of(&dots, 0, 50).path(&dots, 10, |dot| Some(dot.value));
        assert_eq!(path.matches('M').count(), 2);
    }

    #[test]
    fn a_limit_far_above_does_not_press_the_line_flat() {
        let near = [Dot { bound: Some(300), ..dot(0, 100) }];
        assert_eq!(Scale::of(&near, 0, 1).top, 300);
        let far = [Dot { bound: Some(3000), ..dot(0, 100) }];
        assert_eq!(Scale::of(&far, 0, 1).top, 100);
    }
}
