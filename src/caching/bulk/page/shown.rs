//! What a bounded look has found.

use leptos::prelude::*;

use crate::caching::bulk::model::{BUCKETS, Preview};
use crate::text::{Lang, bytes, span, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::chart::scale::Unit;
use crate::ui::histogram::{Bar, Histogram};

/// Numbers, times to live, and some names.
#[component]
pub fn PreviewCard(preview: Preview, target: String) -> impl IntoView {
    let lang = use_lang();
    let [matched, expiring, lasting] = [preview.matched, preview.expiring, preview.lasting].map(|it| preview.told(it));
    let memory = preview.bytes_each.map_or_else(
        || lang.of("unknown", "알 수 없음").to_owned(),
        |each| format!("≈{}", bytes(each.saturating_mul(preview.scaled(preview.matched)))),
    );
    let names = preview.names.clone().into_iter().map(|name| {
        let href = link("/caching/key", &[("target", &target), ("key", &name)]);
        view! {
            <li>
                <a href=href>
                    <code>{name}</code>
                </a>
            </li>
        }
    });
    let names = names.collect_view();
    let shown = preview.names.len();
    view! {
        <section class="card" id="preview">
            <h2>{lang.of("What matches now", "지금 일치하는 키")}</h2>
            <dl class="facts">
                <dt>{lang.of("Matched", "일치")}</dt>
                <dd>{matched}</dd>
                <dt>{lang.of("With a TTL", "TTL 있음")}</dt>
                <dd>{expiring}</dd>
                <dt>{lang.of("Without", "TTL 없음")}</dt>
                <dd>{lasting}</dd>
                <dt>{lang.of("Memory", "메모리")}</dt>
                <dd>{memory}</dd>
            </dl>
            <Histogram
                caption=lang.of("Time left of the keys that match", "일치하는 키의 남은 시간")
                heads=(lang.of("Time left", "남은 시간"), lang.of("Keys", "키"))
                unit=Unit::Count
                bars=bars(&preview, lang)
            />
            <details>
                <summary>{tr!(lang, "{shown} of the names", "이름 {shown}개")}</summary>
                <ul>{names}</ul>
            </details>
        </section>
    }
}

fn bars(preview: &Preview, lang: Lang) -> Vec<Bar> {
    let label = |limit: i64, before: i64| {
        if limit == i64::MAX {
            let from = span(before * 1_000).read(lang);
            return tr!(lang, "{from} or more", "{from} 이상");
        }
        let to = span(limit * 1_000).read(lang);
        tr!(lang, "under {to}", "{to} 미만")
    };
    let befores = [0].into_iter().chain(BUCKETS);
    let mut bars: Vec<Bar> = BUCKETS
        .into_iter()
        .zip(befores)
        .zip(preview.bars)
        .map(|((limit, before), keys)| Bar { label: label(limit, before), value: Some(preview.scaled(keys) as f64) })
        .collect();
    let lasting = Some(preview.scaled(preview.lasting) as f64);
    bars.push(Bar { label: lang.of("never expires", "만료 없음").to_owned(), value: lasting });
    bars
}
