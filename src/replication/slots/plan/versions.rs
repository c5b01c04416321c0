//! What a server's version or role keeps it from, told before somebody asks for it.

use crate::replication::server::About;
use crate::text::Words;
use crate::words;

/// Why this server can have no logical slot, whatever is asked of it.
pub fn no_logical(about: &About) -> Option<Words> {
    let major = about.major();
    (about.standby && major < 16).then(|| {
        words!(
            "This is a standby of version {major}: logical slots on a standby need 16.",
            "버전 {major}의 대기 서버입니다. 대기 서버의 논리 슬롯은 16부터 가능합니다.",
        )
    })
}

/// Why the option is not there.
pub fn no_two_phase(about: &About) -> Option<Words> {
    let major = about.major();
    (major < 14)
        .then(|| words!("two_phase needs 14; this is {major}.", "two_phase는 14부터입니다. 이 서버는 {major}입니다."))
}

/// Why the option is not there.
pub fn no_failover(about: &About) -> Option<Words> {
    let major = about.major();
    if major < 17 {
        Some(words!("failover needs 17; this is {major}.", "failover는 17부터입니다. 이 서버는 {major}입니다."))
    } else if about.standby {
        Some(words!(
            "failover is for slots of a primary; this is a standby.",
            "failover는 기본 서버의 슬롯에만 가능합니다. 이 서버는 대기 서버입니다.",
        ))
    } else {
        None
    }
}
