//! Bars with labels: a table whose rows are drawn as well as written.

use leptos::prelude::*;

use super::chart::scale::Unit;
use crate::text::use_lang;

/// One bar. None: the value is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    pub label: String,
    pub value: Option<f64>,
}

/// A bar for each row; the longest fills the width.
#[component]
pub fn Histogram(
    #[prop(into)] caption: String,
    /// What the labels are, and what the values are.
    heads: (&'static str, &'static str),
    unit: Unit,
    bars: Vec<Bar>,
) -> impl IntoView {
    let lang = use_lang();
    let longest = bars.iter().filter_map(|bar| bar.value).fold(0.0, f64::max);
    let rows = bars.into_iter().map(|Bar { label, value }| {
        let text = value.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), |value| unit.text(value, lang));
        let (width, key) = (width(value, longest), label.clone());
        view! {
            <tr data-key=key>
                <th scope="row">{label}</th>
                <td class="number">{text}</td>
                <td class="drawn" aria-hidden="true">
                    <svg viewBox="0 0 1000 10" preserveAspectRatio="none">
                        <rect class="fill" width=width.to_string() height="10" />
                    </svg>
                </td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let label = caption.clone();
    view! {
        <div class="table" tabindex="0" role="region" aria-label=label>
            <table class="histogram">
                <caption>{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{heads.0}</th>
                        <th scope="col" class="number">{heads.1}</th>
                        <td aria-hidden="true"></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// Thousandths of the width. What is more than nothing is to be seen.
fn width(value: Option<f64>, longest: f64) -> u32 {
    match value {
        Some(value) if value > 0.0 && longest > 0.0 => ((value / longest * 1_000.0).round() as u32).max(4),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::width;

    #[test]
    fn the_longest_bar_fills_the_width_and_the_smallest_is_still_seen() {
        assert_eq!(width(Some(50.0), 50.0), 1_000);
        assert_eq!(width(Some(25.0), 50.0), 500);
        assert_eq!(width(Some(0.001), 50.0), 4);
        assert_eq!(width(Some(0.0), 50.0), 0);
        assert_eq!(width(Some(0.0), 0.0), 0);
        assert_eq!(width(None, 50.0), 0);
    }
}
