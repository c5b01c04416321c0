use super::*;

struct Scratch(std::path::PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("outgrow-history-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        Self(dir)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn measured(name: &str, at: i64, value: i64) -> Measured {
    let point = Point { at, value, bound: Some(100), active: true };
    Measured { target: "pg".into(), kind: SLOT_HELD, name: name.into(), point }
}

async fn points(store: &Store) -> i64 {
    store.with(|connection| count(connection)).await.expect("a count")
}

#[tokio::test]
async fn history_is_there_after_a_restart() {
    let dir = Scratch::new("restart");
    let now = wall() / 10_000 * 10_000;
    let store = Store::open(&dir.0).expect("a new store");
    write(&store, vec![measured("a", now - 10_000, 5), measured("b", now, 1)]).await.expect("written");
    write(&store, vec![measured("a", now, 7)]).await.expect("written");
    drop(store);
    let mut store = Store::open(&dir.0);
    while store.is_err() {
        // The thread of the first one lets go of the file a moment later.
        tokio::task::yield_now().await;
        store = Store::open(&dir.0);
    }
    let store = store.expect("the same store");
    let read = |span| read(&store, "pg", SLOT_HELD, "a", span);
    let values: Vec<i64> = read(Span::Hour).await.expect("an hour").iter().map(|point| point.value).collect();
    assert_eq!(values, [5, 7]);
    let other = super::read(&store, "other", SLOT_HELD, "a", Span::Hour).await.expect("nothing");
    assert_eq!(other, []);
}

#[tokio::test]
async fn a_minute_keeps_its_peak_and_an_hour_goes_by() {
    let dir = Scratch::new("steps");
    let store = Store::open(&dir.0).expect("a new store");
    let minute = wall() / 60_000 * 60_000;
    // An hour and a half, every 10 s, up to this minute.
    let all = (0..540).map(|step| {
        let at = minute - 5_400_000 + step * 10_000;
        measured("a", at, if at % 60_000 == 30_000 { 9 } else { 1 })
    });
    for chunk in all.collect::<Vec<_>>().chunks(60) {
        write(&store, chunk.to_vec()).await.expect("written");
    }
    let hour = read(&store, "pg", SLOT_HELD, "a", Span::Hour).await.expect("an hour");
    assert!((350..=361).contains(&hour.len()), "{} points of an hour", hour.len());
    let day = read(&store, "pg", SLOT_HELD, "a", Span::Day).await.expect("a day");
    assert_eq!(day.len(), 90);
    assert!(day.iter().all(|point| point.value == 9));
    assert!(points(&store).await <= 361 + 90, "what is older than an hour is kept by the minute only");
}

#[tokio::test]
async fn more_than_the_bound_is_never_kept() {
    let dir = Scratch::new("bound");
    let store = Store::open(&dir.0).expect("a new store");
    let now = wall();
    let all = (0..50).flat_map(|name| (0..20).map(move |step| measured(&format!("s{name}"), now - step * 10_000, 1)));
    write(&store, all.collect()).await.expect("written");
    assert!(points(&store).await > 1_000);
    clear(&store, now, 500).await.expect("cleared");
    let left = points(&store).await;
    assert!((1..=500).contains(&left), "{left} points are left");
    clear(&store, now + 2 * 86_400_000, 500).await.expect("cleared");
    let series: i64 = store
        .with(|connection| connection.query_row("SELECT count(*) FROM history_series", [], |row| row.get(0)))
        .await
        .expect("a count");
    assert_eq!((points(&store).await, series), (0, 0), "after two days nothing is left");
}

#[tokio::test]
async fn of_many_series_those_with_the_highest_peak_are_read_by_name() {
    let dir = Scratch::new("worst");
    let store = Store::open(&dir.0).expect("a new store");
    let now = wall() / 10_000 * 10_000;
    let of = |name: &str, value| [measured(name, now - 10_000, value), measured(name, now, 1)];
    let all = [of("c", 9), of("a", 5), of("b", 2)].concat();
    write(&store, all).await.expect("written");
    let (series, number) = read_worst(&store, "pg", SLOT_HELD, Span::Hour, 2).await.expect("two");
    let told: Vec<_> = series.iter().map(|(name, points)| (name.as_str(), points[0].value, points.len())).collect();
    assert_eq!((told, number), (vec![("a", 5, 2), ("c", 9, 2)], 3));
    let none = read_worst(&store, "pg", STANDBY_LAG, Span::Hour, 2).await.expect("none");
    assert_eq!(none, (Vec::new(), 0));
}

#[test]
fn of_what_others_tell_the_last_counts_and_no_more_series_than_are_kept() {
    let told = Told::default();
    for value in [1, 2] {
        told.tell(STANDBY_LAG, "standby1", value, true);
    }
    for name in 0..200 {
        told.tell(STANDBY_LAG, &format!("s{name}"), 0, false);
    }
    let taken = told.take("pg");
    assert_eq!(taken.len(), SERIES);
    assert!(taken.iter().any(|one| one.name == "standby1" && one.point.value == 2 && one.target == "pg"));
    assert!(told.take("pg").is_empty());
}
