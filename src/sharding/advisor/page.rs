//! The page of the shard-key advisor.

pub mod candidate;
pub mod form;
pub mod sampling;

use leptos::prelude::*;

use self::candidate::{CandidateCard, Values};
use self::form::Ask;
use self::sampling::SamplingCard;
use super::api::{advise_keys, plan_sampling, suggest_keys};
use super::model::{Advice, Opened};
use crate::change::Planned;
use crate::error::AppError;
use crate::sharding::frame::ClusterFrame;
use crate::text::{Lang, Words, bytes, count, span, use_lang};
use crate::tr;
use crate::ui::address::{Address, link, use_address};
use crate::ui::fetch::fetch;
use crate::ui::form::error_at;
use crate::ui::notice::ErrorNotice;
use crate::ui::plan::Confirm;
use crate::words;

pub(super) const PATH: &str = "/sharding/advisor";
const APPLY: &str = "/api/sharding/apply_sampling";

/// What the address asks for. All state of the page is in the address, so that it can be bookmarked and sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub target: String,
    pub namespace: String,
    /// As typed; empty ones are none.
    pub keys: Vec<String>,
    /// What was measured before this is measured again, in milliseconds since 1970.
    pub since: i64,
    /// The key whose values are shown.
    pub values: String,
    action: String,
    rate: String,
}

impl Asked {
    /// An address of this page with the same question.
    pub fn link(&self, more: &[(&str, &str)]) -> String {
        let mut pairs = vec![("target", self.target.as_str()), ("namespace", self.namespace.as_str())];
        pairs.extend(self.keys.iter().map(|key| ("key", key.as_str())));
        pairs.extend(more);
        link(PATH, &pairs)
    }
}

fn use_asked() -> Memo<Asked> {
    let address = use_address();
    Memo::new(move |_| {
        let address = address.read();
        let text = |name: &str| address.text(name);
        Asked {
            target: text("target"),
            namespace: text("namespace"),
            keys: keys(&address),
            since: address.number("since").unwrap_or_default(),
            values: text("values"),
            action: text("action"),
            rate: text("rate"),
        }
    })
}

/// The keys that were ticked for this collection, then those that were typed.
fn keys(address: &Address) -> Vec<String> {
    let of_this = address.text("of").trim() == address.text("namespace").trim();
    let ticked = if of_this { address.all("tick") } else { Vec::new() };
    ticked.into_iter().chain(address.all("key")).filter(|key| !key.trim().is_empty()).collect()
}

/// `/sharding/advisor`.
#[component]
pub fn AdvisorPage() -> impl IntoView {
    let asked = use_asked();
    view! {
        <ClusterFrame
            title=words!("Shard-key advisor", "샤드 키 추천")
            lead=Some(
                words!(
                    "Compares keys by the documents that are there, before one of them is chosen for good.",
                    "키를 정하기 전에 실제 문서로 후보 키들을 비교합니다.",
                ),
            )
            path=PATH
        >
            <Board asked=asked />
        </ClusterFrame>
    }
    .into_any()
}

/// What is shown.
#[derive(Clone)]
enum Shown {
    Plan(Box<Planned>),
    Page(Box<Seen>),
    /// Nothing is asked of what is no router.
    Nothing(AppError),
}

/// What is known of what is asked, as far as there is something.
#[derive(Clone, Default)]
struct Seen {
    opened: Option<Opened>,
    advice: Option<Advice>,
    error: Option<AppError>,
    /// What is wrong with the rate of sampling.
    rate: Option<Words>,
}

async fn show(asked: Asked) -> Shown {
    let Asked { target, namespace, keys, since, action, rate, .. } = asked;
    let mut seen = Seen::default();
    if !action.is_empty() {
        match plan_sampling(target.clone(), action, namespace.clone(), rate, String::new(), keys.clone()).await {
            Ok(planned) => return Shown::Plan(Box::new(planned)),
            Err(error) => match error_at(Some(&error), "rate") {
                None => seen.error = Some(error),
                told => seen.rate = told,
            },
        }
    }
    if !namespace.is_empty() {
        match suggest_keys(target.clone(), namespace.clone()).await {
            Ok(opened) => seen.opened = Some(opened),
            Err(error) if error_at(Some(&error), "target").is_some() => return Shown::Nothing(error),
            Err(error) => seen.error = Some(error),
        }
    }
    if seen.opened.is_some() && !keys.is_empty() {
        match advise_keys(target, namespace, keys, since).await {
            Ok(advice) => seen.advice = Some(advice),
            Err(error) => seen.error = Some(error),
        }
    }
    Shown::Page(Box::new(seen))
}

/// The form, and below it what was measured.
#[component]
fn Board(asked: Memo<Asked>) -> impl IntoView {
    let shown = fetch(move || asked.get(), show);
    view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = asked.get_untracked();
                match shown.await {
                    Shown::Plan(planned) => {
                        view! { <Confirm planned=*planned back=asked.link(&[("rate", &asked.rate)]) action=APPLY /> }.into_any()
                    }
                    Shown::Page(seen) => view! { <Compared asked=asked seen=*seen /> }.into_any(),
                    Shown::Nothing(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

/// The form, the candidates, and the switch of sampling, which is there with or without candidates.
#[component]
fn Compared(asked: Asked, seen: Seen) -> impl IntoView {
    let Seen { opened, advice, error, rate } = seen;
    let (suggestions, sampling) = opened.map(|it| (it.suggestions, it.sampling)).unzip();
    view! {
        <Ask asked=asked.clone() suggestions=suggestions.unwrap_or_default() error=error />
        {advice.map(|advice| view! { <Advised asked=asked.clone() advice=advice /> })}
        {sampling.map(|sampling| view! { <SamplingCard asked=asked sampling=sampling error=rate /> })}
    }
}

/// The candidates, the best first, and on what the figures rest.
#[component]
fn Advised(asked: Asked, advice: Advice) -> impl IntoView {
    let lang = use_lang();
    let again = asked.link(&[("since", &(advice.measured_at + 1).to_string())]);
    let age = span(advice.age).read(lang);
    let facts = advice.clone();
    let values = (!asked.values.is_empty()).then(|| view! { <Values asked=asked.clone() /> });
    view! {
        <section class="card" id="advice" aria-labelledby="advice-title">
            <h2 id="advice-title">{tr_title(&advice, lang)}</h2>
            <p class="muted">{ground(&advice, lang)}</p>
            <p class="muted">
                {tr!(lang, "Measured {age} ago.", "{age} 전에 측정했습니다.")} " "
                <a href=again>{lang.of("Measure again", "다시 측정")}</a>
            </p>
            {values}
            <div class="candidates">
                {facts
                    .candidates
                    .iter()
                    .map(|candidate| {
                        view! { <CandidateCard candidate=candidate.clone() advice=facts.clone() asked=asked.clone() /> }
                    })
                    .collect_view()}
            </div>
        </section>
    }
}

fn tr_title(advice: &Advice, lang: Lang) -> String {
    let (namespace, number) = (&advice.namespace, advice.candidates.len());
    tr!(lang, "{number} keys for {namespace}, the best first", "{namespace}의 키 후보 {number}개, 좋은 순서")
}

/// On what the figures rest.
fn ground(advice: &Advice, lang: Lang) -> String {
    let unknown = || lang.of("unknown", "알 수 없음").to_owned();
    let documents = advice.documents.map_or_else(unknown, count);
    let held = advice.bytes.map_or_else(unknown, bytes);
    let (sampled, chunk, shards) = (count(advice.sampled), bytes(advice.chunk_bytes), count(advice.shards));
    let now = match &advice.sharded {
        Some(key) => tr!(lang, " Sharded now on {key}.", " 현재 {key}(으)로 샤딩되어 있습니다."),
        None => lang.of(" Not sharded yet.", " 아직 샤딩되지 않았습니다.").to_owned(),
    };
    let looked = if advice.whole {
        tr!(lang, "all {sampled} of them were read", "{sampled}개를 모두 읽음")
    } else {
        tr!(lang, "{sampled} of them were read at random", "{sampled}개를 무작위로 읽음")
    };
    tr!(
        lang,
        "Documents: {documents} ({held}); {looked}. Chunks of {chunk}, {shards} shards.{now}",
        "문서: {documents}개({held}), {looked}. 청크 {chunk}, 샤드 {shards}개.{now}"
    )
}
