# Our results held against programs that are not ours.
# shellcheck shell=bash

run_referees() {
  step "calendar: worked examples reckoned a second way"
  python benches/calendar/referee.py
  step "calendar: days off beside PyPI holidays"
  python benches/calendar/referee.py --holidays
}
