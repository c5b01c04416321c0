//! What an operator can be told when something did not work: what happened, what it means, what to do next.
//! The driver's own words never come here; they go to the log under the incident's number.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::text::Words;
use crate::words;

/// The closed list of kinds of failure. Each has one HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// What was typed cannot be used; the field is named. 422.
    Invalid,
    /// No session, or it has expired. 401.
    SignedOut,
    /// Signed in, but without the right. 403.
    Forbidden,
    /// The thing named does not exist (any more). 404.
    NotFound,
    /// The world moved since the plan was made, or somebody else is at it. 409.
    Conflict,
    /// The database did not answer in time, or not at all. 503.
    Unreachable,
    /// The database answered no. 422.
    Refused,
    /// Somebody stopped it while it ran, so it was not brought to its end. 409.
    Stopped,
    /// The account at the database lacks a right. 422.
    NoPermission,
    /// Our own failure. 500.
    Internal,
}

impl Kind {
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid | Self::Refused | Self::NoPermission => 422,
            Self::SignedOut => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict | Self::Stopped => 409,
            Self::Unreachable => 503,
            Self::Internal => 500,
        }
    }
}

/// A failure as it is told to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", happened.en)]
pub struct AppError {
    pub kind: Kind,
    /// What happened, in one sentence.
    pub happened: Words,
    /// What to do next, in one sentence; empty where there is nothing to do.
    pub next: Words,
    /// The form field that the failure belongs to.
    pub field: Option<String>,
    /// The number under which the log holds the driver's own words.
    pub incident: Option<String>,
}

impl AppError {
    pub fn new(kind: Kind, happened: Words, next: Words) -> Self {
        Self { kind, happened, next, field: None, incident: None }
    }

    /// A field of a form holds something that cannot be used.
    pub fn invalid(field: &str, rule: Words) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(Kind::Invalid, rule, Words::default()) }
    }

    pub fn signed_out() -> Self {
        Self::new(
            Kind::SignedOut,
            words!("You are not logged in.", "로그인되어 있지 않습니다."),
            words!("Log in, then do it again.", "로그인한 뒤 다시 시도하세요."),
        )
    }

    pub fn forbidden() -> Self {
        Self::new(
            Kind::Forbidden,
            words!("Your account may not do this.", "이 계정에는 이 작업을 할 권한이 없습니다."),
            words!("Ask an admin of this console for the role.", "이 콘솔의 관리자에게 역할을 요청하세요."),
        )
    }

    pub fn not_found(happened: Words) -> Self {
        Self::new(
            Kind::NotFound,
            happened,
            words!("Reload the page to see what is there now.", "페이지를 새로 고쳐 현재 상태를 확인하세요."),
        )
    }

    /// The same failure, told at a field.
    #[must_use]
    pub fn at(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// Failures of the call itself: the network, or arguments that are not a form of ours.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Self::new(
                Kind::Unreachable,
                words!("The console did not answer.", "콘솔이 응답하지 않았습니다."),
                words!("Check the network and that the console runs.", "네트워크와 콘솔 실행 여부를 확인하세요."),
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::new(
                    Kind::Invalid,
                    words!(
                        "The request is not one that this version understands.",
                        "이 버전이 이해할 수 없는 요청입니다."
                    ),
                    words!("Reload the page.", "페이지를 새로 고치세요."),
                )
            }
            _ => Self::new(
                Kind::Internal,
                words!("The console could not answer.", "콘솔이 응답하지 못했습니다."),
                words!(
                    "Try again; the console's log says more.",
                    "다시 시도하세요. 콘솔 로그에 자세한 내용이 있습니다."
                ),
            ),
        }
    }
}
