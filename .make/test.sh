#!/usr/bin/env bash
# Runs the checks and tests, says how each stage went, and counts. The exit code is 0 only if nothing failed.
#   test.sh         everything
#   test.sh check   format and clippy
#   test.sh unit    the Rust tests that need no database
#   test.sh e2e     the browser tests
#   test.sh shots   the browser tests that only take pictures of the pages
# What follows the first word is given to the runner: test.sh e2e -g slots
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wanted=${1:-all}
shift || true

scratch=$out/test # logs, and the databases of this run: started empty, stopped at the end
sandbox=$scratch/sandbox
sandbox_pid=
browser_results=end2end/test-results/results.json

main() {
  trap stop_sandbox EXIT
  # Without these two the shell would die of the signal and skip the line above.
  trap 'exit 130' INT
  trap 'exit 143' TERM

  case $wanted in
  all | e2e | shots) .make/setup.sh test ;;
  *) .make/setup.sh build ;;
  esac
  mkdir -p "$scratch"
  rm -rf "${scratch:?}"/*

  case $wanted in
  all)
    checks
    if stage "build" .make/build.sh demo; then
      rust_tests "$@"
      browser_tests
    else
      skip "rust tests"
      skip "browser tests"
    fi
    ;;
  check) checks ;;
  unit) stage "rust tests" cargo test --locked --features "$server_features" --lib --bins "$@" || true ;;
  e2e) if stage "build" .make/build.sh demo; then browser_tests "$@"; else skip "browser tests"; fi ;;
  shots)
    export OUTGROW_SHOTS=1
    if stage "build" .make/build.sh demo; then browser_tests --project=shots "$@"; else skip "browser tests"; fi
    ;;
  *) fail "test.sh knows all, check, unit, e2e and shots, not '$wanted'." ;;
  esac
  summary
}

checks() {
  stage "format" cargo fmt --check || true
  stage "clippy, server" \
    cargo clippy --locked --all-targets --features "$server_features" -- -D warnings || true
  stage "clippy, browser" \
    cargo clippy --locked --lib --features hydrate --target "$wasm_target" -- -D warnings || true
}

rust_tests() {
  start_sandbox
  if ! stage "sandbox" sandbox_ready; then
    skip "rust tests"
    return
  fi
  OUTGROW_TEST_SANDBOX=$sandbox \
    stage "rust tests" \
    cargo test --locked --features "$server_features" --no-fail-fast "$@" -- --include-ignored || true
  stop_sandbox
}

# Their server, and a sandbox of its own, is started and stopped by Playwright: see end2end/playwright.config.ts.
browser_tests() {
  CHROMIUM=$(find_chromium)
  export CHROMIUM
  rm -f "$browser_results"
  stage "types of the browser tests" env --chdir end2end node_modules/.bin/tsc --noEmit || true
  stage "browser tests" env --chdir end2end node_modules/.bin/playwright test "$@" || true
}

start_sandbox() {
  # Bound to this shell: should it be killed outright, the kernel tells the sandbox to stop.
  setpriv --pdeathsig TERM "$console" sandbox start --dir "$sandbox" >"$scratch/sandbox.log" 2>&1 </dev/null &
  sandbox_pid=$!
}

sandbox_ready() {
  local tenths
  for ((tenths = 0; tenths < 1800; tenths++)); do
    # Not the sentence of an engine that "did not become ready".
    if grep -w ready "$scratch/sandbox.log" | grep -qvw not; then return 0; fi
    if ! kill -0 "$sandbox_pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  cat "$scratch/sandbox.log"
  return 1
}

stop_sandbox() {
  if [[ -z $sandbox_pid ]]; then return; fi
  local pid=$sandbox_pid tenths
  sandbox_pid=
  kill -TERM "$pid" 2>/dev/null || true
  for ((tenths = 0; tenths < 300; tenths++)); do
    if ! kill -0 "$pid" 2>/dev/null; then return; fi
    sleep 0.1
  done
  note "The sandbox did not stop within 30 s and is killed."
  kill -KILL "$pid" 2>/dev/null || true
}

rows=()
passed=0 failed=0 skipped=0

# Runs a command, shows and keeps what it prints, and counts: what a test runner counted itself, else the stage as one.
stage() {
  local name=$1 begun=$SECONDS status=0 log counts
  shift
  log=$scratch/${name//[^a-z]/-}.log
  step "$name"
  exec 3> >(tee "$log")
  local tee=$!
  "$@" >&3 2>&1 3>&- </dev/null || status=$?
  exec 3>&-
  drained "$tee"

  counts=$(counted "$name" "$log")
  local p f s
  read -r p f s <<<"${counts:-$((status == 0)) $((status != 0)) 0}"
  # A runner that ran nothing has shown nothing; one that died has not counted that.
  if ((f == 0 && (status != 0 || p == 0))); then f=1; fi
  if ((f > 0)); then status=1; fi
  add_row "$( ((status == 0)) && echo passed || echo FAILED)" $((SECONDS - begun)) "$name" "$p" "$f" "$s"
  return "$status"
}

skip() { add_row skipped 0 "$1" 0 0 1; }

add_row() {
  rows+=("$(printf '%-8s %6s s  %-28s %5d passed %4d failed %4d skipped' "$@")")
  passed=$((passed + $4)) failed=$((failed + $5)) skipped=$((skipped + $6))
}

# Waits until tee has written all of the log, but not forever: a process left behind could hold it open.
drained() {
  local tenths
  for ((tenths = 0; tenths < 30; tenths++)); do
    if ! kill -0 "$1" 2>/dev/null; then return; fi
    sleep 0.1
  done
}

# "passed failed skipped" in the words of the runner, or nothing where there is none.
counted() {
  case $1 in
  "rust tests")
    awk '/^test result:/ { p += $4; f += $6; s += $8 } END { print p + 0, f + 0, s + 0 }' "$2"
    ;;
  "browser tests")
    if [[ ! -s $browser_results ]]; then
      echo 0 0 0
      return
    fi
    node --print 'const { stats, errors } = JSON.parse(require("fs").readFileSync(process.argv[1]));
      [stats.expected + stats.flaky, stats.unexpected + errors.length, stats.skipped].join(" ")' "$browser_results"
    ;;
  esac
}

summary() {
  step "Summary (logs: ${scratch#"$root"/})"
  printf '%s\n' "${rows[@]}" ''
  if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  ((failed == 0))
}

main "$@"
