"""Trying a credential out over the guarded HTTP client."""

from typing import Final

import orjson

from weft.credentials.ports import Probed
from weft.engine.capabilities import Http, HttpAnswer, OpenedCredential
from weft.engine.errors import NodeError

_MODELS: Final = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com/v1"}
_TIMEOUT_S: Final = 15
_MAX_BYTES: Final = 4 * 1024 * 1024


class HttpProbe:
    """Implements `ports.Probe`: lists the models of model providers, else asks the first allowed host for HEAD /."""

    def __init__(self, http: Http) -> None:
        self._http = http

    async def probe(self, credential: OpenedCredential) -> Probed:
        address = credential.data.get("base_url") or _MODELS.get(credential.type)
        if address:
            method, url = "GET", address.rstrip("/") + "/models"
        elif credential.allowed_hosts:
            method, url = "HEAD", f"https://{credential.allowed_hosts[0]}/"
        else:
            return Probed(False, "This credential has no host that it could be tried on.")
        try:
            answer = await self._http.send(
                method,
                url,
                authorization=credential.authorization(),
                timeout_s=_TIMEOUT_S,
                max_bytes=_MAX_BYTES,
            )
        except NodeError as error:
            return Probed(False, error.message)
        return _judged(answer, lists_models=bool(address))


def _judged(answer: HttpAnswer, *, lists_models: bool) -> Probed:
    status = answer.status
    if status in (401, 403):
        return Probed(False, f"The server refused it ({status}).", status)
    if status >= 500 or (lists_models and status >= 400):
        return Probed(False, f"The server answered {status}.", status)
    if not lists_models:
        return Probed(True, f"The server answered {status}, and did not refuse it.", status)
    models = _models(answer.body)
    if models is None:
        return Probed(False, "The server does not list its models in the way of the OpenAI API.", status)
    return Probed(True, f"It works; {len(models)} models.", status, models)


def _models(body: bytes) -> list[str] | None:
    try:
        entries = orjson.loads(body)["data"]
        return sorted(str(entry["id"])[:200] for entry in entries)[:1000]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
