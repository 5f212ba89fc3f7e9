"""The `weft` command. Each command imports what it needs when it runs, so that `weft version` is instant."""

import asyncio
import os
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(name="weft", help="Draw, run and watch AI workflows.", no_args_is_help=True, add_completion=False)
users = typer.Typer(help="People who may sign in.", no_args_is_help=True)
app.add_typer(users, name="user")

COMPLETED, FAILED, INVALID = 0, 1, 2
File = Annotated[Path, typer.Argument(help="A workflow file, YAML or JSON.")]


@app.command()
def version() -> None:
    """Print the version."""
    from weft import __version__

    print(__version__)


@app.command()
def serve(host: str = "127.0.0.1", port: Annotated[int, typer.Option(min=0, max=65_535)] = 8000) -> None:
    """Serve the web app and the API, and work on runs."""
    from uvicorn.loops.auto import auto_loop_factory

    from weft.cli.serving import serve as run_server

    _finish(run_server(host, port), auto_loop_factory())


@app.command()
def run(
    file: File,
    inputs: Annotated[str, typer.Option("--input", help="The inputs: JSON, or @file.")] = "{}",
    stream: Annotated[bool, typer.Option(help="Print every event as a line of JSON on stderr.")] = False,
) -> None:
    """Run a workflow file, without a server. Outputs go to stdout, progress to stderr."""
    from weft.cli.running import run_file

    _finish(run_file(file, inputs, stream=stream))


@app.command()
def validate(file: File) -> None:
    """Check a workflow file."""
    from weft.cli.running import validate_file

    _finish(validate_file(file))


@app.command()
def migrate() -> None:
    """Bring the database schema up to date."""
    from weft.cli.administration import migrate_schema

    _finish(migrate_schema())


@app.command("export")
def export_workflow(
    workflow: Annotated[str, typer.Argument(help="The workflow's id.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write; stdout where left out.")
    ] = None,
    format: Annotated[str, typer.Option(help="yaml or json.")] = "yaml",
) -> None:
    """Write a workflow as a file."""
    from weft.cli.administration import export_file

    _finish(export_file(workflow, output, format))


@app.command("import")
def import_workflow(file: File) -> None:
    """Take a workflow file into the workspace; a known id is updated in place."""
    from weft.cli.administration import import_file

    _finish(import_file(file))


@app.command()
def doctor() -> None:
    """Check every configured part, and say what to do."""
    from weft.cli.doctor import examine

    _finish(examine())


@users.command("create")
def create_user(
    email: str,
    name: Annotated[str, typer.Option(help="The name to show.")] = "",
    role: Annotated[str, typer.Option(help="owner, admin, editor, operator or viewer.")] = "editor",
) -> None:
    """Make an account; the password is asked for, or read from stdin."""
    from weft.cli.administration import create_account

    _finish(create_account(email, name or email.split("@")[0], role, _password()))


@users.command("reset-password")
def reset_password(email: str) -> None:
    """Set a new password, and end every session of the account."""
    from weft.cli.administration import reset_account

    _finish(reset_account(email, _password()))


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


def _finish(
    work: Coroutine[Any, Any, int | None], loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
) -> None:
    """Run `work`, and end with its code; what is expected to go wrong is a line on stderr and exit code 2, no trace."""
    from weft.cli.reporting import expected_errors, tell_error

    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            code = runner.run(work)
        sys.stdout.flush()
    except BrokenPipeError:
        # Who reads the output has read enough, as `head` does. What is left in the buffer goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FAILED) from None
    except expected_errors() as error:
        tell_error(error)
        raise typer.Exit(INVALID) from None
    raise typer.Exit(code or COMPLETED)
