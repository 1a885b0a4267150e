"""A stand-in for the provider on this machine, in its own process: an independent reading of its page.

Standard library only and nothing of the rest of Omni, so that a slip in the console cannot hide here too.
The way of a request: ``connection`` reads it by ``http1``; ``provider`` draws from ``faults``, judges by
``contract``, makes ids by ``answer``, writes ``record``; ``connection`` answers, late or broken if so drawn.
"""

from omni.sandbox.server import main

__all__ = ["main"]
