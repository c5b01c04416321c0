//! The page of a cache as a whole.

pub mod history;
pub mod parts;
pub mod picture;

use leptos::prelude::*;

use self::history::HistoryPart;
use self::parts::{Answers, Memory, Servers};
use self::picture::PicturePart;
use super::api::read_cache;
use super::model::Overview;
use crate::caching::frame::CacheFrame;
use crate::finding::page::Findings;
use crate::targets::model::TargetKind;
use crate::text::use_lang;
use crate::ui::address::{use_address, use_source};
use crate::ui::fetch::fetch;
use crate::ui::live::{Live, Region};
use crate::ui::notice::ErrorNotice;
use crate::words;

/// `/caching`.
#[component]
pub fn CachingPage() -> impl IntoView {
    view! {
        <CacheFrame
            title=words!("Cache", "캐시")
            lead=Some(
                words!(
                    "First what is wrong, then how well the cache answers and what lives how long in it.",
                    "먼저 문제를, 이어서 캐시 적중률과 키의 수명을 보여 줍니다.",
                ),
            )
            kind=TargetKind::Redis
            path="/caching"
        >
            <Live id="cache" source=use_source("/live/caching/cache") every=2_000>
                <CachePart />
            </Live>
            <Live id="picture" source=use_source("/live/caching/picture") every=10_000>
                <PicturePart />
            </Live>
            <Live id="history" source=use_source("/live/caching/history") every=10_000>
                <HistoryPart />
            </Live>
        </CacheFrame>
    }
    .into_any()
}

/// What is seen now of the cache that the address names.
#[component]
pub fn CachePart() -> impl IntoView {
    let address = use_address();
    let cache = fetch(move || address.with(|address| address.text("target")), read_cache);
    view! {
        <Region id="cache">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match cache.await {
                        Ok(cache) => view! { <Shown cache=cache /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
    .into_any()
}

#[component]
fn Shown(cache: Overview) -> impl IntoView {
    let lang = use_lang();
    let trouble = cache.trouble.as_ref().map(|trouble| {
        let sorry = lang.of("Keys could not be sampled: ", "키 표본을 얻지 못했습니다: ");
        view! { <p class="muted">{sorry}{trouble.read(lang)}</p> }
    });
    view! {
        <section class="card">
            <h2>{lang.of("What stands out", "확인할 점")}</h2>
            <Findings findings=cache.findings.clone() />
            {trouble}
        </section>
        <section class="card">
            <h2>{lang.of("Hit ratio", "적중률")}</h2>
            <Answers cache=cache.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Memory and keys", "메모리와 키")}</h2>
            <Memory cache=cache.clone() />
        </section>
        <section class="card">
            <h2>{lang.of("Servers", "서버")}</h2>
            <Servers cache=cache />
        </section>
    }
}
