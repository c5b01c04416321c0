//! What is wrong with a cache table, or worth knowing.

use super::{Cost, Facts};
use crate::finding::{Finding, Way};
use crate::text::{count, url_text};
use crate::words;

/// Counting that takes longer than this is felt by whoever waits for a page. Milliseconds.
const SLOW_MILLIS: u64 = 10;

/// `MAX_ENTRIES` unless the application says another number.
const MAX_ENTRIES: i64 = 300;

/// Expired rows from which on their share is worth a word.
const MANY: i64 = 100;

/// The findings of one table.
pub fn findings(target: &str, facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(slow_count(facts));
    found.extend(expired(target, facts));
    found.extend(too_many(facts));
    found.extend(no_index(facts));
    found
}

fn slow_count(facts: &Facts) -> Option<Finding> {
    let (en, ko) = match facts.cost {
        Cost::Known { micros, .. } if micros / 1_000 < SLOW_MILLIS => return None,
        Cost::Known { micros, .. } => (format!("{} ms", micros / 1_000), format!("{}ms", micros / 1_000)),
        Cost::LongerThan(millis) => (format!("more than {millis} ms"), format!("{millis}ms 이상")),
    };
    Some(Finding::warn(
        words!("Counting the rows takes {en}.", "행을 세는 데 {ko}이(가) 걸립니다."),
        words!(
            "Django counts all rows in every set, add and touch. Keep the table small, or use Redis for this cache.",
            "Django는 set, add, touch를 할 때마다 모든 행을 셉니다. 테이블을 작게 유지하거나 이 캐시를 Redis로 옮기세요."
        ),
        Way::none(),
    ))
}

fn expired(target: &str, facts: &Facts) -> Option<Finding> {
    let (expired, rows) = (facts.expired?, facts.rows()?);
    if expired.count < MANY || rows <= 0 || expired.count * 2 <= rows {
        return None;
    }
    let (of, rows) = (count(expired.count), count(rows));
    let more = if expired.more { "> " } else { "" };
    let table = facts.table.name.to_string();
    let link = format!("/caching/table?target={target}&table={}&action=purge_expired", url_text(&table));
    Some(Finding::warn(
        words!("Of {rows} rows, {more}{of} have expired.", "행 {rows}개 중 {more}{of}개가 만료되었습니다."),
        words!(
            "Django deletes an expired row only when its key is read again or the table is full. Until then it is counted.",
            "Django는 그 키를 다시 읽거나 테이블이 가득 찰 때만 만료된 행을 지웁니다. 그때까지는 세는 대상에 들어갑니다."
        ),
        Way { link, action: words!("Delete expired rows…", "만료된 행 삭제…") },
    ))
}

fn too_many(facts: &Facts) -> Option<Finding> {
    let rows = facts.rows().filter(|rows| *rows > MAX_ENTRIES)?;
    let rows = count(rows);
    Some(Finding::note(
        words!(
            "The table has {rows} rows; MAX_ENTRIES is 300 unless the application sets it.",
            "테이블에 행이 {rows}개 있습니다. 애플리케이션에서 설정하지 않으면 MAX_ENTRIES는 300입니다."
        ),
        words!(
            "Over it, Django deletes expired rows first, and then a third of the others: those whose keys come first in the alphabet, however new. Set OPTIONS MAX_ENTRIES to what the application needs.",
            "이를 넘으면 Django는 먼저 만료된 행을, 다음으로 나머지의 3분의 1을 지웁니다. 새로 쓴 것이라도 키가 알파벳순으로 앞서면 지워집니다. OPTIONS의 MAX_ENTRIES를 필요한 만큼 설정하세요."
        ),
        Way::none(),
    ))
}

fn no_index(facts: &Facts) -> Option<Finding> {
    if facts.table.indexed {
        return None;
    }
    Some(Finding::warn(
        words!("There is no index on expires.", "expires에 인덱스가 없습니다."),
        words!(
            "Django's own createcachetable makes one. Without it every search for expired rows reads the whole table: CREATE INDEX CONCURRENTLY ON the table (expires).",
            "Django의 createcachetable은 인덱스를 만듭니다. 인덱스가 없으면 만료된 행을 찾을 때마다 전체 테이블을 읽습니다. CREATE INDEX CONCURRENTLY로 expires에 인덱스를 만드세요."
        ),
        Way::none(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::table::model::{Counted, Table, TableName};

    fn healthy() -> Facts {
        Facts {
            table: Table {
                name: TableName::parse("public.django_cache").expect("a table"),
                rows: Some(200),
                bytes: 0,
                indexed: true,
                may_read: true,
                may_update: true,
                may_delete: true,
            },
            standby: false,
            cost: Cost::Known { rows: 300, micros: 9_900 },
            expired: Some(Counted { count: 150, more: false }),
            oldest_millis: None,
            deaths: Vec::new(),
        }
    }

    fn told(facts: &Facts) -> Vec<String> {
        findings("pg", facts).into_iter().map(|it| it.words.en).collect()
    }

    #[test]
    fn a_healthy_table_has_no_findings() {
        assert_eq!(told(&healthy()), Vec::<String>::new());
    }

    #[test]
    fn each_trouble_is_found() {
        let slow = Facts { cost: Cost::Known { rows: 300, micros: 92_000 }, ..healthy() };
        assert_eq!(told(&slow), ["Counting the rows takes 92 ms."]);
        let dead = Facts { expired: Some(Counted { count: 151, more: false }), ..healthy() };
        assert_eq!(told(&dead), ["Of 300 rows, 151 have expired."]);
        let many = Facts { cost: Cost::Known { rows: 301, micros: 100 }, ..healthy() };
        assert!(told(&many)[0].starts_with("The table has 301 rows"), "{:?}", told(&many));
        let mut bare = healthy();
        bare.table.indexed = false;
        assert_eq!(told(&bare), ["There is no index on expires."]);
    }

    #[test]
    fn what_took_too_long_to_count_is_not_called_nothing() {
        let facts = Facts { cost: Cost::LongerThan(500), ..healthy() };
        assert!(told(&facts)[0].contains("more than 500 ms"));
    }
}
