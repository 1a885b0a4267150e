"""Drafts: saved at each change, and never over another tab's save."""

from __future__ import annotations

import pytest

from omni.errors import CampaignError
from omni.store.campaigns.campaigns import Campaigns
from omni.store.database import Database
from omni.store.people.drafts import Drafts
from tests.store.building import new_campaign, prepared


@pytest.fixture
def drafts(database: Database) -> Drafts:
    return Drafts(database)


def test_a_draft_comes_back_as_it_was_saved(drafts: Drafts):
    made = drafts.create("Novembro", {"mapping": {"phone1": "Celular"}, "steps": [1, 2], "nothing": None})
    assert drafts.get(made.id) == made
    assert (made.state, made.revision, made.campaign_id) == ("open", 1, None)


def test_a_save_replaces_body_and_name_and_counts_up(drafts: Drafts):
    made = drafts.create("Novembro", {"a": 1})
    saved = drafts.save(made.id, {"b": 2}, "Dezembro", expected_revision=1)
    assert (saved.name, saved.body, saved.revision) == ("Dezembro", {"b": 2}, 2)
    assert drafts.get(made.id) == saved
    assert saved.updated_at >= made.updated_at


def test_a_save_over_a_newer_one_is_refused_and_changes_nothing(drafts: Drafts):
    made = drafts.create("Novembro", {"a": 1})
    newer = drafts.save(made.id, {"a": 2}, "Novembro", expected_revision=1)
    with pytest.raises(CampaignError) as caught:
        drafts.save(made.id, {"a": 3}, "Novembro", expected_revision=1)
    assert caught.value.code == "draft.changed"
    assert drafts.get(made.id) == newer


def test_a_draft_that_became_a_campaign_is_not_saved_any_more(drafts: Drafts, campaigns: Campaigns):
    made = drafts.create("Novembro", {})
    created = campaigns.create(new_campaign(draft_id=made.id), prepared(1), [])
    sent = drafts.get(made.id)
    assert sent is not None
    assert (sent.state, sent.campaign_id) == ("sent", created.id)
    with pytest.raises(CampaignError) as caught:
        drafts.save(made.id, {}, "Novembro", expected_revision=1)
    assert caught.value.code == "draft.sent"


def test_what_is_not_there_is_none_or_refused(drafts: Drafts):
    assert drafts.get("nowhere") is None
    drafts.delete("nowhere")
    with pytest.raises(CampaignError) as caught:
        drafts.save("nowhere", {}, "", expected_revision=1)
    assert caught.value.code == "draft.not_found"


def test_the_list_begins_with_the_draft_saved_last(drafts: Drafts):
    first, second, third = (drafts.create(name, {}) for name in ("a", "b", "c"))
    drafts.save(first.id, {}, "a", expected_revision=1)
    drafts.delete(second.id)
    assert [draft.id for draft in drafts.list()] == [first.id, third.id]
