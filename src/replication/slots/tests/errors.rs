//! What the servers refuse, in our words: each row provoked past the checks, as if the world had moved after them.

use proptest::prelude::*;

use super::super::model::{DatabaseName, Lsn, PluginName, SlotName};
use super::super::postgres::errors::Sent;
use super::*;
use crate::change::run::Run;
use crate::error::{AppError, Kind};
use crate::replication::sql::{literal, statement};
use crate::text::Words;

/// Sends a statement of ours as the engine does.
async fn refused(slots: &Slots, sql: &str) -> AppError {
    let run = Run::new("t".into(), Words::same("t"));
    Engine::run(slots, &statement(sql.to_owned()), &run).await.expect_err(sql)
}

const PHYSICAL: &str = "SELECT slot_name, lsn FROM pg_create_physical_replication_slot";
const LOGICAL: &str = "SELECT slot_name, lsn FROM pg_create_logical_replication_slot";

fn at(call: &str, name: &str) -> String {
    format!("SELECT {call} WHERE s.slot_name = '{name}'")
}

fn copy(kind: &str, name: &str, to: &str) -> String {
    at(
        &format!(
            "c.slot_name, c.lsn FROM pg_replication_slots s CROSS JOIN LATERAL pg_copy_{kind}_replication_slot(s.slot_name, '{to}') c"
        ),
        name,
    )
}

fn advance(name: &str, to: &str) -> String {
    at(
        &format!(
            "a.slot_name, a.end_lsn FROM pg_replication_slots s CROSS JOIN LATERAL pg_replication_slot_advance(s.slot_name, '{to}') a"
        ),
        name,
    )
}

fn drop_slot(name: &str) -> String {
    format!("SELECT slot_name, pg_drop_replication_slot('{name}') FROM pg_replication_slots;")
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn every_refusal_is_told_by_what_was_asked_on_every_version() {
    for major in crate::sandbox::lab::MAJORS {
        let server = Server::start(major, &[("max_replication_slots", "3")]).await;
        let slots = console(server.entry());
        server.run("SELECT pg_create_physical_replication_slot('p', true)").await;
        server.run("SELECT pg_create_physical_replication_slot('later')").await;
        let check = async |sql: &str, kind: Kind, field: Option<&str>, says: &str| {
            let error = refused(&slots, sql).await;
            assert_eq!((error.kind, error.field.as_deref()), (kind, field), "PostgreSQL {major}: {sql}: {error:?}");
            assert!(
                error.happened.en.contains(says) || error.next.en.contains(says),
                "PostgreSQL {major}: {sql}: {error:?}"
            );
            assert!(error.incident.is_some() || error.kind == Kind::Conflict, "the server's words are in the log");
        };
        check(&format!("{PHYSICAL}('p');"), Kind::Conflict, Some("name"), "exists already").await;
        check(&format!("{PHYSICAL}('Upper');"), Kind::Invalid, Some("name"), "does not accept this name").await;
        check(&format!("{LOGICAL}('l', 'nope');"), Kind::Refused, Some("plugin"), "no output plugin of this name")
            .await;
        check(&format!("{LOGICAL}('l', 'dblink');"), Kind::Refused, Some("plugin"), "is no output plugin").await;
        if major < 14 {
            check(&format!("{LOGICAL}('l', 'pgoutput', twophase => true);"), Kind::Refused, None, "no such option")
                .await;
        }
        if major < 17 {
            check(&format!("{LOGICAL}('l', 'pgoutput', failover => true);"), Kind::Refused, None, "no such option")
                .await;
        }
        check(&copy("physical", "p", "later"), Kind::Refused, Some("copy"), "exists already").await;
        check(&copy("physical", "later", "c"), Kind::Refused, None, "holds no WAL").await;
        check(&copy("logical", "p", "c"), Kind::Refused, None, "of the other kind").await;
        check(&advance("later", "0/1"), Kind::Refused, None, "cannot move there").await;
        check(&advance("p", "0/1"), Kind::Refused, None, "cannot move there").await;
        check(&advance("p", "0/0"), Kind::Refused, Some("to"), "no position").await;
        check(&advance("nobody", "0/1"), Kind::Conflict, None, "has changed").await;
        check(&drop_slot("nope"), Kind::NotFound, None, "does not exist").await;
        server.run("SELECT pg_create_physical_replication_slot('third')").await;
        check(&format!("{PHYSICAL}('fourth');"), Kind::Refused, None, "in use").await;
        check(&copy("physical", "p", "fourth"), Kind::Refused, None, "in use").await;
        // Each failure left nothing behind.
        let left = "SELECT string_agg(slot_name, ' ' ORDER BY slot_name) FROM pg_replication_slots";
        assert_eq!(text(&server.client().await, left).await, "later p third", "PostgreSQL {major}");
    }
}

#[tokio::test]
#[ignore = "starts real databases"]
async fn a_server_that_is_set_to_have_no_slots_says_so() {
    for major in [13, 18] {
        let server = Server::start(major, &[("wal_level", "replica")]).await;
        let slots = console(server.entry());
        let plan =
            planned(&slots, "create_slot", &[("kind", "logical"), ("name", "l"), ("database", "postgres")]).await;
        assert!(blocks(&plan).contains("wal_level is replica"), "{plan:#?}");
        let error = refused(&slots, &format!("{LOGICAL}('l', 'pgoutput');")).await;
        assert!(error.happened.en.contains("wal_level is below logical"), "{error:?}");

        let server =
            Server::start(major, &[("max_replication_slots", "0"), ("max_wal_senders", "0"), ("wal_level", "minimal")])
                .await;
        let slots = console(server.entry());
        let plan = planned(&slots, "create_slot", &[("name", "p")]).await;
        assert!(blocks(&plan).contains("0 of 0 slots") && blocks(&plan).contains("wal_level is minimal"), "{plan:#?}");
        let error = refused(&slots, &format!("{PHYSICAL}('p');")).await;
        assert!(error.happened.en.contains("set to have no slots"), "{error:?}");
    }
}

proptest! {
    /// Whatever a form holds: it is refused at its field, or what is sent holds it inside one literal.
    #[test]
    fn nothing_typed_leaves_its_place_in_a_statement(
        name in "(?s).{0,70}", plugin in "(?s).{0,70}", database in "(?s).{0,70}", to in "(?s).{0,20}"
    ) {
        if let Ok(name) = SlotName::parse(&name) {
            prop_assert_eq!(literal(name.as_str()), format!("'{name}'"));
            let plain = name.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            prop_assert!(plain && (1..=63).contains(&name.as_str().len()));
        }
        if let Ok(plugin) = PluginName::parse(&plugin) {
            prop_assert_eq!(literal(plugin.as_str()), format!("'{plugin}'"));
        }
        if let Ok(database) = DatabaseName::parse(&database) {
            prop_assert!(!database.as_str().contains('\0') && database.as_str().len() <= 63);
        }
        if let Ok(to) = Lsn::parse(&to) {
            prop_assert!(to.as_str().bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'/'));
        }
    }

    /// What the engine does with a statement hangs on its beginning, which is ours.
    #[test]
    fn no_name_changes_what_a_statement_is_taken_for(name in "[a-z0-9_]{1,63}") {
        prop_assert_eq!(Sent::of(&format!("{PHYSICAL}('{name}', true);")), Sent::CreatePhysical);
        prop_assert_eq!(Sent::of(&format!("{LOGICAL}('{name}', 'pgoutput');")), Sent::CreateLogical);
        prop_assert_eq!(Sent::of(&drop_slot(&name)), Sent::Drop);
        prop_assert_eq!(Sent::of(&copy("logical", &name, "x")), Sent::Copy);
        prop_assert_eq!(Sent::of(&advance(&name, "0/1")), Sent::Advance);
    }
}
