//! Where the WASM begins.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the page that the server rendered, then says so: tests wait for the mark, and what needs WASM shows
/// itself. Not set from an effect, which would also run when hydration has failed.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(crate::app::App);
    if let Some(root) = leptos::prelude::document().document_element() {
        let _ = root.set_attribute("data-hydrated", "");
    }
}
