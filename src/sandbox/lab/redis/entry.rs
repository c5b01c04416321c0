//! The console's targets for the servers of the laboratory. Each has connections of its own.

use std::sync::Arc;

use super::{PASSWORD, Server};
use crate::targets::model::{Target, TargetId, TargetKind};
use crate::targets::registry::{Configured, Entry, Secret};

impl Server {
    /// As the default user.
    pub(crate) fn entry(&self) -> Arc<Entry> {
        self.entry_with(|_| ())
    }

    /// As a user that [`Server::user`] has made.
    pub(crate) fn entry_as(&self, user: &str) -> Arc<Entry> {
        self.entry_with(|configured| configured.user = Some(user.to_owned()))
    }

    /// Configured otherwise.
    pub(crate) fn entry_with(&self, otherwise: impl FnOnce(&mut Configured)) -> Arc<Entry> {
        let mut configured = configured(self.port);
        otherwise(&mut configured);
        Arc::new(Entry::alone(configured))
    }
}

fn configured(port: u16) -> Configured {
    let target = Target {
        id: TargetId::parse(&format!("lab-{port}")).expect("a target's name"),
        kind: TargetKind::Redis,
        name: "Lab".to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
    };
    Configured { target, user: None, password: Some(Secret::new(PASSWORD)), database: None, tls: None }
}
