"""Overview page: an invitation to start while it is empty, the current state afterwards."""

from __future__ import annotations

from omni.core.steps import MtStep
from omni.core.template import Template
from omni.service.preparation import Preparation, Upload, to_json
from tests.pages.conftest import words

UPLOAD = Upload(name="november.xlsx", stored="upload-1.xlsx", size=10, sha256="0" * 64)
STEPS = Template(steps=(MtStep(destination_field="phone1", message_text="Hi"),))


def save_draft(console, name="November", preparation=None):
    return console.drafts.create(name, to_json(preparation or Preparation()))


def press(app, name):
    return app.button(key=f"overview.{name}").click().run()


def test_with_nothing_prepared_it_welcomes_and_explains_three_steps(open_page):
    app = open_page()

    assert app.title[0].value == "Welcome to Omni"
    assert [f"Step {n}" in words(app) for n in (1, 2, 3)] == [True] * 3
    assert [button.label for button in app.button] == ["New campaign"]


def test_a_new_campaign_begins_on_the_contacts_page_without_a_draft(open_page, console):
    app = press(open_page(), "new")

    assert app.title[0].value == "Contacts"
    assert len(app.file_uploader) == 1
    assert console.drafts.list() == ()


def test_open_drafts_are_listed_with_their_file_the_newest_first(open_page, console):
    save_draft(console, "Older")
    save_draft(console, "Newer *offer*", Preparation(upload=UPLOAD))

    said = words(open_page())

    assert said.index(r"**Newer \*offer\***") < said.index("**Older**")
    assert "november.xlsx · no steps yet" in said
    assert "no spreadsheet yet · no steps yet" in said


def test_a_draft_goes_on_where_something_is_missing(open_page, console):
    nothing = save_draft(console)
    contacts = save_draft(console, preparation=Preparation(upload=UPLOAD))
    app = open_page()

    assert press(app, f"continue.{nothing.id}").title[0].value == "Contacts"
    assert app.query_params["draft"] == nothing.id
    assert press(open_page(), f"continue.{contacts.id}").query_params["draft"] == contacts.id


def test_a_draft_is_deleted_with_its_spreadsheet_once_the_question_is_answered(open_page, console):
    draft, other = save_draft(console, "November"), save_draft(console, "December")
    folder = console.workspace(draft.id).folder
    folder.mkdir(parents=True)
    (folder / "upload-1.csv").write_text("phone\n5511900000001\n")

    app = press(open_page(), f"delete.{draft.id}")
    assert "**November** will be deleted, with its spreadsheet" in words(app)
    assert len(console.drafts.list()) == 2

    app = press(app, "delete_yes")
    assert [each.id for each in console.drafts.list()] == [other.id]
    assert not folder.exists()
    assert "November" not in words(app)


def test_a_draft_is_kept_when_the_question_is_answered_with_no(open_page, console):
    draft = save_draft(console)

    press(press(open_page(), f"delete.{draft.id}"), "keep")

    assert console.drafts.get(draft.id) is not None


def test_many_drafts_are_shown_only_when_asked_for(open_page, console):
    for at in range(9):
        save_draft(console, f"Campaign {at}")
    app = open_page()
    assert words(app).count("no spreadsheet yet") == 4

    app.toggle(key="overview.all").set_value(True).run()
    assert words(app).count("no spreadsheet yet") == 9
