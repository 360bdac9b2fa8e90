"""What health says."""

import asyncio

from impl.errors import Unavailable
from impl.web.health import Health


def ready(health: Health) -> tuple[int, bytes]:
    answer = asyncio.run(health.answer("GET", "/health/ready"))
    assert answer
    return answer.status, answer.body


def test_a_process_that_can_not_serve_is_not_ready_and_says_so() -> None:
    stuck = [True]
    health = Health(lambda: None, lambda: stuck[0])
    status, body = ready(health)
    assert status == 503
    assert b"threads" in body
    live = asyncio.run(health.answer("GET", "/health/live"))
    assert live
    assert live.status == 200
    stuck[0] = False
    assert ready(health) == (200, b'{"status":"ready"}')


def test_a_process_whose_database_is_away_is_not_ready() -> None:
    def away() -> None:
        raise Unavailable("the database is away")

    assert ready(Health(away)) == (503, b'{"status":"waiting for the database"}')
