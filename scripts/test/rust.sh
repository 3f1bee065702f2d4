# Everything that cargo runs.
# shellcheck shell=bash

check_rust() {
  step "cargo fmt"
  cargo fmt --all --check
  step "cargo clippy"
  cargo clippy --quiet --workspace --all-targets --locked -- -D warnings
  step "cargo deny"
  check_dependencies
}

# Advisories need the RustSec database from the network; where it cannot be reached the rest is still checked, and we say so.
check_dependencies() {
  cargo-deny --log-level error check licenses bans sources
  if cargo-deny --log-level off fetch db >/dev/null 2>&1; then
    cargo-deny --log-level error check advisories
  else
    echo "SKIPPED: cargo deny check advisories (the RustSec database cannot be reached from here)"
  fi
}

run_rust_tests() {
  step "cargo test"
  cargo test --quiet --workspace --locked
  step "cargo test: models from GGUF files, which the default build does not have"
  # One thread: candle's wait for each other without sleeping, and weights as small as these are multiplied sooner alone.
  CANDLE_NUM_THREADS=1 cargo test --quiet -p maru-local-llm --features gguf --locked
}
