//! The next changes of a slot. They are data, so they are shown only when somebody asks for them here.

use leptos::prelude::*;

use super::super::super::api::peek_slot;
use super::super::super::model::action::{PEEK_ROWS, Peek, PeekCount, PeekLine};
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::table::{Empty, Table};

#[component]
pub fn PeekPart(target: String, name: String, read: bool) -> impl IntoView {
    let lang = use_lang();
    let asked = (target.clone(), name.clone());
    let seen = fetch(
        move || asked.clone(),
        move |(target, name)| async move { if read { peek_slot(target, name).await.map(Some) } else { Ok(None) } },
    );
    let most = PEEK_ROWS;
    view! {
        <section class="card" aria-labelledby="peek">
            <h2 id="peek">{lang.of("Next changes", "다음 변경")}</h2>
            <p>
                {tr!(
                    lang,
                    "What the slot holds next for its consumer, about {most} rows, read for 2 s at most. Nothing is taken from the \
                     slot. Meanwhile its consumer cannot connect. The record tells that you looked, not what you saw.",
                    "슬롯이 소비자에게 다음으로 줄 변경을 약 {most}행, 최대 2초 동안 읽습니다. 슬롯에서 가져가지 않습니다. \
                     그동안 소비자는 연결할 수 없습니다. 기록에는 조회 사실만 남고 내용은 남지 않습니다."
                )}
            </p>
            <form method="get" action="/replication/slot">
                <input type="hidden" name="target" value=target />
                <input type="hidden" name="name" value=name />
                <input type="hidden" name="action" value="peek_slot" />
                <input type="hidden" name="read" value="yes" />
                <p class="buttons">
                    <button class="primary">{lang.of("Read them", "읽기")}</button>
                </p>
            </form>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match seen.await {
                        Ok(None) => ().into_any(),
                        Ok(Some(peek)) => shown(peek, lang),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

fn shown(peek: Peek, lang: Lang) -> AnyView {
    let nothing = lang.of("The slot holds no change that it could show.", "보여 줄 변경이 없습니다.");
    match peek {
        Peek::Text(lines) if lines.is_empty() => view! { <Empty text=nothing /> }.into_any(),
        Peek::Kinds(kinds) if kinds.is_empty() => view! { <Empty text=nothing /> }.into_any(),
        Peek::Text(lines) => {
            let heads =
                vec![lang.of("Position", "위치"), lang.of("Transaction", "트랜잭션"), lang.of("Change", "변경")];
            view! {
                <Table caption=lang.of("As the plugin writes them", "플러그인 출력") heads=heads>
                    {lines.into_iter().map(line).collect_view()}
                </Table>
            }
            .into_any()
        }
        Peek::Kinds(kinds) => {
            let heads = vec![lang.of("Message", "메시지"), lang.of("Table", "테이블"), lang.of("Count", "개수")];
            view! {
                <Table caption=lang.of("Messages of pgoutput", "pgoutput 메시지") heads=heads>
                    {kinds.into_iter().map(|kind| kind_row(kind, lang)).collect_view()}
                </Table>
            }
            .into_any()
        }
    }
}

fn line(line: PeekLine) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <code>{line.lsn}</code>
            </th>
            <td>{line.xid}</td>
            <td>
                <code>{line.text}</code>
            </td>
        </tr>
    }
}

fn kind_row(kind: PeekCount, lang: Lang) -> impl IntoView {
    let word = match kind.letter.as_str() {
        "B" => lang.of("begin", "시작"),
        "C" => lang.of("commit", "커밋"),
        "I" => lang.of("insert", "삽입"),
        "U" => lang.of("update", "갱신"),
        "D" => lang.of("delete", "삭제"),
        "T" => lang.of("truncate", "비우기"),
        "R" => lang.of("description of a table", "테이블 정의"),
        "Y" => lang.of("description of a type", "타입 정의"),
        "O" => lang.of("origin", "출처"),
        _ => lang.of("other", "기타"),
    };
    view! {
        <tr>
            <th scope="row">{word}</th>
            <td>{kind.table}</td>
            <td class="number">{count(kind.count)}</td>
        </tr>
    }
}
