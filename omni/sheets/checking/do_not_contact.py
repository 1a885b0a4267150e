"""Comparison of whole columns of destinations with the do-not-contact list."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from omni.core.match_key import SAME_LINE
from omni.sheets.string_columns import Mask, on_threads


def on_the_list(destinations: pa.ChunkedArray, keys: pa.StringArray | None) -> Mask | None:
    """Mark the rows whose destination has one of the match ``keys``; None when no row has."""
    if keys is None or not len(keys) or not len(destinations):
        return None
    found = on_threads(lambda chunk: np.asarray(pc.is_in(match_keys(chunk), keys)), destinations.chunks)
    mask: Mask = np.concatenate(found)
    return mask if mask.any() else None


def match_keys(destinations: pa.StringArray) -> pa.StringArray:
    """Apply ``omni.core.match_key.match_key`` to every normalised destination."""
    keys = destinations
    for start, pattern, kept in SAME_LINE:
        # Looking for the start of the numbers costs a fraction of applying the pattern to every number.
        if pc.any(pc.starts_with(destinations, start)).as_py():
            keys = pc.replace_substring_regex(keys, pattern, kept)
    return pc.utf8_lower(keys) if pc.any(pc.match_substring(keys, "@")).as_py() else keys
