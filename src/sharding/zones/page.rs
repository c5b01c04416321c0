//! The page of zones: of the cluster, or of one collection.

pub mod bounds;
pub mod cluster;
pub mod collection;
pub mod forms;

use leptos::prelude::*;

use super::api::{list_zones, plan_zone, read_zone_ranges};
use super::model::{CollectionZones, ZoneForm, ZonesSeen};
use crate::change::Planned;
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::text::url_text;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::form::error_at;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;
use cluster::ClusterZones;
use collection::Ranges;

const PATH: &str = "/sharding/zones";
const APPLY: &str = "/api/sharding/apply_zone";

/// What the address asks for. All state of the page is in the address. `ask` names the form that is opened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    ask: String,
    record: String,
    form: ZoneForm,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            let all = |name: &str| address.all(name);
            Self {
                target: text("target"),
                ask: text("ask"),
                record: text("record"),
                form: ZoneForm {
                    action: text("action"),
                    shard: text("shard"),
                    zone: text("zone"),
                    namespace: text("namespace"),
                    key: text("key"),
                    min: all("min"),
                    min_kind: all("min_kind"),
                    max: all("max"),
                    max_kind: all("max_kind"),
                    at: text("at"),
                },
            }
        })
    }

    /// An address of this page, for the same target and collection.
    fn link(&self, more: &[(&str, &str)]) -> String {
        let own = [
            ("target", self.target.as_str()),
            ("namespace", self.form.namespace.as_str()),
            ("key", self.form.key.as_str()),
        ];
        link(PATH, &[&own, more].concat())
    }

    /// This page with the form that led to a plan, and with what was typed into it.
    fn back(&self) -> String {
        let form = &self.form;
        if form.action.starts_with("remove_") {
            return self.link(&[]);
        }
        // The form of a bound is there only where it was asked for; the others always are.
        let ask = if form.action == "move_zone_bound" { "move_zone_bound" } else { "" };
        let mut address = self.link(&[("ask", ask), ("at", &form.at), ("shard", &form.shard), ("zone", &form.zone)]);
        let bounds =
            [("min", &form.min), ("min_kind", &form.min_kind), ("max", &form.max), ("max_kind", &form.max_kind)];
        for (name, values) in bounds {
            // A value belongs to the field at its place, so an empty one keeps its place.
            for value in values {
                address.push_str(&format!("&{name}={}", url_text(value)));
            }
        }
        address
    }

    /// The form that is to be seen: the one that was opened, or the one that holds something wrong.
    fn opened(&self) -> &str {
        if self.form.action.is_empty() { &self.ask } else { &self.form.action }
    }
}

/// What stands below the plan.
#[derive(Clone)]
enum Seen {
    Cluster(Box<ZonesSeen>),
    Collection(Box<CollectionZones>),
}

type PlannedResource = Fetched<Result<Option<Planned>, AppError>>;
type SeenResource = Fetched<Result<Seen, AppError>>;

/// `/sharding/zones`.
#[component]
pub fn ZonesPage() -> impl IntoView {
    let asked = Asked::read();
    let planned: PlannedResource = fetch(
        move || asked.with(|it| (it.target.clone(), it.form.clone())),
        |(target, form)| async move {
            if form.action.is_empty() {
                return Ok(None);
            }
            plan_zone(target, form).await.map(Some)
        },
    );
    let seen: SeenResource = fetch(
        move || asked.with(|it| (it.target.clone(), it.form.namespace.clone(), it.form.key.clone(), it.record.clone())),
        |(target, namespace, key, _)| async move {
            if namespace.is_empty() {
                return list_zones(target).await.map(|it| Seen::Cluster(Box::new(it)));
            }
            read_zone_ranges(target, namespace, key).await.map(|it| Seen::Collection(Box::new(it)))
        },
    );
    view! {
        <ClusterFrame
            title=words!("Zones", "존")
            lead=Some(
                words!(
                    "A zone is a group of shards; a range of keys that belongs to it lives on these shards only.",
                    "존은 샤드의 묶음이며, 존에 지정된 키 범위는 그 샤드에만 저장됩니다.",
                ),
            )
            path=PATH
        >
            <Body asked=asked planned=planned seen=seen />
        </ClusterFrame>
    }
    .into_any()
}

/// A plan alone, or what is there with its forms; a form that holds something wrong says so.
#[component]
fn Body(asked: Memo<Asked>, planned: PlannedResource, seen: SeenResource) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let (planned, seen) = (planned.await, seen.await);
                let asked = asked.get_untracked();
                let error = match planned {
                    Ok(Some(planned)) => {
                        let back = asked.back();
                        return view! { <Confirm planned=planned back=back action=APPLY /> }.into_any();
                    }
                    Ok(None) => None,
                    Err(error) => Some(error),
                };
                // Nothing is offered at what must not be written to.
                let router = error_at(error.as_ref(), "target").is_none();
                match seen {
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    Ok(_) if !router => error.map(|error| view! { <ErrorNotice error=error /> }).into_any(),
                    Ok(Seen::Cluster(seen)) => {
                        view! { <ClusterZones seen=*seen asked=asked error=error /> }.into_any()
                    }
                    Ok(Seen::Collection(seen)) => view! { <Ranges seen=*seen asked=asked error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::address::Address;

    #[test]
    fn the_way_back_from_a_plan_keeps_every_bound_at_its_place() {
        let texts = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
        let form = ZoneForm {
            action: "set_zone_range".into(),
            namespace: "a.b".into(),
            zone: "EU & US".into(),
            min: texts(["", "\"a b\""]),
            min_kind: texts(["min", ""]),
            max: texts(["5", ""]),
            max_kind: texts(["", "max"]),
            ..ZoneForm::default()
        };
        let asked = Asked { target: "mongo".into(), form: form.clone(), ..Asked::default() };
        let back = asked.back();
        let address = Address::parse(back.split_once('?').expect("a query").1);
        assert_eq!((address.text("zone"), address.text("action")), (form.zone, String::new()));
        assert_eq!((address.all("min"), address.all("min_kind")), (form.min, form.min_kind));
        assert_eq!((address.all("max"), address.all("max_kind")), (form.max, form.max_kind));
    }
}
