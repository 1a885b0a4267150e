"""Correlation ids that contacts were sent with."""

from omni.core.template import Template
from omni.provider.payload import request_body
from omni.provider.request_body import correlation_ids


def test_the_correlation_ids_of_a_body_are_in_the_order_of_its_contacts():
    contacts = [{"phone1": "0", "correlationId": "x"}, {"phone1": "0"}, {"correlationId": "z"}]
    assert correlation_ids(request_body((), Template(), contacts)) == ["x", None, "z"]
