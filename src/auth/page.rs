//! The pages before the console: logging in, and making the first admin. Both are plain forms, since what follows is a
//! new document in any case.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::error::{AppError, Kind};
use crate::text::{Words, use_lang};
use crate::ui::form::TextField;
use crate::ui::frame::{Appearance, SafeTitle};
use crate::ui::notice::{Notice, Tone};
use crate::words;

/// `/login`.
#[component]
pub fn LoginPage() -> impl IntoView {
    let lang = use_lang();
    let query = use_query_map().get_untracked();
    let failure = query.get("failed").map(|why| login_failure(&why));
    view! {
        <Outside title=words!("Log in", "로그인")>
            {failure.map(|text| view! { <Notice tone=Tone::Bad text=text word=Some(lang.of("Not logged in", "로그인 실패")) /> })}
            <form method="post" action="/api/auth/log_in">
                <input type="hidden" name="next" value=query.get("next").unwrap_or_default() />
                <TextField
                    name="user"
                    label=lang.of("User", "사용자")
                    value=""
                    autocomplete="username"
                    maxlength=40
                />
                <TextField
                    name="password"
                    label=lang.of("Password", "비밀번호")
                    value=""
                    kind="password"
                    autocomplete="current-password"
                    maxlength=512
                />
                <button type="submit" class="primary">{lang.of("Log in", "로그인")}</button>
            </form>
        </Outside>
    }
    .into_any()
}

/// The address says only which of our sentences to show: anybody can write an address.
fn login_failure(why: &str) -> Words {
    match why {
        "console" => words!(
            "The console could not check the password. Its log says why.",
            "콘솔이 비밀번호를 확인하지 못했습니다. 원인은 콘솔 로그에 있습니다.",
        ),
        _ => words!(
            "The user or the password is not right, or there were too many tries. Wait a moment, then try again.",
            "사용자 이름이나 비밀번호가 맞지 않거나, 시도가 너무 많았습니다. 잠시 기다린 뒤 다시 시도하세요.",
        ),
    }
}

/// Why the first admin was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupFailure {
    Link,
    Name,
    Password,
    Taken,
    Console,
}

impl SetupFailure {
    /// The kind of this failure.
    pub fn of(error: &AppError) -> Self {
        match (error.kind, error.field.as_deref()) {
            (Kind::Invalid, Some("name")) => Self::Name,
            (Kind::Invalid, _) => Self::Password,
            (Kind::Forbidden, _) => Self::Link,
            (Kind::Conflict, _) => Self::Taken,
            _ => Self::Console,
        }
    }

    /// The word for it in an address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Name => "name",
            Self::Password => "password",
            Self::Taken => "taken",
            Self::Console => "console",
        }
    }

    fn from_word(word: &str) -> Self {
        let all = [Self::Link, Self::Name, Self::Password, Self::Taken];
        all.into_iter().find(|failure| failure.word() == word).unwrap_or(Self::Console)
    }

    fn told(self) -> Words {
        match self {
            Self::Link => words!(
                "This setup link is not valid (any more). Open the one that the console printed at its last start.",
                "이 설정 링크는 유효하지 않습니다. 콘솔을 마지막으로 시작할 때 출력된 링크를 여세요.",
            ),
            Self::Name => words!(
                "A user's name has 1 to 40 letters, digits, and . - _ @.",
                "사용자 이름은 영문자, 숫자, . - _ @ 를 쓴 1~40자입니다.",
            ),
            Self::Password => words!(
                "A password has at least 12 characters and at most 512 bytes.",
                "비밀번호는 12자 이상, 512바이트 이하여야 합니다.",
            ),
            Self::Taken => words!("There is an admin already. Log in.", "관리자가 이미 있습니다. 로그인하세요."),
            Self::Console => words!(
                "The console could not make the account. Its log says why.",
                "콘솔이 계정을 만들지 못했습니다. 원인은 콘솔 로그에 있습니다.",
            ),
        }
    }
}

/// `/setup`: the first admin, by the token in the address.
#[component]
pub fn SetupPage() -> impl IntoView {
    let lang = use_lang();
    let query = use_query_map().get_untracked();
    let failure = query.get("failed").map(|word| SetupFailure::from_word(&word));
    let token = query.get("token").unwrap_or_default();
    let title = words!("Make the first admin", "첫 관리자 만들기");
    let name_error = failure.filter(|why| *why == SetupFailure::Name).map(SetupFailure::told);
    let password_error = failure.filter(|why| *why == SetupFailure::Password).map(SetupFailure::told);
    let notice = failure.filter(|why| !matches!(why, SetupFailure::Name | SetupFailure::Password));
    if token.is_empty() {
        let how = lang.of(
            "This console has no account yet. Open the setup link that it printed when it was started, or run: outgrow admin create --name NAME",
            "이 콘솔에는 아직 계정이 없습니다. 시작할 때 출력된 설정 링크를 열거나 다음을 실행하세요: outgrow admin create --name NAME",
        );
        return view! { <Outside title=title><p>{how}</p></Outside> }.into_any();
    }
    view! {
        <Outside title=title>
            {notice.map(|why| view! { <Notice tone=Tone::Bad text=why.told() /> })}
            <form method="post" action="/api/auth/create_first_admin">
                <input type="hidden" name="token" value=token />
                <TextField
                    name="name"
                    label=lang.of("User", "사용자")
                    value=""
                    autocomplete="username"
                    maxlength=40
                    error=name_error
                />
                <TextField
                    name="password"
                    label=lang.of("Password", "비밀번호")
                    value=""
                    kind="password"
                    help=lang.of("At least 12 characters.", "12자 이상.")
                    autocomplete="new-password"
                    maxlength=512
                    error=password_error
                />
                <button type="submit" class="primary">{lang.of("Make the admin", "관리자 만들기")}</button>
            </form>
        </Outside>
    }
    .into_any()
}

/// What stands around a page that is outside of the console: no navigation, since nothing behind it may be seen.
#[component]
fn Outside(title: Words, children: Children) -> impl IntoView {
    let lang = use_lang();
    let title = title.read(lang);
    view! {
        <SafeTitle text=title.clone() />
        <header>
            <span class="brand">"Outgrow"</span>
            <Appearance />
        </header>
        <main id="main" class="narrow" tabindex="-1">
            <h1>{title}</h1>
            {children()}
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::SetupFailure;

    #[test]
    fn a_failure_is_known_again_by_its_word_and_nothing_else_is() {
        for failure in [SetupFailure::Link, SetupFailure::Name, SetupFailure::Password, SetupFailure::Taken] {
            assert_eq!(SetupFailure::from_word(failure.word()), failure);
        }
        assert_eq!(SetupFailure::from_word("Call +1 555 0100"), SetupFailure::Console);
    }
}
