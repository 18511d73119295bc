#!/usr/bin/env python3
"""What a day of lists takes in Parquet and in DuckDB's own file, and how long the same reads take there.

    history.py LISTS OUTPUT

LISTS is a folder of lists as CSV, named by minutes since 1970; prints JSON. Runs with the packages of requirements.txt.
"""

import json
import pathlib
import statistics
import sys
import time

import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

ROUNDS = 25


def main(lists, output):
    output.mkdir(parents=True, exist_ok=True)
    table = read(lists)
    by_coin = table.sort_by([("id", "ascending"), ("minute", "ascending")])
    by_minute = table.sort_by([("minute", "ascending"), ("rank", "ascending")])
    sizes = {name: parquet(rows, output / f"{name}.parquet") for name, rows in (("coin", by_coin), ("minute", by_minute))}
    database = output / "coin.duckdb"
    database.unlink(missing_ok=True)
    connection = duckdb.connect(str(database))
    connection.execute("SET threads = 1")
    connection.register("rows", by_coin)
    connection.execute("CREATE TABLE prices AS SELECT * FROM rows")
    connection.execute("CHECKPOINT")
    minutes, coins = table["minute"].unique().to_pylist(), table["id"].unique().to_pylist()
    first = timed(connection, lambda n: (
        f"SELECT rank, id, price FROM '{output / 'minute.parquet'}' WHERE minute = ? AND rank <= 200 ORDER BY rank",
        [minutes[n * 37 % len(minutes)]]))
    course = timed(connection, lambda n: (
        "SELECT minute, rank, price FROM prices WHERE id = ? ORDER BY minute", [coins[n * 101 % len(coins)]]))
    print(json.dumps({
        "rows": table.num_rows, "parquet": min(sizes.values()), "duckdb": database.stat().st_size,
        "first": first, "course": course,
        "versions": f"DuckDB {duckdb.__version__}, pyarrow {pa.__version__}"}))


def read(lists):
    types = {"Rank": pa.int32(), "Symbol": pa.string(), "Price USD": pa.float64(), "CMC ID": pa.int32()}
    tables = []
    for path in sorted(lists.glob("*.csv")):
        table = pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(column_types=types))
        minute = pa.array([int(path.stem)] * table.num_rows, pa.int32())
        tables.append(pa.table({
            "minute": minute, "id": table["CMC ID"], "rank": table["Rank"], "price": table["Price USD"]}))
    return pa.concat_tables(tables)


def parquet(table, path):
    """With the encodings that take least for such rows."""
    pq.write_table(
        table, path, compression="zstd", compression_level=19, use_dictionary=False,
        column_encoding={
            "minute": "DELTA_BINARY_PACKED", "id": "DELTA_BINARY_PACKED", "rank": "DELTA_BINARY_PACKED",
            "price": "BYTE_STREAM_SPLIT"})
    return path.stat().st_size


def timed(connection, query):
    """In microseconds, warm, the median."""
    spans = []
    for number in range(ROUNDS):
        text, parameters = query(number)
        connection.execute(text, parameters).fetchall()
        start = time.perf_counter()
        connection.execute(text, parameters).fetchall()
        spans.append((time.perf_counter() - start) * 1e6)
    return statistics.median(spans)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
