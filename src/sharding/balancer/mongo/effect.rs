//! Whether a change of the balancer shows afterwards, and what does.

use crate::change::apply::ReadBack;
use crate::sharding::balancer::model::{Balancing, Change, OfCollection, Switch, Window};
use crate::text::Words;
use crate::words;

/// Whether the settings say what was asked for, and whether it works now.
pub(super) fn shown(change: &Change, state: &Balancing) -> ReadBack {
    let settings = state.settings.clone().unwrap_or_default();
    let (holds, seen) = match change {
        Change::StartBalancer { .. } => (settings.on == Some(true), on_or_off(settings.on)),
        Change::StopBalancer { .. } => (settings.on == Some(false), on_or_off(settings.on)),
        Change::SetWindow { window, .. } => (settings.window == Some(*window), window_seen(settings.window)),
        Change::ClearWindow { .. } => {
            let is_gone = settings.window.is_none() && !settings.faults.iter().any(|it| it.field.contains("Window"));
            (is_gone, window_seen(settings.window))
        }
        Change::SetChunkSize { mib, .. } => {
            let size = settings.chunk_mib.map_or("–".to_owned(), |it| format!("{it} MiB"));
            let is_gone = settings.chunk_mib.is_none() && !settings.faults.iter().any(|it| it.field.contains("chunk"));
            let holds = mib.map_or(is_gone, |mib| settings.chunk_mib == Some(i64::from(mib.get())));
            (holds, words!("The chunk size that is set: {size}.", "설정된 청크 크기: {size}."))
        }
        Change::SwitchAutoMerger { on, .. } => (
            settings.auto_merger.unwrap_or(true) == *on,
            switched("the auto-merger", "자동 병합", settings.auto_merger),
        ),
        Change::SetCollectionChunkSize { .. } | Change::SwitchCollection { .. } => (false, Words::default()),
    };
    let works = match state.why_not().into_iter().next() {
        None => words!(" It is balancing.", " 밸런싱이 동작합니다."),
        Some(reason) => {
            let (en, ko) = (reason.en, reason.ko);
            words!(" It is not balancing: {en}", " 밸런싱이 동작하지 않습니다: {ko}")
        }
    };
    let (en, ko) = (seen.en + &works.en, seen.ko + &works.ko);
    ReadBack { holds: holds && state.settings.is_some(), seen: Words { en, ko } }
}

fn on_or_off(on: Option<bool>) -> Words {
    switched("the balancer", "밸런서", on)
}

fn switched(en: &str, ko: &str, on: Option<bool>) -> Words {
    match on {
        Some(true) => words!("config.settings shows {en} on.", "config.settings에 {ko}이(가) 켜져 있습니다."),
        Some(false) => words!("config.settings shows {en} off.", "config.settings에 {ko}이(가) 꺼져 있습니다."),
        None => words!(
            "config.settings does not say whether {en} is on.",
            "config.settings에 {ko} 설정이 없거나 읽을 수 없습니다."
        ),
    }
}

fn window_seen(window: Option<Window>) -> Words {
    match window {
        Some(window) => {
            words!("config.settings shows the window {window}.", "config.settings의 밸런싱 허용 시간: {window}.")
        }
        None => words!("config.settings shows no window.", "config.settings에 밸런싱 허용 시간이 없습니다."),
    }
}

pub(super) fn shown_collection(change: &Change, now: &OfCollection) -> ReadBack {
    let name = &now.namespace;
    let says = |on: bool| if on { ("on", "켜짐") } else { ("off", "꺼짐") };
    match change {
        Change::SetCollectionChunkSize { mib, .. } => {
            let size = now.chunk_mib.map_or("–".to_owned(), |it| format!("{it} MiB"));
            ReadBack {
                holds: now.chunk_mib == mib.map(|it| i64::from(it.get())),
                seen: words!("{name} shows its own chunk size: {size}.", "{name}의 자체 청크 크기: {size}."),
            }
        }
        Change::SwitchCollection { switch, on, .. } => {
            let (is, label) = match switch {
                Switch::Balancing => (now.balanced, words!("balancing", "밸런싱")),
                Switch::Migrations => (!now.frozen, words!("migrations", "청크 이동")),
                Switch::AutoMerger => (now.auto_merger.unwrap_or(true), words!("the auto-merger", "자동 병합")),
                Switch::Defragmentation => (now.defragmenting, words!("defragmentation", "조각 모음")),
            };
            let ((en, ko), label_en, label_ko) = (says(is), label.en, label.ko);
            // A small collection is defragmented before anybody can look.
            let is_done = *switch == Switch::Defragmentation && *on && !is;
            let seen = if is_done {
                words!(
                    "{name} shows no defragmentation: it has ended already.",
                    "{name}의 조각 모음이 이미 끝났습니다."
                )
            } else {
                words!("{name} shows {label_en} {en}.", "{name}의 {label_ko}: {ko}.")
            };
            ReadBack { holds: is == *on || is_done, seen }
        }
        _ => ReadBack { holds: false, seen: Words::default() },
    }
}
