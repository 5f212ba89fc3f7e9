"""The ASGI application: `uvicorn --factory weft.main:create`, or `weft serve`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from weft.bootstrap import Application
from weft.gateways.rest import create_app
from weft.identity.queries import IsSetUp
from weft.identity.routes.sessions import NOBODY
from weft.platform.settings import Settings, load_settings


def make_app(application: Application, host: str = "127.0.0.1") -> FastAPI:
    """The web application around `application`, which opens and closes with it."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await application.open()
        if await application.bus.ask(IsSetUp(), NOBODY):
            app.state.setup_token = None
        try:
            yield
        finally:
            await application.close()

    app = create_app(
        application.bus,
        application.settings,
        host=host,
        cache=application.cache,
        parts=application.parts(),
        on_setup=[application.import_starters],
        lifespan=lifespan,
    )
    app.state.live = application.live
    app.state.follower = application.follower
    app.state.application = application
    return app


def create(settings: Settings | None = None) -> FastAPI:
    """An application of its own, from the environment."""
    settings = settings or load_settings()
    settings.check_role()
    return make_app(Application(settings))
