"""Who may import whom; and what no file of the repository may hold."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from conference import simulator

ROOT = Path(__file__).parents[2]
PACKAGE = "conference"

PURE = {
    *("__future__", "abc", "base64", "binascii", "bisect", "collections", "copy", "dataclasses"),
    *(
        "enum",
        "functools",
        "hashlib",
        "heapq",
        "hmac.compare_digest",
        "itertools",
        "json",
        "math",
        "operator",
        "re",
    ),
    *("string", "types", "typing", "unicodedata", "urllib.parse"),
    *(f"datetime.{name}" for name in ("UTC", "date", "datetime", "timedelta", "tzinfo")),
    *("email.utils.parsedate_to_datetime", "zoneinfo.ZoneInfo"),
}
"""What the core may import of the standard library: no clock, thread, file, chance or log."""

CLOCKS = {"now", "today", "utcnow"}
"""The methods of datetime that read a clock."""

TESTS = {path.stem for path in (ROOT / "tests").rglob("*.py")} | {"tests", "pytest", "hypothesis"}


def _name(path: Path) -> str:
    """conference/web/__init__.py -> conference.web"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_name(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def _imports(module: str, tree: ast.AST | None = None) -> Iterator[tuple[str, int]]:
    """What is imported, in full, with its line: `from a import b` is a.b. Also within functions."""
    package = module.split(".")
    if FILES[module].name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree or _tree(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((f"{start}.{alias.name}", node.lineno) for alias in node.names)


def _within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _forbidden(module: str, wrong: Callable[[str], bool]) -> list[str]:
    """The imports that are wrong, as `file:line imports name`."""
    file = FILES[module].relative_to(ROOT)
    return [f"{file}:{line} imports {name}" for name, line in _imports(module) if wrong(name)]


def _modules(*packages: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("module", [name for name in FILES if _within(name, *packages)])


def test_there_is_something_to_look_at() -> None:
    assert {"conference", "conference.core.handlers", "conference.web.webhooks"} <= FILES.keys()
    assert ("telnyx", True) in {
        (name, line > 0) for name, line in _imports("conference.telnyx_api.sdk")
    }
    assert "conference.simulator.network.world.Happened" in dict(_imports("conference.simulator"))


@_modules("conference.core")
def test_the_core_is_pure(module: str) -> None:
    assert not _forbidden(module, lambda name: not _within(name, "conference.core", *PURE))
    called = [node.func for node in ast.walk(_tree(module)) if isinstance(node, ast.Call)]
    names = {func.id for func in called if isinstance(func, ast.Name)}
    assert not names & {"__import__", "breakpoint", "eval", "exec", "input", "open", "print"}
    assert not {func.attr for func in called if isinstance(func, ast.Attribute)} & CLOCKS


@_modules("conference")
def test_nothing_is_interned(module: str) -> None:
    """Python 3.12 keeps interned texts for ever, and each webhook has new ones."""
    assert not _forbidden(module, lambda name: name == "sys.intern")
    named = (node for node in ast.walk(_tree(module)) if isinstance(node, ast.Attribute))
    assert "intern" not in {node.attr for node in named}


@_modules("conference")
def test_only_telnyx_api_imports_telnyx(module: str) -> None:
    if not _within(module, "conference.telnyx_api"):
        assert not _forbidden(module, lambda name: _within(name, "telnyx"))


@_modules("conference.telnyx_api")
def test_telnyx_is_not_imported_with_the_module(module: str) -> None:
    """The import takes seconds. Types are imported under TYPE_CHECKING."""
    for node in _tree(module).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.If):
            names = [name for name, _ in _imports(module, node)]
            assert not [name for name in names if _within(name, "telnyx")]
        if isinstance(node, ast.If):
            assert ast.unparse(node.test) == "TYPE_CHECKING"


@_modules("conference")
def test_without_redis_url_nothing_needs_redis(module: str) -> None:
    """One package imports redis-py, and others import this package in functions alone."""
    if _within(module, "conference.registry.redis"):
        return
    assert not _forbidden(module, lambda name: _within(name, "redis"))
    for node in _tree(module).body:
        typing = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        if not typing and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [name for name, _ in _imports(module, node)]
            assert not [name for name in names if _within(name, "conference.registry.redis")]


@_modules("conference.simulator")
def test_the_simulator_shares_nothing_with_what_it_tests(module: str) -> None:
    own = "conference.simulator"
    assert not _forbidden(module, lambda name: _within(name, PACKAGE) and not _within(name, own))


@_modules("conference.cli", "conference.demo")
def test_the_demo_uses_the_simulator_by_its_face(module: str) -> None:
    face = {f"conference.simulator.{name}" for name in simulator.__all__}
    assert not _forbidden(
        module, lambda name: _within(name, "conference.simulator") and name not in face
    )


MAY_USE = {
    "clock": (),
    "core": (),
    "ending_signals": (),
    "masking": (),
    "music": (),
    "outgoing_http": (),
    "private_folder": (),
    "self_test": (),
    "signature": (),
    "simulator": (),
    "version": (),
    "rooms_file": ("core", "masking"),
    "registry": ("core",),
    "settings": ("core", "masking", "registry", "rooms_file", "signature"),
    "telnyx_api": ("clock", "core", "masking", "outgoing_http"),
    "telnyx_records": ("core", "signature"),
    "reporting": ("clock", "core", "masking", "registry"),
    "account": ("core", "settings"),
    "recording": ("clock", "core", "masking", "registry", "reporting", "settings"),
    "callbacks": (
        *("clock", "core", "masking", "outgoing_http", "reporting", "settings", "signature"),
    ),
    "engine": ("clock", "core", "registry"),
    "setup": ("core", "masking", "settings", "signature", "telnyx_api", "telnyx_records"),
    "doctor": (
        *("core", "masking", "outgoing_http", "registry", "reporting", "settings"),
        *("self_test", "setup", "signature", "telnyx_api", "telnyx_records"),
    ),
    "web": (
        *("account", "callbacks", "clock", "core", "engine", "masking", "music", "registry"),
        *("reporting", "self_test", "settings", "signature", "telnyx_api"),
    ),
    "serving": (
        *("clock", "core", "masking", "music", "private_folder", "registry", "reporting"),
        *("settings", "web"),
    ),
    "tunnel": (
        *("core", "ending_signals", "masking", "private_folder", "serving", "settings"),
        *("telnyx_api", "telnyx_records"),
    ),
    "probe": (
        *("clock", "ending_signals", "masking", "music", "outgoing_http", "settings"),
        *("signature", "telnyx_api", "telnyx_records", "tunnel"),
    ),
    "demo": ("core", "engine", "recording", "reporting", "settings", "simulator", "web"),
    "cli": (
        *("account", "callbacks", "core", "demo", "doctor", "masking", "outgoing_http"),
        *("private_folder", "probe", "reporting", "serving", "settings", "setup", "simulator"),
        *("recording", "tunnel", "version", "web"),
    ),
}
"""Each package, in an order in which none comes before one that it may import: so no import runs
upwards, and none in a circle. `create_app` in conference/__init__.py wires them all."""


def test_these_are_all_packages_and_the_order_has_no_circle() -> None:
    there = {name.split(".")[1] for name in FILES if "." in name}
    assert there - {"__main__"} == MAY_USE.keys()
    order = list(MAY_USE)
    for package, allowed in MAY_USE.items():
        assert [each for each in allowed if order.index(each) >= order.index(package)] == []


@pytest.mark.parametrize("package", MAY_USE)
def test_a_package_imports_only_what_is_below_it(package: str) -> None:
    allowed = [f"conference.{each}" for each in (package, *MAY_USE[package])]
    modules = [name for name in FILES if _within(name, f"conference.{package}")]
    assert modules
    for module in modules:
        assert not _forbidden(
            module, lambda name: _within(name, PACKAGE) and not _within(name, *allowed)
        )


@_modules("conference")
def test_only_what_runs_the_line_imports_its_factory(module: str) -> None:
    """Whatever `create_app` wires gets it as an argument, or there would be a cycle."""
    assert not _forbidden(module, lambda name: name == "conference.create_app")


@_modules("conference.web", "conference.cli")
def test_web_and_cli_use_no_internals(module: str) -> None:
    def internal(name: str) -> bool:
        last = name.rsplit(".", 1)[-1]
        return last.startswith("_") and _within(name, PACKAGE)

    assert not _forbidden(module, internal)
    used = {
        f"line {node.lineno}: {ast.unparse(node)}"
        for node in ast.walk(_tree(module))
        if isinstance(node, ast.Attribute)
        and re.match(r"_[^_]", node.attr)
        and ast.unparse(node.value) not in ("self", "cls")
    }
    assert not used


@_modules("conference")
def test_nothing_imports_the_tests(module: str) -> None:
    assert not _forbidden(module, lambda name: _within(name, *TESTS))


@pytest.mark.parametrize("file", sorted((ROOT / "tests").rglob("test_*.py")), ids=lambda f: f.name)
def test_a_test_shares_only_through_the_rigs(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [
        a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names
    ]
    assert not [name for name in imported if name and name.split(".")[-1].startswith("test_")]


# Files

LEFT_OVER = {
    "a path of somebody's machine": rb"/(work|home|Users)/",
    "a conflict": rb"(?m)^(<{7}|>{7}|[|]{7}) |^={7}$",
    "a note to oneself": rb"\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b",
    "a debugger": rb"\b(breakpoint|set_trac[e])\(\)",
}


def _tracked() -> list[str]:
    """What git tracks; without git, all that is here but what it would ignore."""
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    try:
        listed = subprocess.run(git, capture_output=True, check=True).stdout.decode()
        return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        return sorted(_all_files())


def _all_files() -> Iterator[str]:
    ignored = {line.strip("*/") for line in (ROOT / ".gitignore").read_text().split()} | {".git"}
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in ignored]
        for file in files:
            if file not in ignored and not file.endswith(".pyc"):
                yield str((Path(folder) / file).relative_to(ROOT))


@pytest.mark.parametrize("what", LEFT_OVER)
def test_nothing_was_left_over(what: str) -> None:
    found = []
    for file in _tracked():
        if file.endswith(".png"):  # any three letters may be among its bytes
            continue
        content = (ROOT / file).read_bytes()
        starts = (match.start() for match in re.finditer(LEFT_OVER[what], content))
        found += [f"{file}:{content[:start].count(10) + 1}" for start in starts]  # 10: a new line
    assert not found, f"{what} in {', '.join(found)}"
