"""Writes what other programs send: every type that is read, with empty cells, as a stream and as a file. `pip install pyarrow`.

    python spine/columns/tests/arrow/make.py
"""

import datetime
import decimal
import pathlib

import pyarrow as pa

HERE = pathlib.Path(__file__).parent
DAY = datetime.date(2024, 2, 29)
LONG = "more than twelve letters"

numbers = [1, None, 100]
columns = {name: pa.array(numbers, getattr(pa, name)()) for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")}
columns["float32"] = pa.array([0.5, None, -2.25], pa.float32())
columns["float64"] = pa.array([0.1, None, 1e300], pa.float64())
columns["bool"] = pa.array([True, None, False])
columns["date32"] = pa.array([DAY, None, datetime.date(1969, 12, 31)], pa.date32())
columns["date64"] = pa.array([DAY, None, datetime.date(1969, 12, 31)], pa.date64())
columns["decimal128"] = pa.array([decimal.Decimal("12.34"), None, decimal.Decimal("-0.01")], pa.decimal128(12, 2))
for name in ("string", "large_string", "string_view"):
    columns[name] = pa.array(["가", None, LONG], getattr(pa, name)())
columns["dictionary"] = pa.array(["head", None, LONG]).dictionary_encode()
columns["null"] = pa.nulls(3)
columns["whole"] = pa.array([7, 8, 9], pa.int64())
table = pa.table(columns)
batches = table.to_batches(max_chunksize=2)
with pa.ipc.new_stream(HERE / "every_type.arrows", table.schema) as stream:
    for batch in batches:
        stream.write_batch(batch)
with pa.ipc.new_file(HERE / "every_type.arrow", table.schema) as file:
    for batch in batches:
        file.write_batch(batch)
