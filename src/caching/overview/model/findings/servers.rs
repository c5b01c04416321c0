//! Replicas that are behind, and servers that are replicas.

use super::Overview;
use crate::finding::{Finding, Way};
use crate::text::bytes;
use crate::words;

/// A replica says every second how far it is.
const SILENT: i64 = 5;
/// A replica that is further behind than this holds up who waits for it, and may have to copy everything anew.
const BEHIND: i64 = 64 * 1024 * 1024;

pub(super) fn replicas(seen: &Overview, found: &mut Vec<Finding>) {
    for address in &seen.silent {
        found.push(Finding::bad(
            words!(
                "The server {address} did not answer, or refused to.",
                "서버 {address}이(가) 응답하지 않거나 거부했습니다."
            ),
            words!(
                "Its keys may be out of reach, and all sums here are without it.",
                "그 서버의 키를 쓸 수 없을지도 모릅니다. 여기의 합계에는 빠져 있습니다."
            ),
            Way { link: "/".to_owned(), action: words!("See the targets", "대상 보기") },
        ));
    }
    for node in &seen.nodes {
        let address = &node.address;
        if let Some(upstream) = &node.replica {
            found.push(follower(address, upstream.connected, &upstream.address));
        }
        for replica in &node.replicas {
            let (name, behind) = (&replica.address, replica.bytes.unwrap_or(0));
            let (seconds, size) = (replica.seconds.unwrap_or(0), bytes(behind));
            let state = &replica.state;
            if state != "online" {
                found.push(Finding::warn(
                    words!(
                        "The replica {name} is not ready: {state}.",
                        "복제본 {name}이(가) 준비되지 않았습니다: {state}."
                    ),
                    words!(
                        "It copies the data, or waits to. Until it is online it cannot take over.",
                        "데이터를 복사 중이거나 대기 중입니다. online이 되기 전에는 대신할 수 없습니다."
                    ),
                    Way::none(),
                ));
            } else if seconds >= SILENT || behind > BEHIND {
                found.push(Finding::warn(
                    words!(
                        "The replica {name} is behind {address}: silent for {seconds} s, {size} not confirmed.",
                        "복제본 {name}이(가) {address}보다 뒤처졌습니다. {seconds}초째 응답 없음, 미확인 {size}."
                    ),
                    words!(
                        "Reads from it are old, and a bulk job would add 64 bytes for each key. Pause such jobs and look at that server.",
                        "복제본에서 읽는 값이 오래되었습니다. 일괄 작업은 키마다 64바이트를 더 보냅니다. 일괄 작업을 멈추고 그 서버를 확인하세요."
                    ),
                    Way::none(),
                ));
            }
        }
    }
}

fn follower(address: &str, connected: bool, upstream: &str) -> Finding {
    if connected {
        Finding::note(
            words!("{address} is a replica of {upstream}.", "{address}은(는) {upstream}의 복제본입니다."),
            words!(
                "Here one can read only. Change keys at the primary.",
                "여기서는 읽기만 할 수 있습니다. 키는 기본 서버에서 바꾸세요."
            ),
            Way::none(),
        )
    } else {
        Finding::bad(
            words!(
                "{address} is a replica and has lost its primary {upstream}.",
                "복제본 {address}이(가) 기본 서버 {upstream}과(와) 연결이 끊겼습니다."
            ),
            words!(
                "What it shows is as old as the break. Check that the primary runs and can be reached from there.",
                "끊긴 시점의 데이터를 보여 줍니다. 기본 서버가 실행 중이고 연결 가능한지 확인하세요."
            ),
            Way::none(),
        )
    }
}
