//! The level below a prefix as a table.

use leptos::prelude::*;

use super::{Asked, pattern, percent, told};
use crate::caching::keys::model::{Branch, Tree, Walk};
use crate::text::{count, use_lang};
use crate::tr;
use crate::ui::address::link;
use crate::ui::table::Table;

/// How the names go on; nothing where they do not.
#[component]
pub fn TreeTable(tree: Tree, walk: Walk, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    if tree.branches.is_empty() {
        return ().into_any();
    }
    let (leaves, others) = (told(walk.count(tree.leaves), lang), count(tree.others));
    let of_others = told(walk.count(tree.of_others), lang);
    let rest = (tree.others > 0).then(|| {
        let text = tr!(
            lang,
            "{others} more prefixes with fewer keys were found; they have {of_others} keys.",
            "키가 더 적은 접두사 {others}개가 더 있으며 키는 {of_others}개입니다."
        );
        view! { <p class="muted">{text}</p> }
    });
    let alone = (tree.leaves > 0).then(|| {
        let text = tr!(lang, "Keys that do not go on: {leaves}.", "더 나뉘지 않는 키: {leaves}개.");
        view! { <p class="muted">{text}</p> }
    });
    let heads = vec![
        lang.of("Prefix", "접두사"),
        lang.of("Keys", "키"),
        lang.of("Without a TTL", "TTL 없음"),
        lang.of("Do", "작업"),
    ];
    view! {
        <Table caption=lang.of("How the names go on", "다음 단계의 접두사") heads=heads>
            {tree
                .branches
                .into_iter()
                .map(|branch| view! { <BranchRow branch=branch walk=walk.clone() asked=asked.clone() /> })
                .collect_view()}
        </Table>
        {rest}
        {alone}
    }
    .into_any()
}

#[component]
fn BranchRow(branch: Branch, walk: Walk, asked: Asked) -> impl IntoView {
    let lang = use_lang();
    let Branch { prefix, from, keys, persistent } = branch;
    let name = prefix.get(from..).unwrap_or(&prefix).to_owned();
    let bulk = link("/caching/bulk", &[("target", &asked.target), ("pattern", &pattern(&prefix))]);
    let label = tr!(lang, "TTL for all of {prefix}", "{prefix} 전체 TTL");
    view! {
        <tr data-key=prefix.clone()>
            <th scope="row">
                <a href=asked.below(&prefix)>
                    <code>{name}</code>
                </a>
            </th>
            <td class="number">{told(walk.count(keys), lang)}</td>
            <td class="number">{percent(persistent, keys)}</td>
            <td>
                <a href=bulk aria-label=label>
                    {lang.of("TTL for all…", "전체 TTL…")}
                </a>
            </td>
        </tr>
    }
}
