# Schemathesis against the whole OpenAPI document of a running demonstration.
# shellcheck shell=bash

run_api_tests() {
  step "schemathesis"
  # The same features as in «cargo test --workspace», so that nothing is compiled a second time.
  cargo build --quiet --locked --workspace --bins --tests
  scripts/test/schemathesis.py
}
