//! What the watcher of the slots tells right after a change of subscriptions.

use super::*;
use crate::replication::slots::watch;
use crate::server::store::Store;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn the_slot_of_a_subscription_is_seen_at_its_publisher_as_soon_as_it_is_made() {
    let pair = Pair::start(16, 18).await;
    let folder = std::env::temp_dir().join(format!("outgrow-seen-{}", crate::auth::session::random_hex::<6>()));
    let store = Store::open(&folder).expect("a new store");
    pair.publish(&["orders"]).await;
    let slots = async || {
        let seen = watch::look(&store, &pair.from).await.expect("an answer");
        seen.slots.iter().map(|seen| seen.slot.name.clone()).collect::<Vec<_>>()
    };
    assert!(slots().await.is_empty());
    pair.subscribe().await;
    let seen = slots().await;
    assert!(seen.iter().any(|name| name == "copy"), "{seen:?}");
    let (target, database) = (pair.to.configured.target.id.clone(), name("shop"));
    let drop = Change::DropSubscription { target, database, name: name("copy"), keep_slot: false };
    done(carry_out(&pair.subscriptions(), &drop).await);
    assert!(slots().await.is_empty(), "what was dropped is not shown");
    let _ = std::fs::remove_dir_all(&folder);
}
