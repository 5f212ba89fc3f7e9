"""The static web app: files of the export, `_` shells for pages with an id, a policy for each page's scripts."""

import hashlib
import mimetypes
import os
import re
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, Union

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.types import Receive, Scope, Send

_INLINE: Final = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_TYPES: Final = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
_SHELL: Final = "_"
_NOT_BUILT: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Weft</title>
<body style="font:16px system-ui;max-width:40rem;margin:4rem auto">
<h1>The web app is not built</h1>
<p>The API is running. Build the web app with <code>make web</code>, then start Weft again.</p>
<p>The API's description: <a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p></body></html>"""


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    media_type: str
    etag: str
    headers: dict[str, str]


_Tree: TypeAlias = dict[str, Union[_File, "_Tree"]]


class WebApp:
    """Serves `directory` as it was when Weft started; nothing outside that list can be asked for."""

    def __init__(self, directory: Path) -> None:
        self._tree = _read(directory)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers GET and HEAD. Raises HTTPException 405 for other methods."""
        request = Request(scope)
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        await self._respond(request)(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        if not self._tree:
            policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
            return HTMLResponse(_NOT_BUILT, 404, {"Content-Security-Policy": policy})
        file = self._find(request.scope["path"])
        if file is None:
            missing = self._tree.get("404.html")
            if not isinstance(missing, _File):
                raise HTTPException(404)
            return FileResponse(missing.path, 404, missing.headers, missing.media_type)
        headers = {**file.headers, "ETag": file.etag}
        if file.etag in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
            return Response(None, 304, headers)
        return FileResponse(file.path, 200, headers, file.media_type)

    def _find(self, path: str) -> _File | None:
        if "\0" in path or "\\" in path:
            return None
        segments = [segment for segment in path.split("/") if segment]
        if any(segment in (".", "..") for segment in segments):
            return None
        return _descend(self._tree, segments or ["index.html"])


def _descend(tree: _Tree, segments: list[str]) -> _File | None:
    """By segment: what is literally there first, then the `_` shell."""
    name, *rest = segments
    if not rest:
        return _leaf(tree, name)
    for step in (name, _SHELL):
        below = tree.get(step)
        if isinstance(below, dict):
            found = _descend(below, rest)
            if found is not None:
                return found
    return None


def _leaf(tree: _Tree, name: str) -> _File | None:
    stem, suffix = os.path.splitext(name)
    names = [name, f"{name}.html"]
    if not suffix:
        names += [f"{_SHELL}.html"]
    elif suffix in (".html", ".txt") and not stem.startswith("__next"):
        names += [f"{_SHELL}{suffix}"]
    for candidate in names:
        entry = tree.get(candidate)
        if isinstance(entry, _File):
            return entry
    for step in (name, _SHELL) if not suffix else (name,):
        below = tree.get(step)
        if isinstance(below, dict) and isinstance(below.get("index.html"), _File):
            return below["index.html"]  # type: ignore[return-value]
    return None


def _read(directory: Path, immutable: bool = False) -> _Tree:
    tree: _Tree = {}
    if not directory.is_dir():
        return tree
    for entry in os.scandir(directory):
        if entry.is_dir(follow_symlinks=False):
            is_static = immutable or (entry.name == "static" and directory.name == "_next")
            tree[entry.name] = _read(Path(entry.path), is_static)
        elif entry.is_file(follow_symlinks=False):
            tree[entry.name] = _file(Path(entry.path), immutable)
    return tree


def _file(path: Path, immutable: bool) -> _File:
    media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    content = path.read_bytes()
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if immutable else "no-cache"}
    if media_type == "text/html":
        headers["Content-Security-Policy"] = policy_of(content)
    return _File(path, media_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"', headers)


def policy_of(page: bytes) -> str:
    """The Content-Security-Policy of `page`: its own inline scripts by hash, all else from this origin."""
    hashes = {b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page)}
    scripts = " ".join(["'self'", *(f"'sha256-{value}'" for value in sorted(hashes))])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )
