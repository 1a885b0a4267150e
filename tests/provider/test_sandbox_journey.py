"""Client and judge against the sandbox provider: every fault ends in its expected state."""

import json

import pytest

from omni.core.steps import MtStep
from omni.core.template import Template
from omni.provider.client import Client, Timeouts
from omni.provider.payload import request_body
from omni.provider.response import judge
from tests.sandbox.running import running
from tests.waiting import wait_until

TEMPLATE = Template("Aviso", (MtStep(destination_field="phone1", message_text="Olá"),))
COUNT = 5


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running(tmp_path_factory.mktemp("provider"), "--slow", "0.2") as one:
        yield one


def body_for(first):
    contacts = [{"phone1": f"55119{first + at:08d}"} for at in range(COUNT)]
    return request_body(TEMPLATE.steps, TEMPLATE, contacts)


def post(sandbox, body, fault=None):
    """Post as the product does, with the header that asks the sandbox for a fault."""
    timeout = Timeouts(read=0.6) if fault == "hang" else Timeouts()
    client = Client(sandbox.url, "ana", "token-of-nobody", timeout=timeout, practice=True)
    if fault:
        client._request.headers["X-Sandbox-Fault"] = fault
    try:
        return client.post(body)
    finally:
        client.close()


def test_the_ids_of_an_accepted_request_are_the_ones_the_sandbox_recorded(sandbox):
    body = body_for(1)
    outcome = judge(post(sandbox, body), [None] * COUNT)
    (entry,) = sandbox.recorded_of(body)
    assert (outcome.state, outcome.detail) == ("accepted", "accepted")
    recorded = json.dumps(entry)
    assert outcome.batch_id in recorded
    assert [receipt.position for receipt in outcome.receipts] == list(range(COUNT))
    assert all(receipt.message_id in recorded for receipt in outcome.receipts)


@pytest.mark.parametrize(
    ("fault", "state", "detail"),
    [
        ("refused", "refused", "refused_because"),
        ("unauthorized", "pending", "unauthorized"),
        ("forbidden", "pending", "unauthorized"),
        ("too_many", "pending", "rate_limited"),
        ("slow", "accepted", "accepted"),
        ("hang", "unknown", "timeout"),
        ("cut_before", "unknown", "cut"),
        ("cut_after", "unknown", "cut"),
        ("cut_middle", "unknown", "cut"),
        ("error_500", "unknown", "server_error"),
        ("error_503", "unknown", "server_error"),
        ("error_504", "unknown", "server_error"),
        ("malformed", "unknown", "unreadable"),
        ("html", "unknown", "unreadable"),
        ("fewer_ids", "unknown", "ids_count"),
        ("no_ids", "accepted", "accepted_batch"),
        ("empty", "accepted", "accepted_untracked"),
        ("redirect", "unknown", "redirected"),
        ("error_in_200", "refused", "refused_because"),
    ],
)
def test_a_fault_ends_in_the_state_it_must(sandbox, fault, state, detail):
    body = body_for(1000)
    before = len(sandbox.recorded_of(body))
    outcome = judge(post(sandbox, body, fault), [None] * COUNT)
    assert (outcome.state, outcome.detail) == (state, detail)
    wait_until(lambda: len(sandbox.recorded_of(body)) > before)  # the client may give up before the sandbox has read it
    assert len(sandbox.recorded_of(body)) == before + 1


def test_no_fault_of_the_sandbox_is_left_out(sandbox):
    from omni.sandbox.faults import FAULTS

    marks = test_a_fault_ends_in_the_state_it_must.pytestmark
    assert {row[0] for row in marks[0].args[1]} == set(FAULTS)


@pytest.mark.parametrize("shape", ["messages", "recipients", "destinations", "destination", "list"])
def test_every_shape_of_the_sandbox_is_read(tmp_path, shape):
    with running(tmp_path, "--shape", shape) as sandbox:
        outcome = judge(post(sandbox, body_for(1)), [None] * COUNT)
    assert (outcome.detail, len(outcome.receipts)) == ("accepted", COUNT)
    assert (outcome.batch_id is None) == (shape == "list")
