//! Whether queries are sampled, since when and by whom, and the switch.

use leptos::prelude::*;

use super::{Asked, PATH};
use crate::sharding::advisor::model::Sampling;
use crate::sharding::advisor::model::change::Rate;
use crate::text::{Lang, Words, use_lang, utc};
use crate::tr;
use crate::ui::form::TextField;

/// The card below the candidates. `error` is what is wrong with the rate that was typed.
#[component]
pub fn SamplingCard(asked: Asked, sampling: Sampling, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let told = told(&sampling, lang);
    let form = match sampling {
        Sampling::Lacking(_) => None,
        Sampling::On { .. } => Some(view! { <Switch asked=asked on=true error=None /> }),
        Sampling::Off | Sampling::Unknown => Some(view! { <Switch asked=asked on=false error=error /> }),
    };
    view! {
        <section class="card" id="sampling">
            <h2>{lang.of("How queries are routed", "쿼리 라우팅")}</h2>
            <p>{told}</p>
            {form}
        </section>
    }
}

fn told(sampling: &Sampling, lang: Lang) -> String {
    match sampling {
        Sampling::Lacking(why) => {
            let why = why.read(lang);
            tr!(
                lang,
                "Not measured: that takes samples of real queries. {why} A query that names the key's first field asks few shards, any other asks all.",
                "측정하지 않음: 실제 쿼리의 표본이 필요합니다. {why} 키의 첫 필드를 지정한 쿼리는 일부 샤드에만, 나머지는 모든 샤드에 묻습니다."
            )
        }
        Sampling::Off => lang
            .of(
                "Queries are not sampled. Switch it on for a while, then measure again.",
                "쿼리 표본을 수집하지 않고 있습니다. 잠시 켠 뒤 다시 측정하세요.",
            )
            .to_owned(),
        Sampling::Unknown => {
            lang.of("Whether queries are sampled could not be read.", "수집 여부를 읽지 못했습니다.").to_owned()
        }
        Sampling::On { per_second, since, by } => {
            let unknown = || lang.of("unknown", "알 수 없음").to_owned();
            let rate = per_second.map_or_else(unknown, |rate| rate.to_string());
            let since = since.map_or_else(unknown, utc);
            let by = by
                .clone()
                .unwrap_or_else(|| lang.of("somebody outside of this console", "이 콘솔 밖의 누군가").to_owned());
            tr!(
                lang,
                "Queries are sampled since {since} UTC, at most {rate} a second, switched on by {by}. It goes on until somebody stops it.",
                "{since} UTC부터 초당 최대 {rate}개의 쿼리 표본을 수집 중입니다(켠 사람: {by}). 중지할 때까지 계속됩니다."
            )
        }
    }
}

#[component]
fn Switch(asked: Asked, on: bool, error: Option<Words>) -> impl IntoView {
    let lang = use_lang();
    let action = if on { "stop_sampling" } else { "start_sampling" };
    let typed = if asked.rate.is_empty() { Rate::USUAL.to_string() } else { asked.rate.clone() };
    let rate = (!on).then(|| {
        view! {
            <TextField
                name="rate"
                label=lang.of("Queries a second", "초당 쿼리 수")
                value=typed
                kind="number"
                help=lang.of("1 to 50, for the whole collection.", "컬렉션 전체에서 1~50개.")
                error=error
            />
        }
    });
    view! {
        <form method="get" action=PATH>
            <input type="hidden" name="target" value=asked.target />
            <input type="hidden" name="namespace" value=asked.namespace />
            {asked.keys.into_iter().map(|key| view! { <input type="hidden" name="key" value=key /> }).collect_view()}
            <input type="hidden" name="action" value=action />
            {rate}
            <p class="buttons">
                <button>
                    {if on { lang.of("Stop sampling…", "수집 중지…") } else { lang.of("Sample queries…", "표본 수집…") }}
                </button>
            </p>
        </form>
    }
}
