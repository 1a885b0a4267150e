"""Texts of numbers in one section of a format code, as Excel shows them.

``number_text`` is the rule for a single number. ``number_texts`` is the same for a column: plain amounts and masks such
as ``000.000.000-00`` are made with whole columns, all others number by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from math import floor
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from omni.sheets.reading.format_code import Section, Token

Floats = npt.NDArray[np.float64]

_DIGITS: Final = 15
"""Significant digits that Excel keeps of a number."""
_EXACT: Final = 1e15
"""Whole numbers below this one are exact, also after half a unit is added."""
_NEAR_HALF: Final = 1e-6
_ALL_DIGITS: Final = Context(prec=1_000)
"""Precision for the digits of the largest numbers with as many decimals as a format may have."""
_LONGEST: Final = 11
"""Characters of a number in the format General, its sign not counted."""
_LITERALS: Final = frozenset({"literal", "number", "percent", "slash"})
_MOST_DENOMINATOR_DIGITS: Final = 7
_MOST_DECIMALS: Final = 127


@dataclass(frozen=True)
class NumberSection:
    """A section that shows numbers, prepared for many of them, with the signs of a language."""

    section: Section
    decimal: str
    group: str

    @cached_property
    def _exponent(self) -> int | None:
        return next((at for at, token in enumerate(self.section.tokens) if token.kind == "exponent"), None)

    @cached_property
    def _mantissa(self) -> tuple[Token, ...]:
        return self.section.tokens[: self._exponent]

    @cached_property
    def _point(self) -> int:
        """Place of the decimal point, or the end of the mantissa."""
        return next((at for at, token in enumerate(self._mantissa) if token.kind == "point"), len(self._mantissa))

    @cached_property
    def _whole(self) -> list[int]:
        """Places of the placeholders before the decimal point."""
        return [at for at, token in enumerate(self._mantissa[: self._point]) if token.kind == "digit"]

    @cached_property
    def _decimals(self) -> list[int]:
        """Places of the placeholders behind the decimal point."""
        return [at for at, token in enumerate(self._mantissa) if at > self._point and token.kind == "digit"]

    @cached_property
    def _is_grouped(self) -> bool:
        return any(
            token.kind == "comma" and self._whole and self._whole[0] < at < self._whole[-1]
            for at, token in enumerate(self._mantissa)
        )

    @cached_property
    def _scale(self) -> int:
        """Power of ten by which a number is multiplied: percent signs, and commas behind the last placeholder."""
        percent = sum(token.kind == "percent" for token in self.section.tokens)
        commas = 0
        for places in (self._whole, self._decimals):
            for token in self._mantissa[places[-1] + 1 :] if places else ():
                if token.kind != "comma":
                    break
                commas += 1
        return 2 * percent - 3 * commas

    @cached_property
    def _slash(self) -> int | None:
        """Place of a fraction's slash, which has placeholders before it and digits or placeholders behind it."""
        tokens = self.section.tokens
        for at, token in enumerate(tokens):
            if token.kind == "slash" and self._exponent is None and self._point == len(tokens):
                before = [token for token in tokens[:at] if token.text.strip()]
                after = [token for token in tokens[at + 1 :] if token.text.strip()]
                if before and after and before[-1].kind == "digit" and after[0].kind in ("digit", "number"):
                    return at
        return None

    def text(self, value: float) -> str:
        """Return the text of a number that is not negative."""
        number = Decimal(f"{value:.{_DIGITS}g}").scaleb(self._scale)
        if self._slash is not None:
            return self._fraction(number, self._slash)
        if self._exponent is not None:
            return self._scientific(number, self._exponent)
        return self._plain(number)

    def _plain(self, number: Decimal) -> str:
        places = min(len(self._decimals), _MOST_DECIMALS)
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _ALL_DIGITS)
        whole, _, decimals = format(rounded, "f").partition(".")
        pieces = self._literals(self._mantissa)
        self._fill_whole(pieces, whole.lstrip("0"))
        self._fill_decimals(pieces, decimals)
        return "".join(pieces)

    def _literals(self, tokens: Sequence[Token]) -> list[str]:
        """Return the text of each token, with nothing for placeholders and for signs that only scale or group.

        A cell's width is filled with blanks between a currency and a number; as a text this is one blank.
        """
        pieces: list[str] = []
        for at, token in enumerate(tokens):
            if token.kind == "comma":
                pieces.append("")
            elif token.kind == "fill":
                before = "".join(pieces)[-1:]
                pieces.append(" " if token.text == " " and before.strip(" -+(") else "")
            elif token.kind == "point":
                pieces.append(self.decimal if at == self._point else token.text)
            else:
                pieces.append(token.text if token.kind in _LITERALS else "")
        return pieces

    def _fill_whole(self, pieces: list[str], digits: str) -> None:
        """Distribute the digits over the placeholders from the right; the first one takes all that are left."""
        count = 0
        for at in reversed(self._whole):
            mark = self._mantissa[at].text
            rest = digits if at == self._whole[0] else digits[-1:]
            digits = digits[: len(digits) - len(rest)]
            rest = rest or {"0": "0", "?": " "}.get(mark, "")
            for char in reversed(rest):
                separator = self.group if self._is_grouped and count and count % 3 == 0 else ""
                pieces[at] = f"{char}{' ' if separator and char == ' ' else separator}{pieces[at]}"
                count += 1
        if digits and self._decimals:  # without a placeholder before the point
            pieces[self._point] = digits + pieces[self._point]

    def _fill_decimals(self, pieces: list[str], digits: str) -> None:
        significant = len(digits.rstrip("0"))
        required = max((n for n, at in enumerate(self._decimals, 1) if self._mantissa[at].text == "0"), default=0)
        for place, (at, digit) in enumerate(zip(self._decimals, digits, strict=False)):
            if place < max(significant, required):
                pieces[at] = digit
            else:
                pieces[at] = " " if self._mantissa[at].text == "?" else ""

    def _scientific(self, number: Decimal, at: int) -> str:
        step = max(1, len(self._whole))
        power = floor(number.adjusted() / step) * step if number else 0
        if not self._whole:
            power += 1 if number else 0
        quantum = Decimal(1).scaleb(-len(self._decimals))
        mantissa = number.scaleb(-power).quantize(quantum, ROUND_HALF_UP, _ALL_DIGITS)
        if mantissa >= Decimal(10) ** len(self._whole) and number:
            power += step
            mantissa = number.scaleb(-power).quantize(quantum, ROUND_HALF_UP, _ALL_DIGITS)
        tail = self.section.tokens[at + 1 :]
        width = sum(token.kind == "digit" for token in tail)
        sign = "-" if power < 0 else self.section.tokens[at].text.replace("-", "")
        digits = f"{abs(power):0{max(1, width)}d}"
        after = "".join(token.text for token in tail if token.kind in _LITERALS)
        return f"{self._plain(mantissa)}E{sign}{digits}{after}"

    def _fraction(self, number: Decimal, slash: int) -> str:
        tokens = self.section.tokens
        upper, lower = _run_before(tokens, slash), _run_after(tokens, slash)
        wholes = [at for at in self._whole if at < upper[0]]
        fixed = tokens[lower[0]].kind == "number"
        exact = Fraction(number)
        whole = exact.numerator // exact.denominator if wholes else 0
        if fixed:
            denominator = int("".join(tokens[at].text for at in lower))
            numerator = floor((exact - whole) * denominator + Fraction(1, 2))
        else:
            most = 10 ** min(len(lower), _MOST_DENOMINATOR_DIGITS) - 1
            part = (exact - whole).limit_denominator(most)
            numerator, denominator = part.numerator, part.denominator
        if wholes and numerator == denominator:
            whole, numerator = whole + 1, 0
        pieces = [token.text if token.kind in _LITERALS else "" for token in tokens]
        pieces[slash] = "/"
        if wholes and not numerator:
            for at in range(upper[0], lower[-1] + 1):
                pieces[at] = " "
        else:
            _fill(pieces, tokens, upper, str(numerator))
            zeros = sum(tokens[at].text == "0" for at in lower)
            pieces[lower[0]] = str(denominator).rjust(zeros, "0")
            for at in lower[1:]:
                pieces[at] = ""
        if wholes:
            shown = str(whole) if whole or not numerator else ""
            _fill(pieces, tokens, wholes, shown)
        return "".join(pieces)

    def texts(self, values: Floats) -> pa.StringArray:
        """Return the texts of numbers that are not negative."""
        if self._slash is None and self._exponent is None and values.size:
            shape = self._shape
            if shape is not None:
                return self._texts_by_column(values, shape)
        return pa.array([self.text(value) for value in values.tolist()], pa.string())

    @cached_property
    def _shape(self) -> _Shape | None:
        """The section as literals around digits; None when it has other placeholders, or signs in unusual places."""
        places = [*self._whole, *self._decimals]
        if not self._whole or len(self._decimals) > 9:
            return None
        marks = "".join(self._mantissa[at].text for at in self._whole)
        if "?" in marks or marks.lstrip("#").strip("0") or any(self._mantissa[at].text != "0" for at in self._decimals):
            return None
        between = self._mantissa[places[0] : places[-1] + 1]
        inner = [token for token in between if token.kind in _LITERALS]
        if inner and (self._is_grouped or self._decimals or "#" in marks or self._point < len(self._mantissa)):
            return None
        literals = self._literals(self._mantissa)
        return _Shape(
            before="".join(literals[: places[0]]),
            after="".join(literals[places[-1] + 1 :]),
            zeros=marks.count("0"),
            decimals=len(self._decimals),
            point=self.decimal if self._point < len(self._mantissa) and self._decimals else "",
            mask=[(kind == "digit", [token.text for token in run]) for kind, run in groupby(between, _kind_in_mask)]
            if inner
            else [],
        )

    def _texts_by_column(self, values: Floats, shape: _Shape) -> pa.StringArray:
        with np.errstate(all="ignore"):  # of the largest numbers, which are decided one by one
            scaled = np.abs(values) * 10.0 ** (self._scale + shape.decimals)
            rounded = np.floor(scaled + 0.5)
            offset = np.abs(scaled - np.floor(scaled) - 0.5)
        # Numbers that are nearly halfway between two texts are decided by their decimal digits, one by one.
        near = (offset < _NEAR_HALF + scaled * 10.0 ** (1 - _DIGITS)) | (scaled >= _EXACT)
        units = pa.array(np.where(near, 0, rounded).astype(np.int64))
        if shape.mask:
            body = _masked(units.cast(pa.string()), shape)
        else:
            body = self._amounts(units, shape)
        texts = pc.binary_join_element_wise(shape.before, body, shape.after, "")
        if not near.any():
            return texts
        return pc.replace_with_mask(
            texts, pa.array(near), pa.array([self.text(value) for value in values[near].tolist()], pa.string())
        )

    def _amounts(self, units: pa.Int64Array, shape: _Shape) -> pa.StringArray:
        power = 10**shape.decimals
        whole = pc.divide(units, power)
        digits = whole.cast(pa.string())
        if shape.zeros == 0:
            digits = pc.if_else(pc.equal(whole, 0), "", digits)
        elif shape.zeros > 1:
            digits = pc.utf8_lpad(digits, shape.zeros, "0")
        if self._is_grouped:
            digits = _grouped(digits, self.group)
        if not shape.decimals:
            return digits
        rest = pc.subtract(units, pc.multiply(whole, power)).cast(pa.string())
        return pc.binary_join_element_wise(digits, pc.utf8_lpad(rest, shape.decimals, "0"), shape.point)


@dataclass(frozen=True, slots=True)
class _Shape:
    """A section as digits between two texts.

    ``zeros`` is the least number of digits before the point. ``mask`` are runs of placeholders, and of the literals
    between them.
    """

    before: str
    after: str
    zeros: int
    decimals: int
    point: str
    mask: list[tuple[bool, list[str]]]


def _kind_in_mask(token: Token) -> str:
    return "digit" if token.kind == "digit" else "literal"


def _grouped(digits: pa.StringArray, sign: str) -> pa.StringArray:
    """Put a sign between groups of three digits."""
    longest = pc.max(pc.utf8_length(digits)).as_py() or 0
    groups: list[pa.Array] = []
    for end in range(0, max(longest, 1), 3):
        part = pc.utf8_slice_codeunits(digits, -end - 3, -end or None) if end else pc.utf8_slice_codeunits(digits, -3)
        groups.insert(0, part if not end else pc.if_else(pc.equal(part, ""), None, part))
    return pc.binary_join_element_wise(*groups, sign, null_handling="skip") if len(groups) > 1 else digits


def _masked(digits: pa.StringArray, shape: _Shape) -> pa.StringArray:
    """Put literals between the digits; those beyond the number of placeholders come before the first literal."""
    padded = pc.utf8_lpad(digits, shape.zeros, "0")
    pieces: list[pa.Array | str] = []
    behind = 0
    for is_digits, run in reversed(shape.mask):
        if not is_digits:
            pieces.insert(0, "".join(run))
            continue
        behind += len(run)
        start = 0 if behind == shape.zeros else -behind
        end = len(run) - behind
        pieces.insert(0, pc.utf8_slice_codeunits(padded, start, end or None))
    return pc.binary_join_element_wise(*pieces, "")


def _run_before(tokens: Sequence[Token], at: int) -> list[int]:
    """Return the places of the placeholders directly before a place, blanks between them aside."""
    end = at - 1
    while tokens[end].kind != "digit":
        end -= 1
    start = end
    while start > 0 and tokens[start - 1].kind == "digit":
        start -= 1
    return list(range(start, end + 1))


def _run_after(tokens: Sequence[Token], at: int) -> list[int]:
    start = at + 1
    while tokens[start].kind not in ("digit", "number"):
        start += 1
    end = start
    while end + 1 < len(tokens) and tokens[end + 1].kind in ("digit", "number"):
        end += 1
    return list(range(start, end + 1))


def _fill(pieces: list[str], tokens: Sequence[Token], places: Sequence[int], digits: str) -> None:
    """Distribute digits over placeholders from the right; the first one takes all that are left."""
    for at in reversed(places):
        rest = digits if at == places[0] else digits[-1:]
        digits = digits[: len(digits) - len(rest)]
        pieces[at] = rest or {"0": "0", "?": " "}.get(tokens[at].text, "")


def general_text(value: float, decimal: str) -> str:
    """Return a number in the format General, as in a column wide enough for it.

    Whole numbers keep all of their digits: Excel shows the exponent of those with more than 11, but they are phones and
    other codes, and a text with an exponent helps no contact.
    """
    if value == floor(value) and abs(value) < _EXACT:
        return f"{value:.0f}" if value else "0"
    sign = "-" if value < 0 else ""
    number = Decimal(f"{abs(value):.{_DIGITS}g}")
    plain = _without_zeros(format(number, "f"))
    if len(plain) > _LONGEST:
        power = number.adjusted()
        digits = 10 + power if -4 <= power < 0 else 10
        if power < -4 or power >= _DIGITS:
            mantissa, _, exponent = f"{number:.5E}".partition("E")
            plain = f"{_without_zeros(mantissa)}E{exponent[0]}{exponent[1:]:0>2}"
        elif power < 10:
            plain = _without_zeros(format(number.quantize(Decimal(1).scaleb(power + 1 - digits), ROUND_HALF_UP), "f"))
    return sign + plain.replace(".", decimal)


def general_texts(values: Floats, decimal: str) -> pa.StringArray:
    """Return ``general_text`` of each number; those with few digits are made with whole columns."""
    numbers = pa.array(values)
    plain = numbers.cast(pa.string())
    simple = pc.match_substring_regex(plain, r"^-?(?:\d{1,9}\.\d|\d{1,8}\.\d\d|\d{1,7}\.\d{3}|\d{1,6}\.\d{4})$")
    texts = pc.replace_substring(pc.replace_substring_regex(plain, r"\.0$", ""), ".", decimal)
    others = np.asarray(pc.invert(simple))
    if not others.any():
        return texts
    return pc.replace_with_mask(
        texts, pa.array(others), pa.array([general_text(value, decimal) for value in values[others].tolist()])
    )


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
