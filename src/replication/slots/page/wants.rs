//! What the address of a page of slots asks for. All state of the page is in it, so that it can be bookmarked and sent.

use leptos::prelude::*;

use super::super::model::ChangeForm;
use crate::ui::address::use_address;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub search: String,
    pub page: i64,
    pub form: ChangeForm,
    /// A peek is shown only when somebody says so: it shows data.
    pub read: bool,
}

impl Asked {
    /// A plan is asked for.
    pub fn plans(&self) -> bool {
        !matches!(self.form.action.as_str(), "" | "peek_slot")
    }
}

pub fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            search: text("search"),
            page: address.number("page").unwrap_or_default(),
            form: ChangeForm {
                action: text("action"),
                name: text("name"),
                kind: text("kind"),
                reserve: text("reserve"),
                plugin: text("plugin"),
                database: text("database"),
                two_phase: text("two_phase"),
                failover: text("failover"),
                restart_lsn: text("restart_lsn"),
                copy: text("copy"),
                to: text("to"),
                fence: text("fence"),
                gap: text("gap"),
            },
            read: text("read") == "yes",
        }
    })
}
