"""Send: one confirmation, then the live progress of the campaign in the page's address."""

from omni.ui import drafting, session, shell
from omni.ui.send import confirm, progress

shell.require()

run = session.campaign_id()
if run is None:
    draft = drafting.require_draft("send")
    if draft.is_sent and draft.campaign_id is not None:
        run = draft.campaign_id
        session.use_campaign(run)
if run is None:
    confirm.show(draft)
else:
    progress.show(run)
