//! The verdict on each slot.

use super::{
    COPIES, FailoverSight, LogicalSlot, Readiness, Reason, SHOWN, SlotReady, StandbyReady, Verdict, obstacles,
};
use crate::error::AppError;
use crate::replication::finding::Way;
use crate::replication::topology::model::{Topology, Upstream};
use crate::targets::model::Target;
use crate::text::Words;
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
            let heard = sight.as_ref();
            let obstacles = heard.map_or_else(Vec::new, |sight| obstacles::of(sight, &target));
            let clashes = heard.map_or_else(Vec::new, |sight| obstacles::clashes(here, sight, &target));
            readiness.standbys.push(StandbyReady { target, sight, obstacles, clashes });
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

/// What the verdicts rest on.
pub(super) struct Judge<'a> {
    pub(super) here: &'a FailoverSight,
    pub(super) target: &'a Target,
    pub(super) standbys: &'a [StandbyReady],
    topology: &'a Topology,
}

impl Judge<'_> {
    fn of(&self, slot: &LogicalSlot) -> Verdict {
        if slot.temporary {
            return Verdict::Lost(Reason {
                why: words!("It is temporary: it goes with its session.", "임시 슬롯이므로 세션과 함께 사라집니다."),
                next: words!("Its consumer makes a new one.", "소비자가 새로 만듭니다."),
                way: Way::none(),
            });
        }
        if slot.lost {
            return Verdict::Lost(Reason {
                why: words!("It is lost already.", "이미 유실되었습니다."),
                next: words!("See what can be saved.", "무엇을 살릴 수 있는지 확인하세요."),
                way: Way::to_slot(self.target, &slot.name),
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
                way: Way::to_slot(self.target, &slot.name),
            });
        }
        self.by_copies(slot)
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
                way: Way::none(),
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
            way: Way::none(),
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
                way: Way::to_new_standby(self.target),
            };
        }
        Reason {
            why: words!("Not heard: {names}.", "응답하지 않은 대상: {names}."),
            next: words!("See whether it runs and can be reached.", "실행 중이고 연결되는지 확인하세요."),
            way: Way::to_topology(self.target),
        }
    }
}

/// Why the copy on this standby would not do; none: it would.
fn on_standby(slot: &LogicalSlot, standby: &StandbyReady, sight: &FailoverSight) -> Option<Reason> {
    let name = &standby.target.name;
    let reason = |why: Words, next: Words| Some(Reason { why, next, way: Way::to_slot(&standby.target, &slot.name) });
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
        _ => standby.clashes.first().or(standby.obstacles.first()).cloned().or_else(|| {
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
