"""A moderator at work over REST and on the command line."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from rigs.people import TOKEN
from rigs.rehearsals import settled

from conference.demo.rehearsal import Line

ROOM = "/api/rooms/demo-conference"


def send(
    line: Line, path: str, body: Any = None, method: str | None = None, **headers: str
) -> tuple[int, Any]:
    """The status and the JSON of the answer; a body that is bytes goes as it is.

    headers: with _ for -.
    """
    raw = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    given["Authorization"] = f"Bearer {TOKEN}"
    asked = Request(line.url + path, raw, given, method=method)
    try:
        with urlopen(asked, timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as problem:
        assert problem.headers["Content-Type"] == "application/problem+json"
        return problem.code, json.load(problem)


def ask(line: Line, path: str, body: dict[str, Any] | None = None) -> Any:
    """The JSON that is answered; of a refusal its problem."""
    return send(line, path, body)[1]


def act(line: Line, verb: str, *who: str, **values: Any) -> Any:
    body = {**values, **({"participants": list(who)} if who else {})}
    answer = ask(line, f"{ROOM}/actions/{verb}?wait=1", body)
    settled(line)
    return answer


def run(line: Line, *arguments: str) -> tuple[int, str]:
    runner = line.app.test_cli_runner()
    done = runner.invoke(args=[*arguments, "--url", line.url])
    return done.exit_code, done.output
