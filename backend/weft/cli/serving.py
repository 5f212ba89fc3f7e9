"""`weft serve`: the web app, the API and the worker in one process."""

import sys

from weft.bootstrap import Application
from weft.kernel.errors import Unavailable
from weft.main import make_app
from weft.platform.server import end_process
from weft.platform.server import serve as serve_app
from weft.platform.settings import load_settings
from weft.platform.telemetry import configure_logging


async def serve(host: str, port: int) -> int:
    """Serve until SIGINT or SIGTERM, then drain and end the process: it answers only where it could not listen.

    Raises BadSetting, DataDirectoryLocked.
    """
    settings = load_settings()
    settings.check_role()
    configure_logging(settings)
    application = Application(settings)
    app = make_app(application, host)

    def say(addresses: list[str]) -> None:
        for address in addresses:
            print(f"Weft serves {address}", file=sys.stderr, flush=True)
        if app.state.setup_token and not settings.setup_token:
            print(f"The first owner's set-up asks for this token: {app.state.setup_token}", file=sys.stderr, flush=True)

    try:
        await serve_app(app, settings, host, port, application.drain, say)
    except Unavailable as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 1
    return end_process(0)
