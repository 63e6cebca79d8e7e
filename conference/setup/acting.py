"""Carries out one step: sends its request, then writes its settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any
from urllib.parse import quote

from conference.settings.env_writing import EnvFile, Unwritable
from conference.setup.found import has_id
from conference.setup.reading import reason
from conference.setup.step import Made, Request, Step
from conference.telnyx_api import TelnyxApi


class Failed(Exception):
    """The step was not carried out, or not wholly. The text gives the reason."""


def carry_out(
    step: Step, api: TelnyxApi, env_file: EnvFile, ids: Mapping[str, str]
) -> Mapping[str, str]:
    """Carry out the step. Return the known ids, with the one that it makes. Failed."""
    if step.request is not None:
        ids = _sent(step.request, api, ids)
    try:
        if step.protects:
            env_file.protect()
        if step.env:
            env_file.write({name: _known(value, ids) for name, value in step.env.items()})
    except Unwritable as error:
        raise Failed(str(error)) from error
    return ids


def needs(step: Step) -> set[str]:
    """Return the names of the ids without which the step cannot be carried out."""
    request = step.request or Request("", "", {})
    in_path = {name for _, name, *_ in Formatter().parse(request.path) if name}
    return in_path.union(_made(request.body), _made(step.env)) - {request.makes}


def _made(value: Any) -> Iterator[str]:
    if isinstance(value, Made):
        yield value.name
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _made(each)


def _sent(request: Request, api: TelnyxApi, ids: Mapping[str, str]) -> Mapping[str, str]:
    path = request.path.format_map({name: quote(id, safe="") for name, id in ids.items()})
    answer = api.request(request.method, path, body=_known(request.body, ids))
    if not isinstance(answer.data, dict):
        why = "Telnyx's answer cannot be read" if answer.status == 200 else reason(answer)
        raise Failed(f"{request.method} {path}: {why}")
    if not request.makes:
        return ids
    if not has_id(answer.data):
        raise Failed(f"{request.method} {path}: Telnyx's answer has no usable id")
    return {**ids, request.makes: answer.data["id"]}


def _known(value: Any, ids: Mapping[str, str]) -> Any:
    """Return the value with the ids in the places of Made."""
    if isinstance(value, Made):
        return ids[value.name]
    if isinstance(value, Mapping):
        return {name: _known(each, ids) for name, each in value.items()}
    return value
