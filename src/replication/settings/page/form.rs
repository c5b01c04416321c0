//! The form of one setting.

use leptos::prelude::*;

use super::PATH;
use crate::error::AppError;
use crate::replication::settings::model::change::Name;
use crate::text::{Lang, use_lang};
use crate::ui::address::link;
use crate::ui::form::{Choice, TextField, error_at};

/// Asks for the new value; what it leads to is a plan.
#[component]
pub fn SettingForm(target: String, name: Name, value: String, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let wrong = error_at(error.as_ref(), "value");
    let choices = name.choices();
    let field = if choices.is_empty() {
        view! {
            <TextField
                name="value"
                label=lang.of("New value", "새 값")
                value=value
                help=help(name, lang)
                error=wrong
                required=false
                maxlength=1000
            />
        }
        .into_any()
    } else {
        let options = choices.iter().map(|choice| (*choice, *choice, "")).collect();
        view! { <Choice name="value" label=lang.of("New value", "새 값") value=value options=options error=wrong /> }
            .into_any()
    };
    let reset = link(PATH, &[("target", &target), ("action", "reset_setting"), ("name", name.as_str())]);
    let back = link(PATH, &[("target", &target)]);
    view! {
        <section class="card">
            <h2>{lang.of("Change ", "변경: ")} <code>{name.as_str()}</code></h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="action" value="set_setting" />
                <input type="hidden" name="name" value=name.as_str() />
                {field}
                <p class="buttons">
                    <a class="button" href=back>
                        {lang.of("Cancel", "취소")}
                    </a>
                    <a class="button quiet" href=reset>
                        {lang.of("Take it out of postgresql.auto.conf…", "postgresql.auto.conf에서 제거…")}
                    </a>
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

fn help(name: Name, lang: Lang) -> &'static str {
    match name {
        Name::MaxSlotWalKeepSize => lang.of(
            "In MB. At most a quarter of the volume that the WAL lies on. -1: no limit.",
            "MB 단위. WAL 볼륨 크기의 4분의 1 이하가 좋습니다. -1: 한도 없음.",
        ),
        Name::IdleReplicationSlotTimeout => lang.of("In seconds. 0: never.", "초 단위. 0: 해제 안 함."),
        Name::WalSenderTimeout => lang.of("In milliseconds. 0: never.", "밀리초 단위. 0: 끊지 않음."),
        Name::SynchronousStandbyNames => lang.of(
            "FIRST 1 (replica1, replica2), ANY 1 (…) or empty for none. Names are application_name of the standbys.",
            "FIRST 1 (replica1, replica2), ANY 1 (…), 없으면 비워 두세요. 이름은 대기 서버의 application_name입니다.",
        ),
        Name::SynchronizedStandbySlots => lang.of(
            "Physical slots, with commas between; empty for none.",
            "물리 슬롯을 쉼표로 구분해 입력합니다. 없으면 비워 두세요.",
        ),
        _ => lang.of("A whole number.", "정수를 입력하세요."),
    }
}
