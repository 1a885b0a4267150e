"""What axe-core holds against a page, told apart: our own content, and the frame Streamlit draws round it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

from playwright.sync_api import Page

# Streamlit 1.67 writes the chosen part of pills, segments and tabs in the primary colour, and the primary button in
# white on it. On a dark page no colour serves both; ours serves the button (`.streamlit/config.toml`).
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
    """One element that breaks one rule, serious or critical."""

    rule: str
    where: str
    html: str
    why: str


@dataclass(frozen=True, slots=True)
class Findings:
    """``ours``: page content, dialogs, the inside of components. ``streamlits``: the frame around, and what
    no theme can mend."""

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
    """Wait until nothing fades or glides any more: what is half faded in has too little contrast."""
    page.wait_for_function(_AT_REST, polling=40)


def examine(page: Page) -> Findings:
    """Run axe-core, which comes with a Python package and not from the network, on the page as it stands."""
    wait_for_rest(page)
    if not page.evaluate("() => 'axe' in window"):
        # Evaluated through the debugger: the page's policy admits no script from elsewhere.
        page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    findings = Findings([], [])
    for found in page.evaluate(_RUN):
        side = findings.ours if found.pop("ours") else findings.streamlits
        side.append(Finding(**found))
    return findings
