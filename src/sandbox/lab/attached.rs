//! Programs that follow a server of the laboratory as somebody's own would.

use std::process::Stdio;

use tokio::process::{Child, Command};

use super::Server;
use crate::sandbox::default_downloads;

impl Server {
    /// Starts `pg_receivewal`, `pg_recvlogical` or `pg_basebackup` as superuser in the database `postgres`; it writes into
    /// a folder that goes with the server, and ends when the answer is dropped.
    pub(crate) fn attach(&self, program: &str, arguments: &[&str]) -> Child {
        let path = default_downloads().join("postgres-clients-18/bin").join(program);
        assert!(path.is_file(), "{} is missing (.make/setup.sh test)", path.display());
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--"]).arg(path).args(arguments);
        command.arg("--dbname").arg(self.conninfo("postgres", self.password(), "postgres"));
        command.current_dir(self.place.attached()).kill_on_drop(true);
        command.stdin(Stdio::null()).spawn().expect("a program that runs")
    }
}
