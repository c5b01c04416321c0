//! The verdict on a draining, reason by reason.

use super::*;
use crate::sharding::shards::model::pace::Pace;

fn left(namespace: &str, chunks: i64) -> CollectionLeft {
    CollectionLeft { namespace: namespace.into(), chunks, ..CollectionLeft::default() }
}

/// A draining that nothing stands in the way of.
fn seen(collections: Vec<CollectionLeft>) -> Seen {
    let chunks = collections.iter().map(|it| it.chunks).sum();
    Seen {
        target: "mongo".into(),
        removal: Generation::Old,
        left: Left {
            shard: "shard2".into(),
            chunks: Some(chunks),
            jumbo: Some(collections.iter().map(|it| it.jumbo).sum()),
            collections,
            databases: Some(Vec::new()),
            ..Left::default()
        },
        pace: Pace::Unknown,
        balancing: Balancing::On,
        takers: vec!["shard1".into()],
        tried: None,
    }
}

fn verdict(seen: Seen) -> (State, String, String) {
    let drain = judge(seen);
    (drain.state, drain.step.en, drain.way.link)
}

#[test]
fn a_draining_that_moves_asks_for_nothing() {
    let pace = Pace::Moving { moved: 5, millis: 60_000, left: 60_000 };
    let (state, _, link) = verdict(Seen { pace, ..seen(vec![left("a.b", 5)]) });
    assert_eq!((state, link.as_str()), (State::Moving, ""));
}

#[test]
fn an_empty_shard_is_to_be_removed_for_good() {
    let (state, step, link) = verdict(seen(Vec::new()));
    assert_eq!(
        (state, link.as_str()),
        (State::Empty, "/sharding/shards?target=mongo&action=commit_removal&shard=shard2")
    );
    assert!(step.contains("Nothing is left"), "{step}");
}

#[test]
fn a_balancer_that_is_off_is_the_reason_and_starting_it_the_step() {
    let (state, step, link) = verdict(Seen { balancing: Balancing::Off, ..seen(vec![left("a.b", 2)]) });
    assert_eq!((state, step.as_str()), (State::Stuck, "The balancer is off: nothing moves."));
    assert_eq!(link, "/sharding/balancer?target=mongo&action=start_balancer");
}

#[test]
fn a_closed_window_is_a_reason_in_the_balancers_own_words() {
    let why = crate::words!("The window opens in 2 h.", "2시간 뒤에 열립니다.");
    let (state, step, link) = verdict(Seen { balancing: Balancing::Closed(why), ..seen(vec![left("a.b", 2)]) });
    assert_eq!((state, step.as_str()), (State::Stuck, "The window opens in 2 h."));
    assert_eq!(link, "/sharding/balancer?target=mongo&action=clear_window");
}

#[test]
fn malformed_settings_are_told_although_the_servers_are_silent() {
    let balancing = Balancing::Malformed(crate::words!("“25:00” is no time.", "“25:00”은(는) 시각이 아닙니다."));
    let drain = judge(Seen { balancing, ..seen(vec![left("a.b", 2)]) });
    assert_eq!(drain.state, State::Stuck);
    assert!(drain.reasons[0].why.en.starts_with("“25:00” is no time."), "{:?}", drain.reasons);
}

#[test]
fn a_frozen_collection_is_in_the_way_only_once_the_others_have_gone() {
    let frozen = CollectionLeft { held: Held::Frozen, ..left("a.frozen", 2) };
    let both = judge(seen(vec![frozen.clone(), left("a.b", 2)]));
    assert_eq!(both.state, State::Moving);
    assert_eq!(both.reasons.len(), 1, "it is told beforehand");
    let (state, step, _) = verdict(seen(vec![frozen]));
    assert_eq!(state, State::Stuck);
    assert!(step.contains("a.frozen are forbidden"), "{step}");
}

#[test]
fn jumbo_chunks_that_are_left_alone_lead_to_the_first_of_them() {
    let jumbo = CollectionLeft { jumbo: 2, jumbo_at: r#"{"k":1}"#.into(), ..left("a.b", 2) };
    let (state, step, link) = verdict(seen(vec![jumbo.clone()]));
    assert_eq!(state, State::Stuck);
    assert!(step.starts_with("Only jumbo chunks are left (2)"), "{step}");
    assert_eq!(link, "/sharding/chunk?target=mongo&namespace=a.b&min=%7B%22k%22%3A1%7D");
    assert_eq!(judge(seen(vec![CollectionLeft { chunks: 3, ..jumbo }])).state, State::Moving);
}

#[test]
fn a_zone_without_another_shard_is_a_reason() {
    let zoned = |zoned| vec![CollectionLeft { zoned, zones: vec!["EU".into()], ..left("a.b", 2) }];
    assert_eq!(judge(seen(zoned(1))).state, State::Moving);
    let (state, step, link) = verdict(seen(zoned(2)));
    assert_eq!(state, State::Stuck);
    assert!(step.contains("the zone EU"), "{step}");
    assert_eq!(link, "/sharding/zones?target=mongo&zone=EU#add-shard");
}

#[test]
fn without_another_shard_there_is_nobody_to_take_it() {
    let (state, step, _) = verdict(Seen { takers: Vec::new(), ..seen(vec![left("a.b", 2)]) });
    assert_eq!(state, State::Stuck);
    assert!(step.starts_with("No shard can take it"), "{step}");
}

#[test]
fn moves_that_fail_again_and_again_are_a_reason() {
    let tried = |failed| Tried { failed, namespace: "a.b".into(), ago: 60_000, step: "step 3 of 6".into() };
    assert_eq!(judge(Seen { tried: Some(tried(2)), ..seen(vec![left("a.b", 2)]) }).state, State::Moving);
    let (state, step, link) = verdict(Seen { tried: Some(tried(3)), ..seen(vec![left("a.b", 2)]) });
    assert_eq!(state, State::Stuck);
    assert!(step.contains("3 moves away") && step.contains("1 min ago"), "{step}");
    assert_eq!(link, "/sharding/history?target=mongo&namespace=a.b");
}

#[test]
fn a_database_that_is_left_is_moved_next_once_the_chunks_have_gone() {
    let with = |chunks: Vec<CollectionLeft>| {
        let mut seen = seen(chunks);
        seen.left.databases = Some(vec!["shop".into()]);
        judge(seen)
    };
    assert_eq!(with(vec![left("a.b", 2)]).state, State::Moving);
    let drain = with(Vec::new());
    assert_eq!(drain.state, State::YourTurn);
    assert_eq!(drain.way.link, "/sharding/shards?target=mongo&action=move_primary&database=shop&to=shard1");
}

#[test]
fn a_collection_that_is_not_sharded_is_moved_by_hand() {
    let mut seen = seen(Vec::new());
    (seen.left.chunks, seen.left.single) = (Some(1), vec!["a.single".into()]);
    let (state, _, link) = verdict(seen);
    assert_eq!(state, State::YourTurn);
    assert_eq!(link, "/sharding/reshape?target=mongo&action=move_collection&namespace=a.single&shard=shard1");
}

#[test]
fn the_sessions_are_told_and_not_offered_to_change() {
    let drain = judge(seen(vec![left("config.system.sessions", 700)]));
    assert_eq!(drain.state, State::Moving);
    assert!(drain.reasons[0].words.en.contains("700") && drain.reasons[0].link.is_empty());
}

#[test]
fn what_its_page_does_not_change_is_told_without_a_link() {
    let jumbo = |namespace: &str| CollectionLeft { jumbo: 1, jumbo_at: "{}".into(), ..left(namespace, 1) };
    let sessions = jumbo("config.system.sessions");
    assert_eq!(verdict(seen(vec![sessions.clone()])).2, "");
    assert!(verdict(seen(vec![sessions, jumbo("a.b")])).2.contains("namespace=a.b"), "the next one is offered");
    let series = CollectionLeft { time_series: true, ..jumbo("a.series") };
    assert_eq!(verdict(seen(vec![series])).2, "");
    let frozen = CollectionLeft { time_series: true, held: Held::Frozen, ..left("a.series", 2) };
    assert_eq!(verdict(seen(vec![frozen])).2, "");
}

#[test]
fn nothing_is_offered_to_be_moved_to_no_shard() {
    let mut seen = seen(Vec::new());
    (seen.takers, seen.left.databases) = (Vec::new(), Some(vec!["shop".into(), "web".into()]));
    let reasons = judge(seen).reasons;
    let moved = reasons.iter().find(|it| it.words.en.contains("primary shard of 2 databases")).expect("told");
    assert_eq!(moved.link, "");
}

#[test]
fn what_could_not_be_read_is_not_told_as_empty() {
    let mut unread = seen(Vec::new());
    unread.left.chunks = None;
    assert_eq!(judge(unread).state, State::Unknown);
    let mut unread = seen(Vec::new());
    unread.left.databases = None;
    assert_eq!(judge(unread).state, State::Unknown);
}

#[test]
fn only_from_8_2_on_a_draining_can_be_stopped() {
    assert_eq!(judge(seen(Vec::new())).stop.link, "");
    let stop = judge(Seen { removal: Generation::New, ..seen(Vec::new()) }).stop.link;
    assert_eq!(stop, "/sharding/shards?target=mongo&action=stop_draining&shard=shard2");
}
