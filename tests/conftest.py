"""Fixtures for all tests: a clean environment, no access to other machines, the sandbox, and databases."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser

from tests.e2e.screen import launcher
from tests.e2e.serve import NOWHERE
from tests.postgres import Postgres, run_postgres
from tests.sandbox.running import running

_CHAINS = ("tests/ui/components/", "tests/e2e/test_flow_typing.py")
"""Paths whose tests use the same server and windows one after the other."""
_LONG = ("tests/e2e/", "tests/crash/", "tests/test_processes.py", "tests/cli/")
"""Paths where a single test takes as long as a whole file elsewhere."""


# No deadline: the time of an example depends on the machine more than on the code under test.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse all connections of this process to other machines."""
    sys.addaudithook(_refuse_the_outside)


def _refuse_the_outside(event: str, args: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return
    host = str(args[1][0])
    try:
        is_near = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_near = False
    if not is_near:
        raise RuntimeError(f"a test connects to {host}, which is not this machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their fixtures and run the quick ones first. The longest crash tests need ``make crash``."""
    longest = [item for item in items if item.get_closest_marker("only_make_crash")]
    if longest and "CRASH_COUNT" not in os.environ:
        config.hook.pytest_deselected(items=longest)
        items[:] = [item for item in items if item not in longest]
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "postgres" in fixtures:
            item.add_marker(pytest.mark.postgres)
        if fixtures & {"server", "start_server"}:
            item.add_marker(pytest.mark.slow)
    items.sort(key=_weight)


def _weight(item: pytest.Item) -> int:
    """Order of a test: tests that share a window start before single ones, which can run in parallel with them.

    The one test of the types comes first, because it takes long.
    """
    if item.location[0] == "tests/test_types.py":
        return -1
    if item.get_closest_marker("browser"):
        return 2 if item.location[0].startswith(_CHAINS) else 3
    return max((weight for mark, weight in (("postgres", 1), ("slow", 4)) if item.get_closest_marker(mark)), default=0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run tests that share a server and its windows in one process with ``--dist loadscope``.

    The groups of pytest-xdist 3.8 cannot do this: they write into the names of tests, which pytest 9.2 computes.
    """
    if config.getoption("dist") != "loadscope":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Sharing(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if chain := next((chain for chain in _CHAINS if nodeid.startswith(chain)), None):
                return chain
            return nodeid if nodeid.startswith(_LONG) else nodeid.partition("::")[0]

    return Sharing(config, log)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Remove the developer's own settings, and set a data folder for the test and an endpoint without a server.

    Returns the data folder, which is not created. Processes that the test starts inherit these settings.
    """
    for name in [name for name in os.environ if name.startswith("OMNI_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "data"
    monkeypatch.setenv("OMNI_DATA", str(data))
    monkeypatch.setenv("OMNI_ENDPOINT", NOWHERE)
    return data


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running stand-in for the provider in a process of its own; ``url`` is the address to post to."""

    url: str
    records: Callable[[], list[dict[str, Any]]]
    """Requests received so far, in the order of arrival."""
    stats: Callable[[], dict[str, Any]]
    """Counts since the start."""
    process: int

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze it during the block, so that it accepts and answers no request."""
        os.kill(self.process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process, signal.SIGCONT)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Start sandboxes that end with the test, as in ``sandbox("--faults", "error_503=0.5", "--seed", "1")``."""
    with ExitStack() as stack:

        def start(*options: str) -> Sandbox:
            folder = Path(tempfile.mkdtemp(prefix="sandbox-", dir=tmp_path))
            one = stack.enter_context(running(folder, *options))
            return Sandbox(one.url, one.recorded, one.stats, one.process.pid)

        yield start


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Start browsers, as in ``launch("--a-flag")``. All browser tests share the one Playwright of the process."""
    with launcher() as start:
        yield start


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """The shared browser."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A temporary PostgreSQL server for the whole run."""
    with run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """URL of a fresh, empty database on the PostgreSQL server."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a fresh, empty database; each test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'omni.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
