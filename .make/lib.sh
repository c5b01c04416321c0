# Shared by the scripts beside it: where things are, how progress is shown, how each tool is found.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# Outside the checkout, so that a fresh clone rebuilds only our own crate.
cache=${OUTGROW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/outgrow}
export OUTGROW_CACHE=$cache
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}

# Inside the checkout, so that two checkouts do not serve each other's files.
out=$root/target
site=$out/site
console=$out/outgrow # the release with the sandbox: what `make demo` and the browser tests start
state=${OUTGROW_STATE:-$root/state/demo}

# Cargo tells whether a source is newer than what was built of it, but not of which checkout it was built.
mkdir -p "$CARGO_TARGET_DIR"
if [[ $(cat "$CARGO_TARGET_DIR/.checkout" 2>/dev/null) != "$root" ]]; then
  touch src/lib.rs src/main.rs
  echo "$root" >"$CARGO_TARGET_DIR/.checkout"
fi

# Leptos reads it while compiling; set, the pages would ask for another name of the WASM file.
unset LEPTOS_OUTPUT_NAME

# rustup puts itself on the PATH of login shells only.
if ! command -v cargo >/dev/null && [[ -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]]; then
  PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
fi

wasm_target=wasm32-unknown-unknown
server_features=ssr,sandbox

# One clock for all the scripts of one command.
export OUTGROW_STARTED=${OUTGROW_STARTED:-$EPOCHSECONDS}

clock() { printf '%d:%02d' $((($1) / 60)) $((($1) % 60)); }

step() { printf '\n== [%s] %s\n' "$(clock $((EPOCHSECONDS - OUTGROW_STARTED)))" "$*"; }

note() { printf '   %s\n' "$*"; }

fail() {
  printf '\noutgrow: %s\n' "$*" >&2
  exit 1
}

# The value of a key in rust-toolchain.toml, quotes and brackets removed: `1.99.1`, `clippy, rustfmt`.
toolchain() { sed -n "s/^$1 *= *//p" rust-toolchain.toml | tr -d '[]" ' | head -n 1; }

wasm_bindgen_version() {
  awk '$0 == "name = \"wasm-bindgen\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock
}

# wasm-bindgen refuses a module made for another version of it, so only the exact one will do.
find_wasm_bindgen() {
  local wanted candidate
  wanted="wasm-bindgen $(wasm_bindgen_version)"
  for candidate in "$cache/tools/bin/wasm-bindgen" "$(command -v wasm-bindgen || true)"; do
    if [[ -x $candidate && $("$candidate" --version 2>/dev/null) == "$wanted" ]]; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}

# Ubuntu's /usr/bin/chromium-browser is a script that asks for a snap; only what answers counts.
find_chromium() {
  local candidate
  for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [[ -n $candidate ]] && candidate=$(command -v "$candidate") && ! grep -qs 'snap install' "$candidate"; then
      printf '%s\n' "$candidate"
      return
    fi
  done
  return 1
}
