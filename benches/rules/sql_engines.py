"""What the referees of SQL share: statements asked of DuckDB and of Spark over Parquet files, and values for columns that were not given."""

import time

import pyarrow.parquet


def default_of(system, name):
    """What a column that nobody gave holds: the default of its variable, whose name may carry another period than the month asked for."""
    variable = system.variables.get(name)
    if variable is None:
        variable = next(system.variables[known] for known in system.variables if name.startswith(known + "_20"))
    return getattr(variable.default_value, "name", variable.default_value)


def duckdb_answers(texts, folder):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    for path in folder.glob("*.parquet"):
        connection.execute(f"CREATE VIEW {path.stem} AS SELECT * FROM '{path}'")
    for text in texts:
        begin = time.perf_counter()
        answer = connection.execute(text).to_arrow_table()
        yield answer, time.perf_counter() - begin


def spark_answers(texts, folder):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").appName("maru").config("spark.sql.ansi.enabled", "true")
    # The steps of a law lie in many layers, and Spark resolves some of what they name a layer at a time.
    builder = builder.config("spark.sql.analyzer.maxIterations", "5000").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.memory", "6g").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    for path in folder.glob("*.parquet"):
        spark.read.parquet(str(path)).createOrReplaceTempView(path.stem)
    for place, text in enumerate(texts):
        begin, target = time.perf_counter(), folder / f"answer-{place}"
        spark.sql(text).write.mode("overwrite").parquet(str(target))
        seconds = time.perf_counter() - begin
        yield pyarrow.parquet.read_table(target), seconds
    spark.stop()


ENGINES = {"duckdb": duckdb_answers, "spark": spark_answers}
