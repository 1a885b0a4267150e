"""What every test stands on: an environment of its own, no way out of this machine, sandbox and databases."""

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
"""Where tests use the same server and windows one after the other."""
_LONG = ("tests/e2e/", "tests/crash/", "tests/test_processes.py", "tests/cli/")
"""Where a test alone takes as long as elsewhere a whole file."""


# How long an example takes says more about the machine than about what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse any connection of this process to another machine, for as long as it lives."""
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
    """Mark tests by what they use, and run the quick ones first. The longest crash tests are for ``make crash``."""
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
    """Chains of tests that share a window begin before the single ones that fill the time beside them.

    The types come first, whose one test takes long.
    """
    if item.location[0] == "tests/test_types.py":
        return -1
    if item.get_closest_marker("browser"):
        return 2 if item.location[0].startswith(_CHAINS) else 3
    return max((weight for mark, weight in (("postgres", 1), ("slow", 4)) if item.get_closest_marker(mark)), default=0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With ``--dist loadscope``: what shares a server and its windows goes to one process, which makes them once.

    The groups of pytest-xdist 3.8 cannot say so: they write into the names of tests, which pytest 9.2 computes.
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
    """No setting of the developer's machine, a data folder of the test's own, an endpoint that leads nowhere.

    Gives the data folder (not created). Processes that the test starts inherit all of it.
    """
    for name in [name for name in os.environ if name.startswith("OMNI_")]:
        monkeypatch.delenv(name)
    data = tmp_path / "data"
    monkeypatch.setenv("OMNI_DATA", str(data))
    monkeypatch.setenv("OMNI_ENDPOINT", NOWHERE)
    return data


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running stand-in provider, in a process of its own; ``url`` is the address to post to."""

    url: str
    records: Callable[[], list[dict[str, Any]]]
    """What it received so far, one entry a POST, in the order of arrival."""
    stats: Callable[[], dict[str, Any]]
    """Its counts since the start."""
    process: int

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it take and answer nothing for as long as the block lasts."""
        os.kill(self.process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process, signal.SIGCONT)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Starts sandboxes that end with the test: ``sandbox("--faults", "error_503=0.5", "--seed", "1")``."""
    with ExitStack() as stack:

        def start(*options: str) -> Sandbox:
            folder = Path(tempfile.mkdtemp(prefix="sandbox-", dir=tmp_path))
            one = stack.enter_context(running(folder, *options))
            return Sandbox(one.url, one.recorded, one.stats, one.process.pid)

        yield start


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., Browser]]:
    """Starts browsers: ``launch("--a-flag")``. Playwright runs once in a process, so all browser tests share it."""
    with launcher() as start:
        yield start


@pytest.fixture(scope="session")
def chromium(launch: Callable[..., Browser]) -> Iterator[Browser]:
    """The browser, started once."""
    browser = launch()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A throw-away PostgreSQL server for the whole run."""
    with run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a fresh, empty database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh, empty database: each test runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'omni.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url
