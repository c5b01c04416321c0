//! What one index is, and what its seconds would delete.

use leptos::prelude::*;

use super::list::hidden;
use crate::caching::ttl_index::model::seconds::told;
use crate::caching::ttl_index::model::{Expiry, Preview, Subject};
use crate::text::{Lang, bytes, count, use_lang, utc};
use crate::tr;
use crate::ui::chart::scale::Unit;
use crate::ui::histogram::{Bar, Histogram};
use crate::ui::table::Badge;

/// The facts of one index.
#[component]
pub fn Facts(subject: Subject) -> impl IntoView {
    let lang = use_lang();
    let documents = subject.documents.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), count);
    let idle = subject.idle.map(|idle| idle.told().read(lang));
    let state = match (&subject.expiry, subject.idle) {
        (Expiry::Never, _) => ("plain", lang.of("disarmed", "해제됨")),
        (Expiry::None, _) => ("plain", lang.of("no expiry", "만료 없음")),
        (Expiry::NotANumber | Expiry::Odd(_), _) => ("bad", lang.of("wrong seconds", "잘못된 초 값")),
        (_, Some(_)) => ("warn", lang.of("never deletes", "삭제하지 않음")),
        _ => ("good", lang.of("armed", "동작 중")),
    };
    let hiding = hidden(subject.expiry.seconds().is_some() && subject.idle.is_none(), lang);
    view! {
        <section class="card">
            <h2>
                <code>{subject.namespace.clone()}</code> " " <Badge tone=state.0 text=state.1 />
                {subject
                    .hidden
                    .then(|| view! { " " <Badge tone=hiding.0 text=hiding.1 /> })}
            </h2>
            <dl class="facts">
                <dt>{lang.of("Field", "필드")}</dt>
                <dd><code>{subject.field.clone()}</code></dd>
                <dt>{lang.of("Expires", "만료")}</dt>
                <dd>{subject.expiry.told().read(lang)}</dd>
                <dt>{lang.of("Documents", "문서")}</dt>
                <dd>{documents}</dd>
                {subject
                    .partial
                    .clone()
                    .map(|partial| {
                        view! {
                            <dt>{lang.of("Only where", "조건")}</dt>
                            <dd><code>{partial}</code></dd>
                        }
                    })}
                {idle
                    .map(|idle| {
                        view! {
                            <dt>{lang.of("Deletes nothing", "삭제하지 않는 이유")}</dt>
                            <dd>{idle}</dd>
                        }
                    })}
            </dl>
        </section>
    }
}

/// What these seconds would delete.
#[component]
pub fn PreviewCard(
    preview: Preview,
    subject: Subject,
    /// For seconds that somebody typed, and not those of the index.
    wanted: bool,
) -> impl IntoView {
    let lang = use_lang();
    let title = if wanted {
        lang.of("What would this delete?", "무엇이 삭제될까요?")
    } else {
        lang.of("What is due now", "지금 만료된 문서")
    };
    // Even then dates older than 68 years go.
    let is_never = preview.seconds == i64::from(i32::MAX) && preview.due.is_some_and(|it| it.n == 0 && !it.estimated);
    let due = match preview.due {
        _ if is_never => lang.of("none: it is disarmed", "없음: 해제된 상태").to_owned(),
        Some(due) => due.told().read(lang),
        None => lang.of("unknown: not counted in time", "알 수 없음: 제때 세지 못함").to_owned(),
    };
    let estimated = preview.due.is_some_and(|it| it.estimated);
    let moment = |it: Option<i64>| it.map_or_else(|| "–".to_owned(), |it| format!("{} UTC", utc(it)));
    let size = preview.bytes.map_or_else(|| "–".to_owned(), |it| format!("≈ {}", bytes(it)));
    let after = told(preview.seconds).read(lang);
    let millis = preview.micros / 1_000;
    let bars = (!preview.bars.is_empty()).then(|| view! { <Ages preview=preview.clone() /> });
    view! {
        <section class="card" id="preview">
            <h2>{title}</h2>
            <dl class="facts">
                <dt>{lang.of("Seconds", "초")}</dt>
                <dd>{after}</dd>
                <dt>{lang.of("Documents that go", "삭제될 문서")}</dt>
                <dd>
                    <strong>{due}</strong>
                    {preview
                        .counting
                        .then(|| lang.of(" (the exact number is being counted)", " (정확한 수를 세는 중)"))}
                </dd>
                <dt>{lang.of("Size", "크기")}</dt>
                <dd>{size}</dd>
                <dt>{lang.of("Oldest that goes", "삭제될 가장 오래된 날짜")}</dt>
                <dd>{moment(preview.oldest)}</dd>
                <dt>{lang.of("Newest that goes", "삭제될 가장 최근 날짜")}</dt>
                <dd>{moment(preview.newest)}</dd>
            </dl>
            {estimated
                .then(|| {
                    view! {
                        <p class="muted">
                            {lang
                                .of(
                                    "Estimated from documents taken at random: no index can be asked.",
                                    "쓸 수 있는 인덱스가 없어 무작위 표본으로 추정했습니다.",
                                )}
                        </p>
                    }
                })}
            {bars.is_none().then(|| no_bars(&preview, lang))}
            {bars}
            <p>{types(&preview, &subject, lang)}</p>
            <p class="muted">{tr!(lang, "Counted in {millis} ms.", "집계 시간 {millis}ms.")}</p>
        </section>
    }
}

/// Why no ages are drawn.
fn no_bars(preview: &Preview, lang: Lang) -> impl IntoView + use<> {
    let told = match preview.due {
        _ if preview.arrays => "",
        Some(due) if due.n == 0 => "",
        _ => lang.of(
            "There are too many documents to count them by age in time.",
            "문서가 너무 많아 나이별로 제때 셀 수 없습니다.",
        ),
    };
    (!told.is_empty()).then(|| view! { <p class="muted">{told}</p> })
}

#[component]
fn Ages(preview: Preview) -> impl IntoView {
    let lang = use_lang();
    let cutoff = preview.cutoff();
    let bars = preview.bars.iter().map(|bar| {
        let word = match () {
            () if bar.to <= cutoff => lang.of("goes", "삭제"),
            () if bar.from < cutoff => lang.of("goes in part", "일부 삭제"),
            () if bar.from >= preview.now => lang.of("future", "미래"),
            () => lang.of("stays", "유지"),
        };
        let until = utc(bar.to);
        // Seconds tell nothing where a part is longer than minutes.
        let is_long = bar.to.saturating_sub(bar.from) > 120_000;
        let until = until.rsplit_once(':').filter(|_| is_long).map_or(until.as_str(), |(minute, _)| minute);
        Bar { label: format!("… {until} · {word}"), value: bar.count.map(|it| it as f64) }
    });
    view! {
        <Histogram
            caption=lang.of("Dates, oldest first (UTC)", "날짜, 오래된 순(UTC)")
            heads=(lang.of("Up to", "여기까지"), lang.of("Documents", "문서"))
            unit=Unit::Count
            bars=bars.collect()
        />
    }
}

/// What the field holds, and what never expires.
fn types(preview: &Preview, subject: &Subject, lang: Lang) -> String {
    if preview.sampled == 0 {
        return lang.of("What the field holds is unknown.", "필드의 값 형식을 알 수 없습니다.").to_owned();
    }
    let list: Vec<String> = preview.types.iter().map(|(name, n)| format!("{name} {n}")).collect();
    let (list, n, field) = (list.join(", "), preview.sampled, &subject.field);
    let others = preview.types.iter().any(|(name, _)| !matches!(name.as_str(), "date" | "array"));
    let mut told = tr!(
        lang,
        "In {n} documents taken at random {field} holds: {list}.",
        "무작위 문서 {n}개에서 {field}의 형식: {list}."
    );
    if others {
        told.push_str(lang.of(
            " Texts, numbers, timestamps, null and missing fields never expire.",
            " 문자열, 숫자, 타임스탬프, null, 없는 필드는 만료되지 않습니다.",
        ));
    }
    if preview.arrays {
        told.push_str(lang.of(
            " Of an array the earliest date decides; no ages are drawn.",
            " 배열은 가장 이른 날짜가 기준이며, 나이 분포는 그리지 않습니다.",
        ));
    }
    told
}
