#!/usr/bin/env python3
"""The size of a day of lists in Parquet, in DuckDB's own format and in ClickHouse, and how long the same reads take there.

    history.py make LISTS FOLDER      makes the files; prints how many bytes each has
    history.py read FOLDER ROUNDS     reads them, warm; prints microseconds, medians

LISTS is a folder of lists as CSV, named by minutes since 1970. Prints JSON. Runs with the packages of
history-requirements.txt.
"""

import json
import pathlib
import shutil
import statistics
import sys
import time

import chdb.session
import duckdb
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

FIRST, COIN = "first", "coin"


def make(lists, folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    table = read_lists(lists)
    by_coin = table.sort_by([("id", "ascending"), ("minute", "ascending")])
    by_minute = table.sort_by([("minute", "ascending"), ("rank", "ascending")])
    sizes = [parquet(rows, folder / f"{name}.parquet") for name, rows in ((COIN, by_coin), (FIRST, by_minute))]
    with duckdb.connect(str(folder / "coin.duckdb")) as connection:
        connection.register("rows", by_coin)
        connection.execute("CREATE TABLE prices AS SELECT * FROM rows")
        connection.execute("CHECKPOINT")
    session = clickhouse(folder)
    session.query(
        "CREATE TABLE prices (minute Int32 CODEC(Delta, ZSTD(19)), id Int32 CODEC(Delta, ZSTD(19)), "
        "rank Int32 CODEC(Delta, ZSTD(19)), price Float64 CODEC(Gorilla, ZSTD(19))) ENGINE = MergeTree ORDER BY (id, minute)")
    session.query(f"INSERT INTO prices SELECT minute, id, rank, price FROM file('{folder / 'coin.parquet'}')")
    session.query("OPTIMIZE TABLE prices FINAL")
    clickhouse_bytes = int(session.query(
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE table = 'prices' AND active", "CSV").bytes())
    return {
        "rows": table.num_rows, "parquet": min(sizes), "duckdb": (folder / "coin.duckdb").stat().st_size,
        "clickhouse": clickhouse_bytes,
        "versions": f"DuckDB {duckdb.__version__}, pyarrow {pa.__version__}, ClickHouse's chdb {chdb.__version__}"}


def read_lists(lists):
    types = {"Rank": pa.int32(), "Symbol": pa.string(), "Price USD": pa.float64(), "CMC ID": pa.int32()}
    tables = []
    for path in sorted(lists.glob("*.csv")):
        table = pyarrow.csv.read_csv(path, convert_options=pyarrow.csv.ConvertOptions(column_types=types))
        minute = pa.array([int(path.stem)] * table.num_rows, pa.int32())
        tables.append(pa.table({
            "minute": minute, "id": table["CMC ID"], "rank": table["Rank"], "price": table["Price USD"]}))
    return pa.concat_tables(tables)


def parquet(table, path):
    """Uses the encodings that are smallest for such rows."""
    pq.write_table(
        table, path, compression="zstd", compression_level=19, use_dictionary=False,
        column_encoding={
            "minute": "DELTA_BINARY_PACKED", "id": "DELTA_BINARY_PACKED", "rank": "DELTA_BINARY_PACKED",
            "price": "BYTE_STREAM_SPLIT"})
    return path.stat().st_size


def read(folder, rounds):
    connection = duckdb.connect(str(folder / "coin.duckdb"), read_only=True)
    connection.execute("SET threads = 1")
    session = clickhouse(folder)
    session.query("SET max_threads = 1")
    minutes, coins = ([value for value, in connection.execute(
        f"SELECT DISTINCT {name} FROM prices ORDER BY 1").fetchall()] for name in ("minute", "id"))
    file = folder / f"{FIRST}.parquet"

    def duck(text, *parameters):
        connection.execute(text, parameters).fetchall()

    def click(text):
        session.query(text, "RowBinary").bytes()

    return {
        "duckdb": {
            FIRST: timed(rounds, minutes, 37, lambda minute: duck(
                f"SELECT rank, id, price FROM '{file}' WHERE minute = ? AND rank <= 200 ORDER BY rank", minute)),
            COIN: timed(rounds, coins, 101, lambda coin: duck(
                "SELECT minute, rank, price FROM prices WHERE id = ? ORDER BY minute", coin))},
        "clickhouse": {
            COIN: timed(rounds, coins, 101, lambda coin: click(
                f"SELECT minute, rank, price FROM prices WHERE id = {coin} ORDER BY minute"))}}


def clickhouse(folder):
    return chdb.session.Session(str(folder / "clickhouse"))


def timed(rounds, values, step, query):
    """The median in microseconds; each value is queried twice, and the second time counts."""
    spans = []
    for number in range(rounds):
        value = values[number * step % len(values)]
        query(value)
        start = time.perf_counter()
        query(value)
        spans.append((time.perf_counter() - start) * 1e6)
    return statistics.median(spans)


if __name__ == "__main__":
    command, source, target = sys.argv[1:]
    if command == "make":
        print(json.dumps(make(pathlib.Path(source), pathlib.Path(target))))
    else:
        print(json.dumps(read(pathlib.Path(source), int(target))))
