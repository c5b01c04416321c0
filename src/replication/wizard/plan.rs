//! What the wizard's own writes would do, found out beforehand.

use super::hba::{Judgement, judge};
use super::model::change::Change;
use super::model::replica::Replica;
use super::postgres::{Facts, Hba};
use super::steps::asking;
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::replication::sql::{identifier, statement};
use crate::words;

pub(super) fn plan(server: &str, change: &Change, replica: &Replica, facts: &Facts) -> Plan {
    match change {
        Change::CreateRole { .. } => create_role(server, replica, facts),
        Change::Reload { .. } => reload(server, replica, facts),
    }
}

/// No password stands in the statement, so none can get into a record, a log or an address.
fn create_role(server: &str, replica: &Replica, facts: &Facts) -> Plan {
    let role = &replica.role;
    let commands = vec![statement(format!("CREATE ROLE {} LOGIN REPLICATION;", identifier(role)))];
    let free = if facts.role.is_none() {
        Check::pass(words!("There is no role {role} yet.", "역할 {role}은(는) 아직 없습니다."))
    } else {
        Check::block(
            words!("There is a role {role} already.", "역할 {role}이(가) 이미 있습니다."),
            words!("Use it, or choose another name.", "그 역할을 쓰거나 다른 이름을 선택하세요."),
        )
    };
    let checks = vec![free, may_create_role(facts)];
    Plan {
        title: words!("Create the role {role} on {server}", "{server}에 역할 {role} 생성"),
        fingerprint: fingerprint(&checks.iter().map(|check| check.verdict).collect::<Vec<_>>(), &commands),
        checks,
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "The role may read everything that is written on this server, but cannot change data.",
                "이 역할은 서버에 쓰이는 모든 내용을 읽을 수 있지만 데이터를 바꿀 수는 없습니다.",
            ),
            words!(
                "It has no password yet and cannot log in with one. You set it with \\password in psql, which sends \
                 only what the server stores of it.",
                "아직 암호가 없어 암호로 로그인할 수 없습니다. psql의 \\password로 설정하면 서버가 저장할 값만 전송됩니다.",
            ),
        ],
        way_back: words!("DROP ROLE {role};", "DROP ROLE {role};"),
        blast: Blast::Plain,
    }
}

fn may_create_role(facts: &Facts) -> Check {
    let role = &facts.about.role;
    let name = &role.name;
    if role.superuser || facts.about.major() >= 16 && role.create_role && role.replication {
        return Check::pass(words!("{name} may create it.", "{name}에 생성 권한이 있습니다."));
    }
    let found = words!("{name} may not create a role that replicates.", "{name}은(는) 복제 역할을 만들 수 없습니다.");
    if facts.about.major() >= 16 {
        let name = identifier(name);
        return Check::block(
            found,
            words!(
                "As a superuser: ALTER ROLE {name} CREATEROLE REPLICATION;",
                "슈퍼유저로 실행: ALTER ROLE {name} CREATEROLE REPLICATION;"
            ),
        );
    }
    Check::block(
        found,
        words!(
            "Before PostgreSQL 16 only a superuser may. Run it in psql.",
            "PostgreSQL 16 이전에는 슈퍼유저만 할 수 있습니다. psql에서 실행하세요."
        ),
    )
}

fn reload(server: &str, replica: &Replica, facts: &Facts) -> Plan {
    let commands = vec![statement("SELECT pg_reload_conf();".to_owned())];
    let mut checks = vec![may_reload(facts)];
    if let Hba::Rules { rules, .. } = &facts.hba {
        checks.push(match judge(rules, &asking(replica, facts)) {
            Judgement::Broken { line, .. } => Check::block(
                words!("Line {line} of pg_hba.conf cannot be read.", "pg_hba.conf의 {line}번째 줄을 읽을 수 없습니다."),
                words!(
                    "Correct it first: until then the old rules stay.",
                    "먼저 고치세요. 그 전에는 이전 규칙이 유지됩니다."
                ),
            ),
            Judgement::Accepted { line, .. } => Check::pass(words!(
                "Line {line} of pg_hba.conf lets the replica in.",
                "pg_hba.conf의 {line}번째 줄이 복제본을 허용합니다.",
            )),
            _ => Check::warn(
                words!(
                    "pg_hba.conf does not let the replica in yet.",
                    "pg_hba.conf가 아직 복제본을 허용하지 않습니다."
                ),
                words!("Add the line first.", "먼저 줄을 추가하세요."),
            ),
        });
    }
    Plan {
        title: words!("Have {server} read its configuration again", "{server}의 설정 다시 읽기"),
        fingerprint: fingerprint(&checks.iter().map(|check| check.verdict).collect::<Vec<_>>(), &commands),
        checks,
        commands,
        revert: Vec::new(),
        effect: vec![words!(
            "pg_hba.conf and all configuration files are read. Connections that exist stay.",
            "pg_hba.conf와 모든 설정 파일을 읽습니다. 기존 연결은 유지됩니다.",
        )],
        way_back: words!("Edit the files back and reload again.", "파일을 되돌린 뒤 다시 읽게 합니다."),
        blast: Blast::Plain,
    }
}

fn may_reload(facts: &Facts) -> Check {
    let role = &facts.about.role.name;
    if facts.may_reload {
        return Check::pass(words!("{role} may do this.", "{role}에 권한이 있습니다."));
    }
    let name = identifier(role);
    Check::block(
        words!("{role} may not do this.", "{role}에 권한이 없습니다."),
        words!(
            "As a superuser: GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {name};",
            "슈퍼유저로 실행: GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {name};",
        ),
    )
}
