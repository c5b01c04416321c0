# Copies the data of a server that runs, between the beginning and the end of a backup: copy.sh FROM TO, which exists.
# Leaves out what is the server's own state, and the WAL, which the copy asks the server for. A file that grows or goes
# away meanwhile (tar says 1) is put right by that WAL. The control file comes last, so that it is not older than the
# files that it tells of.
set -eo pipefail
own=(postmaster.pid postmaster.opts standby.signal lab.conf global/pg_control 'pg_wal/*' 'pg_replslot/*'
  'pg_dynshmem/*' 'pg_notify/*' 'pg_serial/*' 'pg_snapshots/*' 'pg_stat_tmp/*' 'pg_subtrans/*')
{ tar --create --directory "$1" "${own[@]/#/--exclude=./}" . || (($? == 1)); } | tar --extract --directory "$2"
cp --archive "$1/global/pg_control" "$2/global/pg_control"
