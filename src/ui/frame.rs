//! What stands around every page: skip link, navigation, who is logged in, language and colours.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::text::{Lang, Words, use_lang};

/// What the frame knows of the visit, put together from the session and the cookies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Visit {
    pub lang: Lang,
    /// `light`, `dark`, or empty: as the system has it.
    pub theme: String,
    /// Name of the account; empty when signed out.
    pub operator: String,
    /// Whether the account may look, but not change a target.
    pub looks_only: bool,
}

/// The visit of this page.
pub fn use_visit() -> Visit {
    use_context::<Visit>().unwrap_or_default()
}

/// A title that cannot break out of its element: the renderer does not escape titles, and ours hold names that come
/// from databases.
#[component]
pub fn SafeTitle(#[prop(into)] text: String) -> impl IntoView {
    let safe: String = text.chars().map(|character| if "<>&".contains(character) { ' ' } else { character }).collect();
    view! { <Title text=format!("{safe} · Outgrow") /> }
}

/// A page inside the frame.
#[component]
pub fn Frame(title: Words, #[prop(optional_no_strip)] lead: Option<Words>, children: Children) -> impl IntoView {
    let lang = use_lang();
    let title = title.read(lang);
    view! {
        <SafeTitle text=title.clone() />
        <a class="skip" href="#main">
            {lang.of("Skip to the content", "본문으로 건너뛰기")}
        </a>
        <Header />
        <main id="main" tabindex="-1">
            <h1>{title}</h1>
            {lead.map(|lead| view! { <p class="lead">{lead.read(lang)}</p> })}
            {children()}
        </main>
    }
}

#[component]
fn Header() -> impl IntoView {
    let lang = use_lang();
    let path = use_location().pathname;
    let pages = [
        ("/", lang.of("Overview", "개요")),
        ("/sharding", lang.of("Sharding", "샤딩")),
        ("/replication", lang.of("Replication", "복제")),
        ("/caching", lang.of("Caching", "캐싱")),
        ("/audit", lang.of("Record", "기록")),
        ("/settings", lang.of("Settings", "설정")),
    ];
    view! {
        <header>
            <a class="brand" href="/">"Outgrow"</a>
            <nav aria-label=lang.of("Pages", "페이지")>
                {pages
                    .into_iter()
                    .map(|(href, text)| {
                        let current = move || is_within(&path.read(), href).then_some("page");
                        view! { <a href=href aria-current=current>{text}</a> }
                    })
                    .collect_view()}
            </nav>
            <Appearance />
            <Account />
        </header>
    }
}

/// Whether the page at `path` is this one or one below it.
fn is_within(path: &str, href: &str) -> bool {
    path == href || (href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
}

/// Language and colours, changed by a real form so that they work before WASM.
#[component]
pub fn Appearance() -> impl IntoView {
    let lang = use_lang();
    let theme = use_visit().theme;
    let location = use_location();
    let back = move || format!("{}{}", location.pathname.get(), query_of(&location.search.get()));
    let (other, other_name) = match lang {
        Lang::En => ("ko", "한국어"),
        Lang::Ko => ("en", "English"),
    };
    let (next, next_name) = match theme.as_str() {
        "light" => ("dark", lang.of("Dark", "어둡게")),
        "dark" => ("", lang.of("As the system", "시스템 설정")),
        _ => ("light", lang.of("Light", "밝게")),
    };
    view! {
        <form method="post" action="/api/auth/set_appearance" class="appearance">
            <input type="hidden" name="back" value=back />
            <button class="quiet" name="lang" value=other lang=other>{other_name}</button>
            <button class="quiet" name="theme" value=format!("theme-{next}")>{next_name}</button>
        </form>
    }
}

/// A search string as it stands in an address: with its question mark, or nothing.
fn query_of(search: &str) -> String {
    let search = search.trim_start_matches('?');
    if search.is_empty() { String::new() } else { format!("?{search}") }
}

#[component]
fn Account() -> impl IntoView {
    let lang = use_lang();
    let operator = use_visit().operator;
    view! {
        <form method="post" action="/api/auth/log_out" class="account">
            <span>{operator}</span>
            <button class="quiet">{lang.of("Log out", "로그아웃")}</button>
        </form>
    }
}
