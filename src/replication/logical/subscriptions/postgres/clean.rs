//! A creation that waits: whom it waits for, and that it leaves nothing at the publisher when it is given up.

use crate::change::run::Run;
use crate::replication::server::Server;
use crate::replication::sql::literal;
use crate::targets::postgres;
use crate::text::span;
use crate::words;

/// Says who keeps the publisher from making the slot. It waits for every transaction that has written and is open.
pub(super) async fn tell_blockers(publisher: Option<&Server>, slot: &str, run: &Run) {
    const SQL: &str = "SELECT b.pid, left(concat_ws(' · ', b.usename::text, nullif(b.application_name, ''), \
            host(b.client_addr)), 100), (extract(epoch FROM now() - b.xact_start) * 1000)::int8, nullif(left(b.query, 100), '') \
        FROM pg_replication_slots s CROSS JOIN LATERAL unnest(pg_blocking_pids(s.active_pid)) AS blocker \
        JOIN pg_stat_activity b ON b.pid = blocker WHERE s.slot_name = $1 ORDER BY b.xact_start LIMIT 1";
    let Some(publisher) = publisher else {
        run.tell(words!(
            "Waiting for the publisher, which the console cannot ask. An open transaction there that has written holds it up.",
            "콘솔이 조회할 수 없는 발행 서버를 기다리는 중입니다. 그쪽에 열려 있는 쓰기 트랜잭션이 원인일 수 있습니다.",
        ));
        return;
    };
    let found = postgres::read(publisher.entry(), |client| async move { client.query_opt(SQL, &[&slot]).await }).await;
    let server = publisher.name();
    let Ok(Some(row)) = found else {
        run.tell(words!(
            "Waiting for {server} to make the slot {slot}.",
            "{server}이(가) 슬롯 {slot}을(를) 만들기를 기다립니다."
        ));
        return;
    };
    let (pid, who): (i32, String) = (row.get(0), row.get(1));
    let age: Option<i64> = row.get(2);
    let age = span(age.unwrap_or_default());
    let (en, ko) = (age.en, age.ko);
    let told = words!(
        "The slot {slot} at {server} waits for process {pid} ({who}), whose transaction is open for {en}.",
        "{server}의 슬롯 {slot}이(가) 프로세스 {pid}({who})를 기다립니다. 이 트랜잭션은 {ko} 동안 열려 있습니다.",
    );
    run.tell_with(told, row.get(3));
}

/// Whether no subscription of the server uses this slot, for certain. `pg_subscription` is shared by all databases.
pub(super) async fn is_absent(subscriber: &Server, slot: &str) -> bool {
    const SQL: &str = "SELECT NOT EXISTS (SELECT FROM pg_subscription WHERE subslotname = $1)";
    let asked = postgres::read(subscriber.entry(), |client| async move { client.query_one(SQL, &[&slot]).await }).await;
    asked.is_ok_and(|row| row.get(0))
}

/// Drops the slot of a creation that was given up. The publisher's process does not notice by itself that nobody waits
/// for it, and would leave a slot that holds WAL. The plan saw that there was no slot of this name before.
pub(super) async fn drop_unfinished(publisher: &Server, slot: &str) {
    let sql = format!(
        "DO $outgrow$ DECLARE held int; BEGIN FOR try IN 1..200 LOOP \
         SELECT s.active_pid INTO held FROM pg_replication_slots s LEFT JOIN pg_stat_activity a ON a.pid = s.active_pid \
             WHERE s.slot_name = {name} AND s.slot_type = 'logical' AND (a.backend_type IS NULL OR a.backend_type = 'walsender'); \
         EXIT WHEN NOT FOUND; \
         IF held IS NOT NULL THEN PERFORM pg_terminate_backend(held); END IF; \
         BEGIN PERFORM pg_drop_replication_slot({name}); EXIT; \
         EXCEPTION WHEN object_in_use OR undefined_object THEN PERFORM pg_sleep(0.01); END; \
         END LOOP; END $outgrow$",
        name = literal(slot)
    );
    let dropped = postgres::change(publisher.entry(), |client| async move { client.batch_execute(&sql).await }).await;
    if dropped.is_err() {
        tracing::warn!(slot, server = publisher.name(), "the slot of an unfinished subscription may be left");
    }
}
