#!/usr/bin/env python3
"""Reads blocks of lists, as docs/reference/tape-format.md describes them.

    scripts/read_tape.py FILE                                            what the block contains
    scripts/read_tape.py FILE --list 2026-11-28T13:05Z [--limit 200]     a list, byte for byte
    scripts/read_tape.py FILE --coin 1 [--columns "Rank,Price USD"]      a coin's history as CSV
    scripts/read_tape.py FILE --rows [--columns "Rank,Price USD"]        the rows of all lists as one CSV
    scripts/read_tape.py FILE --verify                                   which parts are damaged

As a module, for which Python 3.9 is enough:

    block = read_tape.Block(open(path, "rb").read())
    block.list("2026-11-28T13:05Z", limit=200)
    pandas.DataFrame(block.frame(["Rank", "Price USD"]))

A history has a row for each minute. Its last column, Gap, says why there are no values: a gap's code; missing, if there is no
entry; not-listed, if the list lacks the coin; kept-as-it-is, if the list is stored raw, without rows in chunks.
"""

import argparse
import bisect
import collections
import csv
import datetime
import decimal
import hashlib
import json
import math
import operator
import os
import re
import struct
import sys
import zlib

VERSION = 1
HEAD = struct.Struct("<8sHHIqQQQQII")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MINUTE = datetime.timedelta(minutes=1)
KINDS = ["missing", "gap", "list", "kept"]
TYPES = ["integer", "decimal", "string"]
GROUP = 64
# A cell of a raw list, and its separator.
CELL = re.compile(r'("[^"]*(?:""[^"]*)*"|[^,\r\n]*)(,|\r\n|\r|\n|\Z)')

# `time` is text, `kind` one of KINDS; `count`, `sha256` and `fields` are a list's, `code` and `words` a gap's.
Minute = collections.namedtuple("Minute", "time kind count sha256 fields code words")
Layout = collections.namedtuple("Layout", "titles kinds key fields")
# `kinds` has a number for each minute, `listed` the minutes of kind 2; `part` is start and length, `raw` the start.
Segment = collections.namedtuple("Segment", "number first layout order kinds listed part raw")
# `chunks` has start and length for each segment; `texts` has, for each text column, minutes and the values from then on.
Coin = collections.namedtuple("Coin", "lowest chunks texts")


class TapeError(Exception):
    """Bytes that are not a block, have another version, or are damaged; the message names the part."""


class AskError(ValueError):
    """The block does not have what was requested; the message says what it has."""


class Reader:
    """Reads a part in a `with`, from its first bit to its last; raises TapeError if anything is wrong with it."""

    def __init__(self, data, part):
        self.data, self.part, self.at = data, part, 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if kind is None and self.skip() != len(self.data):
            raise TapeError(f"{self.part}: damaged, something is left over at its end")
        if kind and issubclass(kind, (ArithmeticError, LookupError, StopIteration, TypeError, ValueError)):
            raise TapeError(f"{self.part}: damaged, it is not of the format ({error or kind.__name__})") from None

    def take(self, count):
        """`bits(count)`"""
        start, self.at = self.at, self.at + count
        if self.at > 8 * len(self.data):
            raise ValueError("it ends too early")
        return int.from_bytes(self.data[start >> 3:(self.at + 7) >> 3], "little") >> (start & 7) & (1 << count) - 1

    def skip(self):
        """Advances to the end of the byte, and returns that position."""
        if self.take(-self.at % 8):
            raise ValueError("bits do not end with zeros")
        return self.at // 8

    def bytes(self, count):
        return self.take(8 * count).to_bytes(count, "little")

    def varint(self):
        byte, value, shift = 128, 0, 0
        while byte > 127:
            byte = self.take(8)
            value |= (byte & 127) << shift
            shift += 7
        return value

    def text(self):
        return decoded(self.bytes(self.varint()))

    def flags(self, count):
        bits = self.take(count)
        return [bits >> place & 1 for place in range(count)]

    def flags_unless_all(self, count):
        return [1] * count if self.take(1) else self.flags(count)

    def number(self):
        return self.take(self.take(6) + 1)

    def rice(self, count, width):
        data, at, mask, values = self.data, self.at, (1 << width) - 1, []
        for _ in range(count):
            # 13 bytes contain the longest code, 24 + 6 + 64 bits, at any bit offset.
            window = int.from_bytes(data[at >> 3:(at >> 3) + 13], "little") >> (at & 7)
            ones = (~window & window + 1).bit_length() - 1
            if ones < 24:
                values.append(ones << width | window >> ones + 1 & mask)
                at += ones + 1 + width
            else:
                length = (window >> 24 & 63) + 1
                values.append(window >> 30 & (1 << length) - 1)
                at += 30 + length
        self.at = at
        self.take(0)
        return values

    def series(self, count):
        first, steps = [self.number()] if count else [], [0] * (count - 1)
        mode = self.take(2) if count > 1 else 0
        width = self.take(6) if mode else 0
        if mode == 1:
            steps = self.rice(count - 1, width)
        elif mode == 2:
            changes = self.flags(count - 1)
            others = iter(self.rice(sum(changes), width))
            steps = [next(others) + 1 if change else 0 for change in changes]
        elif mode == 3:
            raise ValueError("a series has mode 3")
        value, values = 0, []
        for folded in first + steps:
            value += folded >> 1 ^ -(folded & 1)
            if not -1 << 63 <= value < 1 << 63:
                value = (value + (1 << 63) & (1 << 64) - 1) - (1 << 63)
            values.append(value)
        return values

    def texts(self, count):
        exceptions, others = {}, []
        for _ in range(self.number() if self.take(1) else 0):
            place = self.number()
            exceptions[place] = decoded(self.bytes(self.number()))
        if len(exceptions) < count:
            form = self.take(2)
            digits = self.take(6) if form in (1, 2) else 0
            others = written(self.series(count - len(exceptions)), form, digits)
        if exceptions:
            left = iter(others)
            others = [exceptions.pop(place) if place in exceptions else next(left) for place in range(count)]
            if exceptions:
                raise ValueError("an exception has no place")
        return others


def written(numbers, form, digits):
    """The texts of numbers in a form."""
    if form == 0:
        doubles = struct.unpack(f"<{len(numbers)}d", struct.pack(f"<{len(numbers)}q", *numbers))
        if not all(map(math.isfinite, doubles)):
            raise ValueError("a number is not finite")
        return [text[:-2] if text.endswith(".0") else text if "e" not in text else format(decimal.Decimal(text), "f")
                for text in map(repr, doubles)]
    if form == 3:
        return list(map(minute_text, numbers))
    if digits == 0:
        return list(map(str, numbers))
    texts = (f"{number:0{digits + 1 + (number < 0)}d}" for number in numbers)
    texts = [f"{text[:-digits]}.{text[-digits:]}" for text in texts]
    return texts if form == 2 else [text.rstrip("0").rstrip(".") for text in texts]


def minute_text(minute):
    return (EPOCH + minute * MINUTE).isoformat(timespec="minutes")[:16] + "Z"


def decoded(data):
    """A text that `encoded` turns back into the same bytes, even if they are not UTF-8."""
    return data.decode("utf-8", "surrogateescape")


def encoded(text):
    return text.encode("utf-8", "surrogateescape")


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if re.search('[,"\r\n]', text) else text


def unquoted(cell):
    return cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell


def line(cells):
    return ",".join(cells) + "\r\n"


def value(cell, kind):
    """An int, a float or a text; None for a missing number."""
    if cell == "" and kind != "string":
        return None
    try:
        return {"integer": int, "decimal": float, "string": unquoted}[kind](cell)
    except ValueError:
        return unquoted(cell)


def kept_lines(text):
    """For each line of a CSV, its cells as written, and where it ends."""
    cells, at = [], 0
    while at < len(text):
        found = CELL.match(text, at)
        at = found.end()
        cells.append(found[1])
        if found[2] != "," or at == len(text):
            yield cells, at
            cells = []


class Block:
    """The lists of an hour or a day. Damaged parts raise TapeError when they are needed, and are never returned.

    A minute is given as `2026-11-28T13:05Z`, as a datetime with a time zone, or in minutes since 1970. The rows of the segment
    that was read last are cached, so reading minutes in order is fast.
    """

    def __init__(self, data):
        self.data, self._read_minutes, self._read_coins, self._segment, self._chunks = data, {}, {}, None, {}
        if data[:8] != b"cointape" or len(data) < HEAD.size:
            raise TapeError("head: no block, which would begin with `cointape` and have a head of 64 bytes")
        _, version, self.length, outline, self.first, *lengths, outline_crc, crc = HEAD.unpack_from(data)
        is_whole = zlib.crc32(data[:60]) == crc
        if version != VERSION:
            doubt = "" if is_whole else ", or damaged"
            raise TapeError(f"head: of version {version}{doubt}; this reader knows version {VERSION} only")
        if not is_whole:
            raise TapeError("head: damaged, its CRC-32 is another")
        if self.length not in (60, 1440):
            raise TapeError(f"head: of {self.length} minutes; a block has 60 or 1440")
        with Reader(b"", "head"):
            self.times = [minute_text(self.first + number) for number in range(self.length)]
        starts = [HEAD.size + outline]
        for length in lengths:
            starts.append(starts[-1] + length)
        if len(data) != starts[-1]:
            raise TapeError(f"the block has {len(data)} bytes, and by its head it would have {starts[-1]}")
        if zlib.crc32(data[HEAD.size:starts[0]]) != outline_crc:
            raise TapeError("outline: damaged, its CRC-32 is another")
        with Reader(data[HEAD.size:starts[0]], "outline") as part:
            self._read_outline(part, starts)

    def _read_outline(self, part, starts):
        layouts, self.columns, self.segments, self._groups = [], {}, [], []
        for _ in range(part.varint()):
            columns = json.loads(part.text())
            titles, kinds = [column["name"] for column in columns], [column["type"] for column in columns]
            layouts.append(Layout(titles, kinds, part.varint() - 1, [part.text() for _ in range(part.varint())]))
            for title, kind in zip(titles, kinds):
                self.columns[title] = max(kind, self.columns.get(title, kind), key=TYPES.index)
        self._text_titles = [part.text() for _ in range(part.varint())]
        minute, (at, directory, raw, chunks, _) = 0, starts
        for number in range(part.varint()):
            count, layout, order = part.varint(), part.varint(), part.varint() - 1
            kinds = [part.take(2) for _ in range(count)]
            part.skip()
            listed = [minute + place for place, kind in enumerate(kinds) if kind == 2]
            layout, length = layouts[layout - 1] if layout else Layout([], [], -1, []), part.varint()
            self.segments.append(Segment(number, minute, layout, order, kinds, listed, (at, length), raw))
            minute, at, raw = minute + count, at + length, raw + part.varint()
        count, key, self.keys = part.varint(), 0, []
        for _ in range(count):
            key += part.varint()
            self.keys.append(key)
        width = (count - 1).bit_length() if count else 0
        self._places = {key: part.take(width) for key in self.keys}
        self._keys = {place: key for key, place in self._places.items()}
        part.skip()
        for _ in range(0, count, GROUP):
            length = part.varint()
            self._groups.append((directory, length, chunks))
            directory, chunks = directory + length, chunks + part.varint()
        if [minute, at, directory, raw, chunks, sorted(self._keys)] != [self.length, *starts[1:], list(range(count))]:
            raise ValueError("minutes, lengths or places do not add up")

    def _part(self, start, length, name):
        """Returns a part that ends with a CRC-32, without the CRC-32."""
        end = start + length - 4
        if length < 4 or zlib.crc32(self.data[start:end]).to_bytes(4, "little") != self.data[end:end + 4]:
            raise TapeError(f"{name}: damaged, its CRC-32 is another")
        return Reader(self.data[start:end], name)

    def _minutes(self, segment):
        """The Minutes of a segment, and start and end of each raw list."""
        if segment.number not in self._read_minutes:
            kinds, kept, at = dict(enumerate(segment.kinds, segment.first)), {}, segment.raw
            lists = [number for number, kind in kinds.items() if kind > 1]
            with self._part(*segment.part, f"minutes of segment {segment.number}") as part:
                digests = [part.bytes(32).hex() for _ in lists]
                for number in lists:
                    if kinds[number] == 3:
                        kept[number] = at, at + part.varint()
                        at = kept[number][1]
                gaps = {number: (part.text(), part.text()) for number, kind in kinds.items() if kind == 1}
                counts, fields = part.series(len(lists)), {number: {} for number in lists}
                for field in segment.layout.fields:
                    having = [number for number, has in zip(lists, part.flags_unless_all(len(lists))) if has]
                    for number, text in zip(having, part.texts(len(having))):
                        fields[number][field] = text
            told = {number: [count, digest, fields[number]] for number, count, digest in zip(lists, counts, digests)}
            self._read_minutes[segment.number] = [
                Minute(self.times[number], KINDS[kind], *told.get(number, [None] * 3), *gaps.get(number, [None] * 2))
                for number, kind in kinds.items()], kept
        return self._read_minutes[segment.number]

    def _coin(self, place):
        """A coin by its place in the directory."""
        group = place // GROUP
        if group not in self._read_coins:
            start, length, at = self._groups[group]
            coins, size = [], min(GROUP, len(self.keys) - group * GROUP)
            with self._part(start, length, f"directory of coins {group * GROUP} to {group * GROUP + size - 1}") as part:
                for _ in range(size):
                    lowest, chunks, texts = part.varint(), [], []
                    for _ in self.segments:
                        chunks.append((at, part.varint()))
                        at = sum(chunks[-1])
                    for _ in self._text_titles:
                        changes, number = [], 0
                        for _ in range(part.varint()):
                            number += part.varint()
                            changes.append((number, part.text()))
                        texts.append(([number for number, _ in changes], [text for _, text in changes]))
                    coins.append(Coin(lowest, chunks, texts))
            self._read_coins[group] = coins
        return self._read_coins[group][place % GROUP]

    def _chunk(self, segment, place):
        """A coin in a segment's lists of kind 2: its order and cells in each, or None if it is not listed."""
        if segment is not self._segment:
            self._segment, self._chunks = segment, {}
        if place not in self._chunks:
            self._chunks[place] = self._read_chunk(segment, self._keys[place], self._coin(place))
        return self._chunks[place]

    def _read_chunk(self, segment, key, coin):
        layout = segment.layout
        if not coin.chunks[segment.number][1]:
            return [None] * len(segment.listed)
        with self._part(*coin.chunks[segment.number], f"chunk of coin {key} in segment {segment.number}") as part:
            has = part.flags_unless_all(len(segment.listed))
            numbers = [number for number, is_there in zip(segment.listed, has) if is_there]
            orders, columns = part.series(len(numbers)), []
            for column, (title, kind) in enumerate(zip(layout.titles, layout.kinds)):
                if column == layout.key:
                    columns.append([str(key)] * len(numbers))
                elif column == segment.order:
                    columns.append(map(str, orders))
                elif kind != "string":
                    columns.append(part.texts(len(numbers)))
                else:
                    starts, texts = coin.texts[self._text_titles.index(title)]
                    if numbers and (not starts or starts[0] > numbers[0]):
                        raise ValueError(f"no {title} holds in {self.times[numbers[0]]}")
                    columns.append([texts[bisect.bisect(starts, number) - 1] for number in numbers])
            rows = zip(orders, zip(*columns))
            return [next(rows) if is_there else None for is_there in has]

    def _list(self, segment, number, limit=None):
        """The titles and rows of a list, and its CSV; without a limit, the whole list is compared with its SHA-256."""
        minutes, kept = self._minutes(segment)
        entry, is_kept, titles, found = minutes[number - segment.first], number in kept, segment.layout.titles, []
        if is_kept:
            data = self.data[slice(*kept[number])]
        else:
            index = segment.listed.index(number)
            for place in range(len(self.keys)):
                if limit is not None and self._coin(place).lowest >= limit:
                    break
                found.append(self._chunk(segment, place)[index])
            found = sorted(filter(None, found), key=operator.itemgetter(0))[:limit]
            rows = [cells for _, cells in found]
            data = encoded(line(map(quoted, titles)) + "".join(map(line, rows)))
        if (is_kept or limit is None) and hashlib.sha256(data).hexdigest() != entry.sha256:
            raise TapeError(f"list of {entry.time}: damaged, its SHA-256 is another")
        if is_kept:
            lines = list(kept_lines(decoded(data)))[:None if limit is None else limit + 1] or [([], 0)]
            data = encoded(decoded(data)[:lines[-1][1]])
            titles, rows = [unquoted(cell) for cell in lines[0][0]], [cells for cells, _ in lines[1:]]
        return titles, rows, data

    def minutes(self):
        """A Minute for each minute of the block."""
        return [minute for segment in self.segments for minute in self._minutes(segment)[0]]

    def digits(self):
        """To how many significant digits its decimals were rounded; None if they were not."""
        found = (minute.fields.get("digits") for minute in self.minutes() if minute.fields)
        return next((int(digits) for digits in found if digits), None)

    def list(self, minute, limit=None):
        """The CSV of a minute's list, byte for byte; with a limit, its header and this many rows."""
        try:
            if isinstance(minute, str):
                minute = datetime.datetime.strptime(minute, "%Y-%m-%dT%H:%MZ").replace(tzinfo=datetime.timezone.utc)
            if isinstance(minute, datetime.datetime):
                minute = (minute - EPOCH) // MINUTE
            number = operator.index(minute) - self.first
        except (TypeError, ValueError):
            raise AskError(f"{minute} is no minute; one is written like {self.times[0]}") from None
        if not 0 <= number < self.length:
            raise AskError(f"the block does not have this minute; it has {self.times[0]} to {self.times[-1]}")
        if limit is not None and limit < 1:
            raise AskError(f"a limit of {limit}; it would be 1 or more")
        segment = next(segment for segment in self.segments if number < segment.first + len(segment.kinds))
        entry = self._minutes(segment)[0][number - segment.first]
        if entry.kind in ("missing", "gap"):
            words = f"is a gap, {entry.code}: {entry.words}" if entry.kind == "gap" else "is missing: there is no entry"
            raise AskError(f"{entry.time} {words}")
        return self._list(segment, number, limit)[2]

    def titles(self, columns=None):
        """The requested titles, by default all; raises AskError for an unknown one."""
        for title in columns or []:
            if title not in self.columns:
                raise AskError(f"there is no column {title}; there are {', '.join(self.columns)}")
        return list(self.columns if columns is None else columns)

    def coin(self, key, columns=None, exact=False):
        """A row for each minute: its time, the values of the columns, and why there are none, or None.

        Numbers are int and float; with `exact`, all cells are as written in the lists.
        """
        titles, history = self.titles(columns), []
        if key not in self._places:
            span = f", {self.keys[0]} to {self.keys[-1]}" if self.keys else ""
            raise AskError(f"the block has no coin {key}; it has {len(self.keys)} coins{span}")
        for segment in self.segments:
            rows = dict(zip(segment.listed, self._chunk(segment, self._places[key])))
            for number, entry in enumerate(self._minutes(segment)[0], segment.first):
                cells, reason = [None] * len(titles), None
                if rows.get(number):
                    named = dict(zip(segment.layout.titles, rows[number][1]))
                    cells = [named.get(title, "") for title in titles]
                else:
                    reason = entry.code or {"list": "not-listed", "kept": "kept-as-it-is"}.get(entry.kind, entry.kind)
                if not exact and not reason:
                    cells = [value(cell, self.columns[title]) for cell, title in zip(cells, titles)]
                history.append([entry.time, *cells, reason])
        return history

    def rows(self, columns=None):
        """The rows of all lists: for each, the minute's number in the block, and the cells as written in the list.

        In a raw list, columns are found by its own header.
        """
        titles = self.titles(columns)
        for segment in self.segments:
            for number in (number for number, kind in enumerate(segment.kinds, segment.first) if kind > 1):
                header, rows, _ = self._list(segment, number)
                for cells in rows:
                    named = dict(zip(header, cells))
                    yield number, [named.get(title, "") for title in titles]

    def frame(self, columns=None):
        """The rows of all lists by column, for pandas.DataFrame: Minute as datetime, numbers as int and float."""
        titles = self.titles(columns)
        frame, starts = {title: [] for title in ["Minute", *titles]}, {}
        for number, cells in self.rows(titles):
            frame["Minute"].append(starts.setdefault(number, EPOCH + (self.first + number) * MINUTE))
            for title, cell in zip(titles, cells):
                frame[title].append(value(cell, self.columns[title]))
        return frame

    def damages(self):
        """Checks every byte, and names the damaged parts; lists are compared with their digests if their parts are undamaged."""
        found, places = [], []

        def is_good(read, *arguments):
            try:
                read(*arguments)
                return True
            except TapeError as error:
                found.append(str(error))
                return False

        for start in range(0, len(self.keys), GROUP):
            if is_good(self._coin, start):
                places += range(start, min(start + GROUP, len(self.keys)))
        for segment in self.segments:
            have_rows = sum(is_good(self._chunk, segment, place) for place in places) == len(self.keys)
            if is_good(self._minutes, segment):
                for number, kind in enumerate(segment.kinds, segment.first):
                    if kind == 3 or kind == 2 and have_rows:
                        is_good(self._list, segment, number)
        return found


def answer(block, options):
    """The requested output, in pieces."""
    columns = None if options.columns is None else next(csv.reader([options.columns]), [])
    if options.list is not None:
        yield block.list(options.list, options.limit)
    elif options.coin is not None:
        yield encoded(line(["Minute", *map(quoted, block.titles(columns)), "Gap"]))
        for *cells, reason in block.coin(options.coin, columns, exact=True):
            yield encoded(line([*(cell or "" for cell in cells), quoted(reason or "")]))
    elif options.rows:
        yield encoded(line(["Minute", *map(quoted, block.titles(columns))]))
        for number, cells in block.rows(columns):
            yield encoded(line([block.times[number], *cells]))
    else:
        kinds = collections.Counter(KINDS[kind] for segment in block.segments for kind in segment.kinds)
        kept = f", {kinds['kept']} of them kept as they are" if kinds["kept"] else ""
        facts = {"first minute": block.times[0], "minutes": block.length, "lists": f"{kinds['list'] + kinds['kept']}{kept}",
                 "gaps": kinds["gap"], "missing": kinds["missing"], "coins": len(block.keys), "columns": ", ".join(block.columns)}
        digits = block.digits()
        if digits:
            facts["digits"] = f"{digits} significant ones at most: the decimals were rounded"
        yield encoded("".join(f"{name:14}{fact}\n" for name, fact in facts.items()))


def main():
    summary, *_, ending = __doc__.split("\n\n")
    parser = argparse.ArgumentParser(description=summary, epilog=ending)
    parser.add_argument("file", metavar="FILE", help="the block")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", metavar="MINUTE", help="print the list of a minute, such as 2026-11-28T13:05Z")
    what.add_argument("--coin", metavar="KEY", type=int, help="print the history of a coin as CSV")
    what.add_argument("--rows", action="store_true", help="print the rows of all lists as one CSV")
    what.add_argument("--verify", action="store_true", help="compare all checksums, and name the parts that are damaged")
    parser.add_argument("--limit", metavar="N", type=int, help="only the first rows of the list")
    parser.add_argument("--columns", metavar="TITLES", help="only these columns, with commas between them")
    options = parser.parse_args()
    if options.limit is not None and options.list is None:
        parser.error("--limit goes with --list only")
    if options.columns is not None and options.coin is None and not options.rows:
        parser.error("--columns goes with --coin and --rows only")
    try:
        with open(options.file, "rb") as file:
            block = Block(file.read())
        found = block.damages() if options.verify else []
        if found:
            sys.exit("\n".join(f"{options.file}: {damage}" for damage in found))
        for piece in [b"ok: all checksums are right\n"] if options.verify else answer(block, options):
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has closed the pipe; the interpreter's final flush must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        sys.exit(f"{options.file}: {error.strerror}")
    except (TapeError, AskError) as error:
        sys.exit(f"{options.file}: {error}")


if __name__ == "__main__":
    main()
