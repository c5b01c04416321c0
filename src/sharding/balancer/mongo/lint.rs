//! Reads `config.settings` as the servers do, and tells what they cannot read. Nothing checks what is written there, and
//! a value that cannot be read stops all balancing (measured on 6.0.5; the rules are those of the server's source).

use bson::{Bson, Document};

use crate::sharding::balancer::model::{Fault, Repair, Settings, Time, Window};
use crate::sharding::model::{Release, Version};
use crate::sharding::value;
use crate::text::Words;
use crate::words;

/// All that these documents say for a cluster of this release.
pub(super) fn read(rows: &[Document], release: Release) -> Settings {
    let row = |name: &str| rows.iter().find(|row| row.get_str("_id").is_ok_and(|id| id == name));
    let mut settings = Settings { on: Some(true), ..Settings::default() };
    if let Some(row) = row("balancer") {
        balancer(row, &mut settings);
    }
    if let Some(row) = row("chunksize") {
        chunk_size(row, &mut settings);
    }
    // Automatic splitting ended with 6.0.3, and nobody reads its switch any more.
    if let Some(row) = row("autosplit").filter(|_| release.version < Version::new(6, 0, 3)) {
        switch("autosplit", row, Repair::ByHand, &mut settings);
    }
    if let Some(row) = row("automerge").filter(|_| release.version.reaches(7, 0)) {
        settings.auto_merger = switch("automerge", row, Repair::AutoMerger, &mut settings);
    }
    settings
}

fn balancer(row: &Document, settings: &mut Settings) {
    match row.get("stopped") {
        None => {}
        Some(value) => match truth(value) {
            Some(stopped) => settings.on = Some(!stopped),
            None => {
                settings.on = None;
                settings.faults.push(fault("balancer.stopped", value, not_a_switch(), Repair::Start));
            }
        },
    }
    if settings.on != Some(false) {
        mode(row, settings);
    }
    if let Some(value) = row.get("activeWindow") {
        window(value, settings);
    }
    for (name, may_be_document) in
        [("_secondaryThrottle", true), ("_waitForDelete", false), ("attemptToBalanceJumboChunks", false)]
    {
        let Some(value) = row.get(name) else { continue };
        settings.throttles.push((name.to_owned(), value::shown(value)));
        let is_readable = if may_be_document {
            matches!(value, Bson::Boolean(_) | Bson::Document(_))
        } else {
            truth(value).is_some()
        };
        if !is_readable {
            settings.faults.push(fault(&format!("balancer.{name}"), value, not_a_switch(), Repair::ByHand));
        }
    }
}

fn mode(row: &Document, settings: &mut Settings) {
    let Some(value) = row.get("mode") else { return };
    match value.as_str() {
        Some("full") => {}
        Some("off" | "autoSplitOnly") => settings.on = Some(false),
        _ => {
            settings.on = None;
            let rule = words!("it must be full or off.", "full 또는 off여야 합니다.");
            settings.faults.push(fault("balancer.mode", value, rule, Repair::Start));
        }
    }
}

fn window(value: &Bson, settings: &mut Settings) {
    let mut wrong = |field: &str, value: &Bson, rule| {
        settings.faults.push(fault(&format!("balancer.activeWindow{field}"), value, rule, Repair::Window));
    };
    let Bson::Document(ends) = value else {
        let rule = words!("it must have start and stop.", "start와 stop이 있어야 합니다.");
        return wrong("", value, rule);
    };
    let mut times = Vec::new();
    for (name, field) in [("start", ".start"), ("stop", ".stop")] {
        match ends.get(name) {
            None => wrong(field, &Bson::Undefined, words!("it is missing.", "값이 없습니다.")),
            Some(value) => match value.as_str().and_then(time) {
                Some(time) => times.push(time),
                None => {
                    let rule = words!(
                        "it must be a time from 00:00 to 23:59, as text.",
                        "00:00부터 23:59까지의 시각(문자열)이어야 합니다."
                    );
                    wrong(field, value, rule);
                }
            },
        }
    }
    let [start, stop] = times.as_slice() else { return };
    match Window::new(*start, *stop) {
        Ok(window) => settings.window = Some(window),
        Err(_) => wrong("", value, words!("start and stop are the same.", "start와 stop이 같습니다.")),
    }
}

/// As C's `sscanf("%d:%d")` reads it: `9:5` will do, and what follows does not matter.
fn time(text: &str) -> Option<Time> {
    let number = |text: &str| {
        let text = text.trim_start();
        let text = text.strip_prefix('+').unwrap_or(text);
        let end = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
        Some((text[..end].parse::<u16>().ok()?, text[end..].to_owned()))
    };
    let (hour, rest) = number(text)?;
    let (minute, _) = number(rest.strip_prefix(':')?)?;
    Time::of(hour, minute)
}

fn chunk_size(row: &Document, settings: &mut Settings) {
    let value = row.get("value").unwrap_or(&Bson::Undefined);
    let whole = match value {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        Bson::Double(number) if number.fract() == 0.0 && number.abs() < 1e15 => Some(*number as i64),
        _ => None,
    };
    match whole.filter(|mib| (1..=1024).contains(mib)) {
        Some(mib) => settings.chunk_mib = Some(mib),
        None => {
            let rule =
                words!("it must be a whole number from 1 to 1024 (MiB).", "1부터 1024까지의 정수(MiB)여야 합니다.");
            settings.faults.push(fault("chunksize.value", value, rule, Repair::ChunkSize));
        }
    }
}

fn switch(name: &str, row: &Document, repair: Repair, settings: &mut Settings) -> Option<bool> {
    let value = row.get("enabled").unwrap_or(&Bson::Undefined);
    if let Bson::Boolean(on) = value {
        return Some(*on);
    }
    settings.faults.push(fault(&format!("{name}.enabled"), value, not_a_switch(), repair));
    None
}

/// Numbers count as true and false too.
fn truth(value: &Bson) -> Option<bool> {
    match value {
        Bson::Boolean(truth) => Some(*truth),
        Bson::Int32(number) => Some(*number != 0),
        Bson::Int64(number) => Some(*number != 0),
        Bson::Double(number) => Some(*number != 0.0),
        _ => None,
    }
}

fn not_a_switch() -> Words {
    words!("it must be true or false.", "true 또는 false여야 합니다.")
}

fn fault(field: &str, value: &Bson, rule: Words, repair: Repair) -> Fault {
    // What stands there may be anything, also a long text.
    let shown = match value {
        Bson::Undefined => "—".to_owned(),
        value => value::shown(value).chars().take(80).collect(),
    };
    Fault { field: field.to_owned(), value: shown, rule, repair }
}
