//! Logging in and out, the first admin, and the look of the console. The pages send these as plain forms, with and
//! without WASM: the answer is a new document that knows the new session. A script gets JSON.

use leptos::prelude::*;

use super::model::Operator;
use crate::error::AppError;

/// Logs in and goes on to `next`, a path of this console.
///
/// # Errors
/// One and the same for a wrong name, a wrong password and too many tries.
#[server(prefix = "/api/auth", endpoint = "log_in")]
pub async fn log_in(user: String, password: String, #[server(default)] next: String) -> Result<(), AppError> {
    use super::session;
    let caller = session::caller()?;
    let next = session::onward::after_log_in(&next);
    match session::log_in(&caller, &user, password).await {
        Ok(()) => leptos_axum::redirect(&next),
        Err(error) if session::onward::answers_page() => {
            let why = if error.kind == crate::error::Kind::SignedOut { "wrong" } else { "console" };
            leptos_axum::redirect(&format!("/login?failed={why}&next={}", crate::text::url_text(&next)));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Ends the session and goes to the log-in page. Without a session it does nothing more.
///
/// # Errors
/// When the store fails.
#[server(prefix = "/api/auth", endpoint = "log_out")]
pub async fn log_out() -> Result<(), AppError> {
    super::session::log_out(&super::session::caller()?).await?;
    leptos_axum::redirect("/login");
    Ok(())
}

/// Makes the first admin by the token that the console printed at its start, and logs in.
///
/// # Errors
/// `Forbidden` without the token; `Invalid` for a name or password that cannot be used; `Conflict` when somebody was
/// faster.
#[server(prefix = "/api/auth", endpoint = "create_first_admin")]
pub async fn create_first_admin(token: String, name: String, password: String) -> Result<(), AppError> {
    use super::session;
    let caller = session::caller()?;
    match session::setup::create_first_admin(&caller, &token, &name, password).await {
        Ok(()) => leptos_axum::redirect("/"),
        Err(error) if session::onward::answers_page() => {
            let why = super::page::SetupFailure::of(&error).word();
            leptos_axum::redirect(&format!("/setup?failed={why}&token={}", crate::text::url_text(&token)));
        }
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Keeps language and colours in cookies and goes back to the page. An empty choice leaves what was chosen before.
/// `theme` is `theme-light`, `theme-dark`, or `theme-` for the system's; `lang` is `en` or `ko`.
///
/// # Errors
/// None of its own.
#[server(prefix = "/api/auth", endpoint = "set_appearance")]
pub async fn set_appearance(
    #[server(default)] theme: String,
    #[server(default)] lang: String,
    #[server(default)] back: String,
) -> Result<(), AppError> {
    use super::session::cookies::set_cookie;
    const A_YEAR: &str = "Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax";
    match theme.as_str() {
        "theme-light" => set_cookie(&format!("theme=light; {A_YEAR}")),
        "theme-dark" => set_cookie(&format!("theme=dark; {A_YEAR}")),
        "theme-" => set_cookie("theme=; Path=/; Max-Age=0"),
        _ => {}
    }
    match lang.as_str() {
        "en" => set_cookie(&format!("lang=en; {A_YEAR}")),
        "ko" => set_cookie(&format!("lang=ko; {A_YEAR}")),
        _ => {}
    }
    leptos_axum::redirect(&super::session::onward::safe_path(&back));
    Ok(())
}

/// Who is logged in.
///
/// # Errors
/// `SignedOut`.
#[server(prefix = "/api/auth", endpoint = "current_operator")]
pub async fn current_operator() -> Result<Operator, AppError> {
    Ok(super::session::authorize::<super::session::Reads>().await?.operator().clone())
}
