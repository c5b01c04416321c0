//! Where the WASM begins.

use wasm_bindgen::prelude::wasm_bindgen;

/// Makes ready for islands; the script of the page then starts each one.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
    crate::ui::copy::listen();
}
