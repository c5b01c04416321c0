//! What follows from having seen a slot more than once: its growth, since when nobody uses it, and whether whoever is
//! connected moves on.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::super::model::{Bound, End, Eta, Inactive, Room, Seen, ServerSeen, Slot, WalUsed};
use super::rate::{self, Growth};

/// A consumer that has stood still for so long with a WAL file more to read than before is told of. One that had nothing
/// to read is given this time too.
const STUCK_AFTER: Duration = Duration::from_secs(10);

/// All slots of a server over time.
#[derive(Default)]
pub(super) struct Tracks {
    slots: HashMap<String, Track>,
    /// Number of the reading. What was not seen in the last one is forgotten.
    reading: u64,
    /// Bytes of WAL beside what the slot that holds most needs: also files that are kept to be used again.
    beside: Option<i64>,
}

#[derive(Default)]
struct Track {
    reading: u64,
    growth: Growth,
    inactive: Option<Inactive>,
    still: Option<Still>,
}

/// A consumer that stands at a place.
struct Still {
    place: String,
    /// How far behind it was when it came there.
    behind: i64,
    /// When it was first seen to be a WAL file farther behind.
    fell_back: Option<Instant>,
}

impl Tracks {
    /// Takes what was seen of all slots at a time.
    pub(super) fn learn(&mut self, at: Instant, wall: i64, server: &ServerSeen, slots: Vec<Slot>) -> Vec<Seen> {
        let first = self.reading == 0;
        self.reading += 1;
        let disk = self.disk(server);
        let seen = slots.into_iter().map(|slot| {
            let track = self.slots.entry(slot.name.clone()).or_default();
            track.reading = self.reading;
            track.learn(at, wall, first, server, disk, slot)
        });
        let seen = seen.collect();
        let reading = self.reading;
        self.slots.retain(|_, track| track.reading == reading);
        seen
    }

    /// Takes how much WAL there is, which is asked more seldom than the slots.
    pub(super) fn measure(&mut self, server: &ServerSeen, slots: &[Slot]) {
        let most = slots.iter().filter_map(|slot| slot.held_bytes).max().unwrap_or(0);
        self.beside = match server.wal_used {
            WalUsed::Bytes(used) => Some((used - most).max(0)),
            _ => None,
        };
    }

    /// Bytes of the volume that WAL held back for slots can take; none where that is not known.
    fn disk(&self, server: &ServerSeen) -> Option<i64> {
        Some(server.volume? - self.beside?)
    }
}

impl Track {
    fn learn(
        &mut self,
        at: Instant,
        wall: i64,
        first: bool,
        server: &ServerSeen,
        disk: Option<i64>,
        slot: Slot,
    ) -> Seen {
        self.grow(at, &slot);
        self.inactive = inactive(self.inactive.take(), wall, first, &slot);
        let growth = self.growth.per_second();
        let room = room(&slot, server, disk);
        Seen {
            growth: growth.map(|rate| rate as i64),
            room,
            end: end(room, growth),
            inactive: self.inactive,
            stuck_millis: self.stand(at, server, &slot),
            slot,
        }
    }

    fn grow(&mut self, at: Instant, slot: &Slot) {
        let Some(held) = slot.held_bytes else {
            self.growth = Growth::default();
            return;
        };
        // What nobody uses does not shrink: this is another slot of the same name, or one that was moved on by hand.
        if !slot.active && self.growth.held().is_some_and(|before| held < before) {
            self.growth = Growth::default();
        }
        self.growth.learn(at, held);
    }

    /// For how long its consumer has not moved, where that is worth telling.
    fn stand(&mut self, at: Instant, server: &ServerSeen, slot: &Slot) -> Option<i64> {
        let place = slot.confirmed_flush_lsn.as_ref().or(slot.restart_lsn.as_ref()).filter(|_| slot.active);
        let behind = slot.unconfirmed_bytes.or(slot.held_bytes);
        let (Some(place), Some(behind)) = (place, behind) else {
            self.still = None;
            return None;
        };
        match &mut self.still {
            Some(still) if still.place == *place => {
                if behind - still.behind < server.segment_bytes.max(1) {
                    return None;
                }
                let passed = at.saturating_duration_since(*still.fell_back.get_or_insert(at));
                (passed >= STUCK_AFTER).then_some(i64::try_from(passed.as_millis()).unwrap_or(i64::MAX))
            }
            _ => {
                self.still = Some(Still { place: place.clone(), behind, fell_back: None });
                None
            }
        }
    }
}

fn inactive(before: Option<Inactive>, wall: i64, first: bool, slot: &Slot) -> Option<Inactive> {
    if slot.active {
        return None;
    }
    if let Some(since) = slot.inactive_since {
        return Some(Inactive { since, how: Bound::Told });
    }
    // One that was there when the console first looked may have been left long before.
    before.or(Some(Inactive { since: wall, how: if first { Bound::AtLeast } else { Bound::Seen } }))
}

fn room(slot: &Slot, server: &ServerSeen, disk: Option<i64>) -> Room {
    let Some(held) = slot.held_bytes else { return Room::Nothing };
    let capped = slot.safe_bytes.filter(|_| server.keep_bytes >= 0);
    match (capped, disk.map(|disk| disk - held)) {
        (Some(safe), Some(left)) if left < safe => Room::UntilFull(left),
        (Some(safe), _) => Room::UntilLost(safe),
        (None, Some(left)) => Room::UntilFull(left),
        (None, None) => Room::Unknown,
    }
}

fn end(room: Room, growth: Option<f64>) -> End {
    let eta = |left| match growth {
        _ if left <= 0 => Eta::In(0),
        None => Eta::Measuring,
        Some(rate) => rate::until(left, rate).map_or(Eta::Never, Eta::In),
    };
    match room {
        Room::Nothing => End::None,
        Room::UntilLost(left) => End::Lost(eta(left)),
        Room::UntilFull(left) => End::Full(eta(left)),
        Room::Unknown => End::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: i64 = 1 << 20;

    fn server() -> ServerSeen {
        ServerSeen { keep_bytes: 160 * MIB, segment_bytes: 16 * MIB, ..ServerSeen::default() }
    }

    fn slot(held: i64, safe: Option<i64>) -> Slot {
        Slot {
            name: "a".into(),
            kind: "logical".into(),
            restart_lsn: Some("0/1".into()),
            wal_status: Some("reserved".into()),
            held_bytes: Some(held),
            safe_bytes: safe,
            ..Slot::default()
        }
    }

    /// Sees the slot once a second.
    fn watch(server: &ServerSeen, slots: impl IntoIterator<Item = Slot>) -> Seen {
        let (start, mut tracks) = (Instant::now(), Tracks::default());
        tracks.measure(server, &[]);
        let mut last = Seen::default();
        for (second, slot) in slots.into_iter().enumerate() {
            let at = start + Duration::from_secs(second as u64);
            last = tracks.learn(at, second as i64 * 1000, server, vec![slot]).remove(0);
        }
        last
    }

    #[test]
    fn a_slot_that_grows_towards_its_limit_is_told_when_it_is_lost() {
        let seen = watch(&server(), (0..11).map(|second| slot(second * MIB, Some((160 - second) * MIB))));
        assert_eq!(seen.end, End::Lost(Eta::In(150_000)));
        assert_eq!(seen.growth, Some(MIB));
    }

    #[test]
    fn before_ten_samples_it_is_being_measured_and_one_that_shrinks_never_ends() {
        let seen = watch(&server(), (0..10).map(|second| slot(second * MIB, Some(MIB))));
        assert_eq!(seen.end, End::Lost(Eta::Measuring));
        let shrinking = (0..15).map(|second| Slot { active: true, ..slot((100 - second) * MIB, Some(MIB)) });
        assert_eq!(watch(&server(), shrinking).end, End::Lost(Eta::Never));
    }

    #[test]
    fn the_disk_comes_before_a_limit_that_is_farther() {
        let server = ServerSeen { volume: Some(100 * MIB), wal_used: WalUsed::Bytes(20 * MIB), ..server() };
        let seen = watch(&server, (0..11).map(|second| slot(second * MIB, Some(150 * MIB))));
        assert_eq!(seen.room, Room::UntilFull(70 * MIB));
        assert_eq!(seen.end, End::Full(Eta::In(70_000)));
    }

    #[test]
    fn without_a_limit_and_without_a_known_disk_the_end_is_unknown() {
        let server = ServerSeen { keep_bytes: -1, ..server() };
        let seen = watch(&server, (0..20).map(|second| slot(second, None)));
        assert_eq!((seen.room, seen.end), (Room::Unknown, End::Unknown));
    }

    #[test]
    fn a_slot_that_holds_nothing_or_is_lost_has_no_end() {
        let nothing = Slot { held_bytes: None, wal_status: None, safe_bytes: Some(-8 * MIB), ..slot(0, None) };
        let seen = watch(&server(), vec![nothing; 12]);
        assert_eq!((seen.room, seen.end, seen.growth), (Room::Nothing, End::None, None));
    }

    #[test]
    fn another_slot_of_the_same_name_is_measured_anew() {
        let slots = (0..12).map(|second| slot(second * MIB, Some(MIB))).chain([slot(0, Some(MIB))]);
        assert_eq!(watch(&server(), slots).end, End::Lost(Eta::Measuring));
    }

    #[test]
    fn a_consumer_that_stands_still_while_wal_is_written_is_stuck() {
        let at = |second: i64, place: &str| Slot {
            active: true,
            confirmed_flush_lsn: Some(place.into()),
            unconfirmed_bytes: Some(second * 2 * MIB),
            ..slot(second * 2 * MIB, None)
        };
        // It is a WAL file behind after 8 s, and then nothing happens for 11 s.
        assert_eq!(watch(&server(), (0..20).map(|second| at(second, "0/5"))).stuck_millis, Some(11_000));
        let moving = (0..20).map(|second| at(second, &format!("0/{second}")));
        assert_eq!(watch(&server(), moving).stuck_millis, None);
        let idle = (0..20).map(|_| at(3, "0/5"));
        assert_eq!(watch(&server(), idle).stuck_millis, None, "nothing was written");
        let burst = (0..20).map(|second| at(if second < 18 { 0 } else { 40 }, "0/5"));
        assert_eq!(watch(&server(), burst).stuck_millis, None, "it had nothing to read until a moment ago");
    }

    #[test]
    fn how_a_time_is_known_is_told() {
        let told = watch(&server(), [Slot { inactive_since: Some(5), ..slot(0, None) }]);
        assert_eq!(told.inactive, Some(Inactive { since: 5, how: Bound::Told }));
        let first = watch(&server(), vec![slot(0, None); 3]);
        assert_eq!(first.inactive, Some(Inactive { since: 0, how: Bound::AtLeast }));
        let left = watch(&server(), [Slot { active: true, ..slot(0, None) }, slot(0, None), slot(0, None)]);
        assert_eq!(left.inactive, Some(Inactive { since: 1000, how: Bound::Seen }));
    }
}
