//! Who the console is to a server.

use redis::cmd;

use super::{describe, get, set};
use crate::error::Kind;
use crate::sandbox::lab::redis::{Product, Server};
use crate::targets::redis::with;
use crate::targets::registry::{Configured, Secret};

/// A server whose default user may do everything without a password.
async fn open_to_all(product: Product) -> (Server, redis::aio::MultiplexedConnection) {
    let server = Server::start_product(product, &[]).await;
    server.user("console", "~app:* +@read +@connection +info +acl|whoami").await;
    let mut client = server.client().await;
    cmd("ACL").arg("SETUSER").arg("default").arg("nopass").exec_async(&mut client).await.expect("an open server");
    // Nobody else gets in with a password now, so this client stays.
    (server, client)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_login_that_fails_never_goes_on_as_the_default_user() {
    for product in Product::ALL {
        let (server, mut client) = open_to_all(product).await;
        let as_somebody = |user: &str, password: Option<&str>| {
            server.entry_with(|it: &mut Configured| {
                it.user = Some(user.to_owned());
                it.password = password.map(Secret::new);
            })
        };
        for (user, password) in [("console", Some("wrong")), ("nobody", Some("lab")), ("console", None)] {
            let error = set(&as_somebody(user, password), "a", "1").await.expect_err("no login");
            assert_eq!(error.kind, Kind::NoPermission, "{user} {password:?}: {error:?}");
        }
        let keys: i64 = cmd("DBSIZE").query_async(&mut client).await.expect("a count");
        assert_eq!(keys, 0, "nothing was written as somebody else");
        let list: String = cmd("CLIENT").arg("LIST").query_async(&mut client).await.expect("a list");
        assert!(!list.contains("name=outgrow"), "the connection must have ended: {list}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn what_a_user_may_not_do_is_told_with_the_command_or_as_a_key() {
    for product in Product::ALL {
        let (server, _client) = open_to_all(product).await;
        let entry = server.entry_as("console");
        let name: String =
            with(&entry, |mut link| async move { link.ask(cmd("ACL").arg("WHOAMI")).await }).await.expect("a name");
        assert_eq!(name, "console");
        describe(&entry).await.expect("it may read INFO");
        assert_eq!(get(&entry, "app:1").await.expect("its own key"), None);
        let error = set(&entry, "app:1", "1").await.expect_err("not this command");
        assert!(error.kind == Kind::NoPermission && error.next.en.ends_with("+set"), "{error:?}");
        let error = get(&entry, "other:1").await.expect_err("not this key");
        assert!(error.kind == Kind::NoPermission && error.happened.en.contains("this key"), "{error:?}");
    }
}
