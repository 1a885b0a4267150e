"""Accessibility faults that axe-core finds in a page, split into our own content and Streamlit's frame around it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from playwright.sync_api import Page

# Streamlit 1.67 uses the primary colour for the text of selected pills, segments and tabs, and as the background of the
# primary button's white text. No colour suits both on a dark page; ours suits the button (`.streamlit/config.toml`).
_RUN = """async () => {
    const result = await axe.run(document, { elementRef: true, resultTypes: ['violations'] })
    const content = ['stMainBlockContainer', 'stSidebarUserContent', 'stDialog']
        .map(name => `[data-testid="${name}"]`).join(', ')
    const primaryAsText = '[data-testid$="Active"], [data-selected="true"], [role="tab"][aria-selected="true"]'
    const isOurs = (element, rule) => element.getRootNode() instanceof ShadowRoot
        || element.closest(content) && !(rule === 'color-contrast' && element.closest(primaryAsText))
    return result.violations
        .filter(violation => ['serious', 'critical'].includes(violation.impact))
        .flatMap(violation => violation.nodes.map(node => ({
            rule: violation.id,
            why: node.failureSummary,
            where: node.target.flat().join(' >>> '),
            html: node.html,
            ours: Boolean(isOurs(node.element, violation.id)),
        })))
}"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One element that breaks one rule of serious or critical impact."""

    rule: str
    where: str
    html: str
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Faults by who can fix them.

    ``ours`` are in page content, dialogs and the inside of components; ``streamlits`` are in the frame around them, or
    cannot be fixed by a theme.
    """

    ours: list[Finding]
    streamlits: list[Finding]


_AT_REST = """() => {
    const roots = [document]
    for (const node of document.querySelectorAll('*')) if (node.shadowRoot) roots.push(node.shadowRoot)
    const moving = roots.flatMap((root) => root.getAnimations())
        .filter((one) => one.playState === 'running' && one.effect.getComputedTiming().endTime !== Infinity)
    return moving.length === 0 && document.fonts.status === 'loaded'
}"""


def wait_for_rest(page: Page) -> None:
    """Wait until no animation is running: an element that is still fading in has too little contrast."""
    page.wait_for_function(_AT_REST, polling=40)


def examine(page: Page) -> Findings:
    """Run axe-core on the current page. It comes from a Python package, not from the network."""
    wait_for_rest(page)
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated through the debugger, because the page's policy allows no script from another source.
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    findings = Findings([], [])
    for found in page.evaluate(_RUN):
        side = findings.ours if found.pop("ours") else findings.streamlits
        side.append(Finding(**found))
    return findings
