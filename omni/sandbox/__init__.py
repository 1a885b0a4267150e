"""A fake provider on this machine, in its own process: an independent reading of the provider's page.

It imports the standard library and h11, and nothing of the rest of Omni, so that a slip in the console cannot hide
here too. A request passes through these modules: ``connection`` reads it with ``http1``; ``provider`` draws a fault
from ``faults``, checks the request against ``contract``, makes ids with ``answer`` and writes ``record``;
``connection`` sends the answer, late or broken if the fault says so.
"""

from omni.sandbox.server import main

__all__ = ["main"]
