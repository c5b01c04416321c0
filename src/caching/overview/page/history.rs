//! What was measured over the last hour or day.

use leptos::prelude::*;

use super::super::api::read_cache_history;
use super::super::model::history::{History, Span};
use crate::error::Kind;
use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::chart::scale::Unit;
use crate::ui::chart::{Chart, Point, Series};
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::ErrorNotice;

/// The history of the cache that the address names.
#[component]
pub fn HistoryPart() -> impl IntoView {
    let address = use_address();
    let asked = move || address.with(|address| (address.text("target"), address.text("span")));
    let read = fetch(asked, |(target, span)| read_cache_history(target, span));
    view! {
        <Region id="history">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let (target, span) = untrack(asked);
                    match read.await {
                        Ok(history) => {
                            view! { <Shown history=history target=target span=Span::parse(&span) /> }.into_any()
                        }
                        // The first part of the page has told it.
                        Err(error) if error.kind == Kind::NotFound => ().into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Shown(history: History, target: String, span: Span) -> impl IntoView {
    let lang = use_lang();
    let captions = [
        (
            lang.of("Hit ratio in percent, without this console's requests", "적중률(%), 이 콘솔의 요청 제외"),
            Unit::Count,
        ),
        (lang.of("Memory", "메모리"), Unit::Bytes),
        (lang.of("Keys evicted per second", "초당 내보낸 키"), Unit::Count),
        (lang.of("Keys", "키"), Unit::Count),
    ];
    let shown = Some((history.at - span.length(), history.at));
    let charts = captions.into_iter().zip(history.series).map(|((caption, unit), points)| {
        let series = vec![Series { label: caption.to_owned(), points: line(&points, span.step()) }];
        view! {
            <div data-key=caption>
                <Chart caption=caption unit=unit series=series span=shown />
            </div>
        }
    });
    let charts = charts.collect_view();
    let hour = link("/caching", &[("target", &target)]);
    let day = link("/caching", &[("target", &target), ("span", "day")]);
    view! {
        <section class="card">
            <h2>{lang.of("Over time", "시간별 변화")}</h2>
            <nav class="picker" aria-label=lang.of("How far back", "기간")>
                <a href=hour aria-current=(span == Span::Hour).then_some("true")>
                    {lang.of("Last hour", "최근 1시간")}
                </a>
                <a href=day aria-current=(span == Span::Day).then_some("true")>
                    {lang.of("Last day", "최근 하루")}
                </a>
            </nav>
            <p class="muted">
                {lang
                    .of(
                        "Measured every 10 s while somebody looks at a cache here. In a gap nobody did, or it was not known: a hit ratio of fewer than 100 requests is not told.",
                        "누군가 여기서 캐시를 보는 동안 10초마다 측정합니다. 빈 구간은 아무도 보지 않았거나 값을 알 수 없던 때입니다(요청 100건 미만의 적중률은 표시하지 않음).",
                    )}
            </p>
            {charts}
        </section>
    }
}

/// The points of a line. Where nothing was measured for three steps it is broken.
fn line(points: &[(i64, f64)], step: i64) -> Vec<Point> {
    let mut line: Vec<Point> = Vec::with_capacity(points.len());
    for (at, value) in points {
        if let Some((before, _)) = line.last().filter(|(before, _)| at - before > 3 * step) {
            line.push((before + step, None));
        }
        line.push((*at, Some(*value)));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn where_nobody_looked_the_line_is_broken() {
        let points = [(0, 1.0), (10, 2.0), (50, 3.0)];
        assert_eq!(line(&points, 10), [(0, Some(1.0)), (10, Some(2.0)), (20, None), (50, Some(3.0))]);
    }
}
