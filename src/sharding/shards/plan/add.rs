//! Making a replica set a shard. The console speaks to the router only, so of the new servers it knows what was typed.

use bson::doc;

use super::common::{balancer, not_resharding, observed, works_as};
use crate::change::apply::fingerprint;
use crate::change::{Blast, Check, Plan};
use crate::sharding::model::offered::Operation;
use crate::sharding::model::quoted;
use crate::sharding::mongo::command::command;
use crate::sharding::shards::model::hosts::{ReplicaSet, is_local};
use crate::sharding::shards::mongo::facts::Adding;
use crate::text::Words;
use crate::words;

pub(super) fn plan(at: &str, set: &ReplicaSet, name: Option<&str>, facts: &Adding) -> Plan {
    let as_name = name.unwrap_or(set.name());
    let seed = set.to_string();
    let mut document = doc! { "addShard": &seed };
    let typed = match name {
        Some(name) => {
            document.insert("name", name);
            format!("db.adminCommand({{ addShard: {}, name: {} }})", quoted(&seed), quoted(name))
        }
        None => format!("sh.addShard({})", quoted(&seed)),
    };
    let commands = vec![command("admin", document, typed)];
    Plan {
        title: words!(
            "Add the replica set {seed} as shard {as_name} at {at}",
            "{at}에 복제 세트 {seed}을(를) 샤드 {as_name}(으)로 추가"
        ),
        checks: checks(set, as_name, facts),
        fingerprint: fingerprint(&(observed(&facts.cluster), &facts.config), &commands),
        commands,
        revert: Vec::new(),
        effect: effect(as_name, facts),
        way_back: words!(
            "Remove it again: its data are drained first, and its servers must be emptied before they join another cluster.",
            "다시 제거할 수 있습니다. 먼저 데이터를 드레이닝하며, 다른 클러스터에 넣기 전에 서버를 비워야 합니다.",
        ),
        blast: Blast::Confirm,
    }
}

fn checks(set: &ReplicaSet, name: &str, facts: &Adding) -> Vec<Check> {
    let mut checks = vec![name_is_free(name, facts), set_is_new(set, facts), hosts_are_new(set, facts)];
    checks.extend(local_names(set, facts));
    checks.push(not_resharding(&facts.cluster.resharded));
    checks.extend([version(facts), unknown(), balancer(&facts.cluster.balancing)]);
    checks
}

fn name_is_free(name: &str, facts: &Adding) -> Check {
    if name == "config" {
        return Check::block(
            words!("“config” is the config servers' own name.", "“config”는 설정 서버의 이름입니다."),
            words!("Choose another name.", "다른 이름을 선택하세요."),
        );
    }
    match facts.cluster.shard(name) {
        Some(shard) => {
            let host = &shard.host;
            Check::block(
                words!("There is a shard {name} already ({host}).", "{name} 샤드가 이미 있습니다({host})."),
                words!("Choose another name.", "다른 이름을 선택하세요."),
            )
        }
        None => Check::pass(words!("No shard is called {name}.", "{name}(이)라는 샤드가 없습니다.")),
    }
}

fn set_is_new(set: &ReplicaSet, facts: &Adding) -> Check {
    let of_set = |host: &str| host.split('/').next() == Some(set.name());
    let same = facts.cluster.shards.iter().find(|it| of_set(&it.host));
    match same {
        Some(shard) => {
            let (set, shard) = (set.name(), &shard.name);
            Check::block(
                words!(
                    "The replica set {set} is the shard {shard} already.",
                    "복제 세트 {set}은(는) 이미 {shard} 샤드입니다."
                ),
                words!(
                    "Two shards cannot have sets of one name: check what was typed.",
                    "같은 이름의 세트로 두 샤드를 만들 수 없습니다. 입력을 확인하세요."
                ),
            )
        }
        None if of_set(&facts.config) => Check::block(
            words!("This is the replica set of the config servers.", "설정 서버의 복제 세트입니다."),
            words!(
                "From 8.0 on they become a shard by transitionFromDedicatedConfigServer, which this console does not send.",
                "8.0부터는 transitionFromDedicatedConfigServer로 샤드가 됩니다. 이 콘솔은 보내지 않습니다."
            ),
        ),
        None => Check::pass(words!("Its replica set is no shard yet.", "아직 샤드가 아닌 복제 세트입니다.")),
    }
}

fn hosts_are_new(set: &ReplicaSet, facts: &Adding) -> Check {
    let known = facts.cluster.shards.iter().map(|it| it.host.as_str()).chain([facts.config.as_str()]);
    let members: Vec<&str> = known.flat_map(|host| host.rsplit('/').next().unwrap_or_default().split(',')).collect();
    match set.hosts().iter().find(|host| members.iter().any(|member| member.eq_ignore_ascii_case(host))) {
        Some(host) => Check::block(
            words!("{host} belongs to this cluster already.", "{host}은(는) 이미 이 클러스터에 속합니다."),
            words!("Name the members of the new replica set.", "새 복제 세트의 멤버를 입력하세요."),
        ),
        None => Check::pass(words!(
            "None of the hosts belongs to this cluster yet.",
            "아직 이 클러스터에 속하지 않은 호스트입니다."
        )),
    }
}

/// The cluster takes either only localhost or none.
fn local_names(set: &ReplicaSet, facts: &Adding) -> Option<Check> {
    let members = facts.cluster.shards.iter().flat_map(|it| it.host.rsplit('/').next().unwrap_or_default().split(','));
    let differs = members.filter(|member| !member.is_empty()).any(|member| is_local(member) != set.is_local());
    differs.then(|| {
        Check::block(
            words!(
                "The shards of this cluster and the new one do not agree in using localhost.",
                "localhost 사용 여부가 기존 샤드와 다릅니다."
            ),
            words!(
                "Use names that every server of the cluster resolves to the same machine.",
                "클러스터의 모든 서버가 같은 장비로 해석하는 이름을 쓰세요."
            ),
        )
    })
}

fn version(facts: &Adding) -> Check {
    let works_as = works_as(facts.cluster.release);
    Check::warn(
        words!("The cluster works as MongoDB {works_as} (FCV).", "클러스터는 MongoDB {works_as}(FCV)로 동작합니다."),
        words!(
            "The new servers must be of a version that knows this FCV, best of the same (else 188, IncompatibleServerVersion).",
            "새 서버는 이 FCV를 아는 버전이어야 하며 같은 버전이 가장 좋습니다(아니면 188, IncompatibleServerVersion)."
        ),
    )
}

fn unknown() -> Check {
    Check::warn(
        words!(
            "Not known from here: whether the new set answers, is initiated, empty, and in no other cluster. The console speaks to its targets only.",
            "여기서 알 수 없음: 새 세트의 응답 여부, 초기화 여부, 비어 있는지, 다른 클러스터 소속인지. 콘솔은 등록된 대상하고만 통신합니다."
        ),
        words!(
            "Look there with mongosh: rs.status() shows a primary; show dbs shows only admin, config and local, and no database of this cluster; it was started with --shardsvr and this cluster's keyFile or certificates; every host name resolves on every server of the cluster.",
            "새 세트에서 mongosh로 확인하세요. rs.status()에 프라이머리가 있고, show dbs에 admin·config·local만 있으며(이 클러스터의 데이터베이스가 없어야 함), --shardsvr와 이 클러스터의 keyFile 또는 인증서로 시작했고, 호스트 이름이 클러스터의 모든 서버에서 해석되어야 합니다."
        ),
    )
}

fn effect(name: &str, facts: &Adding) -> Vec<Words> {
    let mut effect = vec![
        words!(
            "{name} is empty at first. Nothing moves by this command itself.",
            "{name}은(는) 처음에는 비어 있습니다. 이 명령만으로는 아무것도 이동하지 않습니다."
        ),
        words!(
            "The balancer then moves data to it in the background, a chunk at a time; that may take days. New databases may be placed there at once.",
            "이후 밸런서가 백그라운드에서 청크를 하나씩 옮기며 며칠이 걸릴 수 있습니다. 새 데이터베이스는 바로 그곳에 생길 수 있습니다."
        ),
    ];
    if Operation::Redistribute.offered(facts.cluster.release).is_ok() {
        effect.push(words!(
            "To use it sooner, reshard big collections to their own key with forceRedistribution: much faster than the balancer, and nothing is left to delete.",
            "더 빨리 쓰려면 큰 컬렉션을 같은 키로 forceRedistribution 리샤딩하세요. 밸런서보다 훨씬 빠르고 삭제할 잔여 문서도 없습니다."
        ));
    }
    effect
}
