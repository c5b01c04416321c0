//! The page of one key: its facts, live; its value; the forms that change them.

pub mod forms;
pub mod value;

use leptos::prelude::*;

use self::forms::{DeleteLink, MomentForm, TouchForm, TtlForm};
use self::value::ValueCard;
use super::api::{plan_key, read_key};
use super::model::{KeySeen, Moment};
use crate::caching::fields::{lifetime_words, told_words};
use crate::caching::format::name::Django;
use crate::caching::frame::CacheFrame;
use crate::caching::model::Lifetime;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::{Lang, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::live::{Live, Region};
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::ui::plan::Confirm;
use crate::ui::table::Badge;
use crate::words;

pub(super) const PATH: &str = "/caching/key";
const APPLY: &str = "/api/caching/apply_key";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub key: String,
    pub action: String,
    pub ttl: String,
    pub only: String,
    pub at: String,
    pub value: String,
    pub seen: String,
    pub dies: String,
    /// When the key was to die before the last change.
    pub was: String,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            Self {
                target: text("target"),
                key: text("key"),
                action: text("action"),
                ttl: text("ttl"),
                only: text("only"),
                at: text("at"),
                value: text("value"),
                seen: text("seen"),
                dies: text("dies"),
                was: text("was"),
            }
        })
    }

    /// This page, with more.
    pub(super) fn link(&self, more: &[(&str, &str)]) -> String {
        let own = [("target", self.target.as_str()), ("key", self.key.as_str())];
        link(PATH, &[&own, more].concat())
    }

    /// What was typed into a field of this form.
    pub(super) fn typed(&self, actions: &[&str], text: &str) -> String {
        if actions.contains(&self.action.as_str()) { text.to_owned() } else { String::new() }
    }
}

/// `/caching/key`.
#[component]
pub fn KeyPage() -> impl IntoView {
    let asked = Asked::read();
    view! {
        <CacheFrame title=words!("Key", "키") lead=None kind=TargetKind::Redis path="/caching/keys">
            <JumpForm asked=asked />
            <Planning asked=asked />
            <OneKey asked=asked />
        </CacheFrame>
    }
    .into_any()
}

/// Which key to look at.
#[component]
fn JumpForm(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    let Asked { target, key, .. } = asked.get_untracked();
    view! {
        <form method="get" action=PATH class="search">
            <input type="hidden" name="target" value=target />
            <label for="look">{lang.of("Key", "키")}</label>
            <input
                id="look"
                name="key"
                required=true
                maxlength="2048"
                spellcheck="false"
                autocapitalize="none"
                value=key
            />
            <button class="quiet">{lang.of("Look", "조회")}</button>
        </form>
    }
}

/// The plan for what a form holds, and the forms with what is wrong in them.
#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || asked.get(),
        |it| async move {
            if it.action.is_empty() {
                return Ok(None);
            }
            let Asked { target, action, key, ttl, only, at, value, seen, dies, .. } = it;
            plan_key(target, action, key, ttl, only, at, value, seen, dies).await.map(Some)
        },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                match planned.await {
                    Ok(Some(planned)) => {
                        view! { <Confirm planned=planned back=asked.link(&[]) action=APPLY /> }.into_any()
                    }
                    Ok(None) => ().into_any(),
                    Err(error) if is_at_form(&error) => ().into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// Whether the error is told at a field of a form of this page; each finds it out by the same parser.
fn is_at_form(error: &AppError) -> bool {
    matches!(error.field.as_deref(), Some("ttl" | "only" | "at" | "value"))
}

#[component]
fn OneKey(asked: Memo<Asked>) -> impl IntoView {
    let now = asked.get_untracked();
    if now.key.is_empty() {
        return ().into_any();
    }
    let source = link("/live/caching/key", &[("target", &now.target), ("key", &now.key)]);
    let back = way_back(&now, use_lang());
    view! {
        {back}
        <section class="card">
            <Live id="key" source=source every=1_000>
                <KeyPart />
            </Live>
            <DeleteLink asked=now.clone() />
        </section>
        <section class="card">
            <TtlForm asked=now.clone() />
        </section>
        <MomentForm asked=now.clone() />
        <TouchForm asked=now.clone() />
        <ValueCard asked=asked />
    }
    .into_any()
}

/// A link to the plan that takes the last change of a TTL back.
fn way_back(asked: &Asked, lang: Lang) -> Option<AnyView> {
    let was: i64 = asked.was.parse().ok()?;
    let (text, href) = if was == -1 {
        let text = lang
            .of("Before, it never expired. Take the TTL away again…", "이전에는 만료되지 않았습니다. 다시 만료 해제…");
        (text.to_owned(), asked.link(&[("action", "persist_key")]))
    } else {
        let moment = Moment::at(was)?.text();
        let text = tr!(
            lang,
            "Before, it was to expire at {moment} UTC. Let it do so again…",
            "이전 만료 시각은 {moment} UTC입니다. 되돌리기…"
        );
        (text, asked.link(&[("action", "expire_at"), ("at", &moment)]))
    };
    Some(view! { <p><a href=href>{text}</a></p> }.into_any())
}

/// `/live/caching/key`: what is known of the key, without its value.
#[component]
pub fn KeyPart() -> impl IntoView {
    let asked = Asked::read();
    let seen = fetch(
        move || asked.with(|asked| (asked.target.clone(), asked.key.clone())),
        |(target, key)| read_key(target, key),
    );
    view! {
        <Region id="key">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match seen.await {
                        Ok(seen) => view! { <KeyFacts seen=seen /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </Region>
    }
}

#[component]
fn KeyFacts(seen: KeySeen) -> impl IntoView {
    let lang = use_lang();
    let is_there = seen.lifetime != Lifetime::Missing;
    let (tone, word) =
        if is_there { ("good", lang.of("HIT", "적중(HIT)")) } else { ("warn", lang.of("MISS", "없음(MISS)")) };
    let replica = seen.replica.then(|| {
        let text = words!(
            "This server is a replica: the key can be looked at here, and changed at its primary.",
            "이 서버는 복제본입니다. 키는 여기서 볼 수만 있고 기본 서버에서 바꿀 수 있습니다.",
        );
        view! { <Notice tone=Tone::Warn text=text word=None /> }
    });
    let moment = seen.dies.and_then(Moment::at).map(Moment::text);
    let left = match seen.lifetime {
        Lifetime::Left(millis) => {
            let millis = count(millis);
            tr!(lang, " ({millis} ms)", " ({millis}ms)")
        }
        _ => String::new(),
    };
    let words = lifetime_words(seen.lifetime, lang);
    let django = seen.django.clone().map(|Django { prefix, version, key }| {
        let prefix = if prefix.is_empty() { lang.of("no prefix", "접두사 없음").to_owned() } else { prefix };
        view! {
            <dt>"Django"</dt>
            <dd>{tr!(lang, "{prefix}, version {version}: ", "{prefix}, 버전 {version}: ")} <code>{key}</code></dd>
        }
    });
    let facts = is_there.then(|| view! { <MoreFacts seen=seen.clone() /> });
    view! {
        <h2>
            <code>{seen.key.clone()}</code>
            " "
            <Badge tone=tone text=word />
        </h2>
        {replica}
        <dl class="facts">
            <dt>{lang.of("Time left", "남은 시간")}</dt>
            <dd>{words} <span class="muted">{left}</span></dd>
            {moment
                .map(|moment| {
                    view! {
                        <dt>{lang.of("Expires at", "만료 시각")}</dt>
                        <dd>{moment} " UTC"</dd>
                    }
                })}
            {django}
            {facts}
        </dl>
    }
    .into_any()
}

#[component]
fn MoreFacts(seen: KeySeen) -> impl IntoView {
    let lang = use_lang();
    let kind = match &seen.encoding {
        Some(encoding) => format!("{} ({encoding})", seen.kind),
        None => seen.kind.clone(),
    };
    let (used, idle) = if seen.counts_use {
        (lang.of("Use (0–255)", "사용 빈도(0–255)"), told_words(seen.idle, lang, |it| it.to_string()))
    } else {
        (lang.of("Not used for", "미사용 시간"), told_words(seen.idle, lang, |it| span(it * 1_000).read(lang)))
    };
    view! {
        <dt>{lang.of("Type", "형식")}</dt>
        <dd>{kind}</dd>
        <dt>{lang.of("Memory", "메모리")}</dt>
        <dd>{told_words(seen.bytes, lang, bytes)}</dd>
        <dt>{used}</dt>
        <dd>
            {idle} " "
            <span class="muted">
                {lang
                    .of(
                        "(opening this page reads the value, which counts as a use on most servers)",
                        "(이 페이지를 열면 값을 읽으므로 대부분의 서버에서 사용으로 계산됩니다)",
                    )}
            </span>
        </dd>
    }
    .into_any()
}
