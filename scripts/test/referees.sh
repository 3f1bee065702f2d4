# Our results held against programs that are not ours.
# shellcheck shell=bash

run_referees() {
  step "holidays beside PyPI holidays"
  if [ -f benches/holidays/run ]; then benches/holidays/run; fi
}
