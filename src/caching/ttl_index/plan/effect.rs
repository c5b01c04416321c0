//! What a change costs and touches, and the way back.

use super::commands;
use crate::caching::ttl_index::model::{Change, Deed, Expiry, Kind, Seconds};
use crate::caching::ttl_index::mongo::facts::Facts;
use crate::text::{Words, count};
use crate::words;

/// A sentence each.
pub(super) fn of(change: &Change, facts: &Facts) -> Vec<Words> {
    let mut told = Vec::new();
    if change.counted > 0 {
        let n = count(change.counted);
        let estimated = if facts.deletes.is_some_and(|it| it.estimated) { "≈ " } else { "" };
        told.push(words!(
            "{estimated}{n} documents are deleted for good, beginning within one sleep of the TTL monitor (60 s usually).",
            "문서 {estimated}{n}개가 영구히 삭제되며, TTL 모니터의 다음 주기(보통 60초) 안에 시작됩니다.",
        ));
        told.push(words!(
            "Each deletion stands in the oplog; secondaries may lag. Readers may be slower meanwhile.",
            "삭제마다 oplog에 기록되어 세컨더리가 지연될 수 있고, 그동안 조회가 느려질 수 있습니다.",
        ));
    }
    match &change.deed {
        Deed::Create { field, .. } => told.push(words!(
            "An index on {field} is built: the whole collection is read once, and writes cost a little more from then on.",
            "{field} 인덱스를 만듭니다. 컬렉션 전체를 한 번 읽으며 이후 쓰기 비용이 조금 늘어납니다.",
        )),
        Deed::SetSeconds { .. } | Deed::Convert { .. } | Deed::Expire { seconds: Some(_) } => told.push(words!(
            "Only the seconds change; nothing is built or copied.",
            "초 값만 바뀌며, 만들거나 복사하는 것은 없습니다.",
        )),
        Deed::Hide => told.push(words!(
            "Queries do not use the index any more; it is kept up to date, and what it deletes it goes on deleting.",
            "쿼리가 이 인덱스를 쓰지 않습니다. 인덱스는 유지되고, 삭제하던 것은 계속 삭제합니다.",
        )),
        Deed::Unhide => told.push(words!("Queries may use the index again.", "쿼리가 이 인덱스를 다시 쓸 수 있습니다.")),
        Deed::Drop => {
            told.push(words!(
                "Nothing expires by it any more, and queries on its field become slower.",
                "더 이상 만료되지 않으며, 해당 필드의 쿼리가 느려집니다.",
            ));
            if facts.subject.spec.contains(r#""unique":true"#) {
                told.push(words!(
                    "It is unique: from then on several documents may hold the same value.",
                    "고유 인덱스이므로 이후 같은 값을 가진 문서가 여러 개 생길 수 있습니다.",
                ));
            }
        }
        Deed::Disarm | Deed::Expire { seconds: None } => told.push(words!(
            "Deletion stops with the batch that is under way. The documents that are still there stay.",
            "진행 중인 묶음 이후 삭제가 멈춥니다. 남아 있는 문서는 유지됩니다.",
        )),
        Deed::Lower { disarm, .. } => told.extend(staged(change, *disarm)),
    }
    if facts.subject.kind == Kind::TimeSeries {
        told.push(words!(
            "Time series go in whole buckets, when the newest time in a bucket is due.",
            "시계열은 버킷 단위로, 버킷의 가장 최근 시각이 만료되면 삭제됩니다.",
        ));
    }
    told
}

fn staged(change: &Change, disarm: bool) -> Vec<Words> {
    let first = words!(
        "The next step is sent only when what the one before makes due has been deleted.",
        "앞 단계에서 만료된 문서가 모두 삭제된 뒤에만 다음 단계를 전송합니다.",
    );
    let stop = if disarm {
        let typed = commands::set_seconds(change, Seconds::NEVER).typed;
        words!("If it is stopped in the middle, this is sent: {typed}", "도중에 중단하면 다음을 전송합니다: {typed}")
    } else {
        words!(
            "If it is stopped in the middle, the index keeps the seconds of that step and goes on deleting by them.",
            "도중에 중단하면 인덱스는 그 단계의 초 값을 유지하고 계속 삭제합니다.",
        )
    };
    vec![first, stop]
}

/// Deleted documents do not come back; seconds do.
pub(super) fn way_back(change: &Change, facts: &Facts) -> Words {
    let deletes = change.counted > 0;
    let Words { en, ko } = facts.subject.expiry.told();
    let back = match &change.deed {
        Deed::Create { .. } => words!("Drop the index.", "인덱스를 삭제하세요."),
        Deed::Hide => words!("Unhide the index.", "숨기기를 해제하세요."),
        Deed::Unhide => words!("Hide the index.", "인덱스를 숨기세요."),
        Deed::Drop => {
            let spec = &facts.subject.spec;
            words!(
                "Create it again as the server listed it, {spec}; that reads the whole collection.",
                "서버에 표시된 그대로 다시 만드세요: {spec}. 컬렉션 전체를 읽습니다.",
            )
        }
        Deed::Convert { .. } => words!(
            "Disarm it, or drop it and create a plain index: no command takes the seconds away.",
            "해제하거나, 삭제 후 일반 인덱스를 만드세요. 초 값을 없애는 명령은 없습니다.",
        ),
        Deed::Expire { .. } if facts.subject.expiry == Expiry::None => words!("Switch it off again.", "다시 끄세요."),
        _ => words!("Set it back: {en}.", "원래 값으로 되돌리세요: {ko}."),
    };
    if !deletes {
        return back;
    }
    let Words { en, ko } = back;
    words!(
        "Deleted documents come back from a backup only. Disarming stops what is not deleted yet. {en}",
        "삭제된 문서는 백업에서만 복구할 수 있습니다. 해제하면 아직 삭제되지 않은 문서는 남습니다. {ko}",
    )
}
