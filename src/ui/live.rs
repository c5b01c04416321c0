//! Numbers that stay fresh without a reload.

use std::future::Future;

use leptos::prelude::*;

use crate::text::use_lang;

/// A counter that goes up every `millis` milliseconds while the page is visible and not paused. Resources that read it
/// are fetched again. On the server it stands still.
#[derive(Clone, Copy)]
pub struct Ticker {
    pub tick: RwSignal<u64>,
    pub paused: RwSignal<bool>,
    /// Answers that are awaited.
    asked: StoredValue<u32>,
}

impl Ticker {
    /// Waits for an answer. Nothing ticks meanwhile: a new question would take the place of the one under way, and of a
    /// server that answers slower than the ticker ticks nothing would ever be shown.
    pub async fn awaiting<T>(self, answer: impl Future<Output = T>) -> T {
        let _asked = Asked::begin(self.asked);
        answer.await
    }
}

/// A question under way, also when it is given up in the middle.
struct Asked(StoredValue<u32>);

impl Asked {
    fn begin(asked: StoredValue<u32>) -> Self {
        asked.try_update_value(|count| *count += 1);
        Self(asked)
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        // The page may be gone.
        self.0.try_update_value(|count| *count = count.saturating_sub(1));
    }
}

/// Starts a ticker that lives as long as the component that calls this.
pub fn use_ticker(millis: u64) -> Ticker {
    let ticker = Ticker { tick: RwSignal::new(0), paused: RwSignal::new(false), asked: StoredValue::new(0) };
    // Effects run in the browser only, and first after hydration.
    Effect::new(move |_| {
        let beat = move || {
            let asks = ticker.asked.get_value() > 0;
            if !asks && !ticker.paused.get_untracked() && !document().hidden() && !is_in_hand() {
                ticker.tick.update(|tick| *tick += 1);
            }
        };
        if let Ok(handle) = set_interval_with_handle(beat, std::time::Duration::from_millis(millis)) {
            on_cleanup(move || handle.clear());
        }
    });
    ticker
}

/// Whether the focus is in a list or a value. What a person is about to press must not be replaced under their hand:
/// the focus would be lost with it. Such a place can be focused itself, which is how it is known.
fn is_in_hand() -> bool {
    document().active_element().is_some_and(|element| matches!(element.closest("[tabindex='0']"), Ok(Some(_))))
}

/// The switch that stops and restarts a ticker. Without WASM nothing ticks, so it is not shown.
#[component]
pub fn PauseButton(ticker: Ticker) -> impl IntoView {
    let lang = use_lang();
    let label = move || {
        if ticker.paused.get() { lang.of("Resume", "계속 갱신") } else { lang.of("Pause", "갱신 멈춤") }
    };
    view! {
        <button type="button" class="quiet needs-wasm" on:click=move |_| ticker.paused.update(|paused| *paused = !*paused)>
            {label}
        </button>
    }
}
