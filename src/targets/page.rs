//! The overview: one row per target.

use leptos::prelude::*;

use super::api::list_targets;
use super::model::TargetState;
use crate::text::use_lang;
use crate::ui::fetch::fetch;
use crate::ui::frame::Frame;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::micros as time;
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

/// `/`: every target with its state.
#[component]
pub fn OverviewPage() -> impl IntoView {
    view! {
        <Frame
            title=words!("Overview", "개요")
            lead=Some(
                words!(
                    "Every database of this site, and whether it answers.",
                    "이 사이트의 모든 데이터베이스와 응답 여부입니다.",
                ),
            )
        >
            <section class="card">
                <h2>{use_lang().of("Targets", "대상")}</h2>
                <Live id="states" source="/live/targets/states" every=10_000>
                    <TargetStates />
                </Live>
            </section>
        </Frame>
    }
    .into_any()
}

/// `/live/targets/states`: the list alone.
#[component]
pub fn TargetStates() -> impl IntoView {
    let lang = use_lang();
    let targets = fetch(|| (), |()| list_targets());
    view! {
        <Region id="states">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match targets.await {
                        Ok(list) if list.is_empty() => {
                            view! {
                                <Empty text=lang.of("No target has been entered yet.", "등록된 대상이 없습니다.") />
                                <p>
                                    <a class="button primary" href="/settings">
                                        {lang.of("Add the first one", "첫 대상 추가")}
                                    </a>
                                </p>
                            }
                                .into_any()
                        }
                        Ok(list) => view! { <StateTable list=list /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
}

#[component]
fn StateTable(list: Vec<TargetState>) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Target", "대상"),
        lang.of("State", "상태"),
        lang.of("What it is", "종류"),
        lang.of("Address", "주소"),
        lang.of("Answer time", "응답 시간"),
    ];
    view! {
        <Table caption=lang.of("Targets", "대상") heads=heads>
            {list.into_iter().map(|state| view! { <Row state=state /> }).collect_view()}
        </Table>
    }
}

#[component]
fn Row(state: TargetState) -> impl IntoView {
    let lang = use_lang();
    let TargetState { target, answer, micros } = state;
    let time = time(micros, lang);
    let (tone, word, detail) = match &answer {
        Ok(words) => ("good", lang.of("Answers", "응답함"), words.read(lang)),
        Err(error) => ("bad", lang.of("No answer", "응답 없음"), error.happened.read(lang)),
    };
    view! {
        <tr data-key=target.id.to_string()>
            <th scope="row">
                <a href=format!("{}?target={}", target.kind.path(), target.id)>{target.name}</a>
            </th>
            <td>
                <Badge tone=tone text=word />
            </td>
            <td>{detail}</td>
            <td>
                <code>{format!("{}:{}", target.host, target.port)}</code>
            </td>
            <td class="number">{time}</td>
        </tr>
    }
}
