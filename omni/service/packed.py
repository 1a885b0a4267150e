"""Tables as the database keeps them: small, and written once."""

from __future__ import annotations

import pyarrow as pa


def pack(table: pa.Table) -> bytes:
    """A table as a compressed Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue().to_pybytes())


def unpack(part: bytes) -> pa.Table:
    """The table that ``pack`` packed."""
    return pa.ipc.open_stream(part).read_all()
