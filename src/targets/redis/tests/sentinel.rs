//! A primary that sentinels name.

use super::{describe, get, nodes, set};
use crate::error::Kind;
use crate::sandbox::lab::eventually;
use crate::sandbox::lab::redis::{Product, Sentinels};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_primary_is_followed_through_a_failover_and_the_end_of_the_sentinel_that_the_target_names() {
    for product in Product::ALL {
        let mut group = Sentinels::start_product(product).await;
        let entry = group.entry("sentinel:mymaster/0");
        set(&entry, "a", "1").await.expect("the primary");
        assert_eq!(nodes(&entry).await.expect("one")[0].port, group.server(0).port());
        let said = describe(&entry).await.expect("an answer");
        assert!(said.en.ends_with("primary named by sentinels"), "{said:?}");
        group.fail_over().await;
        // Reading alone must lead there too; the one before answers it as well as a replica can.
        eventually("the new primary is asked", 20, async || {
            let read = get(&entry, "a").await.is_ok();
            read && nodes(&entry).await.is_ok_and(|nodes| nodes[0].port == group.server(1).port())
        })
        .await;
        set(&entry, "a", "2").await.expect("the new primary takes writes");
        // The target's own sentinel dies, and then the primary; the others are known by now.
        group.watcher_mut(0).kill();
        eventually("the former primary follows", 20, async || {
            let client = group.server(1).client().await;
            crate::sandbox::lab::redis::info(&client, "connected_slaves:1").await
        })
        .await;
        group.server_mut(1).kill();
        eventually("the other one takes over", 40, async || set(&entry, "a", "3").await.is_ok()).await;
        assert_eq!(get(&entry, "a").await.expect("it reads").as_deref(), Some("3"));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_name_that_no_sentinel_knows_is_told() {
    let group = Sentinels::start().await;
    let error = describe(&group.entry("sentinel:other")).await.expect_err("no such name");
    assert!(error.kind == Kind::Refused && error.happened.en.contains("under this name"), "{error:?}");
    let wrong = group.entry_with(|it| {
        it.database = Some("sentinel:mymaster".into());
        it.password = Some(crate::targets::registry::Secret::new("wrong"));
    });
    assert_eq!(describe(&wrong).await.expect_err("a wrong password").kind, Kind::NoPermission);
}
