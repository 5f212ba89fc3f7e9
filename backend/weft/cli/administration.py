"""Commands that work beside a running server, on its database."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter, ValidationError

from weft.bootstrap import Application
from weft.identity.commands import CreateUser, ResetPassword
from weft.identity.queries import FirstWorkspace
from weft.identity.routes.fields import Email, Name
from weft.kernel.actor import Actor, Role, system_actor
from weft.kernel.errors import NotFound, invalid_field
from weft.kernel.ids import WorkspaceId, new_id, parse_id
from weft.platform.migrations import migrate
from weft.platform.settings import load_settings
from weft.platform.telemetry import configure_logging
from weft.workflows.commands import ImportWorkflow
from weft.workflows.queries import ExportWorkflow

_FORMATS: Final[dict[str, Literal["yaml", "json"]]] = {"yaml": "yaml", "json": "json"}


@asynccontextmanager
async def _opened() -> AsyncIterator[Application]:
    """The application without its worker: a server may run beside it."""
    settings = load_settings()
    configure_logging(settings)
    application = Application(settings)
    try:
        await application.open(work=False)
        yield application
    finally:
        await application.close()


async def _owner(application: Application) -> Actor:
    workspace_id = await application.bus.ask(FirstWorkspace(), system_actor(WorkspaceId(new_id())))
    if workspace_id is None:
        raise NotFound("There is no workspace yet: make the first owner with 'weft user create EMAIL --role owner'.")
    return system_actor(workspace_id)


async def migrate_schema() -> None:
    """Bring the schema up to date."""
    settings = load_settings()
    configure_logging(settings)
    await migrate(settings.database)
    print("The schema is up to date.")


async def create_account(email: str, name: str, role: str, password: str) -> None:
    """Make an account; the first one is the owner of a new workspace."""
    if role not in list(Role):
        raise invalid_field("--role", "unknown_role", f"'{role}' is no role: {', '.join(Role)}.")
    try:
        email = TypeAdapter(Email).validate_python(email)
    except ValidationError:
        raise invalid_field("EMAIL", "email", f"'{email}' is not an email address.") from None
    try:
        name = TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise invalid_field("--name", "name", "A name is one line of 1 to 200 printable characters.") from None
    async with _opened() as application:
        nobody = system_actor(WorkspaceId(new_id()))
        await application.bus.execute(CreateUser(email, password, name, Role(role)), nobody)
    print(f"{email} may sign in.")


async def reset_account(email: str, password: str) -> None:
    """Set a password, and end every session."""
    async with _opened() as application:
        await application.bus.execute(ResetPassword(email, password), system_actor(WorkspaceId(new_id())))
    print(f"{email} has a new password; every session has ended.")


async def export_file(workflow: str, output: Path | None, format: str) -> None:
    """Write a workflow to `output`, or to stdout."""
    workflow_id = parse_id(workflow)
    if workflow_id is None:
        raise NotFound(f"'{workflow}' is no workflow's id.")
    kind = _FORMATS.get(format)
    if kind is None:
        raise invalid_field("--format", "unknown_format", f"'{format}' is neither yaml nor json.")
    async with _opened() as application:
        _, text = await application.bus.ask(ExportWorkflow(workflow_id, kind), await _owner(application))
    if output is None:
        sys.stdout.buffer.write(text.encode())
    else:
        await asyncio.to_thread(output.write_bytes, text.encode())


async def import_file(file: Path) -> None:
    """Take a workflow file into the workspace."""
    text = await asyncio.to_thread(file.read_bytes)
    async with _opened() as application:
        command = ImportWorkflow(text, file.name)
        imported = await application.bus.execute(command, await _owner(application))
    for line in imported.report:
        if line["message"]:
            print(f"{line['status']}: {line['node'] or '-'}: {line['message']}", file=sys.stderr)
    print(imported.workflow.id)
