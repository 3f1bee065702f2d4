# The pages in a real browser: every page and state, both languages, phone and desktop, axe-core on each.
# shellcheck shell=bash

run_browser_tests() {
  step "browser tests"
  cargo build --quiet --locked -p maru
  (cd tests/browser && npm ci --silent --no-fund --no-audit && node --test --test-reporter=spec)
}
