"""XML that ends as it began: what is broken off or garbled is found before a reader in native code meets it."""

from __future__ import annotations

from collections.abc import Iterable
from xml.parsers import expat

from omni.errors import SheetError


def check_well_formed(chunks: Iterable[bytes], name: str) -> None:
    """Read the XML to its end without keeping any of it.

    calamine 0.3x reads a cell of an ods until its closing tag; in a garbled one it looks for that tag for ever.
    Entities are never defined here: a document type is refused elsewhere, and expat bounds what they may unfold to.
    Raises ``SheetError("file.unreadable")``.
    """
    parser = expat.ParserCreate()
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as err:
        raise SheetError("file.unreadable", detail=f"{name}: {expat.ErrorString(err.code)}") from err
