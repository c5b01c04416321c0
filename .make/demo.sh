#!/usr/bin/env bash
# Installs what is missing, builds, and starts the sandbox with a console on it, in this terminal.
#   demo.sh         keeps the data of the last time
#   demo.sh reset   throws it away first
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

.make/setup.sh demo
.make/build.sh demo

if [[ ${1:-} == reset ]]; then
  step "Fresh start: removing $state"
  # The binary refuses while a sandbox runs there, so nothing is pulled from under a running database.
  if [[ -d $state/sandbox ]]; then "$console" sandbox reset --dir "$state/sandbox"; fi
  rm -rf "$state"
fi

step "Starting"
options=()
if [[ -n ${OUTGROW_POSTGRES:-} ]]; then options+=(--postgres "$OUTGROW_POSTGRES"); fi
# In place of this shell, so that Ctrl-C and signals reach the console itself.
exec "$console" demo --state "$state" --site "$site" --addr "${OUTGROW_ADDR:-127.0.0.1:3000}" "${options[@]}"
