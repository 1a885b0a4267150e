"""Do not contact: the list of phones and addresses that no campaign writes to."""

from omni.ui import shell
from omni.ui.do_not_contact import adding, additions, listing
from omni.ui.text import t

shell.require()

actions = shell.header(t("people.title"), t("people.about"))
with actions:
    listing.download()
adding.take()
additions.show()
listing.show()
