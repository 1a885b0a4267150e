"""A limited part of ``make fuzz``: the same code on some hundreds of files."""

from __future__ import annotations

import pytest

from tests.sheets import fuzzing


@pytest.mark.parametrize("start", [0, 200, 400])
def test_damaged_files_are_read_or_refused_and_no_row_goes_missing(tmp_path, start):
    ends = fuzzing.run(start, 200, tmp_path)
    assert ends.pop(fuzzing.POSTED) > 100
    assert sum(ends.values()) == 200
    assert {f"{kind} read" for kind in fuzzing.KINDS} <= ends.keys()
    assert len(ends) > 8
