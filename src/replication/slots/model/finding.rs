//! What is wrong with the slots of a server now, the worst first, each with its reason and the one link that leads to
//! what can be done.

use super::meaning;
use super::seen::{End, Room, Seen, ServerSeen, WalUsed};
use crate::replication::finding::{Finding, Severity};
use crate::text::{Words, bytes, span, url_text};
use crate::words;

/// A slot that ends within this is a finding, in milliseconds; within the second it is a bad one.
const SOON: i64 = 60 * 60 * 1000;
const VERY_SOON: i64 = 10 * 60 * 1000;

/// More findings of one sort than this are told as one.
const APART: usize = 3;

/// Suggested where the size of the volume is not known, in MiB: 10 GiB.
const SUGGESTED: i64 = 10_240;

/// All that is wrong with the slots of a server, the worst first. `target` is the server's id, for the links.
pub fn findings(target: &str, server: &ServerSeen, slots: &[Seen]) -> Vec<Finding> {
    let teller = Teller { target, server };
    let mut found = Vec::new();
    teller.each(&mut found, slots, "lost", |seen| seen.slot.is_lost(), Teller::lost);
    teller.each(&mut found, slots, "problem", is_unreserved, Teller::unreserved);
    teller.each(&mut found, slots, "problem", ends_soon, Teller::ending);
    found.extend(teller.uncapped(slots));
    teller.each(&mut found, slots, "problem", |seen| seen.stuck_millis.is_some(), Teller::stuck);
    teller.each(&mut found, slots, "problem", |seen| teller.is_old(seen), Teller::old);
    found.extend(teller.table_copies(slots));
    found.extend(teller.few_left());
    found.sort_by_key(|finding| finding.severity);
    found
}

/// Whether a finding names this slot.
pub fn is_problem(seen: &Seen, server: &ServerSeen) -> bool {
    seen.slot.is_lost()
        || is_unreserved(seen)
        || ends_soon(seen)
        || seen.stuck_millis.is_some()
        || Teller { target: "", server }.is_old(seen)
        || Teller { target: "", server }.is_uncapped(seen)
}

fn is_unreserved(seen: &Seen) -> bool {
    seen.slot.wal_status.as_deref() == Some("unreserved")
}

/// One that is unreserved has come to its end already.
fn ends_soon(seen: &Seen) -> bool {
    !is_unreserved(seen) && !seen.slot.is_lost() && seen.end.millis().is_some_and(|millis| millis < SOON)
}

struct Teller<'a> {
    target: &'a str,
    server: &'a ServerSeen,
}

impl Teller<'_> {
    /// One finding for each slot, or one for all where there are many.
    fn each(
        &self,
        found: &mut Vec<Finding>,
        slots: &[Seen],
        shown: &str,
        is: impl Fn(&Seen) -> bool,
        tell: impl Fn(&Self, &Seen) -> Finding,
    ) {
        let these: Vec<&Seen> = slots.iter().filter(|seen| is(seen)).collect();
        if these.len() <= APART {
            found.extend(these.iter().map(|seen| tell(self, seen)));
            return;
        }
        let worst = these.iter().map(|seen| tell(self, seen)).min_by_key(|finding| finding.severity);
        if let Some(worst) = worst {
            let more = crate::text::count(these.len() as i64 - 1);
            let Words { en, ko } = &worst.words;
            let words = words!("{en} So it is with {more} others.", "{ko} 다른 슬롯 {more}개도 같습니다.");
            let link = self.list(shown);
            let action = words!("Show them all", "모두 보기");
            found.push(Finding { words, link, action, ..worst });
        }
    }

    fn lost(&self, seen: &Seen) -> Finding {
        let name = &seen.slot.name;
        let meant = meaning::wal(&seen.slot, self.server.major).long;
        let why = match meaning::invalidation(&seen.slot) {
            Some(Words { en, ko }) => Words::new(format!("{en} {}", meant.en), format!("{ko} {}", meant.ko)),
            None => meant,
        };
        self.about(Severity::Bad, seen, words!("The slot {name} is lost.", "슬롯 {name}이(가) 유실되었습니다."), why)
    }

    fn unreserved(&self, seen: &Seen) -> Finding {
        let (name, meant) = (&seen.slot.name, meaning::wal(&seen.slot, self.server.major));
        let Words { en, ko } = meant.short;
        self.about(Severity::Bad, seen, words!("The slot {name}: {en}.", "슬롯 {name}: {ko}."), meant.long)
    }

    fn ending(&self, seen: &Seen) -> Finding {
        let millis = seen.end.millis().unwrap_or_default();
        let severity = if millis < VERY_SOON { Severity::Bad } else { Severity::Warn };
        let (name, growth) = (&seen.slot.name, bytes(seen.growth.unwrap_or_default()));
        let Words { en, ko } = span(millis);
        let is_full = matches!(seen.end, End::Full(_));
        let (words, why) = if is_full {
            (
                words!(
                    "The disk will be full in {en}: the slot {name} holds WAL back.",
                    "슬롯 {name}이(가) WAL을 붙잡아 {ko} 뒤 디스크가 가득 찹니다."
                ),
                words!(
                    "What it holds back grows by {growth} a second. When the volume of the WAL is full, the server stops.",
                    "보관량이 초당 {growth} 늘고 있습니다. WAL 볼륨이 가득 차면 서버가 멈춥니다.",
                ),
            )
        } else {
            (
                words!("The slot {name} will be lost in {en}.", "슬롯 {name}이(가) {ko} 뒤 유실됩니다."),
                words!(
                    "What it holds back grows by {growth} a second towards max_slot_wal_keep_size.",
                    "보관량이 max_slot_wal_keep_size를 향해 초당 {growth} 늘고 있습니다.",
                ),
            )
        };
        if is_full && self.server.keep_bytes < 0 {
            return Finding { severity, words, why, link: self.cap(), action: self.cap_action() };
        }
        self.about(severity, seen, words, why)
    }

    /// Inactive slots that hold WAL without any limit. They are told together: the setting is one.
    fn uncapped(&self, slots: &[Seen]) -> Option<Finding> {
        let these: Vec<&Seen> = slots.iter().filter(|seen| self.is_uncapped(seen)).collect();
        let worst = these.iter().max_by_key(|seen| seen.slot.held_bytes)?;
        let (name, held) = (&worst.slot.name, bytes(worst.slot.held_bytes.unwrap_or_default()));
        let words = match these.len() {
            1 => words!(
                "Nobody uses the slot {name}, and it holds back {held} of WAL without a limit.",
                "아무도 쓰지 않는 슬롯 {name}이(가) 한도 없이 WAL {held}을(를) 붙잡고 있습니다."
            ),
            many => words!(
                "Nobody uses {many} slots that hold WAL back without a limit; {name} holds most: {held}.",
                "아무도 쓰지 않는 슬롯 {many}개가 한도 없이 WAL을 붙잡고 있습니다. 가장 많은 것은 {name}: {held}."
            ),
        };
        let why = match worst.room {
            Room::UntilFull(left) => {
                let left = bytes(left.max(0));
                words!(
                    "max_slot_wal_keep_size is -1: this goes on until the disk is full, and then the server stops. \
                     {left} are left.",
                    "max_slot_wal_keep_size가 -1이라 디스크가 가득 찰 때까지 계속되고, 그러면 서버가 멈춥니다. {left} \
                     남았습니다.",
                )
            }
            _ => words!(
                "max_slot_wal_keep_size is -1: this goes on until the disk is full, and then the server stops. How much \
                 is left is unknown: enter the size of the WAL volume below the list.",
                "max_slot_wal_keep_size가 -1이라 디스크가 가득 찰 때까지 계속되고, 그러면 서버가 멈춥니다. 남은 양은 알 수 \
                 없으니 목록 아래에 WAL 볼륨 크기를 입력하세요.",
            ),
        };
        let severity = if self.is_nearly_full(worst) { Severity::Bad } else { Severity::Warn };
        Some(Finding { severity, words, why, link: self.cap(), action: self.cap_action() })
    }

    /// A slot that will be dropped as soon as its table is copied is not forgotten.
    fn is_uncapped(&self, seen: &Seen) -> bool {
        let slot = &seen.slot;
        let holds = slot.held_bytes.is_some_and(|held| held >= self.server.segment_bytes.max(1));
        self.server.keep_bytes < 0 && !slot.active && holds && slot.table_copy_of().is_none()
    }

    /// Less than a fifth of the volume is left.
    fn is_nearly_full(&self, seen: &Seen) -> bool {
        match (seen.room, self.server.volume) {
            (Room::UntilFull(left), Some(volume)) => left < volume / 5,
            _ => false,
        }
    }

    fn stuck(&self, seen: &Seen) -> Finding {
        let (name, slot) = (&seen.slot.name, &seen.slot);
        let behind = bytes(slot.unconfirmed_bytes.or(slot.held_bytes).unwrap_or_default());
        let Words { en, ko } = span(seen.stuck_millis.unwrap_or_default());
        let words = words!(
            "Somebody is connected to the slot {name}, but has not moved on for {en}.",
            "슬롯 {name}에 연결되어 있지만 {ko} 동안 진행이 없습니다."
        );
        let why = if slot.is_logical() {
            words!(
                "It is {behind} behind and falls back further. Its consumer may hang, or see no changes of its own \
                 tables and so confirm nothing: then a heartbeat helps, such as pg_logical_emit_message.",
                "{behind} 뒤처졌고 더 벌어지고 있습니다. 소비자가 멈췄거나, 자기 테이블에 변경이 없어 확인을 보내지 않는 \
                 것일 수 있습니다. 후자라면 pg_logical_emit_message 같은 하트비트가 도움이 됩니다.",
            )
        } else {
            words!(
                "It is {behind} behind and falls back further. The standby may hang, or its disk may be full.",
                "{behind} 뒤처졌고 더 벌어지고 있습니다. 대기 서버가 멈췄거나 디스크가 가득 찼을 수 있습니다.",
            )
        };
        self.about(Severity::Warn, seen, words, why)
    }

    fn is_old(&self, seen: &Seen) -> bool {
        let limit = self.server.freeze_max_age;
        limit > 0 && seen.slot.oldest_xmin().is_some_and(|age| age > limit / 2)
    }

    fn old(&self, seen: &Seen) -> Finding {
        let age = seen.slot.oldest_xmin().unwrap_or_default();
        let bad = age > self.server.freeze_max_age / 10 * 9;
        let (name, Words { en, ko }) = (&seen.slot.name, meaning::xmin_age(age, self.server));
        Finding {
            severity: if bad { Severity::Bad } else { Severity::Warn },
            words: words!(
                "The slot {name} keeps VACUUM from cleaning up.",
                "슬롯 {name}이(가) VACUUM 정리를 막고 있습니다."
            ),
            why: words!(
                "Its oldest transaction is {en} old. Tables grow, and in the end the server stops accepting writes.",
                "가장 오래된 트랜잭션의 나이는 {ko}입니다. 테이블이 커지고 결국 서버가 쓰기를 거부합니다."
            ),
            link: format!("/replication/horizon?target={}", url_text(self.target)),
            action: words!("Who keeps VACUUM from cleaning", "VACUUM을 막는 대상 보기"),
        }
    }

    /// Slots of table copies that nobody uses, told once for each subscription: dropping them is for the subscriber.
    fn table_copies(&self, slots: &[Seen]) -> Vec<Finding> {
        let mut groups: std::collections::BTreeMap<&str, (usize, i64)> = std::collections::BTreeMap::new();
        for seen in slots.iter().filter(|seen| !seen.slot.active && !seen.slot.is_lost()) {
            let holds = seen.slot.held_bytes.unwrap_or_default();
            if let Some(subscription) = seen.slot.table_copy_of().filter(|_| holds >= self.server.segment_bytes) {
                let (count, most) = groups.entry(subscription).or_default();
                (*count, *most) = (*count + 1, holds.max(*most));
            }
        }
        let told = groups.into_iter().map(|(subscription, (count, most))| {
            let most = bytes(most);
            Finding {
                severity: Severity::Warn,
                words: words!(
                    "Table copies of the subscription {subscription} stand still ({count} in all) and hold back up to {most} of WAL.",
                    "구독 {subscription}의 테이블 복사 {count}개가 멈춘 채 WAL을 최대 {most} 붙잡고 있습니다."
                ),
                why: words!(
                    "The number is the subscription's at its subscriber. Often its role lacks SELECT on the tables. \
                     The slots go by themselves when the copy succeeds or the subscription is dropped: do not drop them here.",
                    "번호는 구독 서버에서의 구독 OID입니다. 대개 해당 역할에 테이블 SELECT 권한이 없을 때 생깁니다. 복사가 \
                     성공하거나 구독을 삭제하면 슬롯은 저절로 사라지므로 여기서 삭제하지 마세요.",
                ),
                link: format!("/replication/subscriptions?target={}", url_text(self.target)),
                action: words!("Subscriptions", "구독 보기"),
            }
        });
        told.collect()
    }

    fn few_left(&self) -> Option<Finding> {
        let (total, limit) = (self.server.total, self.server.limit);
        let (severity, words) = if total >= limit {
            (Severity::Bad, words!("All {limit} slots are in use.", "슬롯 {limit}개를 모두 사용 중입니다."))
        } else if total >= limit.saturating_mul(4) / 5 {
            (
                Severity::Warn,
                words!("{total} of {limit} slots are in use.", "슬롯 {limit}개 중 {total}개를 사용 중입니다."),
            )
        } else {
            return None;
        };
        Some(Finding {
            severity,
            words,
            why: words!(
                "Without a free slot no new standby, no subscription and no table copy can start. \
                 max_replication_slots can be raised with a restart.",
                "빈 슬롯이 없으면 새 대기 서버, 구독, 테이블 복사를 시작할 수 없습니다. max_replication_slots는 재시작으로 \
                 늘릴 수 있습니다.",
            ),
            link: self.setting("max_replication_slots", limit.saturating_mul(2).max(10)),
            action: words!("Plan more slots", "슬롯 늘리기 계획"),
        })
    }

    fn about(&self, severity: Severity, seen: &Seen, words: Words, why: Words) -> Finding {
        let name = &seen.slot.name;
        let link = format!("/replication/slot?target={}&name={}", url_text(self.target), url_text(name));
        Finding { severity, words, why, link, action: words!("Open the slot {name}", "슬롯 {name} 열기") }
    }

    fn list(&self, shown: &str) -> String {
        format!("/replication?target={}&shown={shown}", url_text(self.target))
    }

    fn setting(&self, name: &str, value: i64) -> String {
        let target = url_text(self.target);
        format!("/replication/settings?target={target}&action=set_setting&name={name}&value={value}")
    }

    fn cap(&self) -> String {
        self.setting("max_slot_wal_keep_size", suggested_cap(self.server))
    }

    fn cap_action(&self) -> Words {
        let cap = bytes(suggested_cap(self.server).saturating_mul(1 << 20));
        words!("Plan a limit of {cap}", "한도 {cap} 계획하기")
    }
}

/// The limit that is suggested, in MiB: a quarter of the volume where that is known.
pub fn suggested_cap(server: &ServerSeen) -> i64 {
    server.volume.map_or(SUGGESTED, |volume| (volume / 4 / (1 << 20)).max(1))
}

/// How full the volume of the WAL is, in words.
pub fn volume_words(server: &ServerSeen) -> Words {
    match (server.wal_used, server.volume) {
        (WalUsed::Bytes(used), Some(volume)) => {
            let (used, volume) = (bytes(used), bytes(volume));
            words!("{used} of WAL on a volume of {volume}", "{volume} 볼륨에 WAL {used}")
        }
        (WalUsed::Bytes(used), None) => {
            let used = bytes(used);
            words!(
                "{used} of WAL; how much fits is unknown until you enter the size of its volume",
                "WAL {used}. 볼륨 크기를 입력하기 전에는 얼마나 들어가는지 알 수 없습니다"
            )
        }
        (WalUsed::NoPermission, _) => words!(
            "no permission to see how much WAL there is: GRANT pg_monitor TO the console's role",
            "WAL 용량을 볼 권한 없음: 콘솔 역할에 pg_monitor를 부여하세요"
        ),
        (WalUsed::Unknown, _) => words!("unknown how much WAL there is", "WAL 용량을 알 수 없음"),
    }
}

#[cfg(test)]
mod tests;
