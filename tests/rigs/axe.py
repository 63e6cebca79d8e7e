"""What axe-core finds wrong with a page: the rules of accessibility that a program can check."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUN = """async () => (await axe.run()).violations.flatMap((rule) =>
  rule.nodes.map((node) => `${rule.id} (${rule.help}): ${node.target.join(" ")}`))"""


def faults(page: Page) -> list[str]:
    """Return a sentence for each element that breaks a rule.

    Skip the test where AXE_CORE does not name axe-core's script.
    """
    script = os.environ.get("AXE_CORE")
    if not script:
        pytest.skip("axe-core is missing: export AXE_CORE=$(.ci/axe FOLDER) downloads it")
    page.evaluate(Path(script).read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(RUN)
    return found
