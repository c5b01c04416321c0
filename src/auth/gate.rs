//! The gate: stands before every route and decides before arguments are decoded and before anything is rendered.
//! Denies by default: what is not named here needs a session, and a server function that is not named here keeps the
//! console from starting.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::auth::model::Right;
use crate::auth::session::{self, Caller, setup};
use crate::change::Outcome;
use crate::error::{AppError, Kind};
use crate::server::State;
use crate::words;

/// The right that each server function needs.
pub const RIGHTS: &[(&str, Right)] = &[
    ("/api/audit/cancel_run", Right::Change),
    ("/api/audit/list_records", Right::Read),
    ("/api/audit/pause_run", Right::Change),
    ("/api/audit/read_record", Right::Read),
    ("/api/auth/create_first_admin", Right::Public),
    ("/api/auth/current_operator", Right::Read),
    ("/api/auth/log_in", Right::Public),
    ("/api/auth/log_out", Right::Public),
    ("/api/auth/set_appearance", Right::Public),
    ("/api/caching/apply_bulk", Right::Change),
    ("/api/caching/apply_cache_table", Right::Change),
    ("/api/caching/apply_key", Right::Change),
    ("/api/caching/apply_policy", Right::Change),
    ("/api/caching/apply_query", Right::Change),
    ("/api/caching/apply_ttl_index", Right::Change),
    ("/api/caching/list_cache_tables", Right::Read),
    ("/api/caching/list_findings", Right::Read),
    ("/api/caching/list_keys", Right::Read),
    ("/api/caching/list_policies", Right::Read),
    ("/api/caching/list_queries", Right::Read),
    ("/api/caching/list_ttl_findings", Right::Read),
    ("/api/caching/list_ttl_indexes", Right::Read),
    ("/api/caching/measure_key", Right::Read),
    // Shows values, which are data.
    ("/api/caching/measure_query", Right::Change),
    ("/api/caching/measure_ttl", Right::Read),
    ("/api/caching/open_query_form", Right::Change),
    ("/api/caching/plan_bulk", Right::Change),
    ("/api/caching/plan_cache_table", Right::Change),
    ("/api/caching/plan_key", Right::Change),
    ("/api/caching/plan_policy", Right::Change),
    ("/api/caching/plan_query", Right::Change),
    ("/api/caching/plan_ttl_index", Right::Change),
    ("/api/caching/preview_bulk", Right::Read),
    ("/api/caching/preview_ttl_index", Right::Read),
    ("/api/caching/read_access", Right::Read),
    ("/api/caching/read_bulk_job", Right::Read),
    ("/api/caching/read_cache", Right::Read),
    ("/api/caching/read_cache_entry", Right::Change),
    ("/api/caching/read_cache_history", Right::Read),
    ("/api/caching/read_cache_table", Right::Read),
    ("/api/caching/read_key", Right::Read),
    ("/api/caching/read_query", Right::Read),
    ("/api/caching/read_storm", Right::Read),
    ("/api/caching/read_ttl_advice", Right::Read),
    ("/api/caching/read_ttl_picture", Right::Read),
    ("/api/caching/read_value", Right::Change),
    // Shows values, which are data.
    ("/api/caching/run_query", Right::Change),
    ("/api/replication/apply_change", Right::Change),
    ("/api/replication/apply_publication", Right::Change),
    ("/api/replication/apply_replica", Right::Change),
    ("/api/replication/apply_setting", Right::Change),
    ("/api/replication/apply_subscription", Right::Change),
    ("/api/replication/keep_password", Right::Change),
    ("/api/replication/list_findings", Right::Read),
    ("/api/replication/list_offered", Right::Read),
    ("/api/replication/list_publications", Right::Read),
    ("/api/replication/list_settings", Right::Read),
    ("/api/replication/list_slots", Right::Read),
    ("/api/replication/list_subscriptions", Right::Read),
    ("/api/replication/logical_steps", Right::Read),
    // Shows changes of rows, which are data.
    ("/api/replication/peek_slot", Right::Change),
    ("/api/replication/plan_change", Right::Change),
    ("/api/replication/plan_publication", Right::Change),
    ("/api/replication/plan_replica", Right::Change),
    ("/api/replication/plan_setting", Right::Change),
    ("/api/replication/plan_subscription", Right::Change),
    ("/api/replication/read_choices", Right::Read),
    ("/api/replication/read_deeds", Right::Read),
    ("/api/replication/read_failover", Right::Read),
    ("/api/replication/read_horizon", Right::Read),
    // Shows what sessions run, which is data.
    ("/api/replication/read_horizon_queries", Right::Change),
    ("/api/replication/read_lag_history", Right::Read),
    ("/api/replication/read_replica_steps", Right::Read),
    ("/api/replication/read_slot", Right::Read),
    ("/api/replication/read_topology", Right::Read),
    ("/api/replication/set_wal_volume", Right::Change),
    ("/api/sharding/advise_keys", Right::Read),
    ("/api/sharding/apply_balancer", Right::Change),
    ("/api/sharding/apply_change", Right::Change),
    ("/api/sharding/apply_chunk", Right::Change),
    ("/api/sharding/apply_reshape", Right::Change),
    ("/api/sharding/apply_sampling", Right::Change),
    ("/api/sharding/apply_shards", Right::Change),
    ("/api/sharding/apply_zone", Right::Change),
    ("/api/sharding/find_chunk", Right::Read),
    ("/api/sharding/list_collections", Right::Read),
    ("/api/sharding/list_primaries", Right::Read),
    ("/api/sharding/list_reshaping", Right::Read),
    ("/api/sharding/list_shards", Right::Read),
    ("/api/sharding/list_zones", Right::Read),
    ("/api/sharding/open_shard_form", Right::Change),
    ("/api/sharding/plan_balancer", Right::Change),
    ("/api/sharding/plan_change", Right::Change),
    ("/api/sharding/plan_chunk", Right::Change),
    ("/api/sharding/plan_reshape", Right::Change),
    ("/api/sharding/plan_sampling", Right::Change),
    ("/api/sharding/plan_shards", Right::Change),
    ("/api/sharding/plan_zone", Right::Change),
    ("/api/sharding/read_balancer", Right::Read),
    ("/api/sharding/read_balancing_of", Right::Read),
    ("/api/sharding/read_chunk", Right::Read),
    ("/api/sharding/read_chunks", Right::Read),
    ("/api/sharding/read_cluster", Right::Read),
    ("/api/sharding/read_collection", Right::Read),
    // Shows values of documents, which are data.
    ("/api/sharding/read_common_values", Right::Change),
    ("/api/sharding/read_history", Right::Read),
    ("/api/sharding/read_reshape", Right::Read),
    ("/api/sharding/read_zone_ranges", Right::Read),
    ("/api/sharding/suggest_keys", Right::Read),
    ("/api/targets/add_target", Right::Administer),
    ("/api/targets/list_entered", Right::Administer),
    ("/api/targets/list_names", Right::Read),
    ("/api/targets/list_targets", Right::Read),
    ("/api/targets/remove_target", Right::Administer),
];

/// Pages and probes for everybody. The files of the site are public too.
const PUBLIC: [&str; 3] = ["/healthz", "/login", "/setup"];

/// Compares the table with the server functions that the program has.
///
/// # Errors
/// A sentence that names the first function that differs.
pub fn check_table() -> Result<(), String> {
    let registered: Vec<(&str, Method)> = server_fn::axum::server_fn_paths().collect();
    if let Some((path, method)) = registered.iter().find(|(_, method)| *method != Method::POST) {
        return Err(format!("The server function {path} is called by {method}. Only POST is guarded."));
    }
    if let Some((path, _)) = registered.iter().find(|(path, _)| right_of(path).is_none()) {
        return Err(format!("The server function {path} is missing in the table of rights (auth/gate.rs)."));
    }
    let is_registered = |path: &str| registered.iter().any(|(known, _)| *known == path);
    if let Some((path, _)) = RIGHTS.iter().find(|(path, _)| !is_registered(path)) {
        return Err(format!("The table of rights (auth/gate.rs) names {path}, but there is no such server function."));
    }
    Ok(())
}

fn right_of(path: &str) -> Option<Right> {
    RIGHTS.iter().find(|(known, _)| *known == path).map(|(_, right)| *right)
}

/// The middleware. What passes has a [`Caller`] in its extensions.
pub async fn gate(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let by_hand = !parts.uri.path().starts_with("/live/");
    let principal = match session::find(&state, &parts.headers, by_hand).await {
        Ok(principal) => principal,
        Err(error) => return refuse(error),
    };
    let caller = Caller::new(Arc::clone(&state), address(&parts), principal);
    if let Some(refusal) = decide(&caller, &parts).await {
        return refusal;
    }
    strip_foreign_referer(&mut parts.headers, state.config.public_origin());
    parts.extensions.insert(caller);
    next.run(Request::from_parts(parts, body)).await
}

/// The refusal of a request, or none. Paths are compared byte for byte with what the router compares: a path that is
/// spelt in another way is neither public nor a server function, needs a session, and leads nowhere.
async fn decide(caller: &Caller, parts: &Parts) -> Option<Response> {
    let (path, state) = (parts.uri.path(), caller.state());
    let function = right_of(path);
    let public = PUBLIC.contains(&path) || state.assets.has(path);
    let right = function.unwrap_or(if public { Right::Public } else { Right::Read });
    let is_api = path.starts_with("/api/");
    if right != Right::Public {
        match caller.operator() {
            None if is_api => return Some(signed_out_call(&parts.headers)),
            None => return Some(to_login(state, parts).await),
            Some(operator) if !operator.role.has(right) => return Some(forbidden(caller, path).await),
            Some(_) => {}
        }
    }
    if is_api { refuse_call(parts, function) } else { refuse_page(caller, parts).await }
}

/// A failure as a response: its status, and the same JSON that a server function would answer.
pub fn refuse(error: AppError) -> Response {
    let status = StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refuse_as(status, &error)
}

fn refuse_as(status: StatusCode, error: &AppError) -> Response {
    (status, axum::Json(error)).into_response()
}

fn address(parts: &Parts) -> String {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.ip().to_string())
}

/// A call without a session. A script gets JSON. A person whose session has ended and who sends a form without WASM
/// gets a sentence and a link instead; the status is the same.
fn signed_out_call(headers: &HeaderMap) -> Response {
    if !wants_page(headers) {
        return refuse(AppError::signed_out());
    }
    let body = "<!DOCTYPE html><meta charset=utf-8><title>Outgrow</title>\
                <p>You are not logged in; nothing was done. <a href=/login>Log in</a>, then do it again.\
                <p lang=ko>로그인되어 있지 않아 아무것도 실행하지 않았습니다. <a href=/login>로그인</a>한 뒤 다시 시도하세요.";
    (StatusCode::UNAUTHORIZED, axum::response::Html(body)).into_response()
}

/// Whether a browser asks for a document, as a form without WASM does.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Sends a visitor to the login page, or to the first admin's page while there is no account. The body is empty.
async fn to_login(state: &State, parts: &Parts) -> Response {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if setup::is_open(state).await {
        return see("/setup");
    }
    match parts.uri.path_and_query().map(|whole| whole.as_str()) {
        None | Some("/") => see("/login"),
        Some(next) => see(&format!("/login?next={}", crate::text::url_text(next))),
    }
}

fn see(location: &str) -> Response {
    // Both callers give ASCII without control characters.
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// A right is missing. That somebody tried is worth a record.
async fn forbidden(caller: &Caller, path: &str) -> Response {
    let path = path.to_owned();
    let title = words!("Refused: {path}", "거부됨: {path}");
    match caller.note("auth.refused", title, Outcome::Refused).await {
        Ok(_) => refuse(AppError::forbidden()),
        Err(error) => refuse(error),
    }
}

fn refuse_call(parts: &Parts, function: Option<Right>) -> Option<Response> {
    if function.is_none() {
        let error = AppError::not_found(words!("There is no such function.", "그런 기능이 없습니다."));
        return Some(refuse(error));
    }
    if parts.method != Method::POST {
        return Some((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response());
    }
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // A browser sends text/plain and multipart across sites without asking; only what we read is let in.
    let read =
        ["application/x-www-form-urlencoded", "application/json"].iter().any(|known| known.eq_ignore_ascii_case(kind));
    (!read).then(|| {
        let error = AppError::new(
            Kind::Invalid,
            words!("The console reads forms and JSON only.", "콘솔은 폼과 JSON 형식만 읽습니다."),
            words!("Set the Content-Type.", "Content-Type을 지정하세요."),
        );
        refuse_as(StatusCode::UNSUPPORTED_MEDIA_TYPE, &error)
    })
}

async fn refuse_page(caller: &Caller, parts: &Parts) -> Option<Response> {
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return Some((StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response());
    }
    match parts.uri.path() {
        "/login" | "/setup" if caller.operator().is_some() => Some(see("/")),
        "/login" if setup::is_open(caller.state()).await => Some(see("/setup")),
        _ => None,
    }
}

/// The framework redirects a form's sender to the referrer, together with the error, wherever that is.
fn strip_foreign_referer(headers: &mut HeaderMap, public_origin: Option<&str>) {
    let Some(referer) = headers.get(header::REFERER) else { return };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let own = referer.to_str().is_ok_and(|referer| {
        let is_below = |origin: &str| referer.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
        public_origin.is_some_and(is_below) || is_below(&format!("http://{host}"))
    });
    if !own {
        headers.remove(header::REFERER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_function_is_in_the_table_and_nothing_else() {
        assert_eq!(check_table(), Ok(()));
    }

    #[test]
    fn a_foreign_referer_is_taken_away() {
        let cases = [
            ("http://127.0.0.1:3000/replication?x=1", true),
            ("https://ops.example.com/", true),
            ("http://127.0.0.1:3000.evil.example/", false),
            ("https://evil.example/?http://127.0.0.1:3000/", false),
        ];
        for (referer, stays) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:3000"));
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
            strip_foreign_referer(&mut headers, Some("https://ops.example.com"));
            assert_eq!(headers.contains_key(header::REFERER), stays, "{referer}");
        }
    }
}
