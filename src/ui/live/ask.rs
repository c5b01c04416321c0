//! Asks the server for a part of a page.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, DomParser, Element, RequestCache, RequestInit, RequestRedirect, Response, ResponseType, SupportedType,
};

/// What came of a question.
pub enum Answer {
    /// The part as it is now, in a document of its own.
    Fresh(Element),
    /// No answer came in time.
    Lost,
    /// Something else was answered.
    Refused,
    /// The server asks for a log-in.
    Ended,
}

/// Milliseconds that an answer may take.
const DEADLINE: u32 = 10_000;

/// Asks `source` for the element that is called `id`.
pub async fn ask(source: &str, id: &str) -> Answer {
    match answer(source).await {
        Ok(Some(text)) => element(&text, id).map_or(Answer::Refused, Answer::Fresh),
        Ok(None) => Answer::Ended,
        Err(Failure::Lost) => Answer::Lost,
        Err(Failure::Refused) => Answer::Refused,
    }
}

enum Failure {
    Lost,
    Refused,
}

impl From<JsValue> for Failure {
    fn from(_: JsValue) -> Self {
        Self::Lost
    }
}

/// The text that is answered; none when a log-in is asked for.
async fn answer(source: &str) -> Result<Option<String>, Failure> {
    let request = RequestInit::new();
    request.set_cache(RequestCache::NoStore);
    // The way to the log-in is not gone: its page would be taken for the part.
    request.set_redirect(RequestRedirect::Manual);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(DEADLINE)));
    let asked = leptos::prelude::window().fetch_with_str_and_init(source, &request);
    let response: Response = JsFuture::from(asked).await?.unchecked_into();
    if response.type_() == ResponseType::Opaqueredirect || response.status() == 401 {
        return Ok(None);
    }
    if !response.ok() {
        return Err(Failure::Refused);
    }
    let text = JsFuture::from(response.text()?).await?;
    Ok(text.as_string())
}

fn element(text: &str, id: &str) -> Option<Element> {
    DomParser::new().ok()?.parse_from_string(text, SupportedType::TextHtml).ok()?.get_element_by_id(id)
}
