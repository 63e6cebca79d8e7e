"""The page of what has not been tried, and the questions of `flask probe`, are the same."""

from __future__ import annotations

from rigs.documents import PAGES, rows, section

from conference.probe.plan import STEPS, plan
from conference.probe.question import Question
from conference.probe.questions import PROBED, QUESTIONS

HEAD = "| what is open | what the line does | how to find out | page |\n|---|---|---|---|"


def _row(question: Question) -> str:
    answers = "<br>".join(f"*{name}*: {line}" for name, line in question.answers.items())
    by_probe = f"`flask probe --only {question.name}`: "
    how = f"{by_probe if question.step else ''}{question.how}"
    page = question.page and f"[{question.page.partition('.')[0]}]({question.page})"
    return f"| {question.asks} | {answers} | {how} | {page or 'none'} |"


def test_the_table_of_the_page_has_the_questions() -> None:
    table = "\n".join([HEAD, *map(_row, QUESTIONS)])
    assert table in section(PAGES["not-yet-tried"], "The questions"), f"it should be:\n{table}"
    assert len(rows(section(PAGES["not-yet-tried"], "The questions"))) == len(QUESTIONS)


def test_each_question_has_a_name_of_its_own_a_step_and_two_answers() -> None:
    names = [each.name for each in QUESTIONS]
    assert len({*names}) == len(names)
    assert {each.step for each in PROBED} <= {step.name for step in STEPS}
    assert [each.name for each in QUESTIONS if len(each.answers) < 2] == []
    assert [each.name for each in QUESTIONS if not each.asks.endswith("?")] == []


def test_a_plan_has_the_steps_that_its_questions_need_each_after_those_it_needs() -> None:
    places = [step.name for step in STEPS]
    for place, step in enumerate(STEPS):
        assert {*step.needs} <= {*places[:place]}
    (hold,) = (each for each in PROBED if each.name == "held-call")
    steps = ["application", "call", "answer", "conference", "hold"]
    assert [step.name for step in plan([hold])] == steps
    assert plan(PROBED) == STEPS
