//! The pages of TTL indexes: the list of all, and one with what it would delete.

pub mod form;
pub mod list;
pub mod one;
pub mod shown;

use leptos::prelude::*;

use crate::error::AppError;
use crate::ui::address::use_address;

const LIST: &str = "/caching/ttl-indexes";
const ONE: &str = "/caching/ttl-index";
const APPLY: &str = "/api/caching/apply_ttl_index";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub action: String,
    pub database: String,
    pub namespace: String,
    pub name: String,
    pub field: String,
    pub when: String,
    pub seconds: String,
    pub most: String,
    pub stop: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            database: text("database"),
            namespace: text("namespace"),
            name: text("name"),
            field: text("field"),
            when: text("when"),
            seconds: text("seconds"),
            most: text("most"),
            stop: text("stop"),
        }
    })
}

/// Whether it is told at a field of a form.
fn is_typed(error: &AppError) -> bool {
    let field = error.field.as_deref().unwrap_or_default();
    ["namespace", "field", "when", "seconds", "most"].contains(&field)
}
