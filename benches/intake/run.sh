#!/usr/bin/env bash
# Intake from HTTP request to durable receipt, as fast as it goes and at the rates asked for, on SQLite and PostgreSQL.
#
#   benches/intake/run.sh [POSTGRES]      POSTGRES: postgres://USER@HOST/NAME, an empty database; left out, SQLite alone
#
# Needs target/dist/maru and target/dist/examples/intake_load (see README.md). On a machine that does nothing else.
set -euo pipefail
cd "$(git -C "$(dirname "$0")" rev-parse --show-toplevel)"
program=target/dist/maru
load=target/dist/examples/intake_load
address=127.0.0.1:8428
seconds=${SECONDS_EACH:-20}

folder=
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT

# Keys belong to a database: both runs on one use the same folder.
start_with() {
  rm -rf "$folder"
  folder=$(mktemp -d)
  place=(--data "$folder" "$@")
}

measure() {
  RUST_LOG=warn "$program" serve "${place[@]}" --address "$address" --no-rate-limits &
  server=$!
  until curl --silent --fail --output /dev/null "http://$address/health/ready"; do sleep 0.05; done
  "$load" "http://$address" --seconds "$seconds" "$@"
  awk '{ printf "  server: %.1f s of CPU\n", ($14 + $15) / 100 }' "/proc/$server/stat"
  kill "$server"
  wait "$server" || true
  server=
  "$program" ledger verify "${place[@]}" | tail -1
}

printf '%s processors; load before: %s\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
echo "SQLite"
start_with
measure --connections 64
measure --connections 128 --rate 2000
if [ $# -gt 0 ]; then
  echo "PostgreSQL"
  start_with --database "$1"
  measure --connections 64
  measure --connections 128 --rate 1000
fi
