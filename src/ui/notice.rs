//! One place for messages: what became of the last action, and what is wrong with this page.

use leptos::prelude::*;

use crate::error::{AppError, Kind};
use crate::text::{Words, use_lang};

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Warn,
    Bad,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Good => "notice good",
            Self::Warn => "notice warn",
            Self::Bad => "notice bad",
        }
    }

    /// The state as a word, since colour alone is no state.
    const fn word(self, lang: crate::text::Lang) -> &'static str {
        match self {
            Self::Good => lang.of("Done", "완료"),
            Self::Warn => lang.of("Attention", "주의"),
            Self::Bad => lang.of("Not done", "실행되지 않음"),
        }
    }
}

/// A message with its tone told as a word.
#[component]
pub fn Notice(
    tone: Tone,
    text: Words,
    #[prop(optional_no_strip)] word: Option<&'static str>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let lang = use_lang();
    let role = if tone == Tone::Bad { "alert" } else { "status" };
    view! {
        <div class=tone.class() role=role>
            <p>
                <strong>{word.unwrap_or(tone.word(lang))}": "</strong>
                {text.read(lang)}
            </p>
            {children.map(|children| children())}
        </div>
    }
}

/// A failure: what happened, what to do next, and the number under which the log knows more.
#[component]
pub fn ErrorNotice(error: AppError) -> impl IntoView {
    let lang = use_lang();
    let word = match error.kind {
        Kind::Unreachable => lang.of("No answer", "응답 없음"),
        Kind::NoPermission | Kind::Forbidden => lang.of("No permission", "권한 없음"),
        Kind::Invalid => lang.of("Cannot be used", "사용할 수 없음"),
        Kind::NotFound => lang.of("Not there", "없음"),
        Kind::Conflict => lang.of("Has changed", "변경됨"),
        Kind::SignedOut => lang.of("Logged out", "로그아웃됨"),
        Kind::Refused => lang.of("Refused", "거부됨"),
        Kind::Stopped => lang.of("Stopped", "중단됨"),
        Kind::Internal => lang.of("Failed", "실패"),
    };
    view! {
        <Notice tone=Tone::Bad text=error.happened.clone() word=Some(word)>
            <p>{error.next.read(lang)}</p>
            {error
                .incident
                .map(|incident| {
                    view! { <p class="muted">{lang.of("In the log as ", "로그 번호 ")} <code>{incident}</code></p> }
                })}
        </Notice>
    }
}
