//! Every route and every layer in one list, each layer with its reason.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use leptos::prelude::{provide_context, use_context};
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;

use crate::app;
use crate::auth::gate;
use crate::auth::session::Caller;
use crate::error::{AppError, Kind};
use crate::server::{State, assets};
use crate::ui::frame::Visit;
use crate::words;

/// Largest body of a request, in bytes.
const LARGEST_BODY: usize = 256 * 1024;

/// Longest time from request to answer. Calls to databases have shorter deadlines of their own; the longest is a change
/// of 30 s between a plan and a read-back of 3 s each.
const LONGEST: Duration = Duration::from_secs(40);

/// The content policy of everything but pages: nothing may be loaded, nobody may frame it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Headers of every answer that does not set them itself.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not no-referrer: without WASM a form's way back to its page is the referrer.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

/// The content policy of a page whose scripts carry `nonce`. It was tried in Chromium: without `wasm-unsafe-eval`
/// nothing hydrates; `strict-dynamic` lets our one inline script import the rest.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         object-src 'none'; frame-ancestors 'none'"
    )
}

/// The whole server as one service.
pub fn router(state: &Arc<State>) -> Router {
    // A layer covers what was added before it and is run before what was added before it: read upwards.
    routes()
        .fallback(file_or_nothing)
        // Decides who may, before arguments are decoded and before anything is rendered. Around all routes, since a
        // layer below the routes would miss those that are added later.
        .layer(from_fn_with_state(Arc::clone(state), gate::gate))
        // A form on a foreign page must not post here with the operator's cookie.
        .layer(csrf(state.config.public_origin()))
        // A slow body, or a handler without a deadline, must not hold its connection for ever.
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        // Memory is bounded before anything is read.
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY))
        // A foreign name that resolves to our address must not make us same-origin with a foreign page.
        .layer(from_fn_with_state(Arc::clone(state), known_host))
        // Also what the layers below refuse gets the headers.
        .layer(from_fn(security_headers))
        // Sees every answer.
        .layer(from_fn(log_access))
        // A panic is one answer with 500, not a connection that drops.
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(Arc::clone(state))
}

fn routes() -> Router<Arc<State>> {
    let page = leptos_axum::render_app_async_with_context(page_context, page_app);
    let mut router = Router::new().route("/healthz", get(|| async { "ok\n" }));
    for (path, _) in gate::RIGHTS {
        router = router.route(path, post(call));
    }
    for listing in leptos_axum::generate_route_list(app::App) {
        router = router.route(listing.path(), get(page.clone()));
    }
    let part = leptos_axum::render_app_async_with_context(visit_context, app::Parts);
    for listing in leptos_axum::generate_route_list(app::Parts) {
        router = router.route(listing.path(), get(part.clone()));
    }
    router
}

/// What a page is rendered with: who visits, and the nonce's policy.
fn page_context() {
    visit_context();
    let Some(options) = use_context::<leptos_axum::ResponseOptions>() else { return };
    let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    // The nonce is base64, so the value is always valid.
    if let Ok(policy) = HeaderValue::from_str(&page_policy(&nonce)) {
        options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

fn visit_context() {
    if let Some(parts) = use_context::<http::request::Parts>() {
        provide_context(visit(&parts));
    }
}

fn page_app() -> impl leptos::IntoView {
    app::shell(assets::version(), leptos::nonce::use_nonce().map(|nonce| nonce.to_string()))
}

fn visit(parts: &http::request::Parts) -> Visit {
    use crate::auth::session::cookies::cookie;
    let theme = cookie(&parts.headers, "theme").filter(|theme| matches!(*theme, "light" | "dark")).unwrap_or_default();
    let accepted = || parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = cookie(&parts.headers, "lang").or_else(accepted).and_then(crate::text::Lang::from_header);
    let operator = parts.extensions.get::<Caller>().and_then(Caller::operator);
    Visit {
        lang: lang.unwrap_or_default(),
        theme: theme.to_owned(),
        operator: operator.map(|operator| operator.name.clone()).unwrap_or_default(),
        looks_only: operator.is_some_and(|it| !it.role.has(crate::auth::model::Right::Change)),
    }
}

/// Runs a server function.
async fn call(request: Request) -> Response {
    true_status(leptos_axum::handle_server_fns(request).await.into_response()).await
}

/// The framework answers every error of a server function with 500. The error itself knows better. A redirect, which
/// is how a form without WASM is answered, stays.
async fn true_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        parts.status = StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    Response::from_parts(parts, Body::from(bytes))
}

/// What no route took: a file of the site, or the page that says there is no such page.
async fn file_or_nothing(axum::extract::State(state): axum::extract::State<Arc<State>>, request: Request) -> Response {
    if state.assets.has(request.uri().path()) {
        return file(&state, request).await;
    }
    let page = leptos_axum::render_app_async_with_context(page_context, page_app);
    let mut response = page(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

async fn file(state: &State, request: Request) -> Response {
    let named_build = format!("v={}", assets::version());
    // A file that is asked for by its build never changes; any other must be asked for again.
    let lasting = request.uri().query() == Some(&named_build);
    let files = ServeDir::new(state.assets.root()).precompressed_br().precompressed_gzip();
    let Ok(served) = files.oneshot(request).await;
    let mut response = served.into_response();
    let caching = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    response
}

type Refusal = fn(ProtectionError) -> Response;

fn csrf(public_origin: Option<&str>) -> CsrfLayer<Refusal> {
    let refusal: Refusal = |_| {
        gate::refuse(AppError::new(
            Kind::Forbidden,
            words!("This request comes from another site.", "다른 사이트에서 온 요청입니다."),
            words!("Open the console itself and do it there.", "콘솔을 직접 열어 그곳에서 실행하세요."),
        ))
    };
    let layer = CsrfLayer::new();
    // The origin has been parsed when the configuration was read; an origin that is not trusted is only refused.
    let layer = match public_origin.map(|origin| CsrfLayer::new().add_trusted_origin(origin)) {
        Some(Ok(trusting)) => trusting,
        _ => layer,
    };
    layer.with_rejection_response(refusal)
}

async fn known_host(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let mut named = request.headers().get_all(header::HOST).iter();
    let (host, another) = (named.next().and_then(|host| host.to_str().ok()), named.next());
    let target = request.uri().authority().map(|authority| authority.as_str());
    let known = |name: &str| state.config.allows_host(name);
    if another.is_none() && host.is_some_and(known) && target.is_none_or(known) {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "This console does not answer to that host name; see --allowed-hosts.\n")
            .into_response()
    }
}

async fn security_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    insert_absent(response.headers_mut());
    response
}

fn insert_absent(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The query is left out: it may hold a setup token.
async fn log_access(request: Request, next: Next) -> Response {
    let (method, path) = (request.method().clone(), crate::server::log::harmless(request.uri().path()));
    let begun = Instant::now();
    let response = next.run(request).await;
    let micros = begun.elapsed().as_micros() as u64;
    tracing::debug!(target: "outgrow::access", %method, path, status = response.status().as_u16(), micros, "answered");
    response
}

fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    let incident = super::incident(&text.unwrap_or("no text"), "a request panicked");
    let error = AppError {
        incident: Some(incident),
        ..AppError::new(
            Kind::Internal,
            words!("The console made a mistake.", "콘솔 내부에서 오류가 났습니다."),
            words!("Look at the page again before you repeat anything.", "다시 시도하기 전에 페이지를 확인하세요."),
        )
    };
    let mut response = gate::refuse(error);
    insert_absent(response.headers_mut());
    response
}

#[cfg(test)]
mod tests;
