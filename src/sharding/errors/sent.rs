//! Codes that stand for many mistakes, told by the command that was sent: what it can be wrong about is less.

mod chunks;
mod shards;

use self::chunks::{clear_jumbo, merge, move_chunk, split};
use self::shards::{add_shard, move_primary, remove_shard};
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
