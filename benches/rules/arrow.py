"""A population over HTTP as Arrow and as Parquet: both give the same, and pyarrow reads what comes back.

    python benches/rules/arrow.py target/release/maru [--persons 200000]

Needs `pip install openfisca-core openfisca-country-template numpy pyarrow`.
"""

import argparse
import io
import pathlib
import subprocess
import time
import urllib.request

import openfisca_country_template as template
import pyarrow as pa
import pyarrow.parquet as parquet

import referee
import web_speed

PORT = 5903
STREAM = "application/vnd.apache.arrow.stream"
VARIABLES = "income_tax,basic_income,age"


def tables(population):
    days = pa.array(population["birth"].astype("int32")).cast(pa.date32())
    roles = pa.array(["adult" if role == 0 else "child" for role in population["role"]]).dictionary_encode()
    person = pa.table(
        {
            "person_id": pa.array(range(population["persons"])),
            "household_id": pa.array(population["group"]),
            "role": roles,
            "birth": days,
            "salary": pa.array(population["salary"].astype("float64")),
            "capital_returns": pa.array(population["capital_returns"]),
        }
    )
    household = pa.table({"household_id": pa.array(range(population["households"])), "rent": pa.array(population["rent"])})
    return {"person": person, "household": household}


def as_stream(table):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table, max_chunksize=50_000)
    return sink.getvalue()


def as_parquet(table):
    sink = io.BytesIO()
    parquet.write_table(table, sink)
    return sink.getvalue()


def ask(files, accept):
    parts = [
        f'--maru\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n\r\n'.encode() + content + b"\r\n"
        for name, content in files.items()
    ]
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/batch?period={referee.MONTH}&variables={VARIABLES}",
        data=b"".join(parts) + b"--maru--\r\n",
        headers={"Content-Type": "multipart/form-data; boundary=maru", "Accept": accept},
    )
    begin = time.perf_counter()
    with urllib.request.urlopen(request) as response:
        content = response.read()
    return content, time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("maru")
    parser.add_argument("--persons", type=int, default=200_000)
    arguments = parser.parse_args()
    population = tables(referee.random_population(arguments.persons, 1))
    command = [arguments.maru, "rules", "serve", str(pathlib.Path(template.__file__).parent), "--address", f"127.0.0.1:{PORT}"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        web_speed.connect(PORT).close()
        streams = {name: as_stream(table) for name, table in population.items()}
        files = {name: as_parquet(table) for name, table in population.items()}
        content, seconds = ask(streams, STREAM)
        arrow = pa.ipc.open_stream(content).read_all()
        print(f"Arrow in and out: {arrow.num_rows} rows, {seconds:.3f} s")
        content, seconds = ask(files, "*/*")
        table = parquet.read_table(io.BytesIO(content))
        print(f"Parquet in and out: {table.num_rows} rows, {seconds:.3f} s")
        if arrow.to_pydict() != table.to_pydict():
            raise SystemExit("the answers differ")
        print(f"no differences in {', '.join(table.column_names)}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
