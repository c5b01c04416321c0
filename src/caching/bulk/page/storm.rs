//! The storm forecast: when the keys die, and what can be done against too many at once.

use leptos::prelude::*;

use super::{APPLY, Asked, back, use_asked};
use crate::caching::bulk::api::{plan_bulk, read_storm};
use crate::caching::bulk::model::{STORM, Timeline};
use crate::caching::frame::CacheFrame;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::{count, use_lang, utc};
use crate::tr;
use crate::ui::address::link;
use crate::ui::chart::scale::Unit;
use crate::ui::chart::{Chart, Series};
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

const PATH: &str = "/caching/storm";

/// `/caching/storm`.
#[component]
pub fn StormPage() -> impl IntoView {
    let asked = use_asked();
    let planning = asked.with_untracked(|asked| asked.form.action == "sweep");
    view! {
        <CacheFrame
            title=words!("Expiry storms", "만료 스톰")
            lead=Some(
                words!(
                    "When keys die. Too many in one second make other requests wait.",
                    "키가 언제 만료되는지 보여 줍니다. 1초에 너무 많이 만료되면 다른 요청이 기다립니다.",
                ),
            )
            kind=TargetKind::Redis
            path=PATH
        >
            {if planning {
                view! { <Planning asked=asked /> }.into_any()
            } else {
                view! { <SweepForm asked=asked.get_untracked() error=None /> }.into_any()
            }}
            <Forecast asked=asked />
        </CacheFrame>
    }
    .into_any()
}

#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(move || asked.get(), |it| async move { plan_bulk(it.target, it.form).await });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(planned) => view! { <Confirm planned=planned back=back(&asked) action=APPLY /> }.into_any(),
                    Err(error) if error.field.is_some() => {
                        view! { <SweepForm asked=asked error=Some(error) /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Forecast(asked: Memo<Asked>) -> impl IntoView {
    let storm = fetch(move || asked.with(|it| it.target.clone()), |target| async move { read_storm(target).await });
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match storm.await {
                    Ok(timeline) => {
                        view! { <Shown timeline=timeline target=asked.get_untracked().target /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Shown(timeline: Timeline, target: String) -> impl IntoView {
    let lang = use_lang();
    let mark = if timeline.whole { "" } else { "≈" };
    let told = |number: i64| format!("{mark}{}", count(timeline.scaled(number)));
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let worst = timeline.worst.map_or_else(
        || {
            if timeline.denied > 0 {
                return unknown();
            }
            lang.of("No key expires.", "만료되는 키가 없습니다.").to_owned()
        },
        |(at, keys)| {
            let (at, keys) = (utc(at), told(keys));
            tr!(lang, "{keys} keys at {at} (UTC)", "{at} (UTC)에 키 {keys}개")
        },
    );
    let storm = timeline.worst.is_some_and(|(_, keys)| timeline.scaled(keys) > STORM);
    let points = timeline
        .minutes
        .iter()
        .enumerate()
        .map(|(minute, keys)| (timeline.now + minute as i64 * 60_000, Some(timeline.scaled(*keys) as f64)));
    let series = vec![Series { label: lang.of("Keys", "키").to_owned(), points: points.collect() }];
    let again = link("/caching/bulk", &[("target", &target), ("only", "shorten"), ("jitter", "50")]);
    let (later, lasting) = (told(timeline.later), told(timeline.lasting));
    let denied = (timeline.denied > 0).then(|| told(timeline.denied));
    let stale = timeline.stale_percent.clone().map_or_else(unknown, |it| format!("{it} %"));
    let hz = timeline.hz.map_or_else(unknown, |it| it.to_string());
    view! {
        <section class="card" id="storm">
            <h2>{lang.of("Forecast", "예측")}</h2>
            {storm
                .then(|| {
                    view! {
                        <p>
                            {lang
                                .of(
                                    "A storm is coming: spread these keys, or sweep while they die. A higher hz at the server makes its own clearing come more often and for shorter.",
                                    "만료 스톰이 예상됩니다. 키를 분산시키거나 만료되는 동안 정리를 실행하세요. 서버의 hz를 높이면 회수가 더 자주, 더 짧게 실행됩니다.",
                                )}
                            " " <a href=again>{lang.of("Spread keys of a pattern…", "패턴의 키 분산…")}</a>
                        </p>
                    }
                })}
            <dl class="facts">
                <dt>{lang.of("Worst second", "가장 많은 1초")}</dt>
                <dd>{worst}</dd>
                <dt>{lang.of("After the next hour", "한 시간 이후")}</dt>
                <dd>{later}</dd>
                <dt>{lang.of("Never expires", "만료 없음")}</dt>
                <dd>{lasting}</dd>
                {denied
                    .map(|denied| {
                        view! {
                            <dt>{lang.of("No permission", "권한 없음")}</dt>
                            <dd>{denied}</dd>
                        }
                    })}
                <dt>{lang.of("Expired and still there", "만료되었지만 남아 있음")}</dt>
                <dd>{stale}</dd>
                <dt>"hz"</dt>
                <dd>{hz}</dd>
            </dl>
            <Chart caption=lang.of("Keys dying per minute", "분당 만료되는 키") unit=Unit::Count series=series />
        </section>
    }
}

#[component]
fn SweepForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let seconds = if asked.form.seconds.is_empty() { "60".to_owned() } else { asked.form.seconds };
    view! {
        <section class="card" id="sweep">
            <h2>{lang.of("Sweep", "정리")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="sweep" />
                <TextField
                    name="seconds"
                    label=lang.of("For so many seconds", "실행 시간(초)")
                    value=seconds
                    help=lang
                        .of(
                            "1 to 3600. The server reclaims expired keys in portions of 0.2 ms.",
                            "1~3600. 서버가 만료된 키를 0.2ms 단위로 나누어 회수합니다.",
                        )
                    error=error_at(error.as_ref(), "seconds")
                    kind="number"
                    maxlength=6
                />
                <p class="buttons">
                    <button>{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}
