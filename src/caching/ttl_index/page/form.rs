//! The forms: a new index, other seconds, and the deeds of one click.

use leptos::prelude::*;

use super::{Asked, ONE};
use crate::caching::ttl_index::model::{Expiry, Kind, Subject};
use crate::error::AppError;
use crate::text::{Lang, use_lang};
use crate::ui::address::link;
use crate::ui::form::{Choice, TextField, error_at};

type Option3 = (&'static str, &'static str, &'static str);

fn when_options(lang: Lang, kind: Kind) -> Vec<Option3> {
    let after = (
        "after",
        lang.of("After so many seconds", "지정한 시간 뒤"),
        lang.of("counted from the date in the field", "필드의 날짜부터 셉니다"),
    );
    let date = (
        "date",
        lang.of("At the date in the field", "필드의 날짜에"),
        lang.of("each document holds its own moment (0 s)", "문서마다 만료 시각을 가집니다(0초)"),
    );
    match kind {
        Kind::Index => vec![
            after,
            date,
            (
                "never",
                lang.of("Never", "삭제 안 함"),
                lang.of("disarmed; lower it in stages later", "해제 상태. 나중에 단계별로 낮출 수 있습니다"),
            ),
        ],
        _ => vec![after, date, ("off", lang.of("Off", "끔"), lang.of("nothing expires", "만료되지 않습니다"))],
    }
}

#[component]
fn SecondsFields(asked: Asked, kind: Kind, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <Choice
            name="when"
            label=lang.of("Documents go", "문서 삭제 시점")
            options=when_options(lang, kind)
            value=asked.when
            error=error_at(error.as_ref(), "when")
        />
        <TextField
            name="seconds"
            label=lang.of("Seconds", "초")
            value=asked.seconds
            help=lang
                .of(
                    "60, 10m, 2h or 7d; only with “after so many seconds”.",
                    "60, 10m, 2h, 7d 형식. “지정한 시간 뒤”일 때만 씁니다.",
                )
            error=error_at(error.as_ref(), "seconds")
            required=false
            maxlength=24
        />
    }
}

/// A new TTL index.
#[component]
pub fn CreateForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    view! {
        <form method="get" action=ONE>
            <input type="hidden" name="target" value=asked.target.clone() />
            <input type="hidden" name="action" value="create_ttl_index" />
            <TextField
                name="namespace"
                label=lang.of("Collection", "컬렉션")
                value=asked.namespace.clone()
                help=lang.of("As database.collection.", "database.collection 형식.")
                error=error_at(error.as_ref(), "namespace")
            />
            <TextField
                name="field"
                label=lang.of("Field with the date", "날짜 필드")
                value=asked.field.clone()
                help=lang.of("For example created_at.", "예: created_at.")
                error=error_at(error.as_ref(), "field")
                maxlength=200
            />
            <SecondsFields asked=asked kind=Kind::Index error=error />
            <p class="buttons">
                <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
            </p>
        </form>
    }
}

/// Other seconds for an index, looked at first, changed at once or in stages.
#[component]
pub fn ChangeForm(asked: Asked, subject: Subject, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let (kind, is_plain) = (subject.kind, subject.expiry == Expiry::None && subject.kind == Kind::Index);
    let asked = filled(asked, &subject);
    let action = match kind {
        Kind::Index if is_plain => "convert_index",
        Kind::Index => "set_ttl_seconds",
        _ => "set_collection_expiry",
    };
    let staged =
        (kind == Kind::Index && !is_plain).then(|| view! { <Staged asked=asked.clone() error=error.clone() /> });
    view! {
        <section class="card" id="change">
            <h2>{lang.of("What would other seconds delete?", "다른 값이면 무엇이 삭제될까요?")}</h2>
            <form method="get" action=ONE>
                <input type="hidden" name="target" value=asked.target.clone() />
                <input type="hidden" name="namespace" value=asked.namespace.clone() />
                <input type="hidden" name="name" value=asked.name.clone() />
                <SecondsFields asked=asked.clone() kind=kind error=error />
                <p class="buttons">
                    <button>{lang.of("Look what it would delete", "삭제 대상 보기")}</button>
                    <button class="primary" name="action" value=action>
                        {if is_plain {
                            lang.of("Plan to make it a TTL index", "TTL 인덱스로 변환 계획")
                        } else {
                            lang.of("Plan to change it at once", "한 번에 바꾸는 계획")
                        }}
                    </button>
                </p>
                {staged}
            </form>
        </section>
    }
}

/// What is set stands where nothing was typed.
fn filled(asked: Asked, subject: &Subject) -> Asked {
    if !asked.when.is_empty() || !asked.seconds.is_empty() {
        return asked;
    }
    let (when, seconds) = match subject.expiry {
        Expiry::After(0) => ("date", String::new()),
        Expiry::After(seconds) => ("after", seconds.to_string()),
        Expiry::Never => ("never", String::new()),
        _ => ("after", String::new()),
    };
    Asked { when: when.to_owned(), seconds, ..asked }
}

#[component]
fn Staged(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let most = if asked.most.is_empty() { "50000".to_owned() } else { asked.most };
    let stops = vec![
        ("disarm", lang.of("Disarm the index", "인덱스 해제"), lang.of("what is left stays", "남은 문서를 유지합니다")),
        (
            "keep",
            lang.of("Keep the seconds of that step", "그 단계의 초 값 유지"),
            lang.of("it goes on deleting by them", "그 값으로 계속 삭제합니다"),
        ),
    ];
    view! {
        <h3>{lang.of("Or in stages", "또는 단계별로")}</h3>
        <TextField
            name="most"
            label=lang.of("Documents in one step, at most", "한 단계의 최대 문서 수")
            value=most
            help=lang
                .of(
                    "Each step waits until the one before has been deleted.",
                    "각 단계는 앞 단계의 삭제가 끝날 때까지 기다립니다.",
                )
            error=error_at(error.as_ref(), "most")
            kind="number"
            required=false
            maxlength=12
        />
        <Choice
            name="stop"
            label=lang.of("If somebody stops it", "도중에 중단하면")
            options=stops
            value=asked.stop
        />
        <p class="buttons">
            <button name="action" value="lower_in_stages">
                {lang.of("Plan to lower it in stages", "단계별로 낮추는 계획")}
            </button>
        </p>
    }
}

/// What one click plans.
#[component]
pub fn Deeds(target: String, subject: Subject) -> impl IntoView {
    let lang = use_lang();
    let of = |action: &str| {
        let pairs = [
            ("target", target.as_str()),
            ("namespace", &subject.namespace),
            ("name", &subject.name),
            ("action", action),
        ];
        link(ONE, &pairs)
    };
    let off = link(
        ONE,
        &[("target", &target), ("namespace", &subject.namespace), ("action", "set_collection_expiry"), ("when", "off")],
    );
    let armed = !matches!(subject.expiry, Expiry::Never | Expiry::None);
    let is_index = subject.kind == Kind::Index;
    view! {
        <p class="buttons">
            {(armed && is_index)
                .then(|| view! { <a class="button" href=of("disarm_index")>{lang.of("Disarm it…", "해제…")}</a> })}
            {(armed && !is_index).then(|| view! { <a class="button" href=off>{lang.of("Switch it off…", "끄기…")}</a> })}
            {(is_index && !subject.hidden)
                .then(|| view! { <a class="button quiet" href=of("hide_index")>{lang.of("Hide it…", "숨기기…")}</a> })}
            {(is_index && subject.hidden)
                .then(|| view! { <a class="button quiet" href=of("unhide_index")>{lang.of("Unhide it…", "숨기기 해제…")}</a> })}
            {is_index.then(|| view! { <a class="button quiet" href=of("drop_index")>{lang.of("Drop it…", "삭제…")}</a> })}
        </p>
    }
}
