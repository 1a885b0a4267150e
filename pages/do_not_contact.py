"""Do not contact: the list of phones and addresses that no campaign writes to."""

from omni.ui import people_list, people_taking, shell
from omni.ui.text import t

shell.require()

actions = shell.header(t("people.title"), t("people.about"))
with actions:
    people_list.download()
people_taking.take()
people_list.show()
