"""Who may import whom; and what no file of the repository may hold."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
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

OTHERS = {"tests", "rigs", "pytest", "hypothesis"}
TESTS = {path.stem for path in (ROOT / "tests").rglob("*.py")} | OTHERS


def _name(path: Path) -> str:
    """conference/web/__init__.py -> conference.web"""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {_name(path): path for path in sorted((ROOT / PACKAGE).rglob("*.py"))}


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


@cache
def _nodes(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(module)))


@cache
def _imports(module: str) -> list[tuple[str, int]]:
    """What is imported, in full, with its line: `from a import b` is a.b. Also within functions."""
    return list(_imported(module, _nodes(module)))


def _with_itself(module: str) -> list[tuple[str, int]]:
    """What is imported with the module: not in functions and classes, and not for types alone."""
    later = (ast.FunctionDef, ast.ClassDef)
    now = (n for n in _tree(module).body if not isinstance(n, later) and not _is_for_types(n))
    return [each for node in now for each in _imported(module, ast.walk(node))]


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def _imported(module: str, nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    package = module.split(".")
    if FILES[module].name != "__init__.py":
        package = package[:-1]
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((f"{start}.{alias.name}", node.lineno) for alias in node.names)


def _within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _modules(*packages: str) -> list[str]:
    return [name for name in FILES if _within(name, *packages)]


def _forbidden(modules: Iterable[str], wrong: Callable[[str], bool]) -> list[str]:
    """The imports that are wrong, as `file:line imports name`."""
    return [each for module in modules for each in _those(module, _imports(module), wrong)]


def _those(
    module: str, imports: Iterable[tuple[str, int]], wrong: Callable[[str], bool]
) -> list[str]:
    return [_where(module, line, f"imports {name}") for name, line in imports if wrong(name)]


def _where(module: str, line: int, what: str) -> str:
    return f"{FILES[module].relative_to(ROOT)}:{line} {what}"


def _found(modules: Iterable[str], wrong: Callable[[ast.AST], bool]) -> list[str]:
    """The nodes that are wrong, as `file:line code`."""
    return [
        _where(module, node.lineno, ast.unparse(node))  # type: ignore[attr-defined]
        for module in modules
        for node in _nodes(module)
        if wrong(node)
    ]


def test_there_is_something_to_look_at() -> None:
    assert {"conference", "conference.core.handlers", "conference.web.webhooks"} <= FILES.keys()
    assert ("telnyx", True) in {
        (name, line > 0) for name, line in _imports("conference.telnyx_api.sdk")
    }
    assert "conference.simulator.network.world.Happened" in dict(_imports("conference.simulator"))


BUILT_IN = {"__import__", "breakpoint", "eval", "exec", "input", "open", "print"}


def test_the_core_is_pure() -> None:
    core = _modules("conference.core")
    assert not _forbidden(core, lambda name: not _within(name, "conference.core", *PURE))
    assert not _found(core, lambda node: isinstance(node, ast.Call) and _is_impure(node.func))


def _is_impure(called: ast.expr) -> bool:
    by_name = isinstance(called, ast.Name) and called.id in BUILT_IN
    return by_name or (isinstance(called, ast.Attribute) and called.attr in CLOCKS)


def test_nothing_is_interned() -> None:
    """Python 3.12 keeps interned texts for ever, and each webhook has new ones."""
    assert not _forbidden(FILES, lambda name: name == "sys.intern")
    assert not _found(FILES, lambda node: isinstance(node, ast.Attribute) and node.attr == "intern")


def test_only_telnyx_api_imports_telnyx() -> None:
    others = FILES.keys() - {*_modules("conference.telnyx_api")}
    assert not _forbidden(others, lambda name: _within(name, "telnyx"))


def test_telnyx_is_not_imported_with_the_module() -> None:
    """The import takes seconds. Types are imported under TYPE_CHECKING."""
    for module in _modules("conference.telnyx_api"):
        assert not _those(module, _with_itself(module), lambda name: _within(name, "telnyx"))
        conditions = [node for node in _tree(module).body if isinstance(node, ast.If)]
        assert all(map(_is_for_types, conditions)), module


def test_without_redis_url_nothing_needs_redis() -> None:
    """One package imports redis-py, and others import this package in functions alone."""
    own = "conference.registry.redis"
    others = FILES.keys() - {*_modules(own)}
    assert not _forbidden(others, lambda name: _within(name, "redis"))
    for module in others:
        assert not _those(module, _with_itself(module), lambda name: _within(name, own))


def test_the_simulator_shares_nothing_with_what_it_tests() -> None:
    own = "conference.simulator"
    assert not _forbidden(
        _modules(own), lambda name: _within(name, PACKAGE) and not _within(name, own)
    )


def test_the_demo_uses_the_simulator_by_its_face() -> None:
    face = {f"conference.simulator.{name}" for name in simulator.__all__}
    assert not _forbidden(
        _modules("conference.cli", "conference.demo"),
        lambda name: _within(name, "conference.simulator") and name not in face,
    )


MAY_USE = {
    "clock": (),
    "core": (),
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
        *("core", "masking", "private_folder", "serving", "settings"),
        *("telnyx_api", "telnyx_records"),
    ),
    "probe": (
        *("clock", "core", "masking", "music", "outgoing_http", "settings"),
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
    modules = _modules(f"conference.{package}")
    assert modules
    assert not _forbidden(
        modules, lambda name: _within(name, PACKAGE) and not _within(name, *allowed)
    )


def test_only_what_runs_the_line_imports_its_factory() -> None:
    """Whatever `create_app` wires gets it as an argument, or there would be a cycle."""
    assert not _forbidden(FILES, lambda name: name == "conference.create_app")


def test_web_and_cli_use_no_internals() -> None:
    modules = _modules("conference.web", "conference.cli")
    assert not _forbidden(
        modules, lambda name: name.rsplit(".", 1)[-1].startswith("_") and _within(name, PACKAGE)
    )
    assert not _found(
        modules, lambda node: isinstance(node, ast.Attribute) and _is_of_another(node)
    )


def _is_of_another(attribute: ast.Attribute) -> bool:
    """Return whether it is an internal one, and not of the class itself."""
    own = ast.unparse(attribute.value) in ("self", "cls")
    return bool(re.match(r"_[^_]", attribute.attr)) and not own


def test_nothing_imports_the_tests() -> None:
    assert not _forbidden(FILES, lambda name: _within(name, *TESTS))


def test_a_test_shares_only_through_the_rigs() -> None:
    wrong = []
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        text = file.read_text(encoding="utf-8")
        if not re.search(r"(?:from|import)[ \\][^#\n]*test_", text):
            continue  # quickly: most import nothing of such a name
        for node in ast.walk(ast.parse(text)):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [
                f"{file.name} imports {name}"
                for name in names
                if name.split(".")[-1].startswith("test_")
            ]
    assert wrong == []


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
