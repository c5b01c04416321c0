//! The forms about zones: each leads to a plan.

use leptos::prelude::*;

use super::bounds::{BoundFields, Pick};
use super::{Asked, PATH};
use crate::error::AppError;
use crate::sharding::model::ShardKey;
use crate::sharding::zones::model::{CollectionZones, PieceKind, ShardSeen};
use crate::text::{Words, use_lang};
use crate::ui::form::{TextField, error_at};

#[component]
pub fn AddShardForm(shards: Vec<ShardSeen>, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let names = shards.into_iter().map(|shard| shard.name).collect();
    view! {
        <section class="card" id="add-shard">
            <h2>{lang.of("Add a shard to a zone", "존에 샤드 추가")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="add_shard_to_zone" />
                <Pick
                    name="shard"
                    label=lang.of("Shard", "샤드")
                    options=names
                    value=asked.form.shard
                    error=error_at(error.as_ref(), "shard")
                />
                <TextField
                    name="zone"
                    label=lang.of("Zone", "존")
                    value=asked.form.zone
                    help=lang.of("A zone that is there, or the name of a new one.", "기존 존 또는 새 존의 이름.")
                    error=error_at(error.as_ref(), "zone")
                    maxlength=200
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}

/// Sets a range of keys to a zone.
#[component]
pub fn SetRangeForm(seen: CollectionZones, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let form = asked.form;
    let Some(key) = seen.key else {
        // Of a key of an unknown kind no bound can be entered, and its collection gets no other one here.
        if seen.sharded {
            return ().into_any();
        }
        let wrong = error_at(error.as_ref(), "key");
        return view! { <KeyForm asked_target=asked.target namespace=seen.namespace value=form.key error=wrong /> }
            .into_any();
    };
    let zones = seen.zones;
    view! {
        <section class="card" id="set-range">
            <h2>{lang.of("Set a range of keys to a zone", "키 범위를 존에 지정")}</h2>
            {zones.is_empty().then(|| view! { <p class="muted">{lang.of("There is no zone yet: add a shard to one first.", "아직 존이 없습니다. 먼저 샤드를 존에 추가하세요.")}</p> })}
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="set_zone_range" />
                <input type="hidden" name="namespace" value=seen.namespace />
                {(!seen.sharded).then(|| view! { <input type="hidden" name="key" value=typed(&key) /> })}
                <Pick
                    name="zone"
                    label=lang.of("Zone", "존")
                    options=zones
                    value=form.zone
                    error=error_at(error.as_ref(), "zone")
                />
                <BoundFields
                    name="min"
                    legend=lang.of("From, included", "하한(포함)")
                    key=key.clone()
                    values=form.min
                    kinds=form.min_kind
                    error=error.clone()
                />
                <BoundFields
                    name="max"
                    legend=lang.of("Up to, not included", "상한(미포함)")
                    key=key
                    values=form.max
                    kinds=form.max_kind
                    error=error
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

/// Asks for the key that a collection is to get: bounds are entered by its fields.
#[component]
fn KeyForm(
    asked_target: String,
    namespace: String,
    value: String,
    #[prop(optional_no_strip)] error: Option<Words>,
) -> impl IntoView {
    let lang = use_lang();
    view! {
        <section class="card">
            <h2>{lang.of("Set a range of keys to a zone", "키 범위를 존에 지정")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked_target />
                <input type="hidden" name="namespace" value=namespace />
                <TextField
                    name="key"
                    label=lang.of("Shard key that the collection is to get", "컬렉션에 쓸 샤드 키")
                    value=value
                    error=error
                    help=lang
                        .of(
                            "One field, or several in order: region, user_id:hashed",
                            "필드 하나 또는 순서대로 여러 개: region, user_id:hashed",
                        )
                    maxlength=1000
                />
                <p class="buttons">
                    <button class="quiet">{lang.of("Continue", "계속")}</button>
                </p>
            </form>
        </section>
    }
}

/// Moves a bound at which a range ends, begins, or both.
#[component]
pub fn MoveBoundForm(seen: CollectionZones, asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let form = asked.form.clone();
    let back = asked.link(&[]);
    let at = form.at.clone();
    let zone_of = |is: &dyn Fn(&str, &str) -> bool| {
        seen.pieces.iter().find_map(|piece| match &piece.kind {
            PieceKind::Range { zone, .. } if is(&piece.min.ejson, &piece.max.ejson) => Some(zone.clone()),
            _ => None,
        })
    };
    let (below, above) = (zone_of(&|_, max| max == at), zone_of(&|min, _| min == at));
    let shown = seen.pieces.iter().find_map(|piece| {
        let ends = [&piece.min, &piece.max];
        ends.into_iter().find(|bound| bound.ejson == at).map(|bound| bound.shown.clone())
    });
    if seen.sharded && seen.key.is_none() {
        return ().into_any();
    }
    let (Some(key), Some(shown)) = (seen.key, shown) else {
        return view! { <p class="muted">{lang.of("This bound is not there any more.", "이 경계가 더 이상 없습니다.")}</p> }.into_any();
    };
    let none = || lang.of("no zone", "존 없음").to_owned();
    let (below, above) = (below.unwrap_or_else(none), above.unwrap_or_else(none));
    view! {
        <section class="card" id="move-bound">
            <h2>{lang.of("Move the bound ", "경계 옮기기: ")} <code>{shown}</code></h2>
            <p>
                {lang.of("Below it: ", "아래쪽: ")} <code>{below}</code> {lang.of(" · above it: ", " · 위쪽: ")}
                <code>{above}</code>
            </p>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="move_zone_bound" />
                <input type="hidden" name="namespace" value=seen.namespace />
                {(!seen.sharded).then(|| view! { <input type="hidden" name="key" value=typed(&key) /> })}
                <input type="hidden" name="at" value=form.at />
                <BoundFields
                    name="min"
                    legend=lang.of("New bound", "새 경계")
                    key=key
                    values=form.min
                    kinds=form.min_kind
                    error=error
                />
                <p class="buttons">
                    <a class="button" href=back>
                        {lang.of("Cancel", "취소")}
                    </a>
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
    .into_any()
}

/// A key as a form takes it: `region,user_id:hashed`.
pub fn typed(key: &ShardKey) -> String {
    use crate::sharding::model::Spread;
    let part = |field: &crate::sharding::model::KeyField| match field.spread {
        Spread::Ranged => field.field.clone(),
        Spread::Hashed => format!("{}:hashed", field.field),
    };
    key.fields().iter().map(part).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_as_it_is_typed() {
        for text in ["region", "region,user_id:hashed", "a.b:hashed,c"] {
            let key = ShardKey::parse(text, false).expect("a key");
            assert_eq!(typed(&key), text);
            assert_eq!(ShardKey::parse(&typed(&key), false), Ok(key));
        }
    }
}
