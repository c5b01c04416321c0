//! The page of caching: one key, live; the forms that change its time to live and store a query's result; some keys.

use leptos::prelude::*;

use super::api::{list_keys, plan_change};
use super::frame::CacheFrame;
use super::parts::{KeyCard, KeyTable, LookForm, PrefixForm, StoreForm};
use crate::targets::model::TargetKind;
use crate::text::use_lang;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::ui::table::Empty;
use crate::words;

const APPLY: &str = "/api/caching/apply_change";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub action: String,
    pub key: String,
    pub ttl: String,
    pub source: String,
    pub query: String,
    pub prefix: String,
    pub cursor: String,
}

pub fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            key: text("key"),
            ttl: text("ttl"),
            source: text("source"),
            query: text("query"),
            prefix: text("prefix"),
            cursor: text("cursor"),
        }
    })
}

/// `/caching`.
#[component]
pub fn CachingPage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <CacheFrame
            title=words!("Cache and time to live", "캐시와 TTL")
            lead=Some(
                words!(
                    "A key with a time to live (TTL) is deleted by the server when the time is over.",
                    "TTL이 있는 키는 시간이 지나면 서버가 삭제합니다.",
                ),
            )
            kind=TargetKind::Redis
            path="/caching/keys"
        >
            <Planning asked=asked />
            <LookForm asked=asked />
            <KeyCard asked=asked />
            <Keys asked=asked />
        </CacheFrame>
    }
    .into_any()
}

/// The plan for what a form holds, or the form for storing a query.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || Asked { prefix: String::new(), cursor: String::new(), ..asked.get() },
        |form| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_change(form.target, form.action, form.key, form.ttl, form.source, form.query).await.map(Some)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                let back = link("/caching/keys", &[("target", &asked.target), ("key", &asked.key)]);
                match planned {
                    Ok(Some(planned)) => view! { <Confirm planned=planned back=back action=APPLY /> }.into_any(),
                    Ok(None) => view! { <StoreForm asked=asked error=None /> }.into_any(),
                    Err(error) if asked.action == "store_query" => {
                        view! { <StoreForm asked=asked error=Some(error) /> }.into_any()
                    }
                    // A wrong TTL is told at its field, below.
                    Err(error) if error.field.as_deref() == Some("ttl") => ().into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Keys(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    let list = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.prefix.clone(), asked.cursor.clone())),
        |(target, prefix, cursor)| list_keys(target, prefix, cursor),
    );
    view! {
        <section class="card">
            <PrefixForm asked=asked />
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) if list.keys.is_empty() && list.cursor.is_none() => {
                            view! { <Empty text=lang.of("No key begins with that.", "해당하는 키가 없습니다.") /> }
                                .into_any()
                        }
                        Ok(list) => view! { <KeyTable list=list asked=asked.get_untracked() /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}
