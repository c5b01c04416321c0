//! A chart of values over time, drawn on the server: lines of one or more series, a limit, and all numbers in a table.

pub mod line;
pub mod scale;

use leptos::prelude::*;

use self::line::{HEIGHT, Line, Span, WIDTH, thinned};
use self::scale::{Unit, ticks, time_label};
use crate::text::{Lang, use_lang, utc};
use crate::tr;

/// Points of a line at most; of more, the highest of each stretch of time is shown.
const MOST_POINTS: usize = 300;

/// What was measured at a moment, in milliseconds since 1970. None: it was not measured, which is not zero.
pub type Point = (i64, Option<f64>);

/// One line. Points stand in the order of their times.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub label: String,
    pub points: Vec<Point>,
}

/// A value that is not to be passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    pub label: String,
    pub value: f64,
}

/// The chart. `span` is the time that it shows, from and to in milliseconds since 1970; without it, that of the points.
#[component]
pub fn Chart(
    #[prop(into)] caption: String,
    unit: Unit,
    series: Vec<Series>,
    #[prop(optional_no_strip)] limit: Option<Limit>,
    #[prop(optional_no_strip)] span: Option<(i64, i64)>,
) -> impl IntoView {
    let lang = use_lang();
    let series: Vec<Series> = series.into_iter().map(thin).collect();
    let Some(span) = span.map(|(from, to)| Span { from, to }).or_else(|| Span::of(&series)) else {
        return view! {
            <figure class="chart">
                <figcaption>{caption}</figcaption>
                <p class="empty">{lang.of("Nothing has been measured yet.", "아직 측정값이 없습니다.")}</p>
            </figure>
        }
        .into_any();
    };
    let ticks = ticks(unit, highest(&series, limit.as_ref()));
    let labels = ticks.iter().rev().map(|value| view! { <span>{unit.text(*value, lang)}</span> }).collect_view();
    let times = span.marks().map(|time| view! { <span>{time_label(time, span.millis())}</span> }).collect_view();
    let summary = series.iter().map(|it| summary(it, unit, lang)).collect::<Vec<_>>().join(" ");
    view! {
        <figure class="chart">
            <figcaption>{caption.clone()}</figcaption>
            <Legend series=series.clone() limit=limit.clone() unit=unit />
            <div class="plot">
                <div class="values" aria-hidden="true">
                    {labels}
                </div>
                <Picture summary=summary series=series.clone() limit=limit ticks=ticks span=span />
                <div class="times" aria-hidden="true">
                    {times}
                </div>
            </div>
            <Numbers caption=caption series=series unit=unit />
        </figure>
    }
    .into_any()
}

fn thin(series: Series) -> Series {
    Series { points: thinned(series.points, MOST_POINTS), ..series }
}

/// What the picture must hold. A limit far above all values would press them flat, so it is told in words only.
fn highest(series: &[Series], limit: Option<&Limit>) -> f64 {
    let values = series.iter().flat_map(|series| &series.points).filter_map(|(_, value)| *value);
    let highest = values.fold(0.0, f64::max);
    let limit = limit.map(|limit| limit.value).filter(|limit| highest > 0.0 && *limit <= highest * 4.0);
    limit.map_or(highest, |limit| limit.max(highest))
}

/// The lines alone. It is stretched to the width there is, so it holds no letters.
#[component]
fn Picture(summary: String, series: Vec<Series>, limit: Option<Limit>, ticks: Vec<f64>, span: Span) -> impl IntoView {
    let top = ticks.last().copied().unwrap_or(1.0);
    let line = Line { span, top };
    let grid: String = ticks.iter().map(|value| line.level(*value)).collect();
    let limit = limit.filter(|limit| limit.value <= top).map(|limit| {
        view! { <path class="limit" d=line.level(limit.value) vector-effect="non-scaling-stroke" /> }
    });
    view! {
        <svg role="img" aria-label=summary viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">
            <path class="grid" d=grid vector-effect="non-scaling-stroke" />
            {limit}
            {series
                .iter()
                .enumerate()
                .map(|(place, series)| {
                    view! { <path class=style(place) d=line.path(&series.points) vector-effect="non-scaling-stroke" /> }
                })
                .collect_view()}
        </svg>
    }
}

/// Lines differ in colour and in how they are broken.
fn style(place: usize) -> String {
    format!("line line-{}", place % 4 + 1)
}

#[component]
fn Legend(series: Vec<Series>, limit: Option<Limit>, unit: Unit) -> impl IntoView {
    let lang = use_lang();
    let sample = |class: String| {
        view! {
            <svg class="sample" viewBox="0 0 28 4" aria-hidden="true">
                <path class=class d="M0 2H28" />
            </svg>
        }
    };
    let limit = limit.map(|Limit { label, value }| {
        let value = unit.text(value, lang);
        view! { <li>{sample("limit".to_owned())} {label} " " <b>{value}</b></li> }
    });
    view! {
        <ul class="legend">
            {series
                .into_iter()
                .enumerate()
                .map(|(place, series)| {
                    let latest = latest(&series, unit, lang);
                    view! { <li>{sample(style(place))} {series.label} " " <b>{latest}</b></li> }
                })
                .collect_view()}
            {limit}
        </ul>
    }
}

fn told(value: Option<f64>, unit: Unit, lang: Lang) -> String {
    value.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), |value| unit.text(value, lang))
}

fn latest(series: &Series, unit: Unit, lang: Lang) -> String {
    told(series.points.last().and_then(|(_, value)| *value), unit, lang)
}

/// A line in words, for those who do not see it.
fn summary(series: &Series, unit: Unit, lang: Lang) -> String {
    let (label, now) = (&series.label, latest(series, unit, lang));
    let highest = told(series.points.iter().filter_map(|(_, value)| *value).reduce(f64::max), unit, lang);
    tr!(lang, "{label}: {now} at last, {highest} at most.", "{label}: 최근 {now}, 최대 {highest}.")
}

/// All numbers of the picture.
#[component]
fn Numbers(caption: String, series: Vec<Series>, unit: Unit) -> impl IntoView {
    let lang = use_lang();
    let mut times: Vec<i64> = series.iter().flat_map(|series| series.points.iter().map(|(time, _)| *time)).collect();
    times.sort_unstable();
    times.dedup();
    let heads = series.iter().map(|series| view! { <th scope="col">{series.label.clone()}</th> }).collect_view();
    let rows = times.into_iter().rev().map(|time| {
        let at = |series: &Series| series.points.iter().find(|(it, _)| *it == time).map(|(_, value)| *value);
        let cells = series.iter().map(|series| {
            let text = at(series).map_or_else(String::new, |value| told(value, unit, lang));
            view! { <td class="number">{text}</td> }
        });
        view! {
            <tr>
                <th scope="row">{utc(time)}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    let label = caption.clone();
    view! {
        <details>
            <summary>{lang.of("The numbers as a table", "숫자를 표로 보기")}</summary>
            <div class="table numbers" tabindex="0" role="region" aria-label=label>
                <table>
                    <caption>{caption}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{lang.of("Time (UTC)", "시각 (UTC)")}</th>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[Option<f64>]) -> Series {
        let points = values.iter().enumerate().map(|(place, value)| (place as i64 * 1_000, *value)).collect();
        Series { label: "Lag".to_owned(), points }
    }

    #[test]
    fn a_limit_is_in_the_picture_only_where_it_does_not_press_the_values_flat() {
        let series = [series(&[Some(10.0), None])];
        let limit = |value| Limit { label: String::new(), value };
        assert_eq!(highest(&series, None), 10.0);
        assert_eq!(highest(&series, Some(&limit(40.0))), 40.0);
        assert_eq!(highest(&series, Some(&limit(41.0))), 10.0);
        assert_eq!(highest(&series, Some(&limit(5.0))), 10.0);
    }

    #[test]
    fn what_was_not_measured_is_unknown_and_not_nothing() {
        let series = series(&[Some(3.0), None]);
        assert_eq!(summary(&series, Unit::Count, Lang::En), "Lag: unknown at last, 3 at most.");
        assert_eq!(summary(&Series::default(), Unit::Count, Lang::Ko), ": 최근 알 수 없음, 최대 알 수 없음.");
    }

    #[test]
    fn all_that_is_drawn_is_also_written() {
        let html = Owner::new().with(|| {
            let limit = Some(Limit { label: "the most".to_owned(), value: 5.0 });
            let series = vec![series(&[Some(3.0), None, Some(4.0)])];
            view! { <Chart caption="Waiting" unit=Unit::Count series=series limit=limit /> }.to_html()
        });
        let text = html.replace("<!>", "");
        for written in [
            "<figcaption>Waiting</figcaption>",
            "Lag: 4 at last, 4 at most.",
            "the most",
            r#"<th scope="row">1970-01-01 00:00:01</th><td class="number">unknown</td>"#,
            r#"<th scope="row">1970-01-01 00:00:02</th><td class="number">4</td>"#,
        ] {
            assert!(text.contains(written), "{written} is missing in {text}");
        }
    }
}
