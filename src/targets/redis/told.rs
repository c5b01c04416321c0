//! What Redis and Valkey refuse, and what goes wrong on the way to them, in an operator's words.

use redis::{ErrorKind, RedisError, ServerErrorKind};

use super::allowed;
use super::open::wants_certificate;
use crate::error::{AppError, Kind};
use crate::targets::registry::Entry;
use crate::text::Words;
use crate::words;

/// An error of the driver in an operator's words.
pub fn told(entry: &Entry, error: &RedisError) -> AppError {
    let name = &entry.configured.target.name;
    let incident = crate::server::incident(error, name);
    let mut told = match error.kind() {
        _ if wants_certificate(error) => of_tls("alert", name),
        ErrorKind::InvalidClientConfig => match error.detail() {
            Some("place") => unusable_place(name),
            reason => of_tls(reason.unwrap_or_default(), name),
        },
        ErrorKind::ClusterConnectionNotFound => announced(error.detail().unwrap_or_default(), name),
        ErrorKind::MasterNameNotFoundBySentinel => AppError::new(
            Kind::Refused,
            words!(
                "The sentinels of {name} watch nothing under this name.",
                "{name}의 센티널이 이 이름을 감시하지 않습니다."
            ),
            words!(
                "Correct the name after sentinel: in the target's database field.",
                "대상의 데이터베이스 항목에서 sentinel: 뒤의 이름을 고치세요."
            ),
        ),
        ErrorKind::NoValidReplicasFoundBySentinel => AppError::new(
            Kind::Unreachable,
            words!(
                "The sentinels of {name} name a primary that is a replica now: a failover is under way.",
                "{name}의 센티널이 알려준 기본 서버가 복제본입니다. 장애 조치가 진행 중입니다."
            ),
            words!("Wait a moment.", "잠시 기다리세요."),
        ),
        ErrorKind::AuthenticationFailed => no_login(name),
        _ => match code(error) {
            Some(code) => of_server(&code, error, name),
            None => AppError::new(
                Kind::Unreachable,
                words!("{name} cannot be reached.", "{name}에 연결할 수 없습니다."),
                words!(
                    "Check that the server runs and can be reached.",
                    "서버가 실행 중이고 연결 가능한지 확인하세요."
                ),
            ),
        },
    };
    told.incident = Some(incident);
    told
}

/// Whether no server was there, so that another may have taken its place.
pub(super) fn is_lost(error: &RedisError) -> bool {
    error.is_io_error() || error.is_timeout() || error.kind() == ErrorKind::ClusterConnectionNotFound
}

/// Whether the servers have changed their roles since they were asked for them.
pub(super) fn is_stale(error: &RedisError) -> bool {
    matches!(code(error).as_deref(), Some("READONLY" | "MOVED" | "CLUSTERDOWN"))
}

fn of_server(code: &str, error: &RedisError, name: &str) -> AppError {
    let refused = |happened: Words, next: Words| AppError::new(Kind::Refused, happened, next);
    match code {
        "NOPERM" => no_permission(error, name),
        "WRONGPASS" | "NOAUTH" => no_login(name),
        "READONLY" => refused(
            words!("{name} is a replica and takes no writes.", "{name}은(는) 복제본이라 쓰기를 받지 않습니다."),
            words!("Do it on the primary.", "기본 서버에서 실행하세요."),
        ),
        "LOADING" => AppError::new(
            Kind::Unreachable,
            words!("{name} is still loading its data.", "{name}이(가) 아직 데이터를 불러오는 중입니다."),
            words!("Wait a moment.", "잠시 기다리세요."),
        ),
        "MASTERDOWN" => refused(
            words!(
                "{name} is a replica that has lost its primary, and is set to answer nothing until it is back.",
                "{name}은(는) 기본 서버와 끊긴 복제본이며, 다시 연결될 때까지 응답하지 않도록 설정되어 있습니다."
            ),
            words!("Look at the primary, or wait for a failover.", "기본 서버를 확인하거나 장애 조치를 기다리세요."),
        ),
        "CLUSTERDOWN" => refused(
            words!(
                "The cluster {name} is down: not all of its hash slots have a server.",
                "클러스터 {name}이(가) 중단되었습니다: 서버가 없는 해시 슬롯이 있습니다."
            ),
            words!(
                "Bring the missing primaries back: CLUSTER NODES names them.",
                "빠진 기본 서버를 복구하세요. CLUSTER NODES에 나옵니다."
            ),
        ),
        "CROSSSLOT" => refused(
            words!("The keys are on different servers of {name}.", "키들이 {name}의 서로 다른 서버에 있습니다."),
            words!("Do it for one key at a time.", "키를 하나씩 처리하세요."),
        ),
        "MOVED" | "ASK" | "TRYAGAIN" => refused(
            words!(
                "{name} is just moving this key to another of its servers.",
                "{name}이(가) 이 키를 다른 서버로 옮기는 중입니다."
            ),
            words!("Try again in a moment.", "잠시 후 다시 시도하세요."),
        ),
        "MISCONF" => refused(
            words!(
                "{name} takes no writes, because it cannot save its data to disk.",
                "{name}이(가) 데이터를 디스크에 저장하지 못해 쓰기를 받지 않습니다."
            ),
            words!("Look at its disk and its log.", "디스크와 서버 로그를 확인하세요."),
        ),
        "NOREPLICAS" => refused(
            words!(
                "{name} has fewer replicas than it asks for, and takes no writes.",
                "{name}의 복제본이 부족해 쓰기를 받지 않습니다."
            ),
            words!("Bring the replicas back.", "복제본을 복구하세요."),
        ),
        "BUSY" => refused(
            words!("A script has kept {name} busy for seconds.", "스크립트가 {name}을(를) 몇 초째 점유하고 있습니다."),
            words!("Wait for it, or end it: SCRIPT KILL.", "끝나기를 기다리거나 SCRIPT KILL로 끝내세요."),
        ),
        "OOM" => refused(
            words!("{name} has reached its memory limit.", "{name}이(가) 메모리 한도에 도달했습니다."),
            words!("Free keys, or raise maxmemory.", "키를 정리하거나 maxmemory를 늘리세요."),
        ),
        "NOSCRIPT" => refused(
            words!(
                "{name} has lost the console's script: scripts were flushed, or the key has moved.",
                "{name}에 콘솔의 스크립트가 없습니다. 스크립트가 모두 지워졌거나 키가 다른 서버로 옮겨졌습니다."
            ),
            words!(
                "The script did not run. Try again: it is loaded anew.",
                "스크립트는 실행되지 않았습니다. 다시 시도하면 새로 올립니다."
            ),
        ),
        "WRONGTYPE" => refused(
            words!("The key holds another type of value.", "키가 다른 형식의 값을 담고 있습니다."),
            words!("Choose another key.", "다른 키를 선택하세요."),
        ),
        code => refused(
            words!("{name} refused it ({code}).", "{name}이(가) 거부했습니다({code})."),
            words!("The log holds the server's own words.", "로그에 서버의 원문이 있습니다."),
        ),
    }
}

fn no_login(name: &str) -> AppError {
    AppError::new(
        Kind::NoPermission,
        words!(
            "{name} refused the console's user or password.",
            "{name}이(가) 콘솔의 사용자 또는 암호를 거부했습니다."
        ),
        words!("Correct the credentials of this target.", "이 대상의 접속 정보를 고치세요."),
    )
}

/// The server names the command. Only one of ours is told, since a hostile server may write anything there.
fn no_permission(error: &RedisError, name: &str) -> AppError {
    let refused = error.clone().into_server_errors();
    let said = refused.as_ref().and_then(|all| all.first()?.1.details()).unwrap_or_default();
    let named = said.split('\'').nth(1).map(str::to_ascii_lowercase).filter(|it| allowed::is_named(it));
    let user = speaks_of_key(said);
    match (named, user) {
        (Some(command), _) => AppError::new(
            Kind::NoPermission,
            words!(
                "The console's user at {name} may not use the command {command}.",
                "{name}의 콘솔 사용자에 {command} 명령 권한이 없습니다."
            ),
            words!("Give it the command: ACL SETUSER … +{command}", "명령 권한을 주세요: ACL SETUSER … +{command}"),
        ),
        (None, true) => AppError::new(
            Kind::NoPermission,
            words!(
                "The console's user at {name} may not reach this key.",
                "{name}의 콘솔 사용자에 이 키의 권한이 없습니다."
            ),
            words!("Give it the key pattern: ACL SETUSER … ~PREFIX*", "키 패턴 권한을 주세요: ACL SETUSER … ~접두사*"),
        ),
        (None, false) => AppError::new(
            Kind::NoPermission,
            words!(
                "The console's user at {name} may not do this.",
                "{name}의 콘솔 사용자에 이 작업의 권한이 없습니다."
            ),
            words!(
                "Give it the command and the key pattern: ACL SETUSER …",
                "명령과 키 패턴 권한을 주세요: ACL SETUSER …"
            ),
        ),
    }
}

/// Whether the server speaks of a key, as it does in every version where the command is allowed and the key is not.
fn speaks_of_key(said: &str) -> bool {
    said.contains("to access a key") || said.contains("one of the keys")
}

fn of_tls(reason: &str, name: &str) -> AppError {
    let (happened, next) = match reason {
        "untrusted" => (
            words!(
                "The certificate of {name} is signed by nobody whom the console trusts.",
                "{name}의 인증서를 콘솔이 신뢰하지 않습니다."
            ),
            words!("Name its authority in the targets file: tls_ca.", "대상 파일의 tls_ca에 인증 기관을 지정하세요."),
        ),
        "expired" => (
            words!("The certificate of {name} has expired.", "{name}의 인증서가 만료되었습니다."),
            words!("Renew it at the server.", "서버에서 갱신하세요."),
        ),
        "name" => (
            words!("The certificate of {name} is for another host.", "{name}의 인증서가 다른 호스트의 것입니다."),
            words!("Use the host name that the certificate names.", "인증서에 적힌 호스트 이름을 쓰세요."),
        ),
        "files" => (
            words!("The certificate files for {name} cannot be used.", "{name}의 인증서 파일을 쓸 수 없습니다."),
            words!(
                "Correct tls_ca, tls_certificate or tls_key in the targets file.",
                "대상 파일의 tls_ca, tls_certificate, tls_key를 고치세요."
            ),
        ),
        "alert" => (
            words!(
                "{name} refused the console's certificate, or wants one.",
                "{name}이(가) 콘솔의 인증서를 거부했거나 요구합니다."
            ),
            words!(
                "Name one that it knows in the targets file: tls_certificate and tls_key.",
                "대상 파일의 tls_certificate와 tls_key에 서버가 아는 인증서를 지정하세요."
            ),
        ),
        _ => (
            words!("{name} gives no answer to TLS at this port.", "{name}의 이 포트가 TLS에 응답하지 않습니다."),
            words!(
                "Correct the port, or leave tls out; it may also be that the server hangs.",
                "포트를 고치거나 tls를 빼세요. 서버가 멈춘 것일 수도 있습니다."
            ),
        ),
    };
    AppError::new(Kind::Unreachable, happened, next)
}

fn announced(address: &str, name: &str) -> AppError {
    // A name or a number and a port; a server could announce more.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if address.is_empty() || address.len() > 100 || !address.bytes().all(plain) {
        return AppError::new(
            Kind::Unreachable,
            words!("{name} names no server that holds this key.", "{name}에 이 키를 가진 서버가 없습니다."),
            words!("Look at CLUSTER NODES.", "CLUSTER NODES를 확인하세요."),
        );
    }
    AppError::new(
        Kind::Unreachable,
        words!(
            "{name} announces its server {address}, and the console cannot reach that.",
            "{name}이(가) 알려준 서버 {address}에 연결할 수 없습니다."
        ),
        words!(
            "Start that server; or let it announce an address that can be reached from here (cluster-announce-ip).",
            "그 서버를 시작하거나, 여기서 닿는 주소를 알리게 하세요(cluster-announce-ip)."
        ),
    )
}

fn unusable_place(name: &str) -> AppError {
    AppError::new(
        Kind::Refused,
        words!("The database field of {name} cannot be used.", "{name}의 데이터베이스 항목을 쓸 수 없습니다."),
        words!(
            "A number, with tls/ or sentinel:NAME/ before it where needed.",
            "번호를 쓰고, 필요하면 그 앞에 tls/ 또는 sentinel:이름/을 붙이세요."
        ),
    )
}

/// The first word of the server's answer, also of an answer in a pipeline, whose error has no code of its own. A
/// hostile server may put any text there, and then it is `?`.
fn code(error: &RedisError) -> Option<String> {
    if error.kind() == ErrorKind::Server(ServerErrorKind::BusyLoading) {
        return Some("LOADING".to_owned());
    }
    let code = match error.code() {
        Some(code) => code.to_owned(),
        None => error.clone().into_server_errors()?.first()?.1.code().to_owned(),
    };
    let fits = code.len() <= 20 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(if fits { code } else { "?".to_owned() })
}
