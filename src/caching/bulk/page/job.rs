//! The page of one job: how far it is, what came of it, and the way back.

use leptos::prelude::*;

use crate::caching::bulk::api::read_bulk_job;
use crate::caching::bulk::model::{End, JobKind, JobView};
use crate::caching::frame::CacheFrame;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::{bytes, count, span, use_lang, utc};
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::form::{TextField, error_at};
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::words;

const PATH: &str = "/caching/bulk/job";

/// `/caching/bulk/job?record=N`.
#[component]
pub fn BulkJobPage() -> impl IntoView {
    let address = use_address().get_untracked();
    let (target, record) = (address.text("target"), address.text("record"));
    let source = link("/live/caching/job", &[("target", &target), ("record", &record)]);
    view! {
        <CacheFrame title=words!("A job over many keys", "대량 키 작업") lead=None kind=TargetKind::Redis path=PATH>
            <section class="card" id="job">
                <Live id="job" source=source every=1_000>
                    <JobPart />
                </Live>
            </section>
            <UndoForm target=target record=record pattern=String::new() error=None />
        </CacheFrame>
    }
    .into_any()
}

/// `/live/caching/job?target=T&record=N`.
#[component]
pub fn JobPart() -> impl IntoView {
    let address = use_address();
    let job = fetch(
        move || address.with(|it| (it.text("target"), it.number("record").unwrap_or_default())),
        |(target, record)| async move { read_bulk_job(target, record).await },
    );
    view! {
        <Region id="job">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match job.await {
                        Ok(job) => view! { <JobFacts job=job /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn JobFacts(job: JobView) -> impl IntoView {
    let lang = use_lang();
    let state = match (job.running, job.end) {
        (true, _) => lang.of("It runs.", "실행 중입니다."),
        (false, Some(End::Whole)) => lang.of("It came to its end.", "끝까지 실행되었습니다."),
        (false, Some(End::Cut)) if job.kind == JobKind::Bulk && job.later.is_none() => lang.of(
            "It was cut short. It can be continued or undone.",
            "도중에 중단되었습니다. 이어서 실행하거나 되돌릴 수 있습니다.",
        ),
        (false, Some(End::Cut)) if job.kind == JobKind::Undo => lang.of(
            "It was cut short. Take the job back again: what is restored stays.",
            "도중에 중단되었습니다. 작업을 다시 되돌리세요. 이미 되돌린 키는 그대로 유지됩니다.",
        ),
        (false, Some(End::Cut)) => lang.of("It was cut short.", "도중에 중단되었습니다."),
        (false, None) => lang.of("Where it stands is unknown.", "현재 상태를 알 수 없습니다."),
    };
    let continues = job.kind == JobKind::Bulk && job.end == Some(End::Cut) && job.later.is_none() && !job.running;
    let continued = continues.then(|| {
        let record = job.record.to_string();
        let pairs = [("target", job.target.as_str()), ("action", "continue_bulk"), ("job", record.as_str())];
        view! {
            <p class="buttons">
                <a class="button" href=link("/caching/bulk", &pairs)>
                    {lang.of("Continue it…", "이어서 실행…")}
                </a>
            </p>
        }
    });
    let of = if job.kind == JobKind::Undo {
        lang.of("Takes back job", "되돌리는 작업")
    } else {
        lang.of("Goes on with job", "이어서 실행하는 작업")
    };
    let near = [(of, job.of), (lang.of("Continued or taken back by", "이어서 실행했거나 되돌린 기록"), job.later)];
    let near = near.into_iter().filter_map(|(label, record)| {
        let record = record?.to_string();
        let href = link(PATH, &[("target", &job.target), ("record", &record)]);
        Some(view! {
            <dt>{label}</dt>
            <dd>
                <a href=href>{record}</a>
            </dd>
        })
    });
    let near = near.collect_view();
    let rows = rows(&job).into_iter().map(|(en, ko, value)| {
        view! {
            <dt>{lang.of(en, ko)}</dt>
            <dd>{value}</dd>
        }
    });
    let rows = rows.collect_view();
    let journal = job.journal.map_or_else(|| lang.of("none", "없음").to_owned(), bytes);
    let (began, took) = (utc(job.began), span((job.at - job.began).max(0)).read(lang));
    let pattern = job.job.as_ref().map(|it| it.pattern.to_string()).or(job.pattern.as_ref().map(ToString::to_string));
    view! {
        <h2>{state}</h2>
        <dl class="facts">
            {pattern
                .map(|pattern| {
                    view! {
                        <dt>{lang.of("Pattern", "패턴")}</dt>
                        <dd>
                            <code>{pattern}</code>
                        </dd>
                    }
                })}
            {near}
            {rows}
            <dt>{lang.of("Keys per second", "초당 키 수")}</dt>
            <dd>{count(job.rate())}</dd>
            <dt>{lang.of("Began (UTC)", "시작 (UTC)")}</dt>
            <dd>{began}</dd>
            <dt>{lang.of("Took", "걸린 시간")}</dt>
            <dd>{took}</dd>
            <dt>{lang.of("Journal", "저널")}</dt>
            <dd>{journal}</dd>
        </dl>
        {continued}
    }
}

fn rows(job: &JobView) -> Vec<(&'static str, &'static str, String)> {
    let (counts, undone) = (&job.counts, &job.undone);
    let all = match job.kind {
        JobKind::Bulk => vec![
            ("Matched", "일치", counts.matched),
            ("Changed", "변경", counts.changed),
            ("Refused by the condition", "조건 불일치", counts.refused),
            ("Vanished", "사라짐", counts.vanished),
            ("No permission", "권한 없음", counts.denied),
            ("Sent without an answer", "전송했으나 응답 없음", counts.unsure),
            ("Done before", "이전에 처리됨", counts.before),
        ],
        JobKind::Undo => vec![
            ("In the journal", "저널의 키", undone.met),
            ("Restored", "되돌림", undone.restored),
            ("Not as the job set them, left alone", "작업이 설정한 값과 달라 그대로 둠", undone.left),
            ("Vanished", "사라짐", undone.vanished),
            ("Would have died by now, left alone", "이전 만료 시각이 지나 그대로 둠", undone.overdue),
            ("No permission", "권한 없음", undone.denied),
        ],
        JobKind::Sweep => vec![("Reclaimed", "회수", counts.changed)],
    };
    all.into_iter().map(|(en, ko, number)| (en, ko, count(number))).collect()
}

/// Takes the job back, whole or a part of it.
#[component]
pub fn UndoForm(target: String, record: String, pattern: String, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card" id="undo">
            <h2>{lang.of("Take it back", "되돌리기")}</h2>
            <form method="get" action="/caching/bulk">
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="undo_bulk" />
                <input type="hidden" name="job" value=record />
                <TextField
                    name="pattern"
                    label=lang.of("Only keys like", "이 패턴의 키만")
                    value=pattern
                    help=lang.of("Empty: all keys of the job.", "비워 두면 작업의 모든 키입니다.")
                    error=error_at(error.as_ref(), "pattern")
                    required=false
                    maxlength=2048
                />
                <p class="buttons">
                    <button>{lang.of("Plan the undo", "되돌리기 계획")}</button>
                </p>
            </form>
        </section>
    }
}
