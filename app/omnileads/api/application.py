"""The web application: the assembled routes, connected to the runtime, between the middleware and the console."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from omnileads.accounts.authenticator import AccountsAuthenticator
from omnileads.accounts.passwords import Passwords
from omnileads.api.assembly import build_api
from omnileads.api.console import ConsoleMiddleware
from omnileads.api.v1.authentication import ContractAuthenticator
from omnileads.api.v1.middleware import ContractMiddleware
from omnileads.calls.recording_files import RecordingFiles
from omnileads.campaigns.directory import CampaignAgentDirectory
from omnileads.campaigns.leads import follow_base
from omnileads.contacts.followers import follow
from omnileads.kit.middleware import RequestMiddleware, WebsocketOriginMiddleware
from omnileads.kit.runtime import Runtime
from omnileads.settings import Settings


def create_app(settings: Settings, runtime: Runtime | None = None, passwords: Passwords | None = None) -> FastAPI:
    """The application of these settings. `runtime` and `passwords` are given by tests; else they are built here."""
    own_runtime = runtime or Runtime.build(settings)
    app = build_api()
    app.router.lifespan_context = _lifespan(own_runtime, is_owned=runtime is None, threads=settings.app.request_threads)
    app.state.settings = settings
    app.state.runtime = own_runtime
    app.state.recordings = RecordingFiles.of(settings)
    app.state.passwords = passwords or Passwords()
    follow(follow_base)
    app.state.agent_directory = CampaignAgentDirectory(own_runtime)
    accounts = AccountsAuthenticator(own_runtime, settings)
    app.state.authenticator = ContractAuthenticator(accounts, own_runtime)
    app.add_middleware(ContractMiddleware, origins=settings.custom.origins(), headers=settings.custom.headers())
    app.add_middleware(WebsocketOriginMiddleware, public_url=str(settings.app.public_url))
    app.add_middleware(ConsoleMiddleware, directory=settings.app.console_directory)
    app.add_middleware(RequestMiddleware, clock=own_runtime.clock)
    return app


def _lifespan(
    runtime: Runtime, *, is_owned: bool, threads: int
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = threads
        yield
        if is_owned:
            runtime.close()

    return lifespan
