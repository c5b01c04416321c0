//! The page of the keys of one target: the tree below a prefix, and the list of its keys.

pub mod filter;
pub mod table;
pub mod tree;
pub mod walk;

use leptos::prelude::*;

use self::filter::{FilterForm, JumpForm};
use self::table::KeyTable;
use self::tree::TreeTable;
use self::walk::WalkFacts;
use super::api::list_keys;
use super::model::{Count, Looked};
use crate::caching::frame::CacheFrame;
use crate::caching::model::unescaped;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::{Lang, count, use_lang};
use crate::tr;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::notice::{ErrorNotice, Notice, Tone};
use crate::words;

pub(super) const PATH: &str = "/caching/keys";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub prefix: String,
    pub kind: String,
    pub ttl: String,
    pub sort: String,
    pub after: String,
    pub page: String,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            Self {
                target: text("target"),
                prefix: text("prefix"),
                kind: text("kind"),
                ttl: text("ttl"),
                sort: text("sort"),
                after: text("after"),
                page: text("page"),
            }
        })
    }

    /// This page from another place on, with the same filters.
    pub(super) fn at(&self, after: &str, page: &str) -> String {
        self.link(&self.prefix, after, page)
    }

    /// This page for another prefix, with the same filters.
    pub(super) fn below(&self, prefix: &str) -> String {
        self.link(prefix, "", "")
    }

    fn link(&self, prefix: &str, after: &str, page: &str) -> String {
        let Self { target, kind, ttl, sort, .. } = self;
        let pairs = [
            ("target", target.as_str()),
            ("prefix", prefix),
            ("kind", kind),
            ("ttl", ttl),
            ("sort", sort),
            ("after", after),
            ("page", page),
        ];
        link(PATH, &pairs)
    }
}

/// `/caching/keys`.
#[component]
pub fn KeysPage() -> impl IntoView {
    let asked = Asked::read();
    let looked = fetch(
        move || asked.get(),
        |it| async move { list_keys(it.target, it.prefix, it.kind, it.ttl, it.sort, it.after, it.page).await },
    );
    view! {
        <CacheFrame
            title=words!("Keys", "키")
            lead=Some(
                words!(
                    "The keys of a cache by their beginnings, and how long each of them lives.",
                    "캐시의 키를 접두사별로 보고 각 키의 남은 시간을 확인합니다.",
                ),
            )
            kind=TargetKind::Redis
            path=PATH
        >
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let (looked, asked) = (looked.await, asked.get_untracked());
                    let error = looked.as_ref().err().cloned();
                    view! {
                        <section class="card">
                            <JumpForm asked=asked.clone() />
                            <FilterForm asked=asked.clone() error=error.clone() />
                        </section>
                        {match looked {
                            Ok(looked) => view! { <Found looked=looked asked=asked /> }.into_any(),
                            Err(error) if is_at_form(&error) => ().into_any(),
                            Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                        }}
                    }
                })}
            </Transition>
        </CacheFrame>
    }
    .into_any()
}

/// Whether the error is told at a field of the form.
fn is_at_form(error: &AppError) -> bool {
    error.field.as_deref() == Some("prefix")
}

#[component]
fn Found(looked: Looked, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let replica = looked.replica.then(|| {
        let text = words!(
            "This server is a replica: keys can be looked at here, and changed at its primary.",
            "이 서버는 복제본입니다. 키는 여기서 볼 수만 있고 기본 서버에서 바꿀 수 있습니다.",
        );
        view! { <Notice tone=Tone::Warn text=text word=None /> }
    });
    view! {
        {replica}
        <section class="card">
            <div class="tools">
                <Trail asked=asked.clone() />
                <a class="button quiet" href=asked.at("", "")>
                    {lang.of("Look again", "다시 보기")}
                </a>
            </div>
            <WalkFacts looked=looked.clone() asked=asked.clone() />
            <TreeTable tree=looked.tree.clone() walk=looked.walk.clone() asked=asked.clone() />
        </section>
        <section class="card">
            <KeyTable looked=looked asked=asked />
        </section>
    }
    .into_any()
}

/// The parts of the prefix, each a link to its level.
#[component]
fn Trail(asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let mut parts = vec![(String::new(), lang.of("All keys", "모든 키").to_owned())];
    let mut from = 0;
    for (at, _) in asked.prefix.match_indices(':') {
        let part = &asked.prefix[from..=at];
        // A colon at the beginning divides nothing, as in the tree.
        if part.bytes().any(|byte| byte != b':') {
            parts.push((asked.prefix[..=at].to_owned(), part.to_owned()));
            from = at + 1;
        }
    }
    if from < asked.prefix.len() {
        parts.push((asked.prefix.clone(), asked.prefix[from..].to_owned()));
    }
    let last = parts.len() - 1;
    view! {
        <nav class="deeds" aria-label=lang.of("Prefix", "접두사")>
            {parts
                .into_iter()
                .enumerate()
                .map(|(place, (prefix, name))| {
                    let current = (place == last).then_some("true");
                    view! {
                        <a href=asked.below(&prefix) aria-current=current>
                            {name}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

/// A count as it is known.
pub(super) fn told(number: Count, lang: Lang) -> String {
    match number {
        Count::Exact(number) => count(number),
        Count::About(number) => {
            let number = count(number);
            format!("≈ {number}")
        }
        Count::AtLeast(number) => {
            let number = count(number);
            tr!(lang, "at least {number}", "최소 {number}")
        }
    }
}

/// A share, rounded so that neither all nor nothing is claimed where it is not so.
pub(super) fn percent(part: i64, whole: i64) -> Option<String> {
    if whole <= 0 {
        return None;
    }
    let share = part as f64 * 100.0 / whole as f64;
    Some(match share {
        _ if part == 0 => "0 %".to_owned(),
        share if share < 1.0 => "< 1 %".to_owned(),
        share if share > 99.0 && part < whole => "> 99 %".to_owned(),
        share => format!("{share:.0} %"),
    })
}

/// A prefix as a pattern that matches what begins with it.
pub(super) fn pattern(prefix: &str) -> String {
    let mut glob = Vec::new();
    for byte in unescaped(prefix).unwrap_or_default() {
        if b"*?[]^-\\".contains(&byte) {
            glob.push(b'\\');
        }
        glob.push(byte);
    }
    glob.push(b'*');
    crate::caching::model::spelled(&glob)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_never_claims_all_or_nothing_that_is_not_so() {
        let told = [(0, 5), (1, 1_000), (1, 2), (999, 1_000), (5, 5), (0, 0)].map(|(part, whole)| percent(part, whole));
        assert_eq!(told.map(Option::unwrap_or_default), ["0 %", "< 1 %", "50 %", "> 99 %", "100 %", ""]);
    }

    #[test]
    fn the_pattern_of_a_prefix_is_spelled_as_keys_are() {
        assert_eq!(pattern(":1:page:"), ":1:page:*");
        assert_eq!(pattern("a*\\x80"), "a\\\\*\\x80*");
    }
}
