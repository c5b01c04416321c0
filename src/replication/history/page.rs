//! History on a page: the choice of how far back it goes, the line of a series, and how far behind the standbys were.

use leptos::prelude::*;

use super::api::read_lag_history;
use super::model::{LagHistory, Point, Span, StandbyLag};
use crate::text::{count, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::chart::scale::Unit;
use crate::ui::chart::{Chart, Series};
use crate::ui::fetch::fetch;
use crate::ui::live::Region;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::Empty;

/// The links to the last hour and to the last day of the page at `path`, which asks for `pairs`.
#[component]
pub fn Spans(path: &'static str, pairs: Vec<(&'static str, String)>, span: Span) -> impl IntoView {
    let lang = use_lang();
    let of = |span: &str| {
        let pairs = pairs.iter().map(|(name, value)| (*name, value.as_str())).chain([("span", span)]);
        link(path, &pairs.collect::<Vec<_>>())
    };
    let spans = [
        (of(""), lang.of("Last hour", "최근 1시간"), span == Span::Hour),
        (of("day"), lang.of("Last day", "최근 하루"), span == Span::Day),
    ];
    view! {
        <nav class="picker" aria-label=lang.of("How far back", "기간")>
            {spans
                .into_iter()
                .map(|(href, text, current)| {
                    view! {
                        <a href=href aria-current=current.then_some("true")>
                            {text}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

/// The points of a line. Where nothing was measured for three steps it is broken.
pub fn line(points: &[Point], step: i64) -> Vec<(i64, Option<f64>)> {
    let mut line: Vec<(i64, Option<f64>)> = Vec::with_capacity(points.len());
    for point in points {
        if let Some((before, _)) = line.last().filter(|(before, _)| point.at - before > 3 * step) {
            line.push((before + step, None));
        }
        line.push((point.at, Some(point.value as f64)));
    }
    line
}

/// How far behind the standbys of the server were that the address names.
#[component]
pub fn LagPart() -> impl IntoView {
    let address = use_address();
    let asked = move || address.with(|address| (address.text("target"), address.text("span")));
    let read = fetch(asked, |(target, span)| read_lag_history(target, span));
    view! {
        <Region id="lag">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let span = Span::parse(&untrack(asked).1);
                    match read.await {
                        Ok(history) => view! { <Lags history=history span=span /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Lags(history: LagHistory, span: Span) -> impl IntoView {
    let lang = use_lang();
    let LagHistory { standbys, left_out, at } = history;
    let left_out = (left_out > 0).then(|| {
        let more = count(i64::try_from(left_out).unwrap_or(i64::MAX));
        let text = tr!(
            lang,
            "Not shown, since they were less behind: {more} more.",
            "덜 뒤처져 표시하지 않음: {more}개 더 있음."
        );
        view! { <p class="muted">{text}</p> }
    });
    if standbys.is_empty() {
        let nothing = lang.of(
            "Nothing kept yet. While it runs, the console keeps every 10 to 15 s how far behind each streaming standby is, \
             where its role may see that (pg_monitor).",
            "아직 기록이 없습니다. 콘솔은 실행 중 스트리밍 대기 서버별 지연을 10~15초마다 기록합니다. 역할에 볼 권한이 \
             있어야 합니다(pg_monitor).",
        );
        return view! { <Empty text=nothing /> }.into_any();
    }
    let charts =
        standbys.into_iter().map(|standby| view! { <LagChart standby=standby span=span now=at /> }).collect_view();
    view! {
        {charts}
        {left_out}
    }
    .into_any()
}

#[component]
fn LagChart(standby: StandbyLag, span: Span, now: i64) -> impl IntoView {
    let lang = use_lang();
    let StandbyLag { name, points } = standby;
    let name =
        if name.is_empty() { lang.of("(no application_name)", "(application_name 없음)").to_owned() } else { name };
    let caption = match span {
        Span::Hour => tr!(lang, "{name}, bytes behind in the last hour", "{name}, 최근 1시간 지연 바이트"),
        Span::Day => {
            tr!(
                lang,
                "{name}, bytes behind in the last day, the most of each minute",
                "{name}, 최근 하루 지연 바이트, 분별 최대"
            )
        }
    };
    let label = lang.of("Not replayed yet", "아직 적용 안 됨").to_owned();
    let series = Series { label, points: line(&points, span.step()) };
    let shown = Some((now - span.length(), now));
    view! {
        <div data-key=name>
            <Chart caption=caption unit=Unit::Bytes series=vec![series] span=shown />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_was_measured_the_line_is_broken() {
        let at = |at| Point { at, value: 1, ..Point::default() };
        assert_eq!(line(&[at(0), at(10), at(50)], 10), [(0, Some(1.0)), (10, Some(1.0)), (20, None), (50, Some(1.0))]);
    }
}
