//! Encrypted connections.

use super::{describe, get, set};
use crate::error::Kind;
use crate::sandbox::lab::redis::{Product, Server};
use crate::targets::tls::Tls;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_connection_is_encrypted_when_the_authority_is_known_and_not_made_when_it_is_not() {
    for product in Product::ALL {
        let server = Server::start_tls(product, false).await;
        let entry = server.tls_entry(|it, files| {
            it.tls = Some(Tls { authority: Some(files.authority.clone()), client: None });
        });
        set(&entry, "a", "1").await.expect("encrypted");
        assert_eq!(get(&entry, "a").await.expect("encrypted").as_deref(), Some("1"));
        // The system does not know the laboratory's authority.
        let stranger = server.tls_entry(|it, _| it.database = Some("tls/0".into()));
        let error = describe(&stranger).await.expect_err("not trusted");
        assert!(error.happened.en.contains("signed by nobody"), "{error:?}");
        let elsewhere = server.tls_entry(|it, files| {
            it.target.host = "localhost".into();
            it.tls = Some(Tls { authority: Some(files.authority.clone()), client: None });
        });
        let error = describe(&elsewhere).await.expect_err("a certificate for 127.0.0.1");
        assert!(error.happened.en.contains("another host"), "{error:?}");
        let plain = server.entry_with(|it| it.database = Some("tls".into()));
        let error = describe(&plain).await.expect_err("no TLS at this port");
        assert!(error.kind == Kind::Unreachable && error.happened.en.contains("no answer to TLS"), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "starts real databases"]
async fn a_server_that_asks_who_comes_gets_our_certificate() {
    let server = Server::start_tls(Product::Redis, true).await;
    let with = |client: bool| {
        server.tls_entry(|it, files| {
            let client = client.then(|| (files.client.clone(), files.client_key.clone()));
            it.tls = Some(Tls { authority: Some(files.authority.clone()), client });
        })
    };
    describe(&with(true)).await.expect("it knows us");
    let error = describe(&with(false)).await.expect_err("it wants a certificate");
    assert_eq!(error.kind, Kind::Unreachable);
}
