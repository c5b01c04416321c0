//! Changes a part of the document into another, touching only what differs: the focus, selected text, places that were
//! scrolled to, opened details and typed values stay, which they would not if the part were replaced.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, FocusOptions, HtmlElement, HtmlInputElement, Node};

/// Makes `region` look as `fresh` does, which is of another document.
pub fn morph(region: &Element, fresh: &Element) {
    let held = Held::now(region);
    change_element(region, fresh);
    if let Some(held) = held {
        held.restore(region);
    }
    start_islands(region);
}

fn change(old: &Node, new: &Node) {
    match (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) {
        (Some(old), Some(new)) => change_element(old, new),
        _ if old.node_value() != new.node_value() => old.set_node_value(new.node_value().as_deref()),
        _ => {}
    }
}

fn change_element(old: &Element, new: &Element) {
    // What an island holds is its own.
    if old.has_attribute("data-live-keep") || is_island(old) || old.is_equal_node(Some(new)) {
        return;
    }
    change_attributes(old, new);
    change_children(old, new);
}

fn change_attributes(old: &Element, new: &Element) {
    for name in names(new) {
        let value = new.get_attribute(&name);
        if value != old.get_attribute(&name) && !is_the_readers(old, &name) {
            let _ = old.set_attribute(&name, value.as_deref().unwrap_or_default());
        }
    }
    for name in names(old) {
        if !new.has_attribute(&name) && !is_the_readers(old, &name) {
            let _ = old.remove_attribute(&name);
        }
    }
}

/// Whether a reader sets this attribute by what they do.
fn is_the_readers(element: &Element, name: &str) -> bool {
    name == "open" && element.node_name() == "DETAILS"
}

fn names(element: &Element) -> impl Iterator<Item = String> {
    element.get_attribute_names().into_iter().filter_map(|name| name.as_string())
}

/// Goes through the new children and, beside them, through the old ones: `place` is the first old one that has not been
/// dealt with.
fn change_children(old: &Element, new: &Element) {
    let wanted: Vec<(Option<String>, Node)> = children(new).collect();
    let is_wanted = |key: &str| wanted.iter().any(|(wanted, _)| wanted.as_deref() == Some(key));
    for (key, node) in children(old).collect::<Vec<_>>() {
        if key.is_some_and(|key| !is_wanted(&key)) {
            let _ = old.remove_child(&node);
        }
    }
    let known: Vec<(Option<String>, Node)> = children(old).collect();
    let mut place = old.first_child();
    for (key, fresh) in &wanted {
        let found = match key {
            Some(_) => known.iter().find(|(known, node)| known == key && are_alike(node, fresh)).map(|it| it.1.clone()),
            None => unnamed_like(fresh, place.clone()),
        };
        let Some(found) = found else {
            if let Ok(copy) = document().import_node_with_deep(fresh, true) {
                let _ = old.insert_before(&copy, place.as_ref());
            }
            continue;
        };
        while let Some(skipped) = place.clone().filter(|node| *node != found && key_of(node).is_none()) {
            place = skipped.next_sibling();
            let _ = old.remove_child(&skipped);
        }
        if place.as_ref() == Some(&found) {
            place = found.next_sibling();
        } else {
            let _ = old.insert_before(&found, place.as_ref());
        }
        change(&found, fresh);
    }
    while let Some(left) = place {
        place = left.next_sibling();
        let _ = old.remove_child(&left);
    }
}

/// The first from here on that has no name and is of the same kind.
fn unnamed_like(fresh: &Node, place: Option<Node>) -> Option<Node> {
    let mut place = place;
    while let Some(node) = place {
        if key_of(&node).is_none() && are_alike(&node, fresh) {
            return Some(node);
        }
        place = node.next_sibling();
    }
    None
}

/// Whether one can be changed into the other. An unnamed element of another class is another thing.
fn are_alike(old: &Node, new: &Node) -> bool {
    if old.node_name() != new.node_name() {
        return false;
    }
    let (Some(old), Some(new)) = (old.dyn_ref::<Element>(), new.dyn_ref::<Element>()) else { return true };
    let same = |name: &str| old.get_attribute(name) == new.get_attribute(name);
    if is_island(old) { same("data-component") && same("data-props") } else { named(old).is_some() || same("class") }
}

fn is_island(element: &Element) -> bool {
    element.node_name() == "LEPTOS-ISLAND"
}

fn children(parent: &Element) -> impl Iterator<Item = (Option<String>, Node)> + use<> {
    std::iter::successors(parent.first_child(), Node::next_sibling).map(|node| (key_of(&node), node))
}

fn key_of(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>().and_then(named)
}

fn named(element: &Element) -> Option<String> {
    element.get_attribute("data-key").or_else(|| element.get_attribute("id"))
}

/// Islands that have just come.
fn start_islands(region: &Element) {
    if let Ok(Some(_)) = region.query_selector("leptos-island:not([data-started])") {
        let bubbles = EventInit::new();
        bubbles.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("islands", &bubbles) {
            let _ = region.dispatch_event(&event);
        }
    }
}

/// The element that has the focus. A row that moves loses it, although it is the same row.
struct Held {
    element: HtmlElement,
    selection: Option<(u32, u32)>,
}

impl Held {
    fn now(region: &Element) -> Option<Self> {
        let element = document().active_element()?.dyn_into::<HtmlElement>().ok()?;
        if !region.contains(Some(&element)) || *region == *element {
            return None;
        }
        let input = element.dyn_ref::<HtmlInputElement>();
        let selection = input.and_then(|it| Some((it.selection_start().ok()??, it.selection_end().ok()??)));
        Some(Self { element, selection })
    }

    /// Gives the focus back; to the region, where what had it is gone.
    fn restore(self, region: &Element) {
        let still = FocusOptions::new();
        still.set_prevent_scroll(true);
        if !self.element.is_connected() {
            if let Some(region) = region.dyn_ref::<HtmlElement>() {
                let _ = region.focus_with_options(&still);
            }
            return;
        }
        if document().active_element().as_ref() != Some(self.element.as_ref()) {
            let _ = self.element.focus_with_options(&still);
            if let (Some(input), Some((start, end))) = (self.element.dyn_ref::<HtmlInputElement>(), self.selection) {
                let _ = input.set_selection_range(start, end);
            }
        }
    }
}
