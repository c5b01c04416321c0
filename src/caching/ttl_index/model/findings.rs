//! What is wrong with TTL indexes, or worth knowing.

use super::seen::{Expiry, Kind, Listing, Row};
use crate::finding::{Finding, Way};
use crate::text::{Words, count, url_text};
use crate::words;

/// Due documents from which an index is told to lag behind.
const BACKLOG: i64 = 100_000;

/// All findings of a target.
pub fn of(target: &str, listing: &Listing) -> Vec<Finding> {
    let mut found: Vec<Finding> = listing.rows.iter().flat_map(|row| of_row(target, row)).collect();
    found.extend(of_monitor(listing));
    found
}

/// The page of one index.
pub fn page(target: &str, row: &Row) -> String {
    let (namespace, name) = (url_text(&row.namespace), url_text(&row.name));
    format!("/caching/ttl-index?target={}&namespace={namespace}&name={name}", url_text(target))
}

/// What is wrong with one index.
pub fn of_row(target: &str, row: &Row) -> Vec<Finding> {
    let what = if row.name.is_empty() { row.namespace.clone() } else { format!("{} · {}", row.namespace, row.name) };
    let way = || Way { link: page(target, row), action: words!("Look at it", "자세히 보기") };
    let mut found = Vec::new();
    if row.expiry == Expiry::NotANumber {
        found.push(Finding::bad(
            words!("{what} has NaN for its seconds.", "{what}의 초 값이 NaN입니다."),
            words!(
                "Some versions read that as 0 and delete every document whose date is past. Disarm it or set its seconds.",
                "일부 버전은 이를 0으로 읽어 날짜가 지난 문서를 모두 삭제합니다. 해제하거나 초 값을 지정하세요.",
            ),
            way(),
        ));
    }
    if let Expiry::Odd(text) = &row.expiry {
        found.push(Finding::warn(
            words!("{what} has {text} for its seconds.", "{what}의 초 값이 {text}입니다."),
            words!(
                "No server of today takes that. Set its seconds anew.",
                "현재 서버가 받지 않는 값입니다. 초 값을 다시 지정하세요."
            ),
            way(),
        ));
    }
    if let Some(idle) = row.idle {
        let Words { en, ko } = idle.told();
        found.push(Finding::warn(
            words!("{what} never deletes anything: {en}.", "{what}은(는) 아무것도 삭제하지 않습니다: {ko}."),
            words!(
                "It looks like a TTL index, but its documents stay for ever. Make one on a single date field.",
                "TTL 인덱스처럼 보이지만 문서가 계속 남습니다. 날짜 필드 하나에 새로 만드세요.",
            ),
            way(),
        ));
    } else if row.dates == Some(false) {
        let field = &row.field;
        found.push(Finding::warn(
            words!("{what}: no document has a date in {field}.", "{what}: {field}에 날짜가 있는 문서가 없습니다."),
            words!(
                "Texts, numbers and timestamps never expire. The application has to write a BSON date.",
                "문자열, 숫자, 타임스탬프는 만료되지 않습니다. 애플리케이션이 BSON 날짜를 써야 합니다.",
            ),
            way(),
        ));
    }
    if row.hidden && row.expiry.seconds().is_some() && row.idle.is_none() {
        found.push(Finding::warn(
            words!("{what} is hidden and still deletes.", "{what}은(는) 숨겨져 있지만 여전히 삭제합니다."),
            words!(
                "Hiding keeps it from queries only. To stop it, disarm it.",
                "숨김은 쿼리에만 적용됩니다. 멈추려면 해제하세요."
            ),
            way(),
        ));
    }
    if row.expiry == Expiry::Never && row.kind == Kind::Index {
        found.push(Finding::note(
            words!("{what} is disarmed.", "{what}은(는) 해제되어 있습니다."),
            words!(
                "Until it gets seconds again it deletes nothing but dates older than 68 years.",
                "초 값을 다시 지정할 때까지 68년보다 오래된 날짜 외에는 삭제하지 않습니다."
            ),
            way(),
        ));
    }
    if let Some(due) = row.due.filter(|due| due.n >= BACKLOG) {
        let Words { en, ko } = due.told();
        found.push(Finding::warn(
            words!("{what}: {en} documents are due and still there.", "{what}: 만료된 문서 {ko}가 아직 남아 있습니다."),
            words!(
                "The TTL monitor is behind, or has just begun. Readers should filter by the date themselves.",
                "TTL 모니터가 밀려 있거나 막 시작했습니다. 조회할 때 날짜 조건을 함께 쓰세요.",
            ),
            way(),
        ));
    }
    found
}

fn of_monitor(listing: &Listing) -> Option<Finding> {
    let due: i64 = listing.rows.iter().filter_map(|row| row.due).map(|due| due.n).sum();
    let due = count(due);
    (listing.monitor.enabled == Some(false)).then(|| {
        Finding::bad(
            words!("The TTL monitor is off: nothing expires.", "TTL 모니터가 꺼져 있어 아무것도 만료되지 않습니다."),
            words!(
                "At least {due} documents are due and would go as soon as it is on (ttlMonitorEnabled).",
                "만료된 문서가 최소 {due}개이며, 켜는 즉시(ttlMonitorEnabled) 삭제됩니다.",
            ),
            Way::none(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::preview::Counted;
    use super::super::seen::{Idle, Monitor};
    use super::*;

    fn row() -> Row {
        Row {
            namespace: "a.b".into(),
            name: "x_1".into(),
            kind: Kind::Index,
            field: "x".into(),
            expiry: Expiry::After(60),
            partial: None,
            hidden: false,
            idle: None,
            due: Some(Counted::exact(0)),
            dates: Some(true),
        }
    }

    #[test]
    fn each_fault_is_found_and_a_sound_index_has_none() {
        let told = |row: Row| of_row("m", &row).into_iter().map(|it| it.words.en).collect::<Vec<_>>().join(" ");
        assert_eq!(told(row()), "");
        assert!(told(Row { expiry: Expiry::NotANumber, ..row() }).contains("NaN"));
        assert!(told(Row { idle: Some(Idle::Hashed), ..row() }).contains("never deletes anything"));
        assert!(told(Row { dates: Some(false), ..row() }).contains("no document has a date in x"));
        assert!(told(Row { hidden: true, ..row() }).contains("hidden and still deletes"));
        assert!(told(Row { expiry: Expiry::Never, ..row() }).contains("disarmed"));
        let idle = Row { hidden: true, idle: Some(Idle::Hashed), ..row() };
        assert!(!told(idle).contains("still deletes"), "what deletes nothing deletes nothing hidden");
        let due = Counted { n: 100_000, more: true, estimated: false };
        assert!(told(Row { due: Some(due), ..row() }).contains("more than 100,000 documents are due"));
        assert_eq!(
            of_row("m", &Row { hidden: true, ..row() })[0].link,
            "/caching/ttl-index?target=m&namespace=a.b&name=x_1"
        );
    }

    #[test]
    fn a_monitor_that_is_off_is_told_first_and_unknown_is_not_off() {
        let listing = |enabled| Listing {
            rows: vec![row()],
            monitor: Monitor { enabled, ..Monitor::default() },
            databases: 1,
            collections: 1,
            left_out: Vec::new(),
            age: 0,
        };
        assert_eq!(of("m", &listing(Some(false))).len(), 1);
        assert!(of("m", &listing(None)).is_empty());
    }
}
