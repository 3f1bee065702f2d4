# Schemathesis against the whole OpenAPI document of a running demonstration.
# shellcheck shell=bash

run_api_tests() {
  step "schemathesis"
  cargo build --quiet --locked -p maru
  scripts/test/schemathesis.py
}
