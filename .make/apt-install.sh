#!/usr/bin/env bash
# Run as root by setup.sh: installs the named Debian packages without leaving a server of theirs running.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
cluster=/etc/postgresql-common/createcluster.d/outgrow.conf
ours=()
trap 'rm -f "${ours[@]}"' EXIT

# Both are undone at the end. What the machine's owner has put there stays.
if [[ ! -e $policy ]]; then
  ours+=("$policy")
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
mkdir -p "$(dirname "$cluster")"
ours+=("$cluster")
echo 'create_main_cluster = false' >"$cluster"

export DEBIAN_FRONTEND=noninteractive
wait_for_lock=(-o DPkg::Lock::Timeout=120)
apt-get "${wait_for_lock[@]}" update --quiet=2
apt-get "${wait_for_lock[@]}" install --quiet --yes --no-install-recommends "$@" </dev/null

# Nor at the next boot.
for server in redis-server memcached; do
  if [[ -d /run/systemd/system && " $* " == *" $server "* ]]; then
    systemctl disable --quiet "$server"
  fi
done
