//! Reading from the server, on both sides.

use codee::{Decoder, Encoder};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// JSON that is read by the very code that reads the answers of server functions. The usual codec reads text and not
/// bytes, for which the WASM would hold a second copy of everything.
pub struct SameJson;

impl<T: Serialize> Encoder<T> for SameJson {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for SameJson {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Something that is read from the server.
pub type Fetched<T> = Resource<T, SameJson>;

/// Reads when the page is made, and again whenever `source` changes.
pub fn fetch<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> F + Send + Sync + 'static,
) -> Fetched<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetcher, false)
}
