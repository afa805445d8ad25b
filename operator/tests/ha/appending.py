"""Appends events through the application's own Redis clients, for ever; prints each one that is acknowledged.

One client is asyncio's, as the call engine's; the other is for threads, as the worker's. Run as a program with the
application on its path.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time


def main() -> None:
    from omnileads.settings import RedisTopic  # noqa: PLC0415 - the application's, on its own path

    settings = RedisTopic(
        host="nobody.invalid",
        password=os.environ["REDIS_PASSWORD"],
        sentinels=os.environ["REDIS_SENTINELS"],
        sentinel_master=os.environ["REDIS_SENTINEL_MASTER"],
        acknowledged_by=int(os.environ["REDIS_ACKNOWLEDGED_BY"]),
    )
    threading.Thread(target=count, args=(settings,), daemon=True).start()
    asyncio.run(append(settings))


async def append(settings: object) -> None:
    from redis.exceptions import RedisError  # noqa: PLC0415

    from omnileads.kit.redis import connect_async, execute_acknowledged  # noqa: PLC0415

    client = connect_async(settings, client_name="appending")
    replicas = settings.acknowledged_by
    number = int(os.environ.get("AFTER_NUMBER", "0"))
    while True:
        number += 1
        try:
            async with client.pipeline(transaction=not replicas) as pipeline:
                pipeline.xadd("oml:events", {"id": str(number)})
                await execute_acknowledged(pipeline, replicas)
        except RedisError as error:
            tell(failed=number, error=f"{type(error).__name__}: {error}"[:200])
            await asyncio.sleep(0.2)
        else:
            tell(appended=number)
            await asyncio.sleep(0.02)


def count(settings: object) -> None:
    from redis.exceptions import RedisError  # noqa: PLC0415

    from omnileads.kit.redis import connect  # noqa: PLC0415

    client = connect(settings, client_name="counting")
    while True:
        try:
            tell(counted=client.incr("counted"))
        except RedisError as error:
            tell(uncounted=f"{type(error).__name__}: {error}"[:200])
        time.sleep(0.2)


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps({**facts, "at": time.monotonic()}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
