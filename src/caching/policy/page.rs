//! The page of policies: which there are, how far the keys are from them, and the form for another one.

use leptos::prelude::*;

use super::api::{list_policies, plan_policy};
use super::model::{Rule, Shown};
use crate::caching::frame::CacheFrame;
use crate::error::AppError;
use crate::targets::model::TargetKind;
use crate::text::{span, use_lang};
use crate::ui::address::{link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::form::{Choice, TextField, error_at};
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::ui::table::{Badge, Empty, Table};
use crate::words;

const PATH: &str = "/caching/policies";
const APPLY: &str = "/api/caching/apply_policy";

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Asked {
    target: String,
    action: String,
    prefix: String,
    rule: String,
    ttl: String,
    jitter: String,
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            action: text("action"),
            prefix: text("prefix"),
            rule: text("rule"),
            ttl: text("ttl"),
            jitter: text("jitter"),
        }
    })
}

/// `/caching/policies`.
#[component]
pub fn PoliciesPage() -> impl IntoView {
    let asked = use_asked();
    let planning = asked.with_untracked(|asked| !asked.action.is_empty());
    view! {
        <CacheFrame
            title=words!("TTL policies", "TTL 정책")
            lead=Some(
                words!(
                    "How long keys of a prefix are to live, and which do not.",
                    "접두사별 TTL 규칙과 그에 어긋나는 키를 보여 줍니다.",
                ),
            )
            kind=TargetKind::Redis
            path=PATH
        >
            {planning.then(|| view! { <Planning asked=asked /> })}
            <List asked=asked />
            {(!planning).then(|| view! { <PolicyForm asked=asked.get_untracked() error=None /> })}
        </CacheFrame>
    }
    .into_any()
}

#[component]
fn Planning(asked: Memo<Asked>) -> impl IntoView {
    let planned = fetch(
        move || asked.get(),
        |it| async move { plan_policy(it.target, it.action, it.prefix, it.rule, it.ttl, it.jitter).await },
    );
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let planned = planned.await;
                let asked = asked.get_untracked();
                match planned {
                    Ok(planned) => {
                        let back = link(PATH, &[("target", &asked.target)]);
                        view! { <Confirm planned=planned back=back action=APPLY /> }.into_any()
                    }
                    Err(error) if error.field.is_some() && asked.action == "add_policy" => {
                        view! { <PolicyForm asked=asked error=Some(error) /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn List(asked: Memo<Asked>) -> impl IntoView {
    let lang = use_lang();
    let policies =
        fetch(move || asked.with(|it| it.target.clone()), |target| async move { list_policies(target).await });
    view! {
        <section class="card" id="policies">
            <Transition fallback=|| ()>
                {move || Suspend::new(async move {
                    match policies.await {
                        Ok(list) if list.is_empty() => {
                            view! { <Empty text=lang.of("No policy has been set yet.", "아직 정책이 없습니다.") /> }
                                .into_any()
                        }
                        Ok(list) => view! { <PolicyTable list=list target=asked.get_untracked().target /> }.into_any(),
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

#[component]
fn PolicyTable(list: Vec<Shown>, target: String) -> impl IntoView {
    let lang = use_lang();
    let heads = vec![
        lang.of("Prefix", "접두사"),
        lang.of("Rule", "규칙"),
        lang.of("Keys", "키"),
        lang.of("Breaking it, at least", "어긋나는 키(최소)"),
        lang.of("Do", "작업"),
    ];
    let rows = list.into_iter().map(|shown| view! { <PolicyRow shown=shown target=target.clone() /> }).collect_view();
    view! {
        <Table caption=lang.of("Policies", "정책") heads=heads>
            {rows}
        </Table>
    }
}

#[component]
fn PolicyRow(shown: Shown, target: String) -> impl IntoView {
    let lang = use_lang();
    let Shown { policy, preview } = shown;
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let ttl = span(policy.ttl.seconds() * 1_000).read(lang);
    let rule = match policy.rule {
        Rule::Give => lang.of("a TTL where there is none: ", "TTL이 없으면 설정: "),
        Rule::Cap => lang.of("at most ", "최대 "),
    };
    let keys = preview.as_ref().map_or_else(unknown, |it| it.told(it.matched));
    let broken = preview.as_ref().map(|it| policy.broken(it));
    let hidden = preview.as_ref().is_some_and(|it| it.denied > 0);
    let tone = match broken {
        Some(0) if !hidden => "good",
        Some(1..) => "warn",
        _ => "plain",
    };
    let told = match preview.as_ref().zip(broken) {
        // Of keys that may not be asked about nobody knows.
        Some((_, 0)) if hidden => {
            lang.of("unknown: no permission for all keys", "일부 키 권한이 없어 알 수 없음").to_owned()
        }
        Some((preview, broken)) => preview.told(broken),
        None => unknown(),
    };
    let (seconds, jitter) = (policy.ttl.seconds().to_string(), policy.jitter.percent().to_string());
    let pattern = policy.pattern();
    let align = link(
        "/caching/bulk",
        &[
            ("target", &target),
            ("action", "bulk_ttl"),
            ("pattern", pattern.as_str()),
            ("ttl", &seconds),
            ("only", policy.rule.only()),
            ("jitter", &jitter),
        ],
    );
    let remove = link(PATH, &[("target", &target), ("action", "remove_policy"), ("prefix", policy.prefix.as_str())]);
    let (key, name) = (policy.prefix.to_string(), policy.prefix.to_string());
    view! {
        <tr data-key=key>
            <th scope="row">
                <code>{name}</code>
            </th>
            <td>{rule} {ttl}</td>
            <td class="number">{keys}</td>
            <td>
                <Badge tone=tone text=told />
            </td>
            <td>
                <a href=align>{lang.of("Bring into line…", "규칙에 맞추기…")}</a>
                " · "
                <a href=remove>{lang.of("Remove…", "삭제…")}</a>
            </td>
        </tr>
    }
}

#[component]
fn PolicyForm(asked: Asked, error: Option<AppError>) -> impl IntoView {
    let lang = use_lang();
    let at = |name: &str| error_at(error.as_ref(), name);
    let jitter = if asked.jitter.is_empty() { "10".to_owned() } else { asked.jitter };
    view! {
        <section class="card" id="policy">
            <h2>{lang.of("Set a policy", "정책 설정")}</h2>
            <form method="get" action=PATH>
                <input type="hidden" name="target" value=asked.target />
                <input type="hidden" name="action" value="add_policy" />
                <TextField
                    name="prefix"
                    label=lang.of("Keys that begin with", "키 접두사")
                    value=asked.prefix
                    error=at("prefix")
                    maxlength=512
                />
                <Choice
                    name="rule"
                    label=lang.of("Rule", "규칙")
                    value=asked.rule
                    options=vec![
                        (
                            Rule::Give.name(),
                            lang.of("No key lives for ever", "만료 없는 키를 두지 않음"),
                            lang.of("Keys without a TTL get this one.", "TTL이 없는 키에 이 TTL을 설정합니다."),
                        ),
                        (
                            Rule::Cap.name(),
                            lang.of("No key lives longer", "이보다 오래 두지 않음"),
                            lang.of("Keys that would live longer are shortened.", "더 오래 남을 키를 단축합니다."),
                        ),
                    ]
                    error=at("rule")
                />
                <TextField
                    name="ttl"
                    label=lang.of("Time to live", "TTL")
                    value=asked.ttl
                    help=lang.of("Seconds, or with a unit: 60, 10m, 2h, 7d.", "초 또는 단위를 붙여 입력: 60, 10m, 2h, 7d.")
                    error=at("ttl")
                    maxlength=20
                />
                <TextField
                    name="jitter"
                    label=lang.of("Jitter, ± percent", "지터(±%)")
                    value=jitter
                    error=at("jitter")
                    kind="number"
                    maxlength=5
                />
                <p class="buttons">
                    <button class="primary">{lang.of("Show the plan", "계획 보기")}</button>
                </p>
            </form>
        </section>
    }
}
