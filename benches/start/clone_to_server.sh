#!/usr/bin/env bash
# From a clean clone to a running server: how long a stranger waits for the first page.
#
#   benches/start/clone_to_server.sh [REPOSITORY]      REPOSITORY: an address or a folder; left out, this one
#
# Nothing is built before; crates are fetched first, so that the network is not measured. On a machine that does nothing else.
set -euo pipefail
repository=${1:-$(git -C "$(dirname "$0")" rev-parse --show-toplevel)}
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$folder"' EXIT
address=127.0.0.1:8429

git clone --quiet "$repository" "$folder/maru"
cd "$folder/maru"
export CARGO_TARGET_DIR="$folder/target"
cargo fetch --quiet --locked

printf '%s processors; load before: %s\n' "$(nproc)" "$(cut -d' ' -f1-3 /proc/loadavg)"
started=$(date +%s.%N)
cargo build --release --locked --timings
built=$(date +%s.%N)
"$folder/target/release/maru" demo --address "$address" --data "$folder/city" > "$folder/log" 2>&1 &
server=$!
until curl --silent --fail --output /dev/null "http://$address/health/ready"; do sleep 0.05; done
ready=$(date +%s.%N)

awk -v started="$started" -v built="$built" -v ready="$ready" 'BEGIN {
  printf "compiled in %.0f s, the city stands after %.1f s more: %.1f minutes from clone to server\n",
    built - started, ready - built, (ready - started) / 60 }'
mkdir -p /tmp/maru-timings
cp "$folder/target/cargo-timings/cargo-timing.html" /tmp/maru-timings/
echo "where the time went: /tmp/maru-timings/cargo-timing.html"
