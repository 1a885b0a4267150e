"""The benchmarks drive the console in a browser as the journeys do."""

from tests.e2e.conftest import open_screen, start_server

__all__ = ["open_screen", "start_server"]
