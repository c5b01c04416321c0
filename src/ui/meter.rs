//! A bar that shows how much of a budget is used.

use leptos::prelude::*;

use super::chart::scale::Unit;
use super::table::Badge;
use crate::text::{Lang, use_lang};
use crate::tr;

/// Where a budget becomes tight, in parts of its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    pub warn: f64,
    pub critical: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { warn: 0.8, critical: 0.95 }
    }
}

/// How much of a limit is used: as a bar, and all of it in words. What is unknown is told to be so; without a limit
/// there is nothing to draw.
#[component]
pub fn Meter(
    #[prop(into)] label: String,
    unit: Unit,
    used: Option<f64>,
    limit: Option<f64>,
    #[prop(default = Thresholds::default())] thresholds: Thresholds,
) -> impl IntoView {
    let lang = use_lang();
    let state = State::of(used, limit, thresholds);
    let words = words(used, limit, unit, lang);
    let (tone, word) = state.told(lang);
    let bar = share(used, limit).map(|share| {
        view! { <Bar label=label.clone() words=words.clone() share=share tone=tone thresholds=thresholds /> }
    });
    view! {
        <div class="meter">
            <p>
                <span class="label">{label}</span>
                " "
                <Badge tone=tone text=word />
                " "
                <span class="muted">{words}</span>
            </p>
            {bar}
        </div>
    }
}

#[component]
fn Bar(label: String, words: String, share: f64, tone: &'static str, thresholds: Thresholds) -> impl IntoView {
    let width = (share.clamp(0.0, 1.0) * 1_000.0).round();
    let mark = |share: f64| format!("M{} 0V10", (share * 1_000.0).round());
    view! {
        <svg
            class=format!("bar {tone}")
            role="meter"
            aria-label=label
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=percent(share.min(1.0)).to_string()
            aria-valuetext=words
            viewBox="0 0 1000 10"
            preserveAspectRatio="none"
        >
            <rect class="track" width="1000" height="10" />
            <rect class="fill" width=width.to_string() height="10" />
            <path class="mark" d=mark(thresholds.warn) + &mark(thresholds.critical) vector-effect="non-scaling-stroke" />
        </svg>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Unknown,
    Unlimited,
    Fine,
    Warn,
    Critical,
    Over,
}

impl State {
    fn of(used: Option<f64>, limit: Option<f64>, thresholds: Thresholds) -> Self {
        match (used, share(used, limit)) {
            (None, _) => Self::Unknown,
            (Some(_), None) => Self::Unlimited,
            (_, Some(share)) if share > 1.0 => Self::Over,
            (_, Some(share)) if share >= thresholds.critical => Self::Critical,
            (_, Some(share)) if share >= thresholds.warn => Self::Warn,
            _ => Self::Fine,
        }
    }

    const fn told(self, lang: Lang) -> (&'static str, &'static str) {
        match self {
            Self::Unknown => ("plain", lang.of("Unknown", "알 수 없음")),
            Self::Unlimited => ("plain", lang.of("No limit", "한도 없음")),
            Self::Fine => ("good", lang.of("OK", "정상")),
            Self::Warn => ("warn", lang.of("Attention", "주의")),
            Self::Critical => ("bad", lang.of("Critical", "위험")),
            Self::Over => ("bad", lang.of("Over the limit", "한도 초과")),
        }
    }
}

/// Used parts of the limit; none where either is not known. Of a limit of nothing, anything is too much.
fn share(used: Option<f64>, limit: Option<f64>) -> Option<f64> {
    match (used?, limit?) {
        (used, limit) if limit > 0.0 => Some(used / limit),
        (used, _) => Some(if used > 0.0 { f64::INFINITY } else { 1.0 }),
    }
}

fn percent(share: f64) -> i64 {
    // What is nearly full is not told to be full.
    (share * 100.0).floor() as i64
}

fn words(used: Option<f64>, limit: Option<f64>, unit: Unit, lang: Lang) -> String {
    let text = |value| unit.text(value, lang);
    match (used, limit) {
        (Some(used), Some(limit)) => {
            let percent = share(Some(used), Some(limit)).filter(|share| share.is_finite()).map(percent);
            let percent = percent.map(|percent| format!(" ({percent}%)")).unwrap_or_default();
            let (used, limit) = (text(used), text(limit));
            tr!(lang, "{used} of {limit}{percent}", "{limit} 중 {used}{percent}")
        }
        (Some(used), None) => text(used),
        (None, Some(limit)) => {
            let limit = text(limit);
            tr!(lang, "of {limit}", "한도 {limit}")
        }
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(used: f64, limit: f64) -> State {
        State::of(Some(used), Some(limit), Thresholds::default())
    }

    #[test]
    fn a_budget_becomes_tight_at_its_thresholds() {
        assert_eq!(
            [0.0, 79.9, 80.0, 95.0, 100.0, 100.1].map(|used| state(used, 100.0)),
            [State::Fine, State::Fine, State::Warn, State::Critical, State::Critical, State::Over,]
        );
    }

    #[test]
    fn what_is_not_known_is_not_told_to_be_fine() {
        assert_eq!(State::of(None, Some(1.0), Thresholds::default()), State::Unknown);
        assert_eq!(State::of(Some(1.0), None, Thresholds::default()), State::Unlimited);
        assert_eq!(state(0.0, 0.0), State::Critical);
        assert_eq!(state(1.0, 0.0), State::Over);
    }

    #[test]
    fn the_words_tell_all_that_the_bar_shows() {
        let gib = 1024.0 * 1024.0 * 1024.0;
        assert_eq!(words(Some(4.2 * gib), Some(10.0 * gib), Unit::Bytes, Lang::En), "4.2 GiB of 10.0 GiB (42%)");
        assert_eq!(words(Some(99.9), Some(100.0), Unit::Count, Lang::Ko), "100 중 99.9 (99%)");
        assert_eq!(words(Some(3.0), Some(0.0), Unit::Count, Lang::En), "3 of 0");
        assert_eq!(words(None, Some(20.0), Unit::Count, Lang::En), "of 20");
    }
}
