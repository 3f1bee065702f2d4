# The pages in a real browser: every page and state, both languages, phone and desktop, axe-core on each.
# shellcheck shell=bash

run_browser_tests() {
  step "browser tests"
  # The same features as in «cargo test --workspace», so that nothing is compiled a second time.
  cargo build --quiet --locked --workspace --bins --tests
  (cd tests/browser && npm ci --silent --no-fund --no-audit && node --test --test-reporter=spec)
}
