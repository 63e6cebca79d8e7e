"""The gate runs at GitHub as it runs here, and may do nothing else there."""

from __future__ import annotations

import os
import re

from rigs.documents import README, ROOT

WORKFLOW = (ROOT / ".github/workflows/gate.yml").read_text(encoding="utf-8")
LINE = re.compile(r"(?:  )*(?:- )?(?:[a-z_-]+:(?: [^#:]+)?|[a-z-]+: [^#]+)")
"""A line of the part of YAML that the workflow uses: keys, items, and values in one line."""


def values(key: str) -> list[str]:
    """The values of all keys of this name, in their order; "" where a block follows."""
    return re.findall(rf"^[ -]*{key}:(?: (.*))?$", WORKFLOW, re.MULTILINE)


def test_each_line_is_a_key_or_an_item() -> None:
    lines = [line for line in WORKFLOW.splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if not LINE.fullmatch(line)] == []


def test_it_runs_the_gate_on_each_push_and_pull_request() -> None:
    assert values("run") == ["bash .ci/run"]
    assert (ROOT / ".ci/run").is_file() and os.access(ROOT / ".ci/run", os.X_OK)
    assert values("push") == values("pull_request") == [""]


def test_it_runs_with_the_oldest_python_that_the_readme_names() -> None:
    (oldest,) = re.findall(r"Python (3\.\d+) or newer", README)
    assert values("python")[0].startswith(f'["{oldest}", ')


def test_it_may_read_the_code_and_nothing_else() -> None:
    assert re.findall(r"^permissions:\n((?:  .*\n)+)", WORKFLOW, re.MULTILINE) == [
        "  contents: read\n"
    ]
    assert values("persist-credentials") == ["false"]
    assert "secrets" not in WORKFLOW
    assert all(
        re.fullmatch(r"actions/(checkout|setup-python)@(v\d+|[0-9a-f]{40})", each)
        for each in values("uses")
    )


def test_it_ends_and_only_the_newest_of_a_branch_runs() -> None:
    assert int(values("timeout-minutes")[0]) <= 90
    assert values("cancel-in-progress") == ["true"]
