"""Command: deliveries as a bare loop makes them, by the HTTP client that the server uses.

`python -m tests.bench.bare_deliveries RECEIVERS EVENTS URL` posts so many events, signed, to each
path `URL/0`, `URL/1` and so on, one thread and one open connection each. It reads the event's JSON
from its input, says `ready`, waits for a line, and prints its seconds.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import orjson
from ulid import ULID
from urllib3.connection import HTTPConnection

from impl.events import signing


def main() -> int:
    """Run the command; the exit status."""
    receivers, events = map(int, sys.argv[1:3])
    url = urlsplit(sys.argv[3])
    body = sys.stdin.buffer.readline()[:-1]
    ids = [str(ULID()) for _ in range(events)]
    secret = signing.new_secret()

    def deliver(receiver: int) -> None:
        connection = HTTPConnection(url.hostname or "", url.port)
        for id_ in ids:
            signed = signing.headers(secret, id_, int(time.time()), body)
            headers = {"Content-Type": "application/json", "User-Agent": "bare", **signed}
            connection.request("POST", f"/{receiver}", body, headers, preload_content=False)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                raise RuntimeError(f"answered with {answer.status}")
        connection.close()

    with ThreadPoolExecutor(receivers) as pool:
        print("ready", flush=True)
        sys.stdin.buffer.readline()
        began = time.perf_counter()
        list(pool.map(deliver, range(receivers)))
        print(orjson.dumps(time.perf_counter() - began).decode(), flush=True)
    sys.stdin.buffer.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
