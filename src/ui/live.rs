//! Parts of a page that stay fresh without a reload: the server renders the part alone, under an address of its own,
//! and the browser changes what it shows into what was answered.

pub mod ask;
pub mod morph;

use std::time::{Duration, SystemTime};

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use self::ask::{Answer, ask};
use crate::text::{Lang, span, url_text, use_lang, utc};
use crate::tr;

/// A part that is asked for again every `every` milliseconds while the page is visible. `source` is the address that
/// renders the children alone; both hold one [`Region`] of this `id`.
#[component]
pub fn Live(
    id: &'static str,
    #[prop(into)] source: String,
    #[prop(default = 1_000)] every: u32,
    children: Children,
) -> impl IntoView {
    let lang = use_lang();
    let location = use_location();
    let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
    let page = [path.as_str(), search.trim_start_matches('?')].join(if search.is_empty() { "" } else { "?" });
    let login = format!("/login?next={}", url_text(&page));
    let at = time_of_day(SystemTime::now());
    view! {
        <Watch id=element_id(id) source=source every=every lang=lang at=at login=login />
        {children()}
    }
}

/// What is replaced. What stands in an element marked `data-live-keep` is left alone, and so is an island; elements
/// with an `id` or a `data-key` are known again when they have moved.
#[component]
pub fn Region(id: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="region" id=element_id(id) tabindex="-1">
            {children()}
        </div>
    }
}

/// Apart from the fields of forms, which are called by their names.
fn element_id(id: &str) -> String {
    format!("live-{id}")
}

/// How the last question ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// As the server rendered it; nothing has been asked yet.
    Rendered,
    Fresh,
    /// No answer came.
    Lost,
    /// An answer came that holds no such part.
    Refused,
    /// The session is over, so nothing more is asked.
    Ended,
}

/// Asks, and tells how fresh the region is.
#[island]
pub fn Watch(
    id: String,
    source: String,
    /// Milliseconds.
    every: u32,
    lang: Lang,
    /// When the server rendered the page.
    at: String,
    /// Where one logs in again.
    login: String,
) -> impl IntoView {
    let watcher = Watcher::new(id, source, every);
    let Watcher { state, paused, .. } = watcher;
    Effect::new(move |_| watcher.start());
    let trouble = move || !matches!(state.get(), State::Rendered | State::Fresh);
    // Told to a screen reader once, not every second.
    let announced = RwSignal::new(false);
    let said = Memo::new(move |_| match (trouble(), announced.get_untracked()) {
        (true, _) => {
            announced.set(true);
            told(state.get(), None, false, lang)
        }
        (false, true) => lang.of("The console answers again.", "콘솔이 다시 응답합니다.").to_owned(),
        (false, false) => String::new(),
    });
    let text = move || match state.get() {
        State::Rendered => tr!(lang, "As of {at}", "{at} 기준"),
        state => told(state, Some(watcher.age()), paused.get(), lang),
    };
    view! {
        <div class="live">
            <p class:bad=trouble class="age">
                {text}
            </p>
            <a href=login hidden=move || state.get() != State::Ended>
                {lang.of("Log in", "로그인")}
            </a>
            <button
                type="button"
                class="quiet needs-wasm"
                hidden=move || state.get() == State::Ended
                on:click=move |_| watcher.pause()
            >
                {move || if paused.get() { lang.of("Resume", "계속 갱신") } else { lang.of("Pause", "갱신 멈춤") }}
            </button>
            <p class="said" aria-live="polite">
                {said}
            </p>
        </div>
    }
}

/// What is told of the region: how old it is, or why it is not fresh. `age` is in milliseconds.
fn told(state: State, age: Option<i64>, paused: bool, lang: Lang) -> String {
    let just_now = age.is_some_and(|age| age < 1_000);
    let age = age.map(|age| span((age - age % 1_000).max(1_000)).read(lang));
    match (state, age) {
        (State::Rendered, _) => String::new(),
        (State::Fresh, None) => lang.of("Fresh.", "최신입니다.").to_owned(),
        (State::Fresh, Some(_)) if just_now && !paused => lang.of("Seen just now", "방금 확인").to_owned(),
        (State::Fresh, Some(age)) if paused => tr!(lang, "Paused, seen {age} ago", "멈춤, {age} 전 확인"),
        (State::Fresh, Some(age)) => tr!(lang, "Seen {age} ago", "{age} 전 확인"),
        (State::Lost, None) => lang.of("No connection to the console.", "콘솔에 연결할 수 없습니다.").to_owned(),
        (State::Lost, Some(age)) => tr!(
            lang,
            "No connection to the console for {age}; trying again. What you see is from before.",
            "{age}째 콘솔에 연결할 수 없습니다. 다시 시도하는 중이며, 표시된 내용은 그 전의 것입니다."
        ),
        (State::Refused, None) => lang.of("The console answers with an error.", "콘솔이 오류로 응답합니다.").to_owned(),
        (State::Refused, Some(age)) => tr!(
            lang,
            "The console has answered with errors for {age}; trying again. What you see is from before.",
            "{age}째 콘솔이 오류로 응답합니다. 다시 시도하는 중이며, 표시된 내용은 그 전의 것입니다."
        ),
        (State::Ended, _) => lang
            .of("Your session has ended, so nothing here is fresh any more.", "세션이 끝나 더 이상 갱신되지 않습니다.")
            .to_owned(),
    }
}

/// Milliseconds between two looks at the clock.
const BEAT: u64 = 1_000;
/// Milliseconds until the next question after one that failed, at least.
const AFTER_FAILURE: f64 = 5_000.0;
/// The beat does not come to the millisecond.
const SLACK: f64 = 100.0;

/// What the island remembers. Times are milliseconds since the page was asked for.
#[derive(Clone, Copy)]
struct Watcher {
    id: StoredValue<String>,
    source: StoredValue<String>,
    every: f64,
    state: RwSignal<State>,
    paused: RwSignal<bool>,
    now: RwSignal<f64>,
    /// When the last good answer came; the page itself is the first.
    seen: RwSignal<f64>,
    /// When the next question may be asked; none while one is under way.
    next: StoredValue<Option<f64>>,
}

impl Watcher {
    fn new(id: String, source: String, every: u32) -> Self {
        Self {
            id: StoredValue::new(id),
            source: StoredValue::new(source),
            every: every.into(),
            state: RwSignal::new(State::Rendered),
            paused: RwSignal::new(false),
            now: RwSignal::new(0.0),
            seen: RwSignal::new(0.0),
            next: StoredValue::new(Some(every.into())),
        }
    }

    fn start(self) {
        self.state.set(State::Fresh);
        self.beat();
        let beats = set_interval_with_handle(move || self.beat(), Duration::from_millis(BEAT));
        // Who comes back to the page, or to the network, does not wait.
        let visible = window_event_listener_untyped("visibilitychange", move |_| self.beat());
        let online = window_event_listener_untyped("online", move |_| {
            self.hurry();
            self.beat();
        });
        on_cleanup(move || {
            if let Ok(beats) = beats {
                beats.clear();
            }
            visible.remove();
            online.remove();
        });
    }

    fn age(self) -> i64 {
        (self.now.get() - self.seen.get()).max(0.0) as i64
    }

    fn pause(self) {
        self.paused.update(|paused| *paused = !*paused);
        self.beat();
    }

    fn hurry(self) {
        self.next.update_value(|next| {
            if let Some(next) = next {
                *next = 0.0;
            }
        });
    }

    fn beat(self) {
        let now = clock();
        self.now.set(now);
        let due = self.next.get_value().is_some_and(|next| now + SLACK >= next);
        let stopped = self.paused.get_untracked() || self.state.get_untracked() == State::Ended;
        if due && !stopped && !document().hidden() {
            self.next.set_value(None);
            spawn_local(self.question(now));
        }
    }

    async fn question(self, begun: f64) {
        let id = self.id.get_value();
        let answer = ask(&self.source.get_value(), &id).await;
        let now = clock();
        let state = match answer {
            Answer::Fresh(fresh) => {
                if let Some(region) = document().get_element_by_id(&id) {
                    morph::morph(&region, &fresh);
                }
                self.seen.set(now);
                State::Fresh
            }
            Answer::Lost => State::Lost,
            Answer::Refused => State::Refused,
            Answer::Ended => State::Ended,
        };
        let wait = if state == State::Fresh { self.every } else { self.every.max(AFTER_FAILURE) };
        self.next.set_value(Some(begun + wait));
        self.now.set(now);
        self.state.set(state);
    }
}

/// A clock that is never set back.
fn clock() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// As it is told to a reader without WASM: `06:41:10 UTC`.
fn time_of_day(time: SystemTime) -> String {
    let millis = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let time = utc(i64::try_from(millis).unwrap_or_default());
    format!("{} UTC", time.split_once(' ').unwrap_or_default().1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_age_is_told_in_whole_seconds() {
        assert_eq!(told(State::Fresh, Some(3_999), false, Lang::En), "Seen 3 s ago");
        assert_eq!(told(State::Fresh, Some(312), false, Lang::En), "Seen just now");
        assert_eq!(told(State::Fresh, Some(62_000), true, Lang::En), "Paused, seen 1 min 2 s ago");
    }

    #[test]
    fn a_lost_connection_is_told_with_its_age_and_announced_without() {
        assert!(told(State::Lost, Some(12_345), false, Lang::En).starts_with("No connection to the console for 12 s"));
        assert_eq!(told(State::Lost, None, false, Lang::En), "No connection to the console.");
        assert!(told(State::Lost, Some(12_345), false, Lang::Ko).contains("12초째"));
    }

    #[test]
    fn the_time_of_a_page_is_that_of_the_server() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * 20_000 + 3_600 * 6 + 60 * 41 + 10);
        assert_eq!(time_of_day(time), "06:41:10 UTC");
    }
}
