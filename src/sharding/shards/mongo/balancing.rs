//! Whether the balancer works now, as far as the settings of the cluster say. A malformed setting lets the servers skip
//! every round, and they say so in their log only.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::sharding::mongo::answer::{first_batch, soft};
use crate::sharding::shards::model::drain::Balancing;
use crate::text::Words;
use crate::words;

const DAY: i64 = 24 * 60;

/// Reads the settings and the clock.
///
/// # Errors
/// When the server could not be asked at all.
pub async fn balancing(client: &Client) -> Result<Balancing, Error> {
    let find = doc! {
        "find": "settings", "filter": { "_id": { "$in": ["balancer", "chunksize"] } }, "limit": 2,
        "singleBatch": true, "maxTimeMS": 1_000,
    };
    let Some(answer) = soft(client.database("config").run_command(find).await)? else { return Ok(Balancing::Unknown) };
    let settings: Vec<Document> = first_batch(&answer).cloned().collect();
    let hello = client.database("admin").run_command(doc! { "hello": 1 }).await?;
    let now = hello.get_datetime("localTime").map(|time| time.timestamp_millis()).unwrap_or_default();
    Ok(of(&settings, now))
}

/// `now` is in milliseconds since 1970.
fn of(settings: &[Document], now: i64) -> Balancing {
    let named = |name: &str| settings.iter().find(|row| row.get_str("_id").is_ok_and(|id| id == name));
    if let Some(why) = named("chunksize").and_then(wrong_chunk_size) {
        return Balancing::Malformed(why);
    }
    named("balancer").map_or(Balancing::On, |row| of_balancer(row, now))
}

fn wrong_chunk_size(row: &Document) -> Option<Words> {
    let size = match row.get("value") {
        Some(Bson::Int32(size)) => Some(i64::from(*size)),
        Some(Bson::Int64(size)) => Some(*size),
        Some(Bson::Double(size)) => Some(*size as i64),
        _ => None,
    };
    (!size.is_some_and(|size| (1..=1024).contains(&size))).then(|| {
        words!("The chunk size is not a number from 1 to 1024 (MiB).", "청크 크기가 1~1024(MiB) 사이의 수가 아닙니다.")
    })
}

fn of_balancer(row: &Document, now: i64) -> Balancing {
    match row.get("stopped") {
        None | Some(Bson::Boolean(false)) => {}
        Some(Bson::Boolean(true)) => return Balancing::Off,
        Some(_) => {
            return Balancing::Malformed(words!(
                "“stopped” is neither true nor false.",
                "“stopped”가 true도 false도 아닙니다."
            ));
        }
    }
    match row.get("mode").map(Bson::as_str) {
        None | Some(Some("full" | "autoSplitOnly")) => {}
        Some(Some("off")) => return Balancing::Off,
        Some(_) => {
            return Balancing::Malformed(words!(
                "“mode” is not one that MongoDB knows.",
                "“mode”가 MongoDB가 아는 값이 아닙니다."
            ));
        }
    }
    match row.get("activeWindow") {
        None => Balancing::On,
        Some(Bson::Document(window)) => of_window(window, now),
        Some(_) => Balancing::Malformed(no_window()),
    }
}

fn of_window(window: &Document, now: i64) -> Balancing {
    let (Some(start), Some(stop)) = (time(window, "start"), time(window, "stop")) else {
        return Balancing::Malformed(no_window());
    };
    if start == stop {
        return Balancing::Malformed(words!(
            "Its window begins and ends at the same time.",
            "시간대의 시작과 끝이 같습니다."
        ));
    }
    let minute = now / 60_000 % DAY;
    let open = if start < stop { (start..stop).contains(&minute) } else { minute >= start || minute < stop };
    if open {
        return Balancing::On;
    }
    let show = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let opens_in = (start - minute).rem_euclid(DAY) * 60_000;
    Balancing::Closed { window: format!("{}–{}", show(start), show(stop)), opens_in: Some(opens_in) }
}

/// `HH:MM` in minutes.
fn time(window: &Document, field: &str) -> Option<i64> {
    let (hours, minutes) = window.get_str(field).ok()?.split_once(':')?;
    let read =
        |text: &str, below: i64| text.parse::<i64>().ok().filter(|value| text.len() <= 2 && (0..below).contains(value));
    Some(read(hours, 24)? * 60 + read(minutes, 60)?)
}

fn no_window() -> Words {
    words!("Its window does not have a start and a stop as HH:MM.", "시간대의 시작과 끝이 HH:MM 형식이 아닙니다.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 12 * 60 * 60_000;

    fn balancer(mut row: Document) -> Balancing {
        row.insert("_id", "balancer");
        of(&[row], NOON)
    }

    fn window(start: &str, stop: &str) -> Balancing {
        balancer(doc! { "activeWindow": { "start": start, "stop": stop } })
    }

    #[test]
    fn what_is_not_set_is_on() {
        assert_eq!(of(&[], NOON), Balancing::On);
        assert_eq!(balancer(doc! { "stopped": false, "mode": "full" }), Balancing::On);
        assert_eq!(balancer(doc! { "stopped": true }), Balancing::Off);
        assert_eq!(balancer(doc! { "mode": "off" }), Balancing::Off);
    }

    #[test]
    fn a_window_may_go_over_midnight() {
        assert_eq!(window("11:00", "13:00"), Balancing::On);
        assert_eq!(window("23:00", "12:30"), Balancing::On);
        let closed =
            |window: &str, hours: i64| Balancing::Closed { window: window.into(), opens_in: Some(hours * 3_600_000) };
        assert_eq!(window("23:00", "4:00"), closed("23:00–04:00", 11));
        assert_eq!(window("09:00", "10:00"), closed("09:00–10:00", 21));
    }

    #[test]
    fn what_the_servers_cannot_read_is_malformed() {
        let malformed = |balancing| matches!(balancing, Balancing::Malformed(_));
        assert!(malformed(window("25:00", "4:00")) && malformed(window("4:00", "4:00")) && malformed(window("4", "5")));
        assert!(malformed(balancer(doc! { "activeWindow": { "start": "4:00" } })));
        assert!(malformed(balancer(doc! { "stopped": "yes" })) && malformed(balancer(doc! { "mode": "sometimes" })));
        for value in [Bson::Int32(0), Bson::Int32(2048), Bson::from("64")] {
            assert!(malformed(of(&[doc! { "_id": "chunksize", "value": value }], NOON)));
        }
    }
}
