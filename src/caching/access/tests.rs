//! The template at real servers: it allows all that the console sends, and the server agrees.

use redis::cmd;

use super::model::Purpose;
use super::redis::{needed, of_entry, rules};
use crate::sandbox::lab::redis::{Product, Server};
use crate::targets::redis::info::Info;
use crate::targets::redis::with;

async fn version(server: &Server) -> Option<(u32, u32)> {
    let told: String = cmd("INFO").arg("server").query_async(&mut server.client().await).await.expect("INFO");
    Info::parse(&told).version()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_user_made_from_the_template_may_send_every_command_of_the_list() {
    for product in Product::ALL {
        let server = Server::start_product(product, &[]).await;
        let samples = needed(product, version(&server).await);
        server.user("console", &rules(&samples, "app:", false).join(" ")).await;
        let mut client = server.client().await;
        for sample in &samples {
            let asked = sample.arguments("app:1");
            let said: String = cmd("ACL")
                .arg("DRYRUN")
                .arg("console")
                .arg(&asked)
                .query_async(&mut client)
                .await
                .unwrap_or_else(|error| panic!("{} {asked:?}: {error}", product.name()));
            assert_eq!(said, "OK", "{} {asked:?}", product.name());
        }
        for never in [
            &["keys", "*"][..],
            &["flushdb"],
            &["config", "set", "hz", "10"],
            &["get", "other:1"],
            &["set", "other:1", "x"],
        ] {
            let said: String =
                cmd("ACL").arg("DRYRUN").arg("console").arg(never).query_async(&mut client).await.expect("told");
            assert_ne!(said, "OK", "{never:?}");
        }
        let access = of_entry(&server.entry_as("console"), "app:").await.expect("an answer");
        assert_eq!((access.user.as_deref(), access.missing()), (Some("console"), 0), "{access:?}");
        assert!(access.unknown.en.is_empty() && access.rows.iter().all(|row| row.allowed == Some(true)));
        assert!(access.template.starts_with("ACL SETUSER console on >PASSWORD resetkeys ~app:* "));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_is_missing_is_named_with_the_line_that_gives_it() {
    for product in Product::ALL {
        let server = Server::start_product(product, &[]).await;
        let samples = needed(product, version(&server).await);
        let mut given = rules(&samples, "app:", false);
        given.retain(|rule| rule != "+persist" && rule != "+config|get");
        server.user("console", &given.join(" ")).await;
        let access = of_entry(&server.entry_as("console"), "app:").await.expect("an answer");
        let missing: Vec<&str> =
            access.rows.iter().filter(|row| row.allowed == Some(false)).map(|row| row.line.as_str()).collect();
        assert_eq!(missing, ["ACL SETUSER console ~app:* +persist", "ACL SETUSER console +config|get"]);
        for line in missing {
            cmd("ACL")
                .arg(line.split(' ').skip(1).collect::<Vec<_>>())
                .exec_async(&mut server.client().await)
                .await
                .expect(line);
        }
        let access = of_entry(&server.entry_as("console"), "app:").await.expect("an answer");
        assert_eq!(access.missing(), 0);
        // Its keys are only those.
        let access = of_entry(&server.entry_as("console"), "other:").await.expect("an answer");
        assert!(access.rows.iter().all(|row| row.allowed == Some(!row.purpose.takes_key())), "{access:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_user_that_may_only_read_and_a_replica_are_told() {
    for product in Product::ALL {
        let server = Server::start_product(product, &[]).await;
        let replica = server.replica().await;
        let samples = needed(product, version(&server).await);
        server.user("reader", &rules(&samples, "app:", true).join(" ")).await;
        let access = of_entry(&server.entry_as("reader"), "app:").await.expect("an answer");
        assert!(access.only_reads() && !access.replica, "{access:?}");
        assert!(of_entry(&replica.entry(), "").await.expect("an answer").replica);
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn who_may_not_ask_is_told_that_it_is_unknown() {
    let server = Server::start().await;
    server.user("blind", "~* +@all -acl|dryrun -info").await;
    let access = of_entry(&server.entry_as("blind"), "").await.expect("an answer");
    assert!(access.unknown.en.contains("+acl|dryrun") && access.missing() == 0, "{access:?}");
    assert!(access.rows.iter().all(|row| row.allowed.is_none()));
    server.user("nobody", "~* +@all -acl").await;
    let access = of_entry(&server.entry_as("nobody"), "").await.expect("an answer");
    assert!(access.user.is_none() && access.unknown.en.contains("does not tell"), "{access:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn asking_what_is_allowed_does_nothing_of_it() {
    let server = Server::start().await;
    let entry = server.entry();
    cmd("SET").arg("key").arg("1").exec_async(&mut server.client().await).await.expect("set");
    let access = of_entry(&entry, "").await.expect("an answer");
    assert!(access.rows.iter().any(|row| row.purpose == Purpose::Changing && row.allowed == Some(true)));
    let keys: i64 = with(&entry, |mut link| async move { link.ask(&cmd("DBSIZE")).await }).await.expect("a count");
    assert_eq!(keys, 1, "UNLINK was asked about and not done");
}
