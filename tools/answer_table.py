"""Print a table of the shapes of answers, each with an example and the ids that are read from it.

``python -m tools.answer_table`` makes an answer of each shape to two contacts with two steps, reads it, and compares
ids with the truth. Ends with 1 if any id lies elsewhere than it belongs.
"""

from __future__ import annotations

import json
import random
import sys

from omni.ports import Answer
from omni.provider.response import judge
from omni.provider.sent_request import SentRequest
from tests.provider.answer_shapes import SHAPES, Case, answer, truth

_WIDEST = 110


def main() -> int:
    """Print a line for each shape; return 1 if one is read wrongly."""
    wrong = 0
    print("| shape | answer | ids by contact | apart | |")
    print("| --- | --- | --- | ---: | --- |")
    for name in SHAPES:
        case = Case(2, 2, random.Random(name))
        value = answer(name, case)
        names = {case.batch: "B"} | {
            text: f"{'AB'[at]}{step}".lower() for at, ids in enumerate(case.ids) for step, text in enumerate(ids, 1)
        }
        raw = json.dumps(value)
        outcome = judge(Answer(200, raw.encode(), None, None, 0.0), SentRequest(2, case.body))
        of = {receipt.position: receipt.all_ids for receipt in outcome.receipts}
        ours = {text for ids in case.ids for text in ids}
        is_right = [set(of.get(at, ())) & ours for at in range(2)] == [set(ids) for ids in truth(name, case)]
        wrong += not (is_right and outcome.detail == "accepted")
        read = "; ".join(", ".join(names.get(text, text) for text in of.get(at, ())) for at in range(2))
        for text, short in names.items():
            raw = raw.replace(text, short)
        shown = raw if len(raw) <= _WIDEST else raw[: _WIDEST - 1] + "…"
        print(f"| {name} | `{shown}` | {read} | {len(outcome.unpaired)} | {'right' if is_right else 'WRONG'} |")
    print(f"\n{len(SHAPES)} shapes, {wrong} read wrongly", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
