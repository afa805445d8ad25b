"""The asyncio client."""

import asyncio

from omnileads.kit.redis import connect_async
from omnileads.settings import Settings


def test_a_reader_stops_whenever_it_is_cancelled(settings: Settings) -> None:
    """Python's own `wait_for`, in the library's connection, forgets a cancellation at two of these moments."""

    async def scenario() -> None:
        async with connect_async(settings.redis, client_name="reader") as client:
            await client.ping()

            async def read() -> None:
                while True:
                    await client.ping()

            for moment in range(40):
                reader = asyncio.create_task(read())
                for _ in range(moment):
                    await asyncio.sleep(0)
                reader.cancel()
                await asyncio.wait({reader}, timeout=2)
                assert reader.cancelled(), f"reads on after being cancelled at step {moment}"

    asyncio.run(scenario())
