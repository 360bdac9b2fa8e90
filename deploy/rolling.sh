#!/bin/sh
# Restarts the servers of compose.yaml one after the other, then the workers, so that one always answers:
# `deploy/rolling.sh` after a changed setting or image, `deploy/rolling.sh --force-recreate` in any case,
# such as after a changed secret, which Compose does not notice.
# It stops at a server that is not ready within 120 s; the others go on as they were.
set -eu
cd "$(dirname "$0")"

ready='
import os, sys, time, urllib.request
url = "http://127.0.0.1:" + os.environ["PORT"] + "/health/ready"
deadline = time.monotonic() + 120
while True:
    try:
        sys.exit(urllib.request.urlopen(url, timeout=10).status != 200)
    except OSError as error:
        if time.monotonic() > deadline:
            sys.exit(f"not ready: {error}")
    time.sleep(0.2)
'

# Each server-* and worker-* that Compose knows of: compose.yaml, and an override file beside it.
services=$(docker compose config --services)
for service in $(echo "$services" | grep '^server-' | sort); do
    docker compose up --detach --no-deps "$@" "$service"
    docker compose exec -T "$service" python -c "$ready"
    sleep 6  # nginx asks a server again 5 s after it failed (fail_timeout)
done
for service in $(echo "$services" | grep '^worker-' | sort); do
    docker compose up --detach --no-deps "$@" "$service"
done
