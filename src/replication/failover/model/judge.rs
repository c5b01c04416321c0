//! The verdict on each slot.

use super::{
    COPIES, FailoverSight, LogicalSlot, Readiness, Reason, SHOWN, SlotReady, StandbyReady, Verdict, obstacles,
};
use crate::error::AppError;
use crate::replication::finding::{Finding, Severity};
use crate::replication::topology::model::{SyncRule, Topology, Upstream};
use crate::targets::model::Target;
use crate::text::{Words, url_text};
use crate::words;

/// What the known servers of the cluster said.
type Answers = Vec<(Target, Result<FailoverSight, AppError>)>;

impl Readiness {
    pub fn of(topology: &Topology, here: &FailoverSight, answers: Answers) -> Self {
        let member = topology.here();
        let mut readiness = Self {
            target: member.target.clone(),
            major: here.major(),
            standby: member.sight.standby,
            primary: match &member.upstream {
                Upstream::Known { id, .. } => topology.member(id).map(|primary| primary.target.clone()),
                _ => None,
            },
            standbys: Vec::new(),
            slots: Vec::new(),
            total: here.logical.len(),
            findings: Vec::new(),
        };
        if readiness.standby {
            return readiness;
        }
        // A standby of a standby gets no copies.
        let below = |target: &Target| topology.standbys_of(&member.target.id).any(|it| it.target.id == target.id);
        for (target, answer) in answers.into_iter().filter(|(target, _)| below(target)) {
            let sight = answer.ok();
            let obstacles = sight.as_ref().map_or_else(Vec::new, |sight| obstacles::of(here, sight, &target));
            readiness.standbys.push(StandbyReady { target, sight, obstacles });
        }
        let judge = Judge { here, target: &member.target, standbys: &readiness.standbys, topology };
        let mut slots: Vec<SlotReady> =
            here.logical.iter().map(|slot| SlotReady { verdict: judge.of(slot), slot: slot.clone() }).collect();
        slots.sort_by_key(|ready| rank(&ready.verdict));
        let findings = judge.findings(&slots);
        slots.truncate(SHOWN);
        (readiness.slots, readiness.findings) = (slots, findings);
        readiness
    }
}

const fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Lost(_) => 0,
        Verdict::Unknown(_) => 1,
        Verdict::Safe { .. } => 2,
    }
}

struct Judge<'a> {
    here: &'a FailoverSight,
    target: &'a Target,
    standbys: &'a [StandbyReady],
    topology: &'a Topology,
}

impl Judge<'_> {
    fn of(&self, slot: &LogicalSlot) -> Verdict {
        if slot.temporary {
            return Verdict::Lost(Reason {
                why: words!("It is temporary: it goes with its session.", "임시 슬롯이므로 세션과 함께 사라집니다."),
                next: words!("Its consumer makes a new one.", "소비자가 새로 만듭니다."),
                link: String::new(),
            });
        }
        if slot.lost {
            return Verdict::Lost(Reason {
                why: words!("It is lost already.", "이미 유실되었습니다."),
                next: words!("See what can be saved.", "무엇을 살릴 수 있는지 확인하세요."),
                link: self.page(slot),
            });
        }
        if self.here.major() < COPIES {
            return self.before_copies(slot);
        }
        if !slot.failover {
            return Verdict::Lost(Reason {
                why: words!(
                    "It is not marked for failover, so it is not copied.",
                    "failover가 꺼져 있어 복사되지 않습니다."
                ),
                next: words!(
                    "Of a subscription: disable it, ALTER SUBSCRIPTION … SET (failover = true), enable it. Else recreate \
                     the slot with failover.",
                    "구독의 슬롯이면 구독을 비활성화하고 ALTER SUBSCRIPTION … SET (failover = true) 후 다시 활성화하세요. \
                     아니면 failover를 켜서 슬롯을 다시 만드세요."
                ),
                link: self.page(slot),
            });
        }
        self.by_copies(slot)
    }

    fn page(&self, slot: &LogicalSlot) -> String {
        format!("/replication/slot?target={}&name={}", self.target.id, url_text(&slot.name))
    }

    fn before_copies(&self, slot: &LogicalSlot) -> Verdict {
        let has = |standby: &&StandbyReady| standby.sight.as_ref().is_some_and(|it| it.logical(&slot.name).is_some());
        if let Some(standby) = self.standbys.iter().find(has) {
            let name = &standby.target.name;
            return Verdict::Unknown(Reason {
                why: words!(
                    "{name} has a slot of this name, which this version did not put there.",
                    "{name}에 같은 이름의 슬롯이 있지만 이 버전이 복사한 것은 아닙니다."
                ),
                next: words!(
                    "An extension or a tool such as Patroni may keep it; its own documentation tells whether it is safe.",
                    "확장이나 Patroni 같은 도구가 관리할 수 있습니다. 안전한지는 그 문서를 확인하세요."
                ),
                link: String::new(),
            });
        }
        let major = self.here.major();
        Verdict::Lost(Reason {
            why: words!(
                "PostgreSQL {major} does not copy logical slots to standbys.",
                "PostgreSQL {major}은(는) 논리 슬롯을 대기 서버에 복사하지 않습니다."
            ),
            next: words!(
                "After a failover create it anew before anything is written, and copy the data again unless the consumer \
                 had read everything. From version 17 on slots can be copied.",
                "장애 조치 후 쓰기가 시작되기 전에 다시 만들고, 소비자가 모두 읽지 않았다면 데이터를 다시 복사하세요. \
                 17 버전부터는 슬롯을 복사할 수 있습니다."
            ),
            link: String::new(),
        })
    }

    fn by_copies(&self, slot: &LogicalSlot) -> Verdict {
        let heard: Vec<(&StandbyReady, &FailoverSight)> =
            self.standbys.iter().filter_map(|standby| Some((standby, standby.sight.as_ref()?))).collect();
        let (mut on, mut reasons) = (Vec::new(), Vec::new());
        for (standby, sight) in heard {
            match on_standby(slot, standby, sight) {
                None => on.push(standby.target.name.clone()),
                Some(reason) => reasons.push(reason),
            }
        }
        if !on.is_empty() {
            return Verdict::Safe { on, not_on: reasons.into_iter().map(|reason| reason.why).collect() };
        }
        match reasons.into_iter().next() {
            Some(reason) => Verdict::Lost(reason),
            None => Verdict::Unknown(self.no_standby()),
        }
    }

    fn no_standby(&self) -> Reason {
        let unheard: Vec<&str> = self.topology.unheard.iter().map(|unheard| unheard.target.name.as_str()).collect();
        let deaf = self.standbys.iter().map(|standby| standby.target.name.as_str());
        let names = unheard.into_iter().chain(deaf).collect::<Vec<_>>().join(", ");
        if names.is_empty() {
            return Reason {
                why: words!(
                    "No standby of this server is a target of the console.",
                    "이 서버의 대기 서버 중 콘솔의 대상이 없습니다."
                ),
                next: words!("Enter the standby, or add one.", "대기 서버를 등록하거나 새로 추가하세요."),
                link: format!("/replication/add?target={}", self.target.id),
            };
        }
        Reason {
            why: words!("Not heard: {names}.", "응답하지 않은 대상: {names}."),
            next: words!("See whether it runs and can be reached.", "실행 중이고 연결되는지 확인하세요."),
            link: format!("/replication/topology?target={}", self.target.id),
        }
    }

    fn findings(&self, slots: &[SlotReady]) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.losses(slots).into_iter().collect();
        if slots.iter().any(|ready| ready.slot.failover) {
            for standby in self.standbys {
                found.extend(standby.obstacles.iter().map(|it| {
                    let severity = if it.link.contains("/replication/slot?") { Severity::Bad } else { Severity::Warn };
                    Finding { severity, what: it.why.clone(), why: it.next.clone(), link: it.link.clone() }
                }));
            }
            found.extend(self.frozen());
            found.extend(self.ahead());
        }
        found.sort_by_key(|finding| finding.severity);
        found
    }

    fn losses(&self, slots: &[SlotReady]) -> Option<Finding> {
        let lost = slots.iter().filter(|ready| matches!(ready.verdict, Verdict::Lost(_)) && !ready.slot.temporary);
        let names: Vec<&str> = lost.map(|ready| ready.slot.name.as_str()).collect();
        let (number, server) = (names.len(), &self.target.name);
        let some = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let more = if number > 5 { ", …" } else { "" };
        let what = words!(
            "Logical slots of {server} that a failover loses: {number} ({some}{more}).",
            "장애 조치 시 사라지는 {server}의 논리 슬롯: {number}개({some}{more})."
        );
        let why = words!("Each tells why, and what to do.", "각 슬롯에 이유와 할 일이 있습니다.");
        let link = format!("/replication/failover?target={}", self.target.id);
        let severity = if self.here.major() < COPIES { Severity::Note } else { Severity::Warn };
        (number > 0).then_some(Finding { severity, what, why, link })
    }

    /// Names in `synchronized_standby_slots` for which all consumers of failover slots wait in vain.
    fn frozen(&self) -> Vec<Finding> {
        let server = &self.target.name;
        let name_of = |name: String| {
            let Words { en, ko } = self.standstill(&name)?;
            let what = Words::new(
                format!("Consumers of failover slots on {server} wait for the slot {name}, which {en}."),
                format!("{server}의 failover 슬롯 소비자들이 슬롯 {name}을(를) 기다립니다: {ko}."),
            );
            let why = words!(
                "They get nothing until its standby has confirmed. Bring that standby back, or take the name out of \
                 synchronized_standby_slots.",
                "그 대기 서버가 확인할 때까지 아무것도 받지 못합니다. 대기 서버를 되살리거나 synchronized_standby_slots에서 \
                 이름을 빼세요."
            );
            let name = "synchronized_standby_slots";
            let link = format!("/replication/settings?target={}&action=set_setting&name={name}", self.target.id);
            Some(Finding::bad(what, why, link))
        };
        self.synchronized().into_iter().filter_map(name_of).collect()
    }

    fn synchronized(&self) -> Vec<String> {
        SyncRule::parse(&self.here.synchronized).map(|rule| rule.names).unwrap_or_default()
    }

    fn standstill(&self, name: &str) -> Option<Words> {
        if self.here.logical(name).is_some() {
            return Some(words!("is a logical one", "논리 슬롯입니다"));
        }
        match self.here.physical.iter().find(|slot| slot.name == name) {
            None => Some(words!("does not exist", "존재하지 않습니다")),
            Some(slot) if !slot.active => Some(words!("nobody uses", "사용하는 곳이 없습니다")),
            Some(_) => None,
        }
    }

    /// Standbys with copies that consumers may be ahead of.
    fn ahead(&self) -> Vec<Finding> {
        let named = self.synchronized();
        let sight = |standby: &'_ StandbyReady| standby.sight.as_ref().map(|sight| (sight.slot.clone(), sight.copies));
        let late = self.standbys.iter().filter_map(|standby| {
            let (slot, copies) = sight(standby)?;
            (copies && !slot.is_empty() && !named.contains(&slot)).then_some((standby, slot))
        });
        late.map(|(standby, slot)| {
            let name = &standby.target.name;
            let what = words!("Consumers may run ahead of {name}.", "소비자가 {name}보다 앞설 수 있습니다.");
            let why = words!(
                "After a failover they could then have changes that the new primary lacks. To prevent it, name its slot \
                 {slot} in synchronized_standby_slots; they then wait for it.",
                "그러면 장애 조치 후 새 기본 서버에 없는 변경을 가질 수 있습니다. 막으려면 그 슬롯 {slot}을(를) \
                 synchronized_standby_slots에 지정하세요. 이후 소비자가 기다립니다."
            );
            let setting = "synchronized_standby_slots";
            let link = format!(
                "/replication/settings?target={}&action=set_setting&name={setting}&value={slot}",
                self.target.id
            );
            Finding::note(what, why, link)
        })
        .collect()
    }
}

/// Why the copy on this standby would not do; none: it would.
fn on_standby(slot: &LogicalSlot, standby: &StandbyReady, sight: &FailoverSight) -> Option<Reason> {
    let name = &standby.target.name;
    let reason = |why: Words, next: Words| {
        let link = format!("/replication/slot?target={}&name={}", standby.target.id, url_text(&slot.name));
        Some(Reason { why, next, link })
    };
    match sight.logical(&slot.name) {
        Some(copy) if copy.lost => reason(
            words!("Its copy on {name} is lost.", "{name}의 복사본이 유실되었습니다."),
            words!(
                "It is made anew by itself, if the slot itself is not lost.",
                "원본이 유실되지 않았다면 자동으로 다시 만들어집니다."
            ),
        ),
        Some(copy) if copy.synced && !copy.temporary => None,
        Some(copy) if copy.synced => reason(
            words!("Its copy on {name} is not complete yet.", "{name}의 복사본이 아직 완성되지 않았습니다."),
            words!(
                "Wait: the standby must catch up with the slot, and its consumer must read on.",
                "기다리세요. 대기 서버가 슬롯을 따라잡아야 하고 소비자가 계속 읽어야 합니다."
            ),
        ),
        _ => standby
            .obstacles
            .iter()
            .find(|it| it.link.contains("/replication/slot?"))
            .or(standby.obstacles.first())
            .cloned()
            .or_else(|| {
                reason(
                    words!("{name} has no copy of it yet.", "{name}에 아직 복사본이 없습니다."),
                    words!(
                        "Wait: it copies in turns, and begins up to a minute after it was switched on.",
                        "기다리세요. 복사는 주기적으로 이루어지며, 켠 뒤 최대 1분 후에 시작됩니다."
                    ),
                )
            }),
    }
}
