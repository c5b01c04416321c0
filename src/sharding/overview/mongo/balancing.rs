//! Whether data moves by itself: the one place where the overview asks for it.

use bson::{Bson, Document};

use crate::sharding::model::Release;
use crate::sharding::mongo::answer::number;
use crate::sharding::mongo::settings;
use crate::sharding::overview::model::Balancing;
use crate::text::Words;
use crate::words;

/// What is known of the balancer by the cluster's settings.
pub(super) fn balancing(rows: &[Document], release: Release) -> Balancing {
    let row = |name: &str| rows.iter().find(|row| row.get_str("_id").is_ok_and(|id| id == name));
    let mut wrong = Vec::new();
    if let Some(balancer) = row("balancer") {
        wrong.extend(window(balancer).err());
        wrong.extend(switches(balancer));
    }
    wrong.extend(row("chunksize").and_then(chunk_size));
    let open = row("balancer").and_then(|balancer| window(balancer).ok().flatten());
    Balancing {
        on: settings::is_balancing(rows),
        chunk_bytes: settings::chunk_bytes(rows, release.version),
        window: open.map(|(start, stop)| {
            words!(
                "from {start} to {stop}, by the clock of the config servers' primary",
                "{start}부터 {stop}까지(설정 서버 프라이머리의 시계 기준)"
            )
        }),
        wrong,
        ..Balancing::default()
    }
}

/// The hours in which it works; none where it always does.
///
/// # Errors
/// What is malformed: then the servers skip every round, and say nothing of it.
fn window(balancer: &Document) -> Result<Option<(String, String)>, Words> {
    let Some(window) = balancer.get("activeWindow") else { return Ok(None) };
    let time = |name: &str| window.as_document()?.get_str(name).ok().filter(|text| is_time(text)).map(str::to_owned);
    match (time("start"), time("stop")) {
        (Some(start), Some(stop)) if start != stop => Ok(Some((start, stop))),
        (Some(_), Some(_)) => Err(words!(
            "Its window begins and ends at the same time, so every round is skipped.",
            "동작 시간의 시작과 끝이 같아 모든 밸런싱 회차를 건너뜁니다."
        )),
        _ => {
            let shown = shown(window);
            Err(words!(
                "Its window is {shown}, and not a start and a stop of the form HH:MM, so every round is skipped.",
                "동작 시간 {shown}이(가) HH:MM 형식의 start와 stop이 아니어서 모든 밸런싱 회차를 건너뜁니다."
            ))
        }
    }
}

fn is_time(text: &str) -> bool {
    let part = |part: &str, most: u8| (1..=2).contains(&part.len()) && part.parse().is_ok_and(|it: u8| it < most);
    text.split_once(':').is_some_and(|(hour, minute)| part(hour, 24) && minute.len() == 2 && part(minute, 60))
}

fn switches(balancer: &Document) -> Vec<Words> {
    let mut wrong = Vec::new();
    if let Some(stopped) = balancer.get("stopped").filter(|it| !matches!(it, Bson::Boolean(_))) {
        let shown = shown(stopped);
        wrong.push(words!(
            "“stopped” is {shown}, and neither true nor false, so every round is skipped.",
            "“stopped” 값 {shown}이(가) true나 false가 아니어서 모든 밸런싱 회차를 건너뜁니다."
        ));
    }
    if let Some(mode) = balancer.get("mode").filter(|it| !is_mode(it)) {
        let shown = shown(mode);
        wrong.push(words!(
            "“mode” is {shown}, which no version knows, so every round is skipped.",
            "“mode” 값 {shown}은(는) 알 수 없는 값이어서 모든 밸런싱 회차를 건너뜁니다."
        ));
    }
    wrong
}

fn is_mode(mode: &Bson) -> bool {
    mode.as_str().is_some_and(|mode| matches!(mode, "full" | "off" | "autoSplitOnly"))
}

fn chunk_size(row: &Document) -> Option<Words> {
    let value = row.get("value")?;
    let fits = number(row, "value").is_some_and(|mib| (1..=1024).contains(&mib));
    let shown = shown(value);
    (!fits).then(|| {
        words!(
            "The chunk size is {shown}, and not a number from 1 to 1024, so every round is skipped.",
            "청크 크기 {shown}이(가) 1부터 1024까지의 숫자가 아니어서 모든 밸런싱 회차를 건너뜁니다."
        )
    })
}

/// A setting as it stands, and no longer than a line.
fn shown(value: &Bson) -> String {
    value.clone().into_relaxed_extjson().to_string().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn wrong(rows: &[Document]) -> Vec<String> {
        balancing(rows, Release::default()).wrong.into_iter().map(|it| it.en).collect()
    }

    #[test]
    fn settings_that_the_servers_choke_on_are_told() {
        let window = |window: Document| doc! { "_id": "balancer", "activeWindow": window };
        for row in [
            window(doc! { "start": "25:00", "stop": "06:00" }),
            window(doc! { "start": "23:00" }),
            window(doc! { "start": "06:00", "stop": "06:00" }),
            window(doc! { "start": "6", "stop": "7" }),
            window(doc! { "start": "06:60", "stop": "07:00" }),
            doc! { "_id": "balancer", "stopped": "yes" },
            doc! { "_id": "balancer", "mode": "sometimes" },
            doc! { "_id": "chunksize", "value": 0 },
            doc! { "_id": "chunksize", "value": 2048 },
            doc! { "_id": "chunksize", "value": "64" },
        ] {
            assert_eq!(wrong(std::slice::from_ref(&row)).len(), 1, "{row}");
        }
    }

    #[test]
    fn settings_that_are_well_formed_are_not() {
        let balancer = doc! {
            "_id": "balancer", "mode": "full", "stopped": false, "activeWindow": { "start": "23:00", "stop": "6:00" },
        };
        let rows = [balancer, doc! { "_id": "chunksize", "value": 64_i64 }];
        assert_eq!(wrong(&rows), Vec::<String>::new());
        assert_eq!(wrong(&[]), Vec::<String>::new());
        let open = balancing(&rows, Release::default()).window.expect("a window").en;
        assert!(open.starts_with("from 23:00 to 6:00"), "{open}");
    }
}
