//! Codes about work in progress, shards, zones and chunks.

use super::Told;
use crate::error::Kind;
use crate::words;

pub(super) fn of_conflict(name: &str, code: i32) -> Option<Told> {
    Some(match code {
        46 | 117 | 414 => (
            Kind::Conflict,
            words!(
                "{name} is busy with another change to the same thing.",
                "{name}이(가) 같은 대상에 대한 다른 작업을 진행 중입니다."
            ),
            words!("Wait until it has ended, then plan again.", "끝난 뒤 계획을 다시 세우세요."),
        ),
        12587 => (
            Kind::Conflict,
            words!("An index is being built on the collection.", "컬렉션의 인덱스를 만드는 중입니다."),
            words!("Wait for its end.", "끝날 때까지 기다리세요."),
        ),
        319 => (
            Kind::Conflict,
            words!(
                "The primary shard of the database is being moved.",
                "데이터베이스의 프라이머리 샤드를 옮기는 중입니다."
            ),
            words!("Wait for its end.", "끝날 때까지 기다리세요."),
        ),
        350 | 381 => (
            Kind::Refused,
            words!(
                "The resharding was given up and rolled back; the old key stands.",
                "리샤딩이 포기되어 기존 키가 유지됩니다."
            ),
            words!(
                "It met another change, such as of the FCV. Try again when nothing else is at work.",
                "FCV 변경 같은 다른 작업과 겹쳤습니다. 다른 작업이 없을 때 다시 시도하세요."
            ),
        ),
        63 | 150 | 249 | 13388 => (
            Kind::Conflict,
            words!("The collection was changed in the middle of this.", "작업 도중 컬렉션이 변경되었습니다."),
            words!("Look at it again, then plan again.", "다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        338 => (
            Kind::Conflict,
            words!("The collection is being resharded.", "컬렉션을 리샤딩하는 중입니다."),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ),
        339 => (
            Kind::NotFound,
            words!("No resharding of this collection is under way.", "이 컬렉션에 진행 중인 리샤딩이 없습니다."),
            words!("Reload the page.", "페이지를 새로 고치세요."),
        ),
        340 => (
            Kind::Conflict,
            words!(
                "The resharding has been committed and cannot be aborted any more.",
                "리샤딩이 이미 확정되어 중단할 수 없습니다."
            ),
            words!("Wait for its end.", "끝날 때까지 기다리세요."),
        ),
        341 => (
            Kind::Refused,
            words!("The resharding was aborted; the old key stands.", "리샤딩이 중단되어 기존 키가 유지됩니다."),
            words!("Nothing is left to do.", "더 할 일이 없습니다."),
        ),
        342 => (
            Kind::Refused,
            words!(
                "The resharding did not catch up with the writes in time and was rolled back.",
                "리샤딩이 쓰기를 제때 따라잡지 못해 되돌려졌습니다."
            ),
            words!("Try again when there are fewer writes.", "쓰기가 적을 때 다시 시도하세요."),
        ),
        _ => return None,
    })
}

pub(super) fn of_shard(code: i32) -> Option<Told> {
    Some(match code {
        70 => (
            Kind::NotFound,
            words!("There is no such shard.", "그런 샤드가 없습니다."),
            words!("Reload the page to see the shards.", "페이지를 새로 고쳐 샤드를 확인하세요."),
        ),
        163 => (
            Kind::Refused,
            words!("It is the only shard of a zone that has key ranges.", "키 범위가 있는 존의 유일한 샤드입니다."),
            words!(
                "Add another shard to the zone, or remove its ranges.",
                "존에 다른 샤드를 추가하거나 범위를 제거하세요."
            ),
        ),
        177 => (
            Kind::NotFound,
            words!("There is no such zone.", "그런 존이 없습니다."),
            words!("Add a shard to the zone first.", "먼저 존에 샤드를 추가하세요."),
        ),
        178 => (
            Kind::Refused,
            words!("The range overlaps another zone's.", "다른 존의 범위와 겹칩니다."),
            words!("Choose bounds that touch no other range.", "다른 범위와 겹치지 않는 경계를 지정하세요."),
        ),
        96 => (
            Kind::Refused,
            words!("The servers began it and gave up.", "서버가 작업을 시작했다가 포기했습니다."),
            words!(
                "Look at what is there now; the log holds the reason.",
                "현재 상태를 확인하세요. 이유는 로그에 있습니다."
            ),
        ),
        _ => return None,
    })
}

pub(super) fn of_chunk(code: i32) -> Option<Told> {
    Some(match code {
        87 => (
            Kind::Refused,
            words!("The chunk cannot be split there.", "그 위치에서 청크를 나눌 수 없습니다."),
            words!(
                "Choose a key inside the chunk that is not its lower bound.",
                "하한이 아닌, 청크 안의 키를 고르세요."
            ),
        ),
        153 => (
            Kind::Refused,
            words!("The chunk is too big to be moved.", "청크가 너무 커서 옮길 수 없습니다."),
            words!("Split it first.", "먼저 나누세요."),
        ),
        265 => (
            Kind::Refused,
            words!(
                "Documents that were left behind by an earlier move could not be removed.",
                "이전 이동에서 남은 문서를 지우지 못했습니다."
            ),
            words!("Look at the receiving shard's log.", "받는 샤드의 로그를 확인하세요."),
        ),
        200 => (
            Kind::Conflict,
            words!(
                "The shard still removes documents of this range from an earlier move.",
                "샤드가 이전 이동에서 남은 이 범위의 문서를 아직 지우는 중입니다."
            ),
            words!("Wait until it has finished.", "끝날 때까지 기다리세요."),
        ),
        _ => return None,
    })
}
