//! A replica added to real servers, step by step.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::model::change::Change;
use super::model::replica::Asked;
use super::model::{State, Step, Steps};
use super::postgres::Wizard;
use crate::change::Outcome;
use crate::change::apply::carry_out;
use crate::replication::server::Server as Postgres;
use crate::sandbox::default_downloads;
use crate::sandbox::lab::{MAJORS, Server, eventually};
use crate::targets::model::TargetId;

fn asked() -> Asked {
    Asked { name: "replica1".into(), host: "127.0.0.1".into(), role: "repl".into(), ..Asked::default() }
}

fn wizard(server: &Server) -> Wizard {
    Wizard::of(Postgres::at(server.entry()))
}

async fn steps(wizard: &Wizard, asked: &Asked) -> Steps {
    wizard.steps(asked, None).await.expect("steps")
}

fn state(steps: &Steps, key: &str) -> State {
    step(steps, key).state
}

fn step<'a>(steps: &'a Steps, key: &str) -> &'a Step {
    steps.step(key).expect("a step of this name")
}

fn says(step: &Step, text: &str) -> bool {
    step.checks.iter().any(|check| check.found.en.contains(text) || check.advice.en.contains(text))
}

fn target() -> TargetId {
    TargetId::parse("pg").expect("a valid name")
}

/// Clients of the server's own version, where the printed command would find them.
fn clients(major: u8) -> PathBuf {
    let folder = match major {
        18 => default_downloads().join("postgres-clients-18/bin"),
        _ => PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")),
    };
    assert!(folder.join("pg_basebackup").is_file(), "{} has no pg_basebackup", folder.display());
    folder
}

/// Runs a printed line as a person would, with the password that they would type.
fn shell(line: &str, server: &Server) -> Child {
    let path = format!("{}:{}", clients(server.major()).display(), std::env::var("PATH").unwrap_or_default());
    let mut command = Command::new("bash");
    command.arg("-c").arg(format!("exec {line}")).env("PATH", path).env("PGPASSWORD", server.password());
    command.process_group(0).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn().expect("a shell")
}

/// What Ctrl-C in a terminal does: the program has made another of itself, which would go on alone.
async fn interrupt(child: &mut Child) {
    let group = child.id().expect("it runs");
    let kill = Command::new("bash").arg("-c").arg(format!("kill -KILL -- -{group}")).status().await;
    assert!(kill.expect("a shell").success());
    child.wait().await.expect("it ends");
}

fn printed<'a>(steps: &'a Steps, key: &str, beginning: &str) -> &'a str {
    let prints = &step(steps, key).prints;
    &prints.iter().find(|print| print.text.starts_with(beginning)).expect("it is printed").text
}

/// Rail 12.
#[tokio::test]
#[ignore = "starts real databases"]
async fn a_replica_is_added_to_the_end_and_every_step_turns_green() {
    for major in [15, 18] {
        let server = Server::start(major, &[("max_slot_wal_keep_size", "1GB")]).await;
        let wizard = wizard(&server);
        let at_first = steps(&wizard, &asked()).await;
        assert_eq!(state(&at_first, "preflight"), State::Done, "{:?}", step(&at_first, "preflight"));
        for key in ["role", "slot", "backup"] {
            assert_eq!(state(&at_first, key), State::Todo, "PostgreSQL {major}: {key}");
        }

        let report = carry_out(&wizard, &Change::CreateRole { target: target(), asked: asked() }).await;
        assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
        let without = steps(&wizard, &asked()).await;
        assert!(says(step(&without, "role"), "no password"));
        assert_eq!(printed(&without, "role", "\\password"), "\\password repl");
        // What psql sends for \password, except that psql computes the verifier itself.
        server.run(&format!("ALTER ROLE repl PASSWORD '{}'", server.password())).await;
        server.run("SELECT pg_create_physical_replication_slot('replica1', true)").await;
        let prepared = steps(&wizard, &asked()).await;
        for key in ["preflight", "role", "slot", "listen"] {
            assert_eq!(state(&prepared, key), State::Done, "PostgreSQL {major}: {:?}", step(&prepared, key));
        }

        let replica = server
            .restored("replica1", async |folder: &Path| {
                // A slow one first, to be watched; then it is given up.
                let elsewhere = Asked { data: format!("{}-slow", folder.display()), ..asked() };
                let slow = steps(&wizard, &elsewhere).await;
                let mut child =
                    shell(&format!("{} --max-rate=1M", printed(&slow, "backup", "pg_basebackup -d")), &server);
                eventually("the progress is seen", 30, async || {
                    let step = step(&steps(&wizard, &elsewhere).await, "backup").clone();
                    step.state == State::Waiting && step.checks.iter().any(|check| check.found.en.contains(" %: "))
                })
                .await;
                assert_eq!(state(&steps(&wizard, &elsewhere).await, "streaming"), State::Waiting);
                interrupt(&mut child).await;
                let _ = std::fs::remove_dir_all(&elsewhere.data);
                eventually("the server has noticed it", 30, async || {
                    !matches!(state(&steps(&wizard, &elsewhere).await, "backup"), State::Waiting)
                })
                .await;

                let here = Asked { data: folder.display().to_string(), ..asked() };
                let line = steps(&wizard, &here).await;
                let ended = shell(printed(&line, "backup", "pg_basebackup -d"), &server).wait().await;
                assert!(ended.expect("it ends").success(), "PostgreSQL {major}: the printed command fails");
            })
            .await;
        eventually("every step is green", 30, async || steps(&wizard, &asked()).await.complete()).await;
        let known = wizard.steps(&asked(), Some(Postgres::at(replica.entry()))).await.expect("steps");
        assert!(known.complete(), "PostgreSQL {major}: {known:?}");
        assert!(says(step(&known, "streaming"), "It says that it uses the slot replica1"));
        assert!(step(&known, "after").links.iter().any(|link| link.path == "/replication/settings"));
        assert!(known.abandoned.is_none());
        let stranger = Server::start(major, &[]).await;
        let other = wizard.steps(&asked(), Some(Postgres::at(stranger.entry()))).await.expect("steps");
        assert!(says(step(&other, "streaming"), "this target is another server"));
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_missing_line_of_pg_hba_is_named_and_the_named_line_is_enough() {
    for major in [15, 18] {
        let server = Server::start(major, &[]).await;
        let wizard = wizard(&server);
        carry_out(&wizard, &Change::CreateRole { target: target(), asked: asked() }).await;
        let file = server.data().join("pg_hba.conf");
        let rules = "# Only databases: that is no replication.\nhost all all 127.0.0.1/32 scram-sha-256\n";
        std::fs::write(&file, rules).expect("a file of the server");
        let missing = steps(&wizard, &asked()).await;
        let line = "host    replication    repl    127.0.0.1/32    scram-sha-256";
        assert_eq!(state(&missing, "hba"), State::Todo, "PostgreSQL {major}");
        assert_eq!(printed(&missing, "hba", "host"), line);
        assert!(says(step(&missing, "hba"), "No line is for it"));

        std::fs::write(&file, format!("{rules}host replication repl nonsense/99 md5\n")).expect("a file of the server");
        let broken = steps(&wizard, &asked()).await;
        assert!(says(step(&broken, "hba"), "Line 3 cannot be read"), "{:?}", step(&broken, "hba"));
        let reload = Change::Reload { target: target(), asked: asked() };
        assert_eq!(carry_out(&wizard, &reload).await.outcome, Outcome::Refused);

        std::fs::write(&file, format!("{rules}{line}\n")).expect("a file of the server");
        let unread = steps(&wizard, &asked()).await;
        assert_eq!(state(&unread, "hba"), State::Todo);
        assert!(says(step(&unread, "hba"), "Have it read again"));
        // A file's time is known to the second only, so a reload within that second may have to be repeated.
        eventually("the line has been read", 10, async || {
            let report = carry_out(&wizard, &reload).await;
            assert_eq!(report.outcome, Outcome::Done, "PostgreSQL {major}: {report:?}");
            state(&steps(&wizard, &asked()).await, "hba") == State::Done
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn another_standby_of_the_same_name_is_not_taken_for_the_replica() {
    let server = Server::start(15, &[]).await;
    let _standby = server.standby("replica1", &[]).await;
    let seen = steps(&wizard(&server), &asked()).await;
    assert_eq!(state(&seen, "streaming"), State::Wrong);
    assert!(says(step(&seen, "streaming"), "postgres from 127.0.0.1, not repl from 127.0.0.1"));
    assert_eq!(state(&seen, "role"), State::Todo);
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_client_of_another_version_is_warned_of() {
    let server = Server::start(15, &[]).await;
    let wizard = wizard(&server);
    for (client, state_of_step) in
        [("pg_basebackup (PostgreSQL) 18.4", State::Wrong), ("14.2", State::Wrong), ("15.18", State::Todo)]
    {
        let steps = steps(&wizard, &Asked { client: client.into(), ..asked() }).await;
        assert_eq!(state(&steps, "backup"), state_of_step, "{client}");
    }
    let newer = steps(&wizard, &Asked { client: "18".into(), ..asked() }).await;
    assert!(says(step(&newer, "backup"), "The standby would never connect"));
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_slot_that_nobody_came_to_is_offered_for_removal() {
    for major in MAJORS {
        let server = Server::start(major, &[]).await;
        let wizard = wizard(&server);
        server.run("SELECT pg_create_physical_replication_slot('replica1', true)").await;
        assert!(steps(&wizard, &asked()).await.abandoned.is_none(), "PostgreSQL {major}: ten minutes have not passed");
        let impatient = Asked { minutes: "0".into(), ..asked() };
        let abandoned = steps(&wizard, &impatient).await.abandoned.expect("an offer");
        let link = &abandoned.links[0];
        assert_eq!(link.path, "/replication/slot");
        assert!(link.query.contains(&("action".into(), "drop_slot".into())));
        assert!(link.query.iter().any(|(name, value)| name == "restart_lsn" && value.contains('/')));
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn what_the_consoles_role_may_not_see_is_unknown_and_no_green() {
    for major in [13, 18] {
        let server = Server::start(major, &[]).await;
        server.run("CREATE ROLE repl LOGIN REPLICATION").await;
        let plain = Wizard::of(Postgres::at(server.role("ops", "REPLICATION", &["pg_monitor"]).await));
        let seen = steps(&plain, &asked()).await;
        assert_eq!(state(&seen, "role"), State::Unknown, "PostgreSQL {major}");
        assert_eq!(state(&seen, "hba"), State::Unknown, "PostgreSQL {major}");
        assert!(says(step(&seen, "hba"), "no permission"));
        assert!(printed(&seen, "hba", "host    replication").contains("127.0.0.1/32"));
        let change = Change::CreateRole { target: target(), asked: Asked { role: "r2".into(), ..asked() } };
        assert_eq!(carry_out(&plain, &change).await.outcome, Outcome::Refused, "PostgreSQL {major}");
    }
}
