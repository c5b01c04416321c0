//! Whether a server is a router. Everything else must not get a sharding command, and is told for what it is.

use bson::Document;

use crate::error::{AppError, Kind};
use crate::sharding::errors::tell;
use crate::targets::mongo;
use crate::targets::registry::Entry;
use crate::words;

/// # Errors
/// `Refused`, at the field `target`, when the server is no router; else as [`mongo::read`].
pub(in crate::sharding) async fn require(entry: &Entry) -> Result<(), AppError> {
    let hello = mongo::hello(entry, tell).await?;
    refusal(&entry.configured.target.name, &hello).map_or(Ok(()), Err)
}

fn refusal(name: &str, hello: &Document) -> Option<AppError> {
    if hello.get_str("msg").is_ok_and(|msg| msg == "isdbgrid") {
        return None;
    }
    let set = hello.get_str("setName").unwrap_or_default();
    let what = match (hello.contains_key("configsvr"), set) {
        (true, _) => {
            words!("{name} is a config server, not a router.", "{name}은(는) 라우터가 아니라 설정 서버입니다.")
        }
        (false, "") => {
            words!("{name} is a single mongod, not a router.", "{name}은(는) 라우터가 아니라 단일 mongod입니다.")
        }
        (false, set) => words!(
            "{name} is a member of the replica set {set}, not a router.",
            "{name}은(는) 라우터가 아니라 복제 세트 {set}의 멤버입니다.",
        ),
    };
    let next = words!(
        "Sharding is administered through a router: enter the address of a mongos.",
        "샤딩은 라우터를 통해 관리합니다. mongos의 주소를 등록하세요.",
    );
    Some(AppError::new(Kind::Refused, what, next).at("target"))
}

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn only_a_router_passes() {
        let told = |hello| refusal("m", &hello).map(|error| error.happened.en);
        assert_eq!(told(doc! { "msg": "isdbgrid", "ok": 1 }), None);
        assert_eq!(told(doc! { "ok": 1 }).as_deref(), Some("m is a single mongod, not a router."));
        assert!(told(doc! { "setName": "s1" }).expect("refused").contains("replica set s1"));
        assert!(told(doc! { "setName": "c", "configsvr": 2 }).expect("refused").contains("config server"));
        assert!(told(doc! { "msg": "isdbgrid2" }).is_some());
    }
}
