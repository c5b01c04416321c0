//! Taking a drained shard out of the cluster.

use bson::doc;

use super::common::{not_resharding, observed, same_shard};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::sharding::model::offered::Generation;
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::shards::mongo::facts::Going;
use crate::text::{bytes, count};
use crate::words;

pub(super) fn plan(at: &str, shard: &str, host: &str, facts: &Going) -> Plan {
    let (document, typed) = match Generation::of_removal(facts.cluster.release) {
        Generation::Old => {
            (doc! { "removeShard": shard }, format!("db.adminCommand({{ removeShard: {} }})", quoted(shard)))
        }
        Generation::New => (doc! { "commitShardRemoval": shard }, format!("sh.commitShardRemoval({})", quoted(shard))),
    };
    let commands = vec![command("admin", document, typed)];
    let left = &facts.left;
    Plan {
        title: words!("Remove the drained shard {shard} from {at}", "드레이닝이 끝난 샤드 {shard}을(를) {at}에서 제거"),
        checks: checks(shard, host, facts),
        fingerprint: fingerprint(&(observed(&facts.cluster), left.chunks, &left.databases, &left.single), &commands),
        commands,
        revert: Vec::new(),
        effect: vec![
            words!(
                "The cluster forgets {shard} ({host}). No document is lost: it holds none.",
                "클러스터에서 {shard}({host})을(를) 제외합니다. 남은 문서가 없으므로 잃는 문서는 없습니다."
            ),
            words!("Its servers go on running; shut them down yourself.", "서버는 계속 실행되므로 직접 종료하세요."),
        ],
        way_back: words!(
            "Add it again. Its data directory must be emptied first, since copies of what was there remain.",
            "다시 추가할 수 있습니다. 이전 데이터의 사본이 남아 있으므로 먼저 데이터 디렉터리를 비워야 합니다."
        ),
        blast: Blast::TypeName(shard.to_owned()),
    }
}

fn checks(shard: &str, host: &str, facts: &Going) -> Vec<Check> {
    let found = facts.cluster.shard(shard);
    let mut checks = vec![same_shard(shard, host, found)];
    let Some(found) = found else { return checks };
    if !found.draining {
        checks.push(Check::block(
            words!(
                "{shard} is not being drained; on this version the command would start that.",
                "{shard}은(는) 드레이닝 중이 아닙니다. 이 버전에서는 명령이 드레이닝을 시작하게 됩니다."
            ),
            words!("Start draining it first.", "먼저 드레이닝을 시작하세요."),
        ));
        return checks;
    }
    checks.push(nothing_left(shard, facts));
    checks.push(not_resharding(&facts.cluster.resharded));
    checks.extend(orphans(facts));
    checks
}

fn nothing_left(shard: &str, facts: &Going) -> Check {
    let left = &facts.left;
    match (left.chunks, left.databases.as_deref()) {
        (Some(0), Some([])) => Check::pass(words!(
            "No chunk and no database is left on {shard}.",
            "{shard}에 남은 청크와 데이터베이스가 없습니다."
        )),
        (Some(chunks), Some(databases)) => {
            let (chunks, databases) = (count(chunks), databases.len());
            Check::block(
                words!(
                    "Left on {shard}: chunks {chunks}, databases {databases}.",
                    "{shard}에 청크 {chunks}개와 데이터베이스 {databases}개가 남아 있습니다."
                ),
                words!("Its page says what the next step is.", "페이지에서 다음 단계를 확인하세요."),
            )
        }
        _ => Check::block(
            words!("What is left on {shard} could not be read.", "{shard}에 남은 것을 읽지 못했습니다."),
            words!("Plan again in a moment.", "잠시 후 계획을 다시 세우세요."),
        ),
    }
}

/// What a long query may still be reading.
fn orphans(facts: &Going) -> Option<Check> {
    let orphaned = facts.left.orphaned.filter(|orphaned| *orphaned > 0).map(bytes)?;
    Some(Check::warn(
        words!(
            "{orphaned} that moved away are not deleted there yet.",
            "이미 옮겨진 {orphaned}이(가) 아직 삭제되지 않았습니다."
        ),
        words!(
            "Queries that began before the last move may still read them; wait, or they fail.",
            "마지막 이동 전에 시작한 쿼리가 읽고 있을 수 있습니다. 기다리지 않으면 실패합니다."
        ),
    ))
}
