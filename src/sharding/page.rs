//! The page of sharding: the collections of one cluster with their keys, and the form that shards one.

pub mod collections;
pub mod planning;

use leptos::prelude::*;

use self::collections::Collections;
use self::planning::Planning;
use super::api::list_collections;
use super::model::CollectionList;
use crate::audit::notice::LastRecord;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::targets::picker::TargetPicker;
use crate::ui::address::{link, use_address};
use crate::ui::fetch::{Fetched, fetch};
use crate::ui::frame::Frame;
use crate::words;

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    target: String,
    search: String,
    after: String,
    record: String,
    action: String,
    namespace: String,
    key: String,
    spread: String,
    unique: String,
}

impl Asked {
    fn read() -> Memo<Self> {
        let address = use_address();
        Memo::new(move |_| {
            let address = address.read();
            let text = |name: &str| address.text(name);
            Self {
                target: text("target"),
                search: text("search"),
                after: text("after"),
                record: text("record"),
                action: text("action"),
                namespace: text("namespace"),
                key: text("key"),
                spread: text("spread"),
                unique: text("unique"),
            }
        })
    }

    /// An address of this page, for the same target and search.
    fn link(&self, more: &[(&str, &str)]) -> String {
        let own = [("target", self.target.as_str()), ("search", self.search.as_str())];
        link("/sharding", &[&own, more].concat())
    }
}

/// The list as it was asked for. It is heavy for the cluster, so it is fetched when the page is opened, searched or
/// turned, and after a change, but not by a clock.
pub type List = Fetched<Result<CollectionList, AppError>>;

/// `/sharding`.
#[component]
pub fn ShardingPage() -> impl IntoView {
    let asked = Asked::read();
    let list: List = fetch(
        move || asked.with(|it| (it.target.clone(), it.search.clone(), it.after.clone(), it.record.clone())),
        |(target, search, after, _)| list_collections(target, search, after),
    );
    view! {
        <Frame
            title=words!("Sharding", "샤딩")
            lead=Some(
                words!(
                    "A shard key decides on which shard each document of a collection lives.",
                    "샤드 키는 컬렉션의 각 문서가 어느 샤드에 있을지 정합니다.",
                ),
            )
        >
            <TargetPicker kind=TargetKind::Mongodb />
            <LastRecord />
            <Planning asked=asked list=list />
            <Collections asked=asked list=list />
        </Frame>
    }
    .into_any()
}
