//! What stands out about the failover of a server's slots.

use super::judge::Judge;
use super::{COPIES, Reason, SlotReady, StandbyReady, Verdict};
use crate::replication::finding::{Finding, Severity, Way};
use crate::replication::topology::model::SyncRule;
use crate::text::Words;
use crate::words;

impl Judge<'_> {
    pub(super) fn findings(&self, slots: &[SlotReady]) -> Vec<Finding> {
        let mut found: Vec<Finding> = self.losses(slots).into_iter().collect();
        if slots.iter().any(|ready| ready.slot.failover) {
            for standby in self.standbys {
                found.extend(standby.clashes.iter().map(|it| finding(Severity::Bad, it)));
                found.extend(standby.obstacles.iter().map(|it| finding(Severity::Warn, it)));
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
        let severity = if self.here.major() < COPIES { Severity::Note } else { Severity::Warn };
        (number > 0).then_some(Finding::new(severity, what, why, Way::to_failover(self.target)))
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
            let way = Way::to_setting(self.target, "synchronized_standby_slots", "");
            Some(Finding::bad(what, why, way))
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
        let listed = self.here.logical.len() + self.here.physical.len();
        match self.here.physical.iter().find(|slot| slot.name == name) {
            // It may be among those that were not listed.
            None if usize::try_from(self.here.total).is_ok_and(|total| total > listed) => None,
            None => Some(words!("does not exist", "존재하지 않는 슬롯입니다")),
            Some(slot) if !slot.active => Some(words!("nobody uses", "사용하는 곳이 없는 슬롯입니다")),
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
            let way = Way::to_setting(self.target, "synchronized_standby_slots", &slot);
            Finding::note(what, why, way)
        })
        .collect()
    }
}

fn finding(severity: Severity, reason: &Reason) -> Finding {
    Finding::new(severity, reason.why.clone(), reason.next.clone(), reason.way.clone())
}
