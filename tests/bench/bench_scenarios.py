"""What the benchmark's Telnyx plays when asked to: some calls at once, or a burst of callers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import bench_telnyx
from bench_delivery import Ack, Delivery
from bench_telnyx import Call

PATIENCE = 10.0  # seconds for a caller until in the conference

_deliveries: dict[str, Delivery] = {}


def delivery_to(url: str) -> Delivery:
    return _deliveries.setdefault(url, Delivery(url))


async def calls(
    url: str, count: int, at_once: int, stay: bool = False, numbers: Sequence[str] = ("",)
) -> dict[str, Any]:
    """So many whole calls, to these numbers in turn. With `stay` they do not hang up."""
    delivery, waiting = delivery_to(url), list(range(count))
    entries: list[float | None] = []
    acks: list[Ack] = []
    came: list[Call] = []

    async def caller() -> None:
        while waiting:
            call = Call(delivery, numbers[waiting.pop() % len(numbers)])
            came.append(call)
            entries.append(await _entry(call))
            if entries[-1] is None:
                call.hang_up()
                continue  # its webhooks are not awaited
            if not stay:
                await asyncio.sleep(bench_telnyx.TALK)
                call.hang_up()
            acks.extend(await call.acked())

    await asyncio.gather(*(caller() for _ in range(at_once)))
    return {
        "webhooks": len(acks),
        "unanswered": sum(ack.status is None for ack in acks),
        "refused": sum(ack.status not in (None, 200) for ack in acks),
        "entries": entries,
        "calls": [call.id for call in came],
        "conferences": [call.conference for call in came],
    }


async def _entry(call: Call) -> float | None:
    """Seconds from dialling until in the conference. None if the caller lost patience."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await call.ring()
            await call.enter()
            return loop.time() - began
    return None


async def burst(url: str, count: int) -> dict[str, Any]:
    """So many callers ring at one instant; when all are answered, that is one instant, too.

    Nothing is delivered again: a caller is lost whose call.answered gets an error.
    """
    delivery = delivery_to(url)
    callers = [Call(delivery) for _ in range(count)]
    ringing = await _volley(callers, "call.initiated")
    await _within(call.answered.wait() for call in callers)
    await asyncio.sleep(1.0)  # the server is at rest again
    answered = await _volley(callers, "call.answered")
    await _within(
        _inside(call)
        for call, ack in zip(callers, answered, strict=True)
        if ack.status in (None, 200)
    )
    for call in callers:
        call.hang_up()
        await asyncio.sleep(0.01)
    await asyncio.gather(*(call.acked() for call in callers))
    inside = sum(call.inside.is_set() for call in callers)
    return {"call.initiated": ringing, "call.answered": answered, "inside": inside}


async def _volley(callers: list[Call], kind: str) -> list[Ack]:
    await callers[0].delivery.ready(len(callers))
    return await asyncio.gather(*[call.post(kind) for call in callers])


async def _inside(call: Call) -> None:
    await call.inside.wait()
    await call.join()


async def _within(waits: Any) -> None:
    """All of them, or PATIENCE."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    _, late = await asyncio.wait(tasks, timeout=PATIENCE)
    for task in late:
        task.cancel()


SCENARIOS: dict[str, Callable[..., Coroutine[Any, Any, dict[str, Any]]]] = {
    "/bench/calls": calls,
    "/bench/burst": burst,
}
