"""Reads data frames from R's .rda files without R.

An .rda file is a compressed stream in R's XDR serialisation (R Internals, section 1.8, "Serialization Formats"): here
only the kinds of object that data frames of numbers and factors consist of.
"""

import lzma
import struct

SYMBOL, PAIRLIST, STRING, LOGICAL, INTEGER, REAL, STRINGS, LIST = 1, 2, 9, 10, 13, 14, 16, 19
NULL_VALUE, REFERENCE = 254, 255


class _Stream:
    def __init__(self, content):
        self.content, self.position, self.symbols = content, 0, []

    def take(self, count):
        self.position += count
        return self.content[self.position - count:self.position]

    def integer(self):
        return struct.unpack(">i", self.take(4))[0]

    def item(self):
        """The next object, as (value, attributes)."""
        flags = self.integer()
        kind, has_attributes, has_tag = flags & 0xFF, flags & 0x200, flags & 0x400
        if kind == NULL_VALUE:
            return None, {}
        if kind == REFERENCE:
            return self.symbols[(flags >> 8) - 1], {}
        if kind == SYMBOL:
            name = self.item()[0]
            self.symbols.append(name)
            return name, {}
        if kind == PAIRLIST:
            return self.pairlist(has_attributes, has_tag)
        count = self.integer()
        if kind == STRING:
            return (None if count < 0 else self.take(count).decode("latin-1")), {}
        if kind in (LOGICAL, INTEGER):
            value = list(struct.unpack(f">{count}i", self.take(4 * count)))
        elif kind == REAL:
            value = list(struct.unpack(f">{count}d", self.take(8 * count)))
        elif kind == STRINGS:
            value = [self.item()[0] for _ in range(count)]
        elif kind == LIST:
            value = [self.item() for _ in range(count)]
        else:
            raise ValueError(f"R object of kind {kind} at byte {self.position}: not part of a plain data frame")
        return value, self.item()[0] if has_attributes else {}

    def pairlist(self, has_attributes, has_tag):
        """A linked list of tagged values, as a dictionary of them."""
        entries = {}
        while True:
            if has_attributes:
                self.item()
            tag = self.item()[0] if has_tag else None
            entries[tag] = self.item()[0]
            flags = self.integer()
            if flags & 0xFF == NULL_VALUE:
                return entries, {}
            has_attributes, has_tag = flags & 0x200, flags & 0x400


def read_data_frame(path, name):
    """The data frame `name` of the file: {column: values}; a factor's values are its levels, as text."""
    with open(path, "rb") as file:
        content = lzma.decompress(file.read())
    if content[:7] not in (b"RDX2\nX\n", b"RDX3\nX\n"):
        raise ValueError(f"{path}: no R data file in XDR format")
    stream = _Stream(content[7:])
    version = stream.integer()
    stream.take(8)
    if version == 3:
        stream.take(stream.integer())  # the native encoding
    # The file is a pairlist of the saved objects.
    flags = stream.integer()
    while flags & 0xFF == PAIRLIST:
        tag = stream.item()[0]
        columns, attributes = stream.item()
        if tag == name:
            return {column: _values(value, attrs) for column, (value, attrs) in zip(attributes["names"], columns)}
        flags = stream.integer()
    raise ValueError(f"{path}: holds no {name}")


def _values(value, attributes):
    levels = attributes.get("levels")
    return [levels[i - 1] for i in value] if levels else value
