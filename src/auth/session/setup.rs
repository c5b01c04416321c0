//! The first admin: made once, by whoever holds the token that was printed at the start.

use super::accounts::{Maker, When};
use super::{Caller, accounts, digest_of, random_hex};
use crate::auth::model::Role;
use crate::auth::password;
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::words;

/// Makes the token for the first admin's page. Only its digest is kept, and only as long as the process lives.
pub fn begin(state: &State) -> String {
    let token = random_hex::<32>();
    state.set_setup_digest(Some(digest_of(&token)));
    token
}

/// Whether the first account is still missing. A command beside the console may have made it.
pub async fn is_open(state: &State) -> bool {
    if state.setup_digest().is_none() {
        return false;
    }
    // When the store fails the log-in page is as good a place to learn it as any.
    let missing = matches!(accounts::exist(&state.store).await, Ok(false));
    if !missing {
        state.set_setup_digest(None);
    }
    missing
}

/// Makes the first admin and logs in.
///
/// # Errors
/// [`Kind::Forbidden`] without the token, [`Kind::Invalid`] for a name or password that cannot be used.
pub async fn create_first_admin(caller: &Caller, token: &str, name: &str, password: String) -> Result<(), AppError> {
    let state = caller.state();
    // Digests are compared, so the time tells nothing about the token.
    if !is_open(state).await || state.setup_digest() != Some(digest_of(token)) {
        return Err(AppError::new(
            Kind::Forbidden,
            words!("This setup link is not valid (any more).", "이 설정 링크는 유효하지 않습니다."),
            words!(
                "Open the link that the console printed when it was last started.",
                "콘솔을 마지막으로 시작할 때 출력된 링크를 여세요.",
            ),
        ));
    }
    accounts::check_name(name)?;
    password::check_new(&password)?;
    let hash = state.hasher.hash(password).await?;
    let maker = Maker { actor: "", from: &caller.from };
    let id = accounts::create(&state.store, maker, (name, Role::Admin), hash, When::First).await?;
    state.set_setup_digest(None);
    super::start(caller, id).await
}
