"""`flask queues` and `flask telnyx` against a running line."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import click
import pytest
from rigs.account import BY_OPERATION, Scene, scene
from rigs.people import ANN

from conference.account.requests import (
    GROUPS,
    PARTICIPANT,
    QUEUE,
    QUEUED,
    READ,
    ROWS,
    AccountRequest,
    Shown,
)
from conference.cli import all_pages
from conference.cli.account import example
from conference.telnyx_api.reading import TRIES as READ_TRIES

WORDS = {
    "ListQueues": "queues",
    "CreateQueue": "queues create",
    "RetrieveCallQueue": "queues show",
    "UpdateQueue": "queues update",
    "DeleteQueue": "queues delete",
    "ListQueueCalls": "queues calls",
    "RetrieveCallFromQueue": "queues call",
    "UpdateCallInQueue": "queues update-call",
    "RemoveQueueCall": "queues remove-call",
    "ListConferences": "telnyx conferences",
    "RetrieveConference": "telnyx conference",
    "ListConferenceParticipants": "telnyx participants",
    "RetrieveConferenceParticipant": "telnyx participant",
    "ListRecordings": "telnyx recordings",
    "RetrieveRecording": "telnyx recording",
}
READS = [row for row in ROWS if not row.acts]
each_read = pytest.mark.parametrize("row", READS, ids=lambda row: row.operation)


@pytest.fixture(scope="module")
def here() -> Iterator[Scene]:
    with scene() as made:
        yield made


def words(here: Scene, row: AccountRequest) -> list[str]:
    """Return the command's words for things that exist."""
    return [*WORDS[row.operation].split(), *(here.names[each.name] for each in row.about)]


def run(here: Scene, *arguments: str, status: int = 0) -> str:
    done, output = here.flask(*arguments)
    assert done == status, output
    return output


def fields(output: str) -> dict[str, str]:
    """Parse the table of one record."""
    cells = [re.split(r"\s{2,}", line, maxsplit=1) for line in output.splitlines()]
    return {name: "".join(rest) for name, *rest in cells}


# What is there


@each_read
def test_as_json_it_is_what_the_server_answers(row: AccountRequest, here: Scene) -> None:
    shown = json.loads(run(here, *words(here, row), "--json"))
    status, answer = here.asks(row)
    assert status == 200
    for each in (shown, answer):
        each.pop("download_urls", None)
        each.pop("wait_time_secs", None)
        each.pop("average_wait_time_secs", None)
    if not row.lists:
        assert shown == answer
        return
    assert row.gives
    (key, *_), rows = row.gives.columns, row.gives.rows
    assert [each[key] for each in shown[rows]] == [each[key] for each in answer[rows]] != []
    assert shown["next"] is answer["next"] is None


@each_read
def test_on_a_terminal_it_is_a_table(row: AccountRequest, here: Scene) -> None:
    output = run(here, *words(here, row))
    _, answer = here.asks(row)
    assert row.gives
    (key, *_), columns = row.gives.columns, row.gives.columns
    if row.lists:
        head, *rows = output.splitlines()
        assert head.split("  ")[0].strip() == key.replace("_", " ")
        assert all(name.replace("_", " ") in head for name in columns)
        assert [r.split()[0] for r in rows] == [each[key] for each in answer[row.gives.rows]]
    else:
        shown = fields(output)
        assert list(shown)[: len(columns)] == [name.replace("_", " ") for name in columns]
        assert shown[key.replace("_", " ")] == answer[key]


def test_numbers_words_and_links_are_shown_whole(here: Scene) -> None:
    recording = fields(run(here, "telnyx", "recording", here.names["recording"]))
    assert (recording["from"], recording["channels"]) == (ANN, "dual")
    assert recording["download urls mp3"].startswith("https://s3.amazonaws.com/")
    who = (here.names["conference"], here.names["participant"])
    participant = fields(run(here, "telnyx", "participant", *who))
    assert (participant["muted"], participant["on hold"], participant["label"]) == ("no", "yes", "")


def test_there_is_more_than_a_page(here: Scene) -> None:
    names = [queue.name for queue in here.line.telnyx.queues]
    names += [here.queue(), here.queue()]
    output = run(here, "queues", "--page-size", "1")
    assert output.splitlines()[-1] == "There is more: --page-number 2"
    assert names[0] in output and names[1] not in output
    after = json.loads(run(here, "queues", "list", "--page-size", "1", "--page-number", "2",
                           "--json"))  # fmt: skip
    assert [queue["name"] for queue in after["queues"]] == [names[1]]
    assert after["next"] == ({"page_number": 3} if len(names) > 2 else None)


LISTS = [row for row in READS if row.lists]


@pytest.mark.parametrize("row", LISTS, ids=lambda row: row.operation)
def test_every_list_has_an_option_for_all_pages(row: AccountRequest, here: Scene) -> None:
    assert row.gives
    shown = json.loads(run(here, *words(here, row), "--all", "--json"))
    _, answer = here.asks(row)
    key = row.gives.columns[0]
    assert [each[key] for each in shown[row.gives.rows]] == [
        each[key] for each in answer[row.gives.rows]
    ]
    assert shown["next"] is None
    others = [row for row in ROWS if not row.lists]
    assert all("--all" not in run(here, *WORDS[r.operation].split(), "--help") for r in others)


def test_all_pages_are_one_list(here: Scene) -> None:
    names = [queue.name for queue in here.line.telnyx.queues]
    names += [here.queue(), here.queue(), here.queue()]
    for size in ("1", "2"):
        output = run(here, "queues", "--all", "--page-size", size)
        assert [line.split()[0] for line in output.splitlines()[1:]] == names
    after = run(here, "queues", "list", "--all", "--page-size", "1", "--page-number", "2")
    assert [line.split()[0] for line in after.splitlines()[1:]] == names[1:]
    with here.asked() as requests:
        run(here, "queues", "--all")
    assert [request.query for request in requests] == [{"page[size]": "250"}]


def test_all_pages_have_an_end(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [queue.name for queue in here.line.telnyx.queues] + [here.queue() for _ in range(3)]
    monkeypatch.setattr(all_pages, "MOST_PAGES", 2)
    output = run(here, "queues", "--all", "--page-size", "1").splitlines()
    assert [line.split()[0] for line in output[1:-1]] == names[:2]
    assert output[-1] == "There is more: --page-number 3"


def test_a_list_that_goes_in_circles_is_refused() -> None:
    queries = []

    def get(query: dict[str, Any]) -> Any:
        queries.append(dict(query))
        return {"queues": [{"name": "support"}], "next": {"page_number": 2}}

    with pytest.raises(click.ClickException, match="after 1 rows, but lists nothing new"):
        all_pages.all_pages(get, QUEUE, {})
    assert queries == [{"page_size": 250}, {"page_size": 250, "page_number": 2}]


def listed(gives: Shown, *pages: list[dict[str, Any]], **query: Any) -> tuple[list[Any], list[Any]]:
    """Return the rows of a list with these pages, by cursor, and the queries."""
    queries = []

    def get(query: dict[str, Any]) -> Any:
        queries.append(dict(query))
        following = {"page_after": f"c{len(queries)}"} if len(queries) < len(pages) else None
        return {gives.rows: pages[len(queries) - 1], "next": following}

    return all_pages.all_pages(get, gives, query)[gives.rows], queries


def test_a_row_that_moves_to_the_next_page_is_listed_once() -> None:
    a, b, c = ({"call_control_id": x, "wait_time_secs": 1} for x in "abc")
    later = {**b, "wait_time_secs": 2}
    assert listed(QUEUED, [a, b], [later, c])[0] == [a, b, c]
    with pytest.raises(click.ClickException, match="after 2 rows"):
        listed(QUEUED, [a, b], [later], [later])


def test_pages_by_cursor_have_one_size() -> None:
    _, queries = listed(QUEUED, [{"call_control_id": "a"}], page_limit=3)
    assert queries == [{"page_limit": 3}]


def test_a_call_that_came_back_is_a_participant_twice() -> None:
    first, second = ({"id": n, "call_control_id": "a"} for n in "12")
    assert listed(PARTICIPANT, [first], [second])[0] == [first, second]


@pytest.mark.parametrize("first", [{"page_number": 3}, {"page_before": "x"}, {"page_after": "x"}])
def test_the_first_page_is_that_of_the_query_and_the_cursor_leads_on(first: dict[str, Any]) -> None:
    _, queries = listed(QUEUE, [{"name": "a"}], [{"name": "b"}], page_size=1, **first)
    assert queries == [{"page_size": 1, **first}, {"page_size": 1, "page_after": "c1"}]


def test_nothing_is_said_in_words(here: Scene) -> None:
    assert run(here, "telnyx", "conferences", "--status", "completed") == "no conferences\n"
    assert run(here, "queues", "calls", here.queue()) == "no calls\n"


def test_what_is_asked_for_comes_in_a_body_so_that_no_log_has_it(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve, addresses = here.line.app.wsgi_app, []

    def watched(environ: dict[str, Any], start_response: Any) -> Any:
        addresses.append((environ["PATH_INFO"], environ["QUERY_STRING"]))
        return serve(environ, start_response)

    monkeypatch.setattr(here.line.app, "wsgi_app", watched)
    with here.asked() as requests:
        run(here, "telnyx", "recordings", "--from", ANN, "--page-size", "5")
        run(here, "telnyx", "conferences", "--failed", "no", "--region", "US")
        run(here, "telnyx", "conference", here.names["conference"], "--region", "US")
    assert [request.query for request in requests] == [
        {"filter[from]": ANN, "page[size]": "5"},
        {"filter[failed]": "false", "region": "US"},
        {"region": "US"},
    ]
    assert len(addresses) == 3
    assert all(path.endswith(READ) and query == "" for path, query in addresses)


# What acts


def test_a_queue_from_its_beginning_to_its_end(here: Scene) -> None:
    made = fields(run(here, "queues", "create", "support", "--max-size", "50"))
    assert (made["name"], made["max size"], made["current size"]) == ("support", "50", "0")
    changed = json.loads(run(here, "queues", "update", "support", "--max-size", "7", "--json"))
    assert (changed["name"], changed["max_size"]) == ("support", 7)
    leg = here.waits("support")
    call = leg.call_control_id
    assert run(here, "queues", "update-call", "support", call, "--keep-after-hangup", "yes") == (
        "done\n"
    )
    here.line.telnyx.phone(leg.number).hang_up()
    refused = run(here, "queues", "delete", "support", status=1)
    assert "90050 Unable to delete queue Only empty queues can be deleted." in refused
    assert json.loads(run(here, "queues", "remove-call", "support", call, "--json")) == {
        "result": "ok"
    }
    assert run(here, "queues", "delete", "support") == "done\n"
    assert "Telnyx has no such queue." in run(here, "queues", "show", "support", status=1)


@pytest.mark.parametrize("name", ["tier 1", "é&a=b;c", "..a"])
def test_an_odd_name_is_quoted(name: str, here: Scene) -> None:
    run(here, "queues", "create", name)
    assert fields(run(here, "queues", "show", name))["name"] == name
    assert run(here, "queues", "delete", name) == "done\n"


# Statuses


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["queues", "show", "none"], 1, "refuses: Telnyx has no such queue."),
        (["queues", "call", "none", "x"], 1, "no such call, or no such queue."),
        (["queues", "create", "x", "--max-size", "many"], 1, "max_size must be a whole number"),
        (["queues", "--page-size", "0"], 1, "page_size must be a whole number from 1 to 250"),
        (["telnyx", "conferences", "--status", "over"], 1, "status must be one of init,"),
        (["telnyx", "recordings", "--from", "0142"], 1, "from must be a number in E.164"),
        (["queues", "create"], 2, "Missing argument 'QUEUE_NAME'"),
        (["queues", "update", "support"], 2, "Missing option '--max-size'"),
        (["queues", "update-call", "support", "x"], 2, "Missing option '--keep-after-hangup'"),
        (["queues", "show"], 2, "Missing argument 'QUEUE'"),
        (["queues", "show", ".."], 2, "queue must be 1 to 255 printable characters"),
        (["queues", "show", "../conferences"], 2, "none of /"),
        (["queues", "call", "support", "a/../b"], 2, "call must be 1 to 512"),
        (["queues", "show", ""], 2, "queue must be"),
        (["queues", "sell"], 2, "No such command 'sell'"),
        (["queues", "--colour"], 2, "No such option"),
        (["telnyx", "calls"], 2, "No such command"),
    ],
)
def test_why_it_was_refused(arguments: list[str], status: int, said: str, here: Scene) -> None:
    if status == 2:
        done = here.line.app.test_cli_runner().invoke(args=arguments)
        assert (done.exit_code, said in " ".join(done.output.split())) == (2, True), done.output
    else:
        assert said in run(here, *arguments, status=1)


def test_what_there_is_instead_is_said_too(here: Scene) -> None:
    output = run(here, "participants", "--room", "blue", status=1)
    assert output.endswith("There is no room of this name. There are: demo-conference.\n")


def test_the_pause_that_telnyx_requests_is_shown(here: Scene) -> None:
    here.line.telnyx.fail_next(429, READ_TRIES)
    assert run(here, "queues", status=1).endswith(" Wait 1 s before the next try.\n")


def test_without_a_telnyx_it_says_so(here: Scene) -> None:
    with here.line.telnyx.outage():
        assert "Telnyx did not answer. Try again." in run(here, "queues", status=1)
        acting = run(here, "queues", "create", "x", status=1)
        assert "It may have done it all the same: check first." in acting


# Help


def commands(here: Scene) -> dict[str, click.Command]:
    found: dict[str, Any] = {}
    for name in GROUPS:
        group = here.line.app.cli.commands[name]
        assert isinstance(group, click.Group)
        found |= {f"{name} {word}": command for word, command in group.commands.items()}
    return found


def test_each_request_has_a_command(here: Scene) -> None:
    assert {row.operation: row.words.removesuffix(" list") for row in ROWS} == WORDS
    assert commands(here).keys() == {row.words for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operation)
def test_its_help_has_an_example_and_each_parameter(row: AccountRequest, here: Scene) -> None:
    output = run_help(here, *row.words.split())
    assert row.help in output
    assert f"Example: {example(row)}\n" in output
    for parameter in row.parameters.values():
        word = "--" + parameter.name.replace("_", "-")
        assert word in output or parameter.name.upper() in output


@pytest.mark.parametrize("group", GROUPS)
def test_a_groups_help_lists_its_words(group: str, here: Scene) -> None:
    output = run_help(here, group)
    for row in ROWS:
        if row.words.startswith(group):
            assert f"  {row.words.split()[1]} " in output
    assert "Example: flask" in output


def run_help(here: Scene, *words: str) -> str:
    done = here.line.app.test_cli_runner().invoke(args=[*words, "--help"])
    assert done.exit_code == 0
    return done.output


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.operation)
def test_its_example_is_understood(row: AccountRequest, here: Scene) -> None:
    flask, *arguments = shlex.split(example(row))
    with here.asked() as requests:
        status, output = here.flask(*arguments)
    assert flask == "flask"
    assert status in (0, 1), output
    assert len(requests) == 1, "Telnyx was asked, whatever it says of what is not there"
    assert BY_OPERATION[row.operation].method == requests[0].method
