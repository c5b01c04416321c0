#!/usr/bin/env bash
# Builds the console in release: the browser's half, the server, the files it serves.
#   build.sh demo     with the sandbox, into target/outgrow and target/site
#   build.sh release  without it, into target/dist: what one would install
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

mode=${1:-demo}

main() {
  # Two builds in one checkout would take each other's files away.
  mkdir -p "$out"
  exec 9>"$out/build.lock"
  flock 9 || true
  step "Browser's half (WebAssembly)"
  cargo build --locked --lib --profile wasm-release --features hydrate --target "$wasm_target"
  make_site

  case $mode in
  demo)
    step "Server, with the sandbox"
    cargo build --locked --release --bin outgrow --features "$server_features"
    keep_binary "$console"
    ;;
  release)
    step "Server"
    cargo build --locked --release --bin outgrow --features ssr
    keep_binary "$out/dist/outgrow"
    rm -rf "$out/dist/site"
    cp -r "$site" "$out/dist/site"
    note "Ready to install: target/dist/outgrow and target/dist/site"
    ;;
  *) fail "build.sh knows 'demo' and 'release', not '$mode'." ;;
  esac
}

# Out of cargo's directory, which another checkout may share. Renamed into place: the old one may be running.
keep_binary() {
  mkdir -p "$(dirname "$1")"
  if cmp -s "$CARGO_TARGET_DIR/release/outgrow" "$1"; then return; fi
  cp "$CARGO_TARGET_DIR/release/outgrow" "$1.new"
  mv "$1.new" "$1"
}

make_site() {
  local wasm=$CARGO_TARGET_DIR/$wasm_target/wasm-release/outgrow.wasm sources
  sources=$(find public -type f | LC_ALL=C sort)
  # By content, not by time: a file copied or checked out again is no news. This script is one of the sources.
  sources=$(tr '\n' '\0' <<<"$sources" | xargs -0 sha256sum "$wasm" style/main.css .make/build.sh Cargo.lock)
  if [[ -s $site/pkg/outgrow_bg.wasm.br && -s $site/pkg/outgrow.css.br ]] &&
    cmp -s <(echo "$sources") "$out/site.sources"; then
    return
  fi

  step "Files for the browser"
  rm -rf "$site.new"
  mkdir -p "$site.new"
  if [[ -d public ]]; then cp -r public/. "$site.new"; fi
  # The names of functions are half of the file and help nobody in the browser.
  "$(find_wasm_bindgen)" --target web --no-typescript --remove-name-section --remove-producers-section \
    --out-dir "$site.new/pkg" --out-name outgrow "$wasm"
  cp style/main.css "$site.new/pkg/outgrow.css"
  precompress "$site.new"
  rm -rf "$site"
  mv "$site.new" "$site"
  echo "$sources" >"$out/site.sources"
  note "$(du -b "$site/pkg/outgrow_bg.wasm" "$site/pkg/outgrow_bg.wasm.br" | awk '{ printf "%d KiB ", $1 / 1024 }' |
    awk '{ print "WebAssembly: " $1 " KiB, sent as " $3 " KiB of brotli" }')"
}

# Once here at the highest level, rather than at a low one for every request.
precompress() {
  node --input-type=module - "$1" <<'JS'
import { readFile, readdir, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import zlib from 'node:zlib'

const brotli = promisify(zlib.brotliCompress)
const gzip = promisify(zlib.gzip)

async function filesUnder(folder) {
  const entries = await readdir(folder, { withFileTypes: true })
  const nested = entries.map((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
  return (await Promise.all(nested)).flat()
}

async function compress(path) {
  const content = await readFile(path)
  const params = {
    [zlib.constants.BROTLI_PARAM_QUALITY]: 11,
    [zlib.constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  }
  await Promise.all([
    brotli(content, { params }).then((smaller) => writeFile(`${path}.br`, smaller)),
    gzip(content, { level: 9 }).then((smaller) => writeFile(`${path}.gz`, smaller)),
  ])
}

const files = await filesUnder(process.argv[2])
await Promise.all(files.filter((path) => /\.(js|wasm|css|svg)$/.test(path)).map(compress))
JS
}

main
