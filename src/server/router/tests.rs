use std::path::PathBuf;

use axum::http::Method;
use axum::http::request::Builder;
use tower::ServiceExt;

use super::*;
use crate::audit::journal;
use crate::auth::model::{Right, Role};
use crate::auth::session::{accounts, setup};
use crate::change::Outcome;
use crate::server::config::{Config, StateDir, Web};

mod real;
mod sharding;

const HOST: &str = "127.0.0.1:3000";
const FORM: &str = "application/x-www-form-urlencoded";
const PASSWORD: &str = "correct horse battery";

/// The real router on a state and a site of its own.
struct Console {
    dir: PathBuf,
    state: Arc<State>,
    router: Router,
}

/// An answer that was read to its end.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn kind(&self) -> Option<Kind> {
        serde_json::from_str::<AppError>(&self.body).ok().map(|error| error.kind)
    }

    /// The session's cookie as a browser would send it.
    fn session(&self) -> String {
        let cookie = self.header("set-cookie").split(';').next().unwrap_or_default();
        assert!(cookie.starts_with("sid=") && cookie.len() == 68, "{cookie:?} is no session");
        cookie.to_owned()
    }
}

impl Console {
    async fn new(name: &str) -> Self {
        Self::with_targets(name, None).await
    }

    async fn with_targets(name: &str, targets: Option<PathBuf>) -> Self {
        let dir = std::env::temp_dir().join(format!("outgrow-router-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let site = dir.join("site");
        std::fs::create_dir_all(site.join("pkg")).expect("a scratch site");
        for (file, text) in [("favicon.svg", "<svg/>"), ("pkg/outgrow.js", "js"), ("pkg/outgrow.js.br", "smaller")] {
            std::fs::write(site.join(file), text).expect("a scratch file");
        }
        let web = Web { addr: HOST.parse().expect("an address"), site, public_origin: None, allowed_hosts: Vec::new() };
        let state = StateDir::at(dir.join("state")).path().expect("a path");
        let config = Config::new(web, state, targets).expect("a good configuration");
        let state = State::open(config).await.expect("a console");
        Self { router: router(&state), state, dir }
    }

    async fn send(&self, request: Builder, body: impl Into<Body>) -> Answer {
        let response = self.router.clone().oneshot(request.body(body.into()).expect("a request")).await;
        let (parts, body) = response.expect("the router never fails").into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.expect("a body");
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(to(path).header("cookie", cookie).header("accept", "text/html"), Body::empty()).await
    }

    /// A script's call.
    async fn call(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let request = to(path).method(Method::POST).header("cookie", cookie).header("content-type", FORM);
        self.send(request.header("content-length", body.len()), body.to_owned()).await
    }

    /// A form without WASM.
    async fn submit(&self, path: &str, cookie: &str, body: &str) -> Answer {
        let request = to(path)
            .method(Method::POST)
            .header("cookie", cookie)
            .header("content-type", FORM)
            .header("accept", "text/html,*/*;q=0.8")
            .header("origin", format!("http://{HOST}"))
            .header("referer", format!("http://{HOST}/login"))
            .header("sec-fetch-site", "same-origin");
        self.send(request, body.to_owned()).await
    }

    async fn account(&self, name: &str, role: Role) {
        let hash = self.state.hasher.hash(PASSWORD.to_owned()).await.expect("a hash");
        let maker = accounts::Maker { actor: "", from: "test" };
        let made = accounts::create(&self.state.store, maker, (name, role), hash, accounts::When::Always);
        made.await.expect("an account");
    }

    async fn log_in(&self, name: &str) -> String {
        let answer = self.submit("/api/auth/log_in", "", &format!("user={name}&password={PASSWORD}&next=/audit")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, "/audit"), "{}", answer.body);
        answer.session()
    }

    async fn records(&self) -> Vec<(String, String, Option<Outcome>)> {
        let page = journal::list(&self.state.store, None, 200).await.expect("the record");
        page.entries.into_iter().rev().map(|entry| (entry.word, entry.actor, entry.outcome)).collect()
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn to(path: &str) -> Builder {
    Request::builder().uri(path).header("host", HOST)
}

fn pages() -> Vec<String> {
    let mut listings = leptos_axum::generate_route_list(app::App);
    listings.extend(leptos_axum::generate_route_list(app::Parts));
    listings.iter().map(|listing| listing.path().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stranger_sees_no_page() {
    let console = Console::new("stranger").await;
    let inner = pages().into_iter().filter(|page| page != "/login" && page != "/setup");
    let mut seen = 0;
    for page in inner.chain(["/no-such-page", "/login/", "/pkg/", "/pkg/none.js"].map(str::to_owned)) {
        let answer = console.get(&page, "sid=0").await;
        assert_eq!(answer.status, StatusCode::FOUND, "{page}");
        assert!(answer.header("location").starts_with("/login"), "{page}");
        assert_eq!(answer.body, "", "{page}");
        seen += 1;
    }
    assert!(seen > 8, "all pages must be in the list");
    let answer = console.get("/audit?before=3", "").await;
    assert_eq!(answer.header("location"), "/login?next=%2Faudit%3Fbefore%3D3");
    assert_eq!(console.get("/login", "").await.status, StatusCode::OK);
    assert_eq!(console.get("/healthz", "").await.body, "ok\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stranger_is_refused_before_arguments_are_read() {
    let console = Console::new("stranger-calls").await;
    for (path, _) in gate::RIGHTS.iter().filter(|(_, right)| *right != Right::Public) {
        for body in ["", "no=such&argument=1"] {
            let answer = console.call(path, "sid=0", body).await;
            assert_eq!((answer.status, answer.kind()), (StatusCode::UNAUTHORIZED, Some(Kind::SignedOut)), "{path}");
        }
        let form = console.submit(path, "", "").await;
        assert_eq!(form.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(form.header("location").is_empty() && form.body.contains("href=/login"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_spelling_of_a_path_opens_nothing() {
    let console = Console::new("spelling").await;
    console.account("vera", Role::Viewer).await;
    let session = console.log_in("vera").await;
    let spellings = [
        "//api/replication/apply_change",
        "/%61pi/replication/apply_change",
        "/api/%72eplication/apply_change",
        "/api//replication/apply_change",
        "/x/../api/replication/apply_change",
        "/API/replication/apply_change",
        "/api/replication/apply_change/",
        "/api/replication/apply_change%00",
        "/api/none",
        "/login/../audit",
        "/healthz/../audit",
    ];
    for path in spellings {
        let stranger = console.call(path, "", "").await.status;
        assert!(matches!(stranger, StatusCode::UNAUTHORIZED | StatusCode::FOUND), "{path}: {stranger}");
        let viewer = console.call(path, &session, "").await.status;
        let nothing = [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED, StatusCode::FORBIDDEN];
        assert!(nothing.contains(&viewer), "{path}: {viewer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_role_bounds_what_can_be_called_and_that_is_recorded() {
    let console = Console::new("roles").await;
    console.account("vera", Role::Viewer).await;
    let session = console.log_in("vera").await;
    for (path, right) in gate::RIGHTS.iter().filter(|(_, right)| *right != Right::Public) {
        let answer = console.call(path, &session, "no=such&argument=1").await;
        assert_eq!(answer.status == StatusCode::FORBIDDEN, !Role::Viewer.has(*right), "{path}: {}", answer.status);
    }
    let refused = console.records().await.into_iter().filter(|(word, ..)| word == "auth.refused").count();
    assert_eq!(refused, gate::RIGHTS.iter().filter(|(_, right)| !Role::Viewer.has(*right)).count());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_foreign_page_cannot_post() {
    let console = Console::new("csrf").await;
    let post = |path: &str| to(path).method(Method::POST).header("content-type", FORM);
    for path in ["/api/auth/log_in", "/api/auth/log_out", "/api/replication/apply_change", "/"] {
        let foreign = [
            post(path).header("sec-fetch-site", "cross-site").header("origin", "https://evil.example"),
            post(path).header("sec-fetch-site", "same-site").header("origin", "http://127.0.0.1:4000"),
            post(path).header("origin", "https://evil.example"),
            post(path).header("origin", "null"),
        ];
        for request in foreign {
            let answer = console.send(request, "").await;
            assert_eq!((answer.status, answer.kind()), (StatusCode::FORBIDDEN, Some(Kind::Forbidden)), "{path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn only_posted_forms_and_json_are_read() {
    let console = Console::new("media").await;
    let path = "/api/auth/log_in";
    for kind in ["text/plain", "multipart/form-data", "application/jsonx", ""] {
        let answer = console.send(to(path).method(Method::POST).header("content-type", kind), "{}").await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind:?}");
    }
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let answer = console.send(to(path).method(method.clone()), "").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
    let answer = console.call(path, "", &"x".repeat(LARGEST_BODY + 1)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = console.call(path, "", "no=such&argument=1").await;
    assert_eq!((answer.status, answer.kind()), (StatusCode::UNPROCESSABLE_ENTITY, Some(Kind::Invalid)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_foreign_host_name_is_not_answered() {
    let console = Console::new("host").await;
    let requests = [
        Request::builder().uri("/healthz").header("host", "evil.example"),
        Request::builder().uri("/healthz").header("host", "127.0.0.1.evil.example:3000"),
        Request::builder().uri("/healthz"),
        to("/healthz").header("host", HOST),
        to("http://evil.example/healthz"),
    ];
    for request in requests {
        assert_eq!(console.send(request, "").await.status, StatusCode::MISDIRECTED_REQUEST);
    }
    assert_eq!(console.send(to("http://127.0.0.1:3000/healthz"), "").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_in_starts_a_new_session_and_a_log_out_ends_it() {
    let console = Console::new("session").await;
    console.account("Root", Role::Admin).await;
    let planted = format!("sid={}", "0".repeat(64));
    let answer =
        console.submit("/api/auth/log_in", &planted, &format!("user=root&password={PASSWORD}&next=//evil")).await;
    assert_eq!(answer.header("location"), "/");
    assert!(answer.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax"));
    let first = answer.session();
    assert_ne!(first, planted);
    let page = console.get("/audit", &first).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(console.get("/login", &first).await.header("location"), "/");
    assert_eq!(console.get("/no-such-page", &first).await.status, StatusCode::NOT_FOUND);

    let second = console.submit("/api/auth/log_in", &first, &format!("user=Root&password={PASSWORD}")).await.session();
    assert_eq!(console.get("/audit", &first).await.status, StatusCode::FOUND, "the former session has ended");
    assert_eq!(console.submit("/api/auth/log_out", &second, "").await.header("location"), "/login");
    assert_eq!(console.get("/audit", &second).await.status, StatusCode::FOUND);
    let words = console.records().await.into_iter().map(|(word, actor, _)| format!("{word} {actor}"));
    let expected = ["auth.create_account ", "auth.log_in Root", "auth.log_in Root", "auth.log_out Root"];
    assert_eq!(words.collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_failed_log_in_does_not_tell_why() {
    let console = Console::new("failed").await;
    console.account("root", Role::Admin).await;
    let mut told = Vec::new();
    for user in ["root", "nobody", ""] {
        let call = console.call("/api/auth/log_in", "", &format!("user={user}&password=wrong")).await;
        assert_eq!((call.status, call.kind()), (StatusCode::UNAUTHORIZED, Some(Kind::SignedOut)));
        let form =
            console.submit("/api/auth/log_in", "", &format!("user={user}&password=wrong&next=/audit%3Fa=b")).await;
        assert_eq!(form.status, StatusCode::FOUND);
        assert_eq!(form.header("location"), "/login?failed=wrong&next=%2Faudit%3Fa%3Db");
        assert!(form.headers.get("set-cookie").is_none());
        told.push(call.body);
    }
    told.dedup();
    assert_eq!(told.len(), 1, "one answer for all");
    // The third failure of an account makes it wait, also for the right password, and says no more than before.
    console.call("/api/auth/log_in", "", "user=root&password=wrong").await;
    let waiting = console.call("/api/auth/log_in", "", &format!("user=root&password={PASSWORD}")).await;
    assert_eq!(vec![waiting.body], told);
    let actors: Vec<_> = console.records().await.into_iter().map(|(_, actor, outcome)| (actor, outcome)).collect();
    assert!(actors.contains(&("root".to_owned(), Some(Outcome::Refused))));
    assert!(!actors.iter().any(|(actor, _)| actor == "nobody"), "a password may have been typed as the name");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_admin_is_made_once() {
    let console = Console::new("setup").await;
    let token = setup::begin(&console.state);
    assert_eq!(console.get("/audit", "").await.header("location"), "/setup");
    assert_eq!(console.get("/login", "").await.header("location"), "/setup");
    let path = "/api/auth/create_first_admin";
    let wrong = console.call(path, "", &format!("token={}&name=root&password={PASSWORD}", "0".repeat(64))).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN);
    let weak = console.submit(path, "", &format!("token={token}&name=root&password=short")).await;
    assert_eq!(weak.header("location"), format!("/setup?failed=password&token={token}"));
    let made = console.submit(path, "", &format!("token={token}&name=root&password={PASSWORD}")).await;
    assert_eq!(made.header("location"), "/");
    assert_eq!(console.get("/audit", &made.session()).await.status, StatusCode::OK);
    let again = console.call(path, "", &format!("token={token}&name=eve&password={PASSWORD}")).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert_eq!(console.get("/audit", "").await.header("location"), "/login?next=%2Faudit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_answer_has_the_headers_that_bound_it() {
    let console = Console::new("headers").await;
    let answers = [
        console.get("/login", "").await,
        console.get("/audit", "").await,
        console.get("/favicon.svg", "").await,
        console.get("/healthz", "").await,
        console.call("/api/audit/list_records", "", "").await,
        console.send(Request::builder().uri("/"), "").await,
    ];
    for (number, answer) in answers.iter().enumerate() {
        for (name, _) in HEADERS {
            assert!(answer.headers.contains_key(&name), "answer {number} lacks {name}");
        }
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    }
    let (one, other) = (console.get("/login", "").await, console.get("/login", "").await);
    let policy = one.header("content-security-policy");
    assert_ne!(policy, other.header("content-security-policy"), "each page has a nonce of its own");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
    assert!(nonce.len() >= 16 && one.body.contains(&format!("nonce=\"{nonce}\"")), "{policy}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_of_the_site_are_served_compressed_and_kept_by_their_build() {
    let console = Console::new("files").await;
    let version = assets::version();
    let compressed = to(&format!("/pkg/outgrow.js?v={version}")).header("accept-encoding", "br");
    let answer = console.send(compressed, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "smaller"));
    assert_eq!(answer.header("content-encoding"), "br");
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    let plain = console.send(to("/pkg/outgrow.js?v=old"), "").await;
    assert_eq!((plain.body.as_str(), plain.header("cache-control")), ("js", "no-cache"));
    assert_eq!(console.send(to("/favicon.svg").method(Method::POST), "").await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn language_and_colours_are_kept_and_lead_back() {
    let console = Console::new("appearance").await;
    let path = "/api/auth/set_appearance";
    let answer = console.submit(path, "", "lang=ko&back=/login%3Fnext=/audit").await;
    assert_eq!(answer.header("location"), "/login?next=/audit");
    assert!(answer.header("set-cookie").starts_with("lang=ko; Path=/"));
    let answer = console.submit(path, "", "theme=theme-dark%0d%0aX: y&back=https://evil.example").await;
    assert_eq!((answer.header("location"), answer.header("set-cookie")), ("/", ""));
    let page = console.get("/login", "lang=ko; theme=dark").await;
    assert!(page.body.contains("lang=\"ko\"") && page.body.contains("data-theme=\"dark\""), "{}", page.body);
    assert!(page.body.contains("로그인"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_panic_is_one_answer() {
    let console = Console::new("panic").await;
    let fails = |_: Request| async { panic!("a test's panic") as StatusCode };
    let router = Router::new().route("/", get(fails)).layer(CatchPanicLayer::custom(panicked));
    let response = router.oneshot(to("/").body(Body::empty()).expect("a request")).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(response.headers().contains_key("content-security-policy"));
    assert_eq!(console.get("/healthz", "").await.status, StatusCode::OK);
}
