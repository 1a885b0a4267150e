"""Amounts that a comma within them cut in two, in a file whose columns are separated by commas: ``…,1.234,50``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from omni.sheets.reading.header import words_of

_SIGN = r"(?:R\$|US\$|S/\.?|B/\.|Bs\.?|C\$|RD\$|\$|€|₲|BRL|USD|EUR|MXN|ARS|CLP|COP|PEN|UYU)"
_AMOUNT: Final = re.compile(
    rf"\s*(?P<sign>[-+]?\s?{_SIGN}\s*[-+]?|[-+]?)"
    r"(?:(?P<grouped>[1-9]\d{0,2}(?:\.\d{3})+,\d\d|[1-9]\d{0,2}(?:,\d{3})+\.\d\d)|\d{1,6},\d\d|[1-9]\d{0,2}(?:,\d{3})+)"
    r"\s*(?:reais|pesos|euros|soles|[€$])?\s*"
)
"""``1.234,50``, ``99,90``, ``1,234.50`` or ``1,234``, with or without a currency."""
_BEHIND_COMMA: Final = re.compile(r"\d{2,3}(?!\d)")
_MONEY: Final = frozenset(
    re.findall(
        r"\w+",
        "valor valores preco precos precio precios price total subtotal saldo saldos amount monto montos "
        "importe importes montante deuda divida debito debitos credito creditos desconto descuento "
        "mensalidade mensualidad juros multa taxa tarifa frete custo costo cost balance limite fatura factura "
        "pagamento pago payment compra compras gasto gastos spent revenue receita cashback",
    )
)
_LONGEST: Final = 40
"""Characters of a cell that may be part of an amount."""
_MOST_PARTS: Final = 4
_MOST: Final = 12
"""Possible amounts in a row up to which the right ones are searched for."""


def has_money(titles: Sequence[str]) -> list[bool]:
    """Tell of each column whether its title says that it holds amounts."""
    return [not _MONEY.isdisjoint(words_of(title)) for title in titles]


def with_whole_amounts(record: Sequence[str], is_money: Sequence[bool]) -> list[str] | None:
    """Return a record that is too long with its cut amounts joined, or None when it is not certain what was meant.

    It is certain when exactly one way to join leaves a cell for each column, and each amount has a currency or is in a
    column that ``is_money``. Blank cells at the end may be surplus, unless an amount could not be anything else.
    """
    width, filled = len(is_money), len(record)
    while filled and not record[filled - 1].strip():
        filled -= 1
    for end in sorted({len(record), filled}, reverse=True):
        if end > width:
            ways = list(islice(_ways(record[:end], is_money, is_sure=filled > width), 2))
            if len(ways) == 1:
                return ways[0]
    return None


def _ways(record: Sequence[str], is_money: Sequence[bool], *, is_sure: bool) -> Iterator[list[str]]:
    """Yield the ways to join amounts in the record; unless ``is_sure`` that one is cut, only amounts with groups."""
    surplus = len(record) - len(is_money)
    runs = list(islice(_runs(record, surplus), _MOST + 1))
    if not runs or len(runs) > _MOST:
        return

    def chosen(first: int, begin: int, left: int) -> Iterator[list[tuple[int, int]]]:
        if not left:
            yield []
            return
        for at in range(first, len(runs)):
            start, parts, has_sign, is_grouped = runs[at]
            column = start - (surplus - left)
            if start < begin or parts - 1 > left:
                continue
            if column < len(is_money) and (has_sign or (is_money[column] and (is_sure or is_grouped))):
                for rest in chosen(at + 1, start + parts, left - parts + 1):
                    yield [(start, parts), *rest]

    for way in chosen(0, 0, surplus):
        cells, done = [], 0
        for start, parts in way:
            cells += [*record[done:start], ",".join(record[start : start + parts])]
            done = start + parts
        yield [*cells, *record[done:]]


def _runs(record: Sequence[str], surplus: int) -> Iterator[tuple[int, int, bool, bool]]:
    """Yield the runs of cells that make an amount: first cell, number of cells, has a currency, has groups."""
    for start, cell in enumerate(record):
        if len(cell) > _LONGEST or not cell[-1:].isdigit():
            continue
        for parts in range(2, min(surplus + 1, _MOST_PARTS) + 1):
            run = record[start : start + parts]
            if len(run) < parts or len(run[-1]) > _LONGEST or not _BEHIND_COMMA.match(run[-1]):
                break
            if found := _AMOUNT.fullmatch(",".join(run)):
                yield start, parts, len(found["sign"]) > 1, found["grouped"] is not None
