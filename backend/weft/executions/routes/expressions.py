"""The preview of an expression over HTTP."""

from weft.executions.queries import EvaluateExpression, Preview
from weft.executions.routes.shapes import ExpressionRequest
from weft.kernel.errors import invalid_field
from weft.platform.web import ActorDependency, BusDependency, allowed, router

routes = router("/expressions", "executions")


@routes.post(
    "/evaluate",
    dependencies=[allowed("workflows:write")],
    responses={404: {"description": "There is no such execution."}},
)
async def evaluate_expression(body: ExpressionRequest, actor: ActorDependency, bus: BusDependency) -> Preview:
    """The value of an expression or template: the preview while one is written."""
    if (body.expression is None) == (body.template is None):
        raise invalid_field("/expression", "one_of", "Send either 'expression' or 'template'.")
    if body.execution is not None and body.scope is not None:
        raise invalid_field("/scope", "one_of", "Send either 'scope' or 'execution' and 'node'.")
    if (body.execution is None) != (body.node is None):
        raise invalid_field("/node", "one_of", "'execution' and 'node' go together.")
    text = body.expression if body.expression is not None else body.template or ""
    place = (body.execution, body.node) if body.execution and body.node else None
    return await bus.ask(EvaluateExpression(text, body.template is not None, body.scope or {}, place), actor)
