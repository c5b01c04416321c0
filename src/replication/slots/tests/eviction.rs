//! An active slot goes, however fast its consumers come back.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::*;
use crate::sandbox::lab::eventually;

const CLIENTS: usize = 6;
const RUNS: usize = 30;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn thirty_evictions_in_a_row_win_against_six_consumers_that_come_back_at_once() {
    for major in [15, 18] {
        let server = Server::start(major, &[]).await;
        let_in_without_password(&server, "hot").await;
        let (slots, client) = (console(server.entry()), server.client().await);
        let start = text(&client, "SELECT pg_current_wal_lsn()::text").await;
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(comes_back_for_ever(server.port(), start.clone()));
        }
        let mut took = Vec::new();
        for _ in 0..RUNS {
            server.run("SELECT pg_create_physical_replication_slot('hot', true)").await;
            eventually("somebody has it", 10, async || in_use(&client).await).await;
            let report = applied(&slots, "evict_slot", &[("name", "hot")]).await;
            assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:#?}");
            took.push(report.ran[0].micros / 1000);
            assert_eq!(count(&client, "hot").await, 0);
        }
        took.sort_unstable();
        println!("PostgreSQL {major}: {RUNS} of {RUNS}, median {} ms, longest {} ms", took[RUNS / 2], took[RUNS - 1]);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_consumer_of_the_real_kind_is_evicted_and_others_are_left_alone() {
    for major in [13, 18] {
        let server = Server::start(major, &[]).await;
        let (slots, client) = (console(server.entry()), server.client().await);
        server.run("SELECT pg_create_physical_replication_slot('gone', true)").await;
        server.run("SELECT pg_create_logical_replication_slot('stays', 'test_decoding')").await;
        let _gone = server.attach("pg_receivewal", &["--slot", "gone", "--directory", "."]);
        let _stays = server.attach("pg_recvlogical", &["--slot", "stays", "--start", "--file", "changes", "--no-loop"]);
        let both = "SELECT count(*)::text FROM pg_replication_slots WHERE active";
        eventually("both are attached", 20, async || text(&client, both).await == "2").await;
        let pid = "SELECT active_pid::text FROM pg_replication_slots WHERE slot_name = 'stays'";
        let before = text(&client, pid).await;
        done(&slots, "evict_slot", &[("name", "gone")]).await;
        assert_eq!(count(&client, "gone").await, 0);
        assert_eq!(text(&client, pid).await, before);
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn only_a_walsender_is_evicted() {
    let server = Server::start(18, &[]).await;
    let slots = console(server.entry());
    server.run("SELECT pg_create_physical_replication_slot('idle', true)").await;
    let idle = planned(&slots, "evict_slot", &[("name", "idle")]).await;
    assert!(warns(&idle).contains("drop it instead"), "{idle:#?}");

    // A creation that waits has its slot as a plain backend.
    let (blocker, maker) = (server.client().await, server.client().await);
    blocker.batch_execute("BEGIN; CREATE TABLE held (n int)").await.expect("a transaction");
    let making = tokio::spawn(async move {
        let _ = maker.batch_execute("SELECT pg_create_logical_replication_slot('made', 'pgoutput')").await;
    });
    let client = server.client().await;
    eventually("it is being made", 10, async || count(&client, "made").await == 1).await;
    let plan = planned(&slots, "evict_slot", &[("name", "made")]).await;
    assert!(blocks(&plan).contains("client backend") && blocks(&plan).contains("no walsender"), "{plan:#?}");
    assert!(blocks(&planned(&slots, "drop_slot", &[("name", "made")]).await).contains("being made"));
    blocker.batch_execute("COMMIT").await.expect("it ends");
    making.await.expect("made");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_fence_keeps_the_role_out_only_meanwhile() {
    let server = Server::start(16, &[]).await;
    let_in_without_password(&server, "hot").await;
    let (slots, client) = (console(server.entry()), server.client().await);
    server.run("SELECT pg_create_physical_replication_slot('hot', true)").await;
    let start = text(&client, "SELECT pg_current_wal_lsn()::text").await;
    let consumer = tokio::spawn(comes_back_for_ever(server.port(), start));
    eventually("it is in use", 10, async || in_use(&client).await).await;
    let plan = planned(&slots, "evict_slot", &[("name", "hot"), ("fence", "yes")]).await;
    assert_eq!(plan.commands[0].exact, "ALTER ROLE \"hot\" NOLOGIN;");
    assert_eq!(plan.revert[0].exact, "ALTER ROLE \"hot\" LOGIN;");
    done(&slots, "evict_slot", &[("name", "hot"), ("fence", "yes")]).await;
    assert_eq!(text(&client, "SELECT rolcanlogin::text FROM pg_roles WHERE rolname = 'hot'").await, "true");
    consumer.abort();

    // A superuser is never kept out.
    server.run("SELECT pg_create_physical_replication_slot('own', true)").await;
    let _attached = server.attach("pg_receivewal", &["--slot", "own", "--directory", "."]);
    let active = "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'own'";
    eventually("it is attached", 20, async || text(&client, active).await == "true").await;
    let plan = planned(&slots, "evict_slot", &[("name", "own"), ("fence", "yes")]).await;
    assert!(blocks(&plan).contains("console's own role"), "{plan:#?}");
}

async fn in_use(client: &Client) -> bool {
    text(client, "SELECT active::text FROM pg_replication_slots WHERE slot_name = 'hot'").await == "true"
}

/// A role that replicates, and need not prove who it is.
pub(super) async fn let_in_without_password(server: &Server, role: &str) {
    server.run(&format!("CREATE ROLE {role} LOGIN REPLICATION")).await;
    let file = server.data().join("pg_hba.conf");
    let rules = std::fs::read_to_string(&file).expect("the rules");
    std::fs::write(&file, format!("host replication,all {role} 127.0.0.1/32 trust\n{rules}")).expect("written");
    server.run("SELECT pg_reload_conf()").await;
}

/// A consumer of the slot `hot` without patience: whenever it is ended or refused, it asks for the slot again at once.
pub(super) async fn comes_back_for_ever(port: u16, start: String) {
    loop {
        let _ = stream_once(port, &start).await;
        tokio::task::yield_now().await;
    }
}

async fn stream_once(port: u16, start: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut hello = 196_608_u32.to_be_bytes().to_vec();
    hello.extend(b"user\0hot\0replication\0true\0application_name\0hot\0\0");
    send(&mut stream, None, &hello).await?;
    while receive(&mut stream).await? != b'Z' {}
    send(&mut stream, Some(b'Q'), format!("START_REPLICATION SLOT hot PHYSICAL {start}\0").as_bytes()).await?;
    // Ready again means refused; the end of the stream means ended.
    while receive(&mut stream).await? != b'Z' {}
    Ok(())
}

async fn send(stream: &mut TcpStream, kind: Option<u8>, body: &[u8]) -> std::io::Result<()> {
    let mut message: Vec<u8> = kind.into_iter().collect();
    message.extend((u32::try_from(body.len()).expect("short") + 4).to_be_bytes());
    message.extend(body);
    stream.write_all(&message).await
}

/// One message of the server: its kind.
async fn receive(stream: &mut TcpStream) -> std::io::Result<u8> {
    let kind = stream.read_u8().await?;
    let mut body = vec![0; stream.read_u32().await? as usize - 4];
    stream.read_exact(&mut body).await?;
    Ok(kind)
}
