//! The way to the subscriber as the new home of the application.

use leptos::prelude::*;

use super::PATH;
use crate::replication::logical::subscriptions::model::seen::Subscription;
use crate::text::{bytes, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::Badge;

/// What must be so before the application moves, and in which order it does.
#[component]
pub fn CutOver(it: Subscription, place: (String, String)) -> impl IntoView {
    let lang = use_lang();
    let publisher = it.publisher?;
    let (target, database) = place;
    let copied = it.ready_count == it.table_count;
    let lag = publisher.lag_bytes;
    let behind = lag.map_or_else(|| lang.of("unknown", "알 수 없음").to_owned(), bytes);
    let from = publisher.target.to_string();
    let sequences = link(
        PATH,
        &[
            ("target", &target),
            ("database", &database),
            ("action", "copy_sequences"),
            ("name", &it.name),
            ("publisher", &from),
            ("publisher_database", &publisher.database),
            ("margin", "1000"),
        ],
    );
    let disable = link(
        PATH,
        &[("target", &target), ("database", &database), ("action", "disable_subscription"), ("name", &it.name)],
    );
    let name = publisher.name;
    let mark = |done: bool| {
        let (tone, text) =
            if done { ("good", lang.of("done", "완료")) } else { ("plain", lang.of("to do", "할 일")) };
        view! { <Badge tone=tone text=text /> }
    };
    Some(view! {
        <details data-key="cut-over">
            <summary>{lang.of("Cut over to this server", "이 서버로 전환")}</summary>
            <ol class="steps">
                <li>{mark(copied)} " " {lang.of("All tables are ready.", "모든 테이블이 준비됩니다.")}</li>
                <li>{tr!(lang, "Stop the application from writing to {name}.", "애플리케이션이 {name}에 쓰지 않게 합니다.")}</li>
                <li>
                    {mark(lag == Some(0))} " "
                    {tr!(lang, "Wait until nothing is left to confirm (now: {behind}).", "확인할 것이 남지 않을 때까지 기다립니다(지금: {behind}).")}
                </li>
                <li>
                    {lang.of("Sequences are not replicated: ", "시퀀스는 복제되지 않습니다: ")}
                    <a class="button quiet" href=sequences>
                        {lang.of("Put them ahead…", "앞서게 설정…")}
                    </a>
                </li>
                <li>{lang.of("Point the application to this server.", "애플리케이션을 이 서버로 전환합니다.")}</li>
                <li>
                    <a class="button quiet" href=disable>
                        {lang.of("Disable the subscription…", "구독 끄기…")}
                    </a>
                    " "
                    {lang.of("Drop it once you are sure: until then its slot holds WAL there.", "확실해지면 삭제하세요. 그 전까지 슬롯이 WAL을 보관합니다.")}
                </li>
            </ol>
        </details>
    })
}
