//! A primary writes the record that a slot being made on its standby waits for.

use super::super::postgres::choices::AboutSnapshot;
use super::commands;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::replication::sql::identifier;
use crate::words;

pub(super) fn plan(server: &str, facts: &AboutSnapshot) -> Plan {
    let about = &facts.about;
    let commands = vec![commands::log_snapshot()];
    let (major, role) = (about.major(), identifier(&about.role.name));
    let mut checks = Vec::new();
    if major < 16 {
        checks.push(Check::block(
            words!(
                "This is version {major}: the function is there from 16 on.",
                "버전 {major}입니다. 이 함수는 16부터 있습니다."
            ),
            words!("Logical slots on standbys need 16 anyway.", "대기 서버의 논리 슬롯도 16부터 가능합니다."),
        ));
    } else {
        checks.push(Check::pass(words!("This is version {major}.", "버전 {major}입니다.")));
    }
    checks.push(if about.standby {
        Check::block(
            words!(
                "{server} is a standby: only a primary writes this record.",
                "{server}은(는) 대기 서버입니다. 기본 서버만 기록합니다."
            ),
            words!("Do it on its primary.", "기본 서버에서 실행하세요."),
        )
    } else {
        Check::pass(words!("{server} is a primary.", "{server}은(는) 기본 서버입니다."))
    });
    checks.push(if facts.may {
        Check::pass(words!("The console's role may do it.", "콘솔 역할에 권한이 있습니다."))
    } else {
        Check::block(
            words!("The console's role may not call it.", "콘솔 역할에 호출 권한이 없습니다."),
            words!(
                "As a superuser: GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO {role};",
                "슈퍼유저로 실행: GRANT EXECUTE ON FUNCTION pg_log_standby_snapshot() TO {role};",
            ),
        )
    });
    Plan {
        title: words!("Write a snapshot record for standbys on {server}", "{server}에서 대기 서버용 스냅샷 기록"),
        checks,
        fingerprint: fingerprint(&(about.version, about.standby, facts.may), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "A few hundred bytes of WAL. A logical slot that is being made on a standby can go on. No data changes.",
            "WAL 수백 바이트를 기록합니다. 대기 서버에서 만드는 중인 논리 슬롯이 진행됩니다. 데이터는 바뀌지 않습니다.",
        )],
        way_back: words!("None is needed.", "필요 없습니다."),
        blast: Blast::Plain,
    }
}
