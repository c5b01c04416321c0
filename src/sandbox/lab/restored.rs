//! A server on a copy of another one's data that somebody's own program has made.

use std::path::Path;

use tokio::process::Command;

use super::Server;
use super::place::Place;
use crate::sandbox::postgres_files::account;
use crate::sandbox::process::run_to_end;

impl Server {
    /// Starts what `make` puts into the folder that it is given, such as a `pg_basebackup` of this server. Beside its
    /// port and its name nothing is set here that the copy has not brought along.
    pub(crate) async fn restored(&self, name: &str, make: impl AsyncFnOnce(&Path)) -> Self {
        let place = Place::new().await;
        make(place.data()).await;
        if let Some(account) = account() {
            let mut command = Command::new("chown");
            command.arg("-R").arg(format!("{account}:{account}")).arg(place.data());
            run_to_end(command).await.expect("the right to give it away");
        }
        let mut server = Self {
            major: self.major,
            name: name.to_owned(),
            port: 0,
            password: self.password.clone(),
            place,
            binaries: self.binaries.clone(),
            settings: self.settings.clone(),
            starts: 0,
            process: None,
        };
        server.first_start().await;
        server
    }
}
