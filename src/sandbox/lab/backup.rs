//! A copy of a server that runs, which a standby starts from: what `pg_basebackup` does, which the packages lack.

use std::path::Path;

use tokio::process::Command;

use super::Server;
use super::place::{folder_like, own_like};
use crate::sandbox::process::run_to_end;

/// Leaves out what is the server's own state, and the WAL, which the copy asks the server for. A file that grows or goes
/// away meanwhile (tar says 1) is put right by that WAL. The control file comes last, so that it is not older than the
/// files that it tells of.
const COPY: &str = r#"
set -o pipefail
own=(postmaster.pid postmaster.opts standby.signal lab.conf global/pg_control 'pg_wal/*' 'pg_replslot/*'
  'pg_dynshmem/*' 'pg_notify/*' 'pg_serial/*' 'pg_snapshots/*' 'pg_stat_tmp/*' 'pg_subtrans/*')
{ tar --create --directory "$1" "${own[@]/#/--exclude=./}" . || (($? == 1)); } | tar --extract --directory "$2"
cp --archive "$1/global/pg_control" "$2/global/pg_control"
"#;

/// Copies the server's data while it runs. A slot must keep what WAL the copy needs to become whole.
pub(super) async fn take(server: &Server, to: &Path) {
    let client = server.client().await;
    let (start, stop) = match server.major() {
        ..15 => ("SELECT pg_start_backup('lab', true, false)", "SELECT labelfile FROM pg_stop_backup(false, false)"),
        _ => ("SELECT pg_backup_start('lab', true)", "SELECT labelfile FROM pg_backup_stop(false)"),
    };
    client.query_one(start, &[]).await.expect("a backup begins");
    folder_like(server.data(), to);
    let mut command = Command::new("bash");
    command.args(["-ec", COPY, "copy"]).arg(server.data()).arg(to);
    run_to_end(command).await.expect("a copy of the data");
    let label: String = client.query_one(stop, &[]).await.expect("the backup ends").get(0);
    for (name, text) in [("backup_label", label.as_str()), ("standby.signal", "")] {
        std::fs::write(to.join(name), text).expect("a file in the copy");
        own_like(to, &to.join(name));
    }
}
