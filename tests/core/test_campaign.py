"""States and outcomes of a campaign."""

from omni.core.campaign import CONTACT_STATES, Outcome


def test_the_states_of_a_contact_are_the_six_we_promise():
    assert CONTACT_STATES == ("pending", "sending", "accepted", "refused", "unknown", "cancelled")


def test_an_outcome_promises_nothing_it_was_not_given():
    outcome = Outcome("unknown", "timeout")
    assert (outcome.batch_id, outcome.receipts, outcome.unpaired, outcome.pauses) == (None, (), (), False)
    assert dict(outcome.params) == {}
