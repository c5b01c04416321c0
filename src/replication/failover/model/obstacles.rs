//! What keeps a standby from copying slots. Each has an error of its own in the server's log, and the first one stops
//! everything.

use super::{COPIES, FailoverSight, Reason};
use crate::replication::finding::Way;
use crate::targets::model::Target;
use crate::text::Words;
use crate::words;

/// Settings and the like, in the order in which the server would complain.
pub(super) fn of(standby: &FailoverSight, target: &Target) -> Vec<Reason> {
    if standby.major() < COPIES {
        return vec![too_old(standby, target)];
    }
    let mut found: Vec<Reason> = settings(standby, target);
    if !standby.receives {
        found.push(Reason {
            why: about(target, "does not stream, so its copies grow old", "스트리밍하지 않아 복사본이 오래됩니다"),
            next: words!("Bring the standby back.", "대기 서버를 되살리세요."),
            way: Way::to_topology(target),
        });
    }
    found
}

fn about(target: &Target, en: &str, ko: &str) -> Words {
    let name = &target.name;
    Words::new(format!("{name} {en}."), format!("{name}: {ko}."))
}

fn too_old(standby: &FailoverSight, target: &Target) -> Reason {
    let (name, major) = (&target.name, standby.major());
    Reason {
        why: words!(
            "{name} is PostgreSQL {major}, which copies no slots.",
            "{name}은(는) 슬롯을 복사하지 않는 PostgreSQL {major}입니다."
        ),
        next: words!("Slots are copied from version 17 on.", "슬롯 복사는 17 버전부터 지원됩니다."),
        way: Way::none(),
    }
}

fn settings(standby: &FailoverSight, target: &Target) -> Vec<Reason> {
    let mut found = Vec::new();
    if !standby.copies {
        found.push(Reason {
            why: about(target, "has sync_replication_slots off", "sync_replication_slots가 꺼져 있습니다"),
            next: words!("Switch it on there (reload).", "그 서버에서 켜세요(reload)."),
            way: Way::to_setting(target, "sync_replication_slots", "on"),
        });
    }
    if standby.slot.is_empty() {
        found.push(Reason {
            why: about(target, "streams without a slot", "슬롯 없이 스트리밍합니다"),
            next: words!(
                "Create a physical slot on the primary, and name it in primary_slot_name there (reload).",
                "기본 서버에 물리 슬롯을 만들고 그 서버의 primary_slot_name에 지정하세요(reload)."
            ),
            way: Way::to_setting(target, "primary_slot_name", ""),
        });
    }
    if !standby.feedback {
        found.push(Reason {
            why: about(target, "has hot_standby_feedback off", "hot_standby_feedback이 꺼져 있습니다"),
            next: words!("Switch it on there (reload).", "그 서버에서 켜세요(reload)."),
            way: Way::to_setting(target, "hot_standby_feedback", "on"),
        });
    }
    if standby.conninfo.as_ref().is_some_and(|conninfo| conninfo.database.is_empty()) {
        found.push(Reason {
            why: about(target, "names no database in primary_conninfo", "primary_conninfo에 데이터베이스가 없습니다"),
            next: words!(
                "Add dbname=… to its primary_conninfo (reload); pg_basebackup -R leaves it out unless it was given.",
                "primary_conninfo에 dbname=…을 추가하세요(reload). pg_basebackup -R은 지정하지 않으면 넣지 않습니다."
            ),
            way: Way::none(),
        });
    }
    found
}

/// A slot of the standby's own that has the name of one that is to be copied. It stops the copying of all.
pub(super) fn clashes(primary: &FailoverSight, standby: &FailoverSight, target: &Target) -> Vec<Reason> {
    let wanted = |name: &str| primary.logical(name).is_some_and(|slot| slot.failover);
    let own = standby.logical.iter().filter(|slot| !slot.synced && wanted(&slot.name));
    let clash = |slot: &super::LogicalSlot| {
        let (server, name) = (&target.name, &slot.name);
        Reason {
            why: words!(
                "{server} has a slot {name} of its own, which stops the copying of all slots.",
                "{server}에 자체 슬롯 {name}이(가) 있어 모든 슬롯의 복사가 막힙니다."
            ),
            next: words!("Drop that slot there, if nobody needs it.", "필요한 곳이 없다면 그 서버에서 삭제하세요."),
            way: Way::to_slot(target, name),
        }
    };
    own.take(5).map(clash).collect()
}
