//! Reading for a page, while the server renders it.

use leptos::prelude::*;

/// Something that is read. Awaited inside a `Suspense`, so that the page is sent with it.
pub type Fetched<T> = AsyncDerived<T>;

/// Reads what `fetcher` makes of `source`, once for each page. Nothing of it reaches the browser but what is rendered.
pub fn fetch<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> F + Send + Sync + 'static,
) -> Fetched<T>
where
    T: Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    AsyncDerived::new(move || fetcher(source()))
}
