//! Whether a chunk can be split there.

use super::another_key;
use crate::change::Check;
use crate::sharding::bound::precedes;
use crate::sharding::chunk::model::{Measured, SplitAt};
use crate::sharding::chunk::mongo::Facts;
use crate::sharding::chunk::plan::{Bounds, place_of};
use crate::sharding::order::compare_bounds;
use crate::sharding::value::shown_document;
use crate::words;

pub(super) fn splitting(at: &SplitAt, bounds: &Bounds, facts: &Facts) -> Vec<Check> {
    let mut checks = Vec::new();
    match (at, &bounds.key) {
        (SplitAt::Key(_), Some(key)) => checks.push(inside(key, bounds, true)),
        (SplitAt::Document(_), Some(key)) => {
            let by = facts.sharded.as_ref().and_then(|it| it.key());
            checks.push(match by.and_then(|by| place_of(key, &by)) {
                Some(place) => inside(&place, bounds, false),
                None => Check::block(
                    words!("Where such a document lies is unknown.", "그런 문서의 위치를 알 수 없습니다."),
                    words!("Split in the middle or at a key.", "가운데 또는 키에서 나누세요."),
                ),
            });
        }
        _ => {}
    }
    let at_a_key = matches!(at, SplitAt::Key(_));
    match facts.measured {
        Measured::Is { documents: documents @ 0..2, .. } if !at_a_key => checks.push(Check::block(
            words!(
                "The chunk holds {documents} documents, so it has no middle.",
                "청크에 문서가 {documents}개라 가운데가 없습니다."
            ),
            words!("Split it at a key.", "키를 지정해 나누세요."),
        )),
        _ if !at_a_key && facts.one_key == Some(true) => checks.push(Check::block(
            words!(
                "All documents of the chunk have one and the same key, so it has no middle (87).",
                "청크의 모든 문서가 같은 키를 가지므로 가운데가 없습니다(87)."
            ),
            another_key(),
        )),
        Measured::Unknown if !at_a_key => checks.push(Check::warn(
            words!("How much the chunk holds is unknown.", "청크의 크기를 알 수 없습니다."),
            words!("Without two different keys it has no middle.", "서로 다른 키가 둘 이상이어야 가운데가 있습니다."),
        )),
        _ => {}
    }
    if facts.release.reaches(7, 0) {
        checks.push(Check::warn(
            words!(
                "The auto-merger of this version may merge the two again.",
                "이 버전의 자동 병합이 둘을 다시 합칠 수 있습니다."
            ),
            words!(
                "Switch it off for this collection if the split is to stay.",
                "유지하려면 이 컬렉션의 자동 병합을 끄세요."
            ),
        ));
    }
    checks
}

/// Whether the key lies in the chunk; a bound of a split must not be the lower one.
fn inside(key: &bson::Document, bounds: &Bounds, strictly: bool) -> Check {
    let shown = shown_document(key);
    if precedes(key, &bounds.min) || !precedes(key, &bounds.max) {
        return Check::block(
            words!("{shown} does not lie in this chunk.", "{shown}은(는) 이 청크에 없습니다."),
            words!(
                "Choose a key of this chunk, or the chunk that owns it.",
                "이 청크의 키 또는 그 키를 가진 청크를 고르세요."
            ),
        );
    }
    if strictly && compare_bounds(key, &bounds.min).is_eq() {
        return Check::block(
            words!("{shown} is the lower bound of the chunk already.", "{shown}은(는) 이미 청크의 하한입니다."),
            words!("Choose a key above it.", "그보다 큰 키를 고르세요."),
        );
    }
    Check::pass(words!("{shown} lies in this chunk.", "{shown}은(는) 이 청크에 있습니다."))
}
