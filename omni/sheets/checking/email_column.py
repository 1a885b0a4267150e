"""Screening of a column of e-mail addresses: simple ones by one pattern, the rest one by one."""

from __future__ import annotations

from functools import partial
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from omni.core.destination import normalise_email
from omni.core.email_address import NOT_FOR_MAIL
from omni.core.email_typos import likely_domain
from omni.sheets.checking.screened_column import ScreenedColumn, by_pattern, by_value, fill_gaps

_ATOM = r"[A-Za-z0-9_][A-Za-z0-9_+-]*"
_PLAIN: Final = rf"^{_ATOM}(?:\.{_ATOM})*@(?:[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*\.)+[A-Za-z]{{2,}}$"
_SURELY_SHORT: Final = 64
"""An address of at most this length is within every limit: of the local part, of a label and of the whole."""


def screen_emails(cells: pa.StringArray, *, correct_typos: bool = False) -> ScreenedColumn:
    """Apply ``normalise_email`` to every cell."""
    trimmed = pc.ascii_trim(cells, " ")
    plain = pc.and_(pc.match_substring_regex(trimmed, _PLAIN), pc.less_equal(pc.binary_length(trimmed), _SURELY_SHORT))
    addresses = pc.if_else(plain, trimmed, None)
    capitals = pc.fill_null(pc.not_equal(addresses, pc.ascii_lower(addresses)), False)
    if pc.any(capitals).as_py():
        lowered = [_lowered(address) for address in addresses.filter(capitals).to_pylist()]
        addresses = pc.replace_with_mask(addresses, capitals, pa.array(lowered, pa.string()))
    rule = partial(normalise_email, correct_typos=correct_typos)
    return fill_gaps(by_pattern(cells, _unsuspicious(addresses)), cells, partial(by_value, normalise=rule))


def _unsuspicious(addresses: pa.StringArray) -> pa.StringArray:
    """Replace by null the addresses whose domain may be mistyped, or is not for mail; each domain is checked once."""
    domains = pc.list_element(pc.split_pattern(addresses, "@"), 1).dictionary_encode()
    known = domains.dictionary.to_pylist()
    slips = [domain for domain in known if domain in NOT_FOR_MAIL or likely_domain(domain)]
    if not slips:
        return addresses
    suspicious = pc.is_in(domains.dictionary, pa.array(slips)).take(domains.indices)
    return pc.if_else(pc.fill_null(suspicious, True), None, addresses)


def _lowered(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"
