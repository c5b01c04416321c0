//! Which target a page is about: links to all of its kind.

use leptos::prelude::*;

use super::api::list_names;
use super::model::TargetKind;
use crate::text::use_lang;
use crate::ui::address::use_address;
use crate::ui::fetch::fetch;

/// Links to the targets of this kind; the one that the page shows is marked.
#[component]
pub fn TargetPicker(
    kind: TargetKind,
    /// The page that the links lead to, where it is not the first one of its kind.
    #[prop(optional)]
    path: Option<&'static str>,
) -> impl IntoView {
    let lang = use_lang();
    let address = use_address();
    let chosen = Memo::new(move |_| address.with(|address| address.text("target")));
    let names = fetch(|| (), |()| list_names());
    view! {
        <nav class="picker" aria-label=lang.of("Targets", "대상")>
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    let targets: Vec<_> = names
                        .await
                        .unwrap_or_default()
                        .into_iter()
                        .filter(|target| target.kind == kind)
                        .collect();
                    let first = targets.first().map(|target| target.id.to_string()).unwrap_or_default();
                    targets
                        .into_iter()
                        .map(|target| {
                            let id = target.id.to_string();
                            let href = format!("{}?target={id}", path.unwrap_or(kind.path()));
                            let first = first.clone();
                            let current = move || {
                                let chosen = chosen.get();
                                (chosen == id || chosen.is_empty() && first == id).then_some("true")
                            };
                            view! {
                                <a href=href aria-current=current>
                                    {target.name}
                                </a>
                            }
                        })
                        .collect_view()
                })}
            </Transition>
        </nav>
    }
}
