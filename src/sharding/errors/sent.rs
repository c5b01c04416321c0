//! Codes that stand for many mistakes, told by the command that was sent: what it can be wrong about is less.

use super::Told;
use crate::error::Kind;
use crate::text::Words;
use crate::words;

/// What a code means as the answer to this command; none where the command does not matter.
pub(super) fn of_command(command: &str, code: i32) -> Option<Told> {
    let told = match command {
        "enableSharding" => database(code),
        "shardCollection" => shard_collection(code),
        "createIndexes" => create_index(code),
        "refineCollectionShardKey" => refine(code),
        "reshardCollection" => reshard(code),
        "moveCollection" | "unshardCollection" => move_collection(code),
        "updateZoneKeyRange" => zone_range(code),
        "addShardToZone" | "removeShardFromZone" => zone(code),
        "configureCollectionBalancing" | "setAllowMigrations" => balancing(code),
        "balancerStart" | "balancerStop" => balancer(command, code),
        "split" => split(code),
        "moveChunk" | "moveRange" => move_chunk(code),
        "mergeChunks" | "mergeAllChunksOnShard" => merge(code),
        "clearJumboFlag" => clear_jumbo(code),
        "addShard" => add_shard(code),
        "removeShard" | "startShardDraining" | "commitShardRemoval" => remove_shard(code),
        "movePrimary" => move_primary(code),
        _ => None,
    };
    told.map(|(happened, next)| (Kind::Refused, happened, next))
}

type Twofold = Option<(Words, Words)>;

fn database(code: i32) -> Twofold {
    Some(match code {
        72 => (
            words!("This database is MongoDB's own.", "MongoDB 전용 데이터베이스입니다."),
            words!("Choose another database.", "다른 데이터베이스를 고르세요."),
        ),
        48 => (
            words!(
                "The database exists, with another primary shard.",
                "데이터베이스가 다른 프라이머리 샤드로 이미 있습니다."
            ),
            words!(
                "Leave the primary shard out, or move it afterwards.",
                "프라이머리 샤드를 비우거나 나중에 옮기세요."
            ),
        ),
        73 => (
            words!("The database's name cannot be used.", "사용할 수 없는 데이터베이스 이름입니다."),
            words!("No dots, slashes, quotes or spaces.", "점, 슬래시, 따옴표, 공백은 쓸 수 없습니다."),
        ),
        _ => return None,
    })
}

fn shard_collection(code: i32) -> Twofold {
    Some(match code {
        2 => (
            words!(
                "The key or the collation cannot be used for sharding.",
                "샤드 키 또는 정렬 규칙을 샤딩에 쓸 수 없습니다."
            ),
            words!(
                "Each field of the key is 1, at most one is “hashed”; a collection with rules of its own for text needs the simple collation.",
                "키 필드는 1이고 “hashed”는 하나까지입니다. 자체 정렬 규칙이 있는 컬렉션은 simple 규칙이 필요합니다.",
            ),
        ),
        72 => (
            words!("The collection cannot be sharded like this.", "이 방식으로는 컬렉션을 샤딩할 수 없습니다."),
            words!(
                "Usual causes: no usable index begins with the key (sparse, partial or with arrays does not count), another unique index, a unique hashed key, initial chunks without a hashed key on an empty collection, a capped collection.",
                "흔한 원인: 키로 시작하는 사용 가능한 인덱스 없음(sparse·partial·배열 인덱스 제외), 다른 고유 인덱스, 고유 해시 키, 빈 컬렉션의 해시 키가 아닌 초기 청크, capped 컬렉션.",
            ),
        ),
        20 => (
            words!("The server shards no collection of this kind.", "서버가 샤딩하지 않는 종류의 컬렉션입니다."),
            words!("Collections of MongoDB's own stay as they are.", "MongoDB 전용 컬렉션은 그대로 두세요."),
        ),
        73 => (
            words!("The collection's name is missing or cannot be used.", "컬렉션 이름이 없거나 사용할 수 없습니다."),
            words!("Write database.collection.", "database.collection 형식으로 쓰세요."),
        ),
        238 | 40414 => (
            words!("The shard key is missing.", "샤드 키가 없습니다."),
            words!("Name at least one field.", "필드를 하나 이상 지정하세요."),
        ),
        _ => return None,
    })
}

fn create_index(code: i32) -> Twofold {
    Some(match code {
        67 | 72 => (
            words!("The index cannot be built on this collection.", "이 컬렉션에 인덱스를 만들 수 없습니다."),
            words!(
                "On a sharded collection a unique index must begin with the shard key.",
                "샤딩된 컬렉션의 고유 인덱스는 샤드 키로 시작해야 합니다."
            ),
        ),
        _ => return None,
    })
}

fn refine(code: i32) -> Twofold {
    Some(match code {
        72 => (
            words!(
                "The new key does not begin with the current one, or no usable index begins with it.",
                "새 키가 현재 키로 시작하지 않거나, 새 키로 시작하는 사용 가능한 인덱스가 없습니다."
            ),
            words!(
                "Keep all fields of the current key in their order, add others after them, and build the index first.",
                "현재 키의 필드를 순서대로 유지하고 뒤에 추가한 뒤, 인덱스를 먼저 만드세요."
            ),
        ),
        2 | 9 => (
            words!("The new key cannot be used.", "새 키를 사용할 수 없습니다."),
            words!(
                "Added fields are 1, or “hashed” where none is yet.",
                "추가 필드는 1이며, 아직 없을 때만 “hashed”가 가능합니다."
            ),
        ),
        _ => return None,
    })
}

fn reshard(code: i32) -> Twofold {
    Some(match code {
        2 => (
            words!(
                "The key or the zones of this resharding cannot be used.",
                "이 리샤딩의 키 또는 존을 사용할 수 없습니다."
            ),
            words!(
                "A collection with zones must be given its zones for the new key; a resharding cannot ask for a unique key.",
                "존이 있는 컬렉션은 새 키에 맞는 존을 지정해야 하며, 고유 키는 요청할 수 없습니다."
            ),
        ),
        72 => (
            words!("The collection cannot be resharded like this.", "이 방식으로는 리샤딩할 수 없습니다."),
            words!(
                "Usual causes: a unique index that does not begin with the new key, a time series, a key of the same fields.",
                "흔한 원인: 새 키로 시작하지 않는 고유 인덱스, 시계열 컬렉션, 같은 필드의 키."
            ),
        ),
        117 => (
            words!(
                "Another resharding is under way; a cluster does one at a time.",
                "다른 리샤딩이 진행 중입니다. 클러스터는 한 번에 하나만 합니다."
            ),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ),
        _ => return None,
    })
}

fn move_collection(code: i32) -> Twofold {
    Some(match code {
        2 | 20 | 72 => (
            words!("The collection cannot be moved as it is.", "현재 상태로는 컬렉션을 옮길 수 없습니다."),
            words!(
                "Remove its zones first; time series and encrypted collections cannot be moved.",
                "먼저 존을 제거하세요. 시계열과 암호화 컬렉션은 옮길 수 없습니다."
            ),
        ),
        117 => (
            words!(
                "Another resharding or move is under way; a cluster does one at a time.",
                "다른 리샤딩이나 이동이 진행 중입니다. 클러스터는 한 번에 하나만 합니다."
            ),
            words!("Wait for its end, or abort it.", "끝날 때까지 기다리거나 중단하세요."),
        ),
        _ => return None,
    })
}

fn zone_range(code: i32) -> Twofold {
    Some(match code {
        9 => (
            words!("The lower bound is not less than the upper one.", "하한이 상한보다 작지 않습니다."),
            words!("Exchange the bounds, or widen the range.", "경계를 바꾸거나 범위를 넓히세요."),
        ),
        2 | 61 => (
            words!("The bounds do not have the fields of the shard key.", "경계값의 필드가 샤드 키와 다릅니다."),
            words!(
                "Give the key's fields in their order, or the first of them.",
                "키 필드를 순서대로, 또는 앞쪽 일부를 지정하세요."
            ),
        ),
        26 => (
            words!("No zone has exactly this range.", "정확히 이 범위를 가진 존이 없습니다."),
            words!("Give both bounds as they are listed.", "목록에 있는 두 경계값을 그대로 지정하세요."),
        ),
        _ => return None,
    })
}

fn zone(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 72 => (
            words!("The zone's name cannot be used.", "사용할 수 없는 존 이름입니다."),
            words!("Choose another name.", "다른 이름을 고르세요."),
        ),
        _ => return None,
    })
}

fn balancing(code: i32) -> Twofold {
    Some(match code {
        2 | 72 => (
            words!("The server does not take this setting.", "서버가 이 설정을 받아들이지 않습니다."),
            words!("A chunk size is 1 to 1024 MiB.", "청크 크기는 1~1024MiB입니다."),
        ),
        26 | 118 => (
            words!("The collection is not sharded.", "샤딩되지 않은 컬렉션입니다."),
            words!("Only sharded collections are balanced.", "샤딩된 컬렉션만 밸런싱합니다."),
        ),
        _ => return None,
    })
}

fn balancer(command: &str, code: i32) -> Twofold {
    Some(match (command, code) {
        (_, 2 | 9 | 14) => (
            words!(
                "The setting was written, but another one of the balancer cannot be read.",
                "설정은 기록했으나 밸런서의 다른 설정을 읽을 수 없습니다."
            ),
            words!("The page of the balancer names it; repair it.", "밸런서 페이지에 표시된 설정을 고치세요."),
        ),
        _ => return None,
    })
}

fn split(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 61 | 16634 => (
            words!("The point does not have the fields of the shard key.", "분할 지점의 필드가 샤드 키와 다릅니다."),
            words!(
                "Give exactly the key's fields, in its order; for a hashed field its hash, a whole number of 64 bits.",
                "키 필드를 순서대로 정확히 지정하세요. 해시 필드는 64비트 정수인 해시 값입니다."
            ),
        ),
        _ => return None,
    })
}

fn move_chunk(code: i32) -> Twofold {
    Some(match code {
        26 | 118 => (
            words!("The collection is not sharded.", "샤딩되지 않은 컬렉션입니다."),
            words!("Only chunks of sharded collections move.", "샤딩된 컬렉션의 청크만 이동합니다."),
        ),
        13388 => (
            words!(
                "The bounds are not those of the shard key, or the chunk was changed in the middle of this.",
                "경계값이 샤드 키와 다르거나 작업 도중 청크가 바뀌었습니다."
            ),
            words!("Look at the chunks again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        2 | 9 | 61 | 72 => (
            words!("There is no chunk with these bounds.", "이 경계의 청크가 없습니다."),
            words!("Look at the chunks again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        20 => (
            words!("The chunk may not go to this shard.", "이 샤드로 옮길 수 없는 청크입니다."),
            words!("A zone, or a shard that is drained, forbids it.", "존 설정이나 드레인 중인 샤드 때문입니다."),
        ),
        96 => (
            words!("The shards began the move and gave it up.", "샤드가 이동을 시작했다가 포기했습니다."),
            words!(
                "Usual causes: a frozen collection, a unique index that clashes, too little disk on the receiving shard.",
                "흔한 원인: 동결된 컬렉션, 고유 인덱스 충돌, 받는 샤드의 디스크 부족."
            ),
        ),
        _ => return None,
    })
}

fn merge(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 20 | 72 => (
            words!("These chunks cannot be merged.", "이 청크들은 병합할 수 없습니다."),
            words!(
                "They must follow each other without a gap, lie on one shard, and not be jumbo.",
                "빈틈없이 이어지고, 한 샤드에 있고, 점보가 아니어야 합니다."
            ),
        ),
        _ => return None,
    })
}

fn clear_jumbo(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 20 | 61 | 72 => (
            words!("There is no chunk with these bounds.", "이 경계의 청크가 없습니다."),
            words!("Look at the chunks again, then plan again.", "청크를 다시 확인한 뒤 계획을 다시 세우세요."),
        ),
        _ => return None,
    })
}

fn add_shard(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 14 | 93 | 123 => (
            words!("This is no replica set that can become a shard.", "샤드가 될 수 있는 복제 세트가 아닙니다."),
            words!(
                "Write set/host:port; the set must be initiated, started with --shardsvr, and be called like that.",
                "세트/호스트:포트로 쓰세요. 초기화되고 --shardsvr로 시작되었으며 이름이 같아야 합니다."
            ),
        ),
        20 => (
            words!("The replica set is in use already.", "이미 사용 중인 복제 세트입니다."),
            words!(
                "It is a shard of this or another cluster, or has another name than the one given.",
                "이 클러스터나 다른 클러스터의 샤드이거나, 다른 이름으로 등록되어 있습니다."
            ),
        ),
        96 => (
            words!("The replica set was looked at and turned down.", "복제 세트를 확인했으나 추가하지 않았습니다."),
            words!(
                "Usual causes: a database of the same name, other accounts or keys, the remains of another cluster.",
                "흔한 원인: 같은 이름의 데이터베이스, 다른 계정이나 키, 다른 클러스터의 흔적."
            ),
        ),
        72 => (
            words!("The replica set does not fit this cluster.", "이 클러스터와 맞지 않는 복제 세트입니다."),
            words!("Compare its default write concern and its FCV.", "기본 쓰기 확인 수준과 FCV를 비교하세요."),
        ),
        _ => return None,
    })
}

fn remove_shard(code: i32) -> Twofold {
    Some(match code {
        20 => (
            words!("This shard cannot be removed.", "제거할 수 없는 샤드입니다."),
            words!(
                "It is the last one, or the config servers' own.",
                "마지막 샤드이거나 설정 서버를 겸하는 샤드입니다."
            ),
        ),
        _ => return None,
    })
}

fn move_primary(code: i32) -> Twofold {
    Some(match code {
        2 | 9 | 20 | 72 => (
            words!(
                "The primary shard of this database cannot be moved.",
                "이 데이터베이스의 프라이머리 샤드는 옮길 수 없습니다."
            ),
            words!("MongoDB's own databases stay where they are.", "MongoDB 전용 데이터베이스는 옮길 수 없습니다."),
        ),
        48 => (
            words!("The other shard has a collection of the same name.", "대상 샤드에 같은 이름의 컬렉션이 있습니다."),
            words!("Look at what was left there by an earlier move.", "이전 이동에서 남은 것인지 확인하세요."),
        ),
        _ => return None,
    })
}
