//! What every change of a setting needs: the right to it, and a server that reads its configuration.

use crate::change::Check;
use crate::replication::settings::model::change::Name;
use crate::replication::settings::postgres::{Facts, InFile, Setting};
use crate::replication::sql::identifier;
use crate::words;

/// Whether the setting is there, may be changed, and would be read.
pub(super) fn checks(name: Name, setting: Option<&Setting>, facts: &Facts) -> Vec<Check> {
    let Some(setting) = setting else {
        return vec![not_there(name, facts)];
    };
    let mut checks = vec![may_alter(name, facts), may_reload(facts)];
    if setting.source == "command line" {
        checks.push(Check::block(
            words!(
                "{name} was given on the server's command line, which wins over its configuration.",
                "{name}은(는) 서버 명령줄에서 지정되어 설정 파일보다 우선합니다.",
            ),
            words!("Change how the server is started.", "서버를 시작하는 방법을 바꾸세요."),
        ));
    }
    checks.extend(readable(facts));
    checks
}

fn not_there(name: Name, facts: &Facts) -> Check {
    let major = facts.about.major();
    let since = crate::replication::settings::meaning::since(name.as_str());
    Check::block(
        words!("PostgreSQL {major} has no setting {name}.", "PostgreSQL {major}에는 {name} 설정이 없습니다."),
        words!("PostgreSQL {since} is the first one that has it.", "PostgreSQL {since}부터 있습니다."),
    )
}

fn may_alter(name: Name, facts: &Facts) -> Check {
    let role = &facts.about.role.name;
    if facts.may_alter.iter().any(|may| may == name.as_str()) {
        return Check::pass(words!(
            "The role {role} may change {name}.",
            "역할 {role}에 {name}을(를) 바꿀 권한이 있습니다."
        ));
    }
    let found = words!("The role {role} may not change {name}.", "역할 {role}에 {name}을(를) 바꿀 권한이 없습니다.");
    let grant = format!("GRANT ALTER SYSTEM ON PARAMETER {name} TO {};", identifier(role));
    if facts.about.major() >= 15 {
        Check::block(found, words!("As a superuser: {grant}", "슈퍼유저로 실행: {grant}"))
    } else {
        Check::block(
            found,
            words!(
                "Before PostgreSQL 15 this needs a superuser; it cannot be granted.",
                "PostgreSQL 15 이전에는 슈퍼유저만 할 수 있으며 권한을 줄 수 없습니다.",
            ),
        )
    }
}

fn may_reload(facts: &Facts) -> Check {
    let role = &facts.about.role.name;
    if facts.may_reload {
        return Check::pass(words!(
            "It may have the configuration read again.",
            "설정을 다시 읽게 할 권한이 있습니다."
        ));
    }
    let grant = format!("GRANT EXECUTE ON FUNCTION pg_reload_conf() TO {};", identifier(role));
    Check::block(
        words!(
            "The role {role} may not have the configuration read again.",
            "역할 {role}에 설정을 다시 읽게 할 권한이 없습니다."
        ),
        words!("As a superuser: {grant}", "슈퍼유저로 실행: {grant}"),
    )
}

/// With one error in its files the server reads none of them again.
fn readable(facts: &Facts) -> Option<Check> {
    let places = facts.file_errors.as_deref()?.join(", ");
    Some(if places.is_empty() {
        Check::pass(words!("The configuration files have no errors.", "설정 파일에 오류가 없습니다."))
    } else {
        Check::block(
            words!(
                "The server cannot read its configuration: {places}.",
                "서버가 설정 파일을 읽을 수 없습니다: {places}."
            ),
            words!(
                "Correct that line first: until then no reload has an effect.",
                "먼저 그 줄을 고치세요. 그 전에는 다시 읽어도 적용되지 않습니다."
            ),
        )
    })
}

/// Whether there is anything to take out.
pub(super) fn is_in_file(setting: Option<&Setting>) -> Check {
    match setting.map(|setting| &setting.in_file) {
        Some(InFile::Value(value)) => {
            Check::pass(words!("postgresql.auto.conf says {value}.", "postgresql.auto.conf의 값은 {value}입니다."))
        }
        Some(InFile::Nothing) | None => Check::block(
            words!("postgresql.auto.conf says nothing of it.", "postgresql.auto.conf에 이 설정이 없습니다."),
            words!("There is nothing to take out.", "제거할 것이 없습니다."),
        ),
        Some(InFile::Something | InFile::Unknown) => Check::block(
            words!(
                "What postgresql.auto.conf says is not visible: no permission.",
                "postgresql.auto.conf의 내용을 볼 권한이 없습니다."
            ),
            words!("Grant the console's role pg_read_all_settings.", "콘솔 역할에 pg_read_all_settings를 부여하세요."),
        ),
    }
}
