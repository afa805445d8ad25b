"""The asyncio client; with Sentinels it is tested where there are some, in operator/tests/ha."""

import asyncio

import pytest
from redis.exceptions import ResponseError

from omnileads.kit.redis import NotReplicatedError, connect_async, execute_acknowledged
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


def test_what_too_few_replicas_have_is_not_acknowledged(settings: Settings) -> None:
    async def scenario() -> None:
        async with connect_async(settings.redis, client_name="writer") as client:
            for _ in range(2):
                pipeline = client.pipeline(transaction=False)
                pipeline.set("written", "here", ex=60)
                with pytest.raises(NotReplicatedError):
                    await execute_acknowledged(pipeline, 1)
            assert await client.get("written") == "here"

    asyncio.run(scenario())


def test_an_error_in_the_transaction_is_raised_although_it_is_written_out(settings: Settings) -> None:
    async def scenario() -> None:
        async with connect_async(settings.redis, client_name="writer") as client:
            await client.set("text", "no number")
            pipeline = client.pipeline(transaction=False)
            pipeline.incr("text")
            with pytest.raises(ResponseError, match="not an integer"):
                await execute_acknowledged(pipeline, 1)

    asyncio.run(scenario())
