"""Lists an installation keeps between campaigns: the do-not-contact list, kept spreadsheets and column mappings."""

from __future__ import annotations

from pathlib import Path

from omni.core.draft import ContactList
from omni.locale import Text
from omni.service import kept_lists
from omni.service.do_not_contact import (
    DoNotContactKeys,
    FileChoices,
    ListImport,
    ListPreview,
    add_sheet,
    add_text,
    listed_now,
    preview_sheet,
    write_list,
)
from omni.service.preparation import Preparation
from omni.service.workspace import Workspace
from omni.settings import Settings
from omni.sheets.limits import Limits
from omni.store.database import Database
from omni.store.people.do_not_contact import DoNotContact
from omni.store.people.saved import ContactLists, SavedMappings


class Lists:
    """Lists of one installation, with the folders that belong to them."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self.do_not_contact = DoNotContact(database)
        self.kept = ContactLists(database)
        self.mappings = SavedMappings(database)
        self._folder = settings.data / "lists"

    def listed(self) -> DoNotContactKeys:
        """Return the current do-not-contact list."""
        return listed_now(self.do_not_contact, self._settings.data / "do-not-contact")

    def block_text(self, pasted: str, who: str) -> ListImport:
        """Add pasted phones and addresses to the do-not-contact list, in the name of ``who``."""
        return add_text(self.do_not_contact, pasted, self._settings.country, "", who)

    def preview_sheet(self, path: Path, choices: FileChoices) -> ListPreview:
        """Return what ``block_sheet`` would add to the do-not-contact list. Raises ``SheetError``."""
        limits = sheet_limits(self._settings)
        return preview_sheet(self.do_not_contact, path, self._settings.country, limits, choices)

    def block_sheet(self, path: Path, name: str, who: str, choices: FileChoices) -> ListImport:
        """Add the phones and addresses of a spreadsheet to the do-not-contact list. Raises ``SheetError``."""
        limits = sheet_limits(self._settings)
        return add_sheet(self.do_not_contact, path, self._settings.country, name, who, limits, choices)

    def write_blocked(self, path: Path, text: Text) -> int:
        """Write the do-not-contact list to ``path`` as CSV; return the number of entries."""
        return write_list(self.do_not_contact, path, text)

    def keep(self, workspace: Workspace, preparation: Preparation, name: str, contacts: int) -> ContactList:
        """Keep a draft's spreadsheet for further campaigns."""
        return kept_lists.keep(self.kept, self._folder, workspace, preparation, name, contacts)

    def use(self, kept: ContactList, workspace: Workspace, preparation: Preparation) -> Preparation:
        """Return the draft with a kept spreadsheet in it. Raises ``SheetError``."""
        return kept_lists.use(kept, self._folder, workspace, preparation)

    def spreadsheet(self, kept: ContactList) -> tuple[str, Path]:
        """Return the name and the path of a kept spreadsheet. Raises ``SheetError`` when there is none."""
        return kept_lists.file_of(kept, self._folder)

    def forget(self, list_id: str) -> None:
        """Delete a kept spreadsheet."""
        kept_lists.forget(self.kept, self._folder, list_id)


def sheet_limits(settings: Settings) -> Limits:
    """Return the limits of this installation on the size of a spreadsheet."""
    return Limits(settings.max_rows, settings.max_columns, settings.max_megabytes * 2**20)
