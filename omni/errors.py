"""Exceptions of Omni, in a tree that branches by the caller's next step.

OmniError                 a code and its parameters; the catalogs hold the sentence as ``error.<code>``
├── SheetError            the operator gives another file or another way to read it
├── TemplateError         the operator corrects the steps, or the JSON they came from
├── SettingsError         the person who installed Omni corrects a setting
├── CampaignError         the campaign cannot be made, found, or moved to the state asked for
└── StoreError            the database or the data folder does not answer; nothing was sent

Bad rows and bad fields are data, not exceptions: see ``omni.core.problem``.
"""

from __future__ import annotations


class OmniError(Exception):
    """A reason to stop, given as a code (``file.encrypted``) and parameters, never as a sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({given})" if given else self.code


class SheetError(OmniError):
    """The spreadsheet cannot be read as asked."""


class TemplateError(OmniError):
    """The steps, or the JSON they came from, cannot be used."""


class SettingsError(OmniError):
    """A setting is missing or invalid."""


class CampaignError(OmniError):
    """The campaign cannot be made, found, or moved to the state asked for."""


class StoreError(OmniError):
    """The database or the data folder does not answer."""


def folder_error(err: OSError) -> StoreError:
    """Say that the data folder cannot be read or written, in the operating system's words."""
    return StoreError("store.folder", detail=err.strerror or type(err).__name__)
