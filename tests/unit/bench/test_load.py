"""What the load tool says is read as it is meant, and a measurement that went wrong is none."""

import pytest

from tests.bench.load import LoadError, Sent, read_wrk
from tests.bench.work import Request

WRK = """Running 1s test @ http://127.0.0.1:8080/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    10.52ms    1.20ms  19.91ms   92.18%
    Req/Sec     1.53k    48.31     1.60k    70.00%
  1527 requests in 1.01s, 2.21MB read
Requests/sec:   1516.79
Transfer/sec:      2.19MB
{"requests":1527,"microseconds":1006722,"p50":10112,"p99":15873,"wrong":WRONG,"broken":BROKEN}
"""


def said(wrong: int, broken: int) -> str:
    return WRK.replace("WRONG", str(wrong)).replace("BROKEN", str(broken))


def test_the_last_line_counts() -> None:
    assert read_wrk(said(0, 0)) == Sent(1527, 1.006722)


@pytest.mark.parametrize(("wrong", "broken"), [(1, 0), (0, 1)])
def test_a_wrong_answer_or_a_broken_connection_spoils_a_measurement(
    wrong: int, broken: int
) -> None:
    with pytest.raises(LoadError, match=f"{wrong} answers .*, {broken} connections"):
        read_wrk(said(wrong, broken))


def test_a_request_is_one_message_of_http() -> None:
    head = b"GET /bills?limit=1 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"
    assert Request("GET", "/bills?limit=1").raw(80) == head + b"\r\n"
    head = b"POST /bills HTTP/1.1\r\nHost: 127.0.0.1:80\r\n"
    rest = b"Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    assert Request("POST", "/bills", b"{}").raw(80) == head + rest
