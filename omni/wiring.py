"""The console's parts, put together from the settings: the only place where collaborators are chosen."""

from __future__ import annotations

import getpass
import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Final

from omni import settings as settings_module
from omni.core.campaign import Campaign, CampaignSummary, Progress
from omni.errors import CampaignError, OmniError, folder_error
from omni.locale import Text
from omni.settings import Settings
from omni.store.campaigns.campaigns import Campaigns
from omni.store.ledger.workers import Worker, read_processes
from omni.store.opening import open_database

if TYPE_CHECKING:
    from omni.bootstrap.lists import Lists
    from omni.bootstrap.recent_sends import RecentlyContacted
    from omni.bootstrap.worker import Sender
    from omni.service.checked_contacts import CheckedContacts
    from omni.service.launching import Launch, SendReview
    from omni.service.planning import Plan
    from omni.service.preparation import Preparation, Whom
    from omni.service.raw_answers import RawAnswer
    from omni.service.rereading import OnProgress, Reread
    from omni.service.workspace import Workspace
    from omni.store.campaigns.creation import Created
    from omni.store.ledger.unknown_requests import Unknowns
    from omni.store.people.drafts import Drafts
    from omni.store.people.saved import Templates
    from omni.store.people.taught_answers import TaughtAnswers

SETTINGS: Final = settings_module.SETTINGS
"""The table of settings, for the settings page: pages read settings only through the wiring."""
PRACTICE_ACCOUNT: Final = "practice"
PRACTICE_ENDPOINT: Final = "practice"


class Console:
    """Use cases that pages and commands call, on one set of settings."""

    def __init__(self, settings: Settings) -> None:
        """Open the data folder and the database. Raises ``SettingsError`` and ``StoreError``."""
        self.settings = settings
        try:
            settings.data.mkdir(parents=True, exist_ok=True)
        except OSError as err:
            raise folder_error(err) from err
        self._database = database = open_database(settings.database_url, settings.sending)
        if database.is_postgresql:
            from omni.bootstrap.waking import campaigns_of

            self.campaigns = campaigns_of(database)
        else:
            self.campaigns = Campaigns(database)
        if settings.answer:
            self.taught_answers.adopt(settings.answer, "OMNI_ANSWER")
        if settings.practice_faults or settings.practice_shape != settings_module.DEFAULT_SHAPE:
            from omni.bootstrap.processes import check_faults

            check_faults(settings)

    # The parts below are imported and created when they are first used: `status` needs none of them, and pandas,
    # PyArrow and requests, which they import, take longer to load than all that it needs.

    @cached_property
    def drafts(self) -> Drafts:
        """Campaigns that are being prepared."""
        from omni.store.people.drafts import Drafts

        return Drafts(self._database)

    @cached_property
    def templates(self) -> Templates:
        """The saved templates."""
        from omni.store.people.saved import Templates

        return Templates(self._database)

    @cached_property
    def unknown(self) -> Unknowns:
        """Requests with an unknown outcome, and the decisions about them."""
        from omni.bootstrap.waking import unknowns_of

        return unknowns_of(self._database)

    @cached_property
    def lists(self) -> Lists:
        """The do-not-contact list and the kept spreadsheets."""
        from omni.bootstrap.lists import Lists

        return Lists(self.settings, self._database)

    @cached_property
    def recent_sends(self) -> RecentlyContacted:
        """Contacts that were written to in the last N days."""
        from omni.bootstrap.recent_sends import RecentlyContacted

        return RecentlyContacted(self.settings, self._database)

    @cached_property
    def _sender(self) -> Sender:
        from omni.bootstrap.worker import Sender

        return Sender(self.settings, self._database)

    def workers(self) -> list[Worker]:
        """Return the workers on the database, one for each process, the one with the latest heartbeat first."""
        return read_processes(self._database)

    def workspace(self, draft_id: str) -> Workspace:
        """Return the folder of a draft."""
        from omni.bootstrap.lists import sheet_limits
        from omni.service.workspace import Workspace

        return Workspace(self.settings.drafts / draft_id, sheet_limits(self.settings))

    def check(self, draft_id: str, preparation: Preparation) -> CheckedContacts:
        """Check the draft's contacts, without those that the operator decided to leave out. Raises ``SheetError``."""
        from omni.service.checking import check_contacts

        checked = check_contacts(self.workspace(draft_id), preparation, self.lists.listed())
        return self.recent_sends.applied(checked, preparation)

    def plan(self, draft_id: str, preparation: Preparation, checked: CheckedContacts) -> Plan:
        """Plan the draft's requests, byte for byte."""
        from omni.service.planning import make_plan

        workspace = self.workspace(draft_id)
        return make_plan(workspace, checked, preparation.template, self.settings.batch, preparation.canary)

    def review_send(
        self,
        workspace: Workspace,
        draft_id: str | None,
        preparation: Preparation,
        checked: CheckedContacts,
        whom: Whom | None = None,
    ) -> SendReview:
        """Plan the requests, and find what the operator has to decide before they may be sent."""
        from omni.service import launching
        from omni.service.planning import make_plan

        def plan(chosen: CheckedContacts) -> Plan:
            return make_plan(workspace, chosen, preparation.template, self.settings.batch, preparation.canary)

        return launching.review_send(self.recent_sends, plan, checked, preparation, draft_id, whom)

    def launch(self, order: Launch, preparation: Preparation, checked: CheckedContacts, plan: Plan) -> Created:
        """Freeze the plan into a running campaign; the same key returns the campaign it created before.

        Raises ``CampaignError`` without credentials for a live campaign, without contacts, and as ``launching.launch``
        does.
        """
        from omni.service import launching

        if not order.practice and not self.settings.can_send_live:
            raise CampaignError("settings.credentials_missing")
        if not plan.contacts:
            raise CampaignError("campaign.no_contacts")
        account = PRACTICE_ACCOUNT if order.practice else str(self.settings.username)
        endpoint = PRACTICE_ENDPOINT if order.practice else self.settings.endpoint
        return launching.launch(
            self.campaigns,
            order,
            account,
            endpoint,
            preparation,
            checked,
            plan,
            self.lists.listed(),
            self.recent_sends.guard,
        )

    def campaign(self, campaign_id: int) -> Campaign:
        """Return a campaign as it was frozen. Raises ``CampaignError``."""
        return self.campaigns.get(campaign_id)

    def details(self, campaign: Campaign) -> dict[str, Any]:
        """Return the details noted when the campaign was frozen, such as file, mapping and row counts."""
        details: dict[str, Any] = json.loads(campaign.details)
        return details

    def progress(self, campaign_id: int) -> Progress:
        """Return the progress of a campaign."""
        return self.campaigns.progress(campaign_id)

    def overview(self) -> list[CampaignSummary]:
        """Return all campaigns, newest first."""
        return list(self.campaigns.list())

    def overview_of(self, campaign_id: int) -> CampaignSummary:
        """Return one line of the overview. Raises ``CampaignError``."""
        found = next((each for each in self.campaigns.list() if each.id == campaign_id), None)
        if found is None:
            raise CampaignError("campaign.not_found", id=str(campaign_id))
        return found

    def pause_sentence(self, progress: Progress, text: Text) -> str | None:
        """Return the reason why a campaign is not sending, as a sentence; None if nothing holds it back."""
        from omni.service.pause_sentence import pause_sentence

        settings = self.settings
        return pause_sentence(progress, text, settings.hours, settings.timezone, time.time(), settings.data)

    def reschedule(self, campaign_id: int, start_at: float | None, zone: str | None) -> None:
        """Schedule a paused campaign to start at ``start_at``; with None it waits until an operator resumes it."""
        self.campaigns.reschedule(campaign_id, start_at, zone)

    def pause(self, campaign_id: int) -> None:
        """Pause the campaign: no further request of it is started."""
        self.campaigns.pause(campaign_id)

    def resume(self, campaign_id: int) -> None:
        """Resume a paused campaign."""
        self.campaigns.resume(campaign_id)

    def cancel(self, campaign_id: int) -> int:
        """Cancel what is pending, which is then never sent; return the number of contacts concerned."""
        return self.campaigns.cancel(campaign_id)

    def raw_answers(self, campaign_id: int, number: int) -> tuple[RawAnswer, ...]:
        """Return the answers to each attempt at a request, the last first, with the token masked."""
        from omni.service.raw_answers import raw_answers

        return raw_answers(self.campaigns, campaign_id, number, self.settings.token)

    @cached_property
    def taught_answers(self) -> TaughtAnswers:
        """Where the ids are in the provider's answers, as operators taught it."""
        from omni.store.people.taught_answers import TaughtAnswers

        return TaughtAnswers(self._database)

    def reread(self, campaign_ids: Sequence[int], on_progress: OnProgress | None = None) -> Reread:
        """Read the kept answers of these campaigns again, with what is taught now; nothing is sent."""
        from omni.service.rereading import reread

        return reread(self._database, self.campaigns, campaign_ids, on_progress)

    def work_on(self, campaign_id: int, on_progress: Callable[[Progress], None]) -> None:
        """Send the campaign here, or follow the worker that does, until nothing is pending."""
        self._sender.work_on(campaign_id, on_progress)


@cache
def console(settings: Settings | None = None) -> Console:
    """Return the console of this process, on the settings in force."""
    return Console(settings or settings_module.load())


def settings_for(*, country: str | None = None) -> Settings:
    """Return the settings in force, with the country given to a command. Raises ``SettingsError``."""
    settings = settings_module.load()
    if country is None:
        return settings
    return replace(settings, country=settings_module.country_code(country, "--country"))


def operator() -> str:
    """Return the system's name for the operator: recorded with what they start and decide unless they give a name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "?"


def start_background() -> Callable[[], None]:
    """Start what runs behind the pages; return a function that ends the watch over it."""
    # Pages need the other two as well, and otherwise the first page would wait for their libraries.
    from omni.bootstrap import lists, processes, recent_sends  # noqa: F401

    try:
        return processes.watch_over_worker(settings_module.load())
    except (OmniError, OSError) as err:
        # The pages show what is wrong, in the reader's language; the server must start for that.
        logging.getLogger(__name__).error("no sending from here: %s", err)
        return lambda: None


def curl_command(settings: Settings, body: bytes, body_file: str = "request.json") -> str:
    """Return a curl command that posts ``body``, with the token masked; it reads a large body from ``body_file``."""
    from omni.provider import curl

    username = settings.username or "USERNAME"
    return curl.curl_command(settings.endpoint, body, username=username, body_file=body_file)
