"""Our own style sheet, script and icon, and htmx: read once, served from memory, cached for ever by content."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).parents[1] / "static"
_YEAR = 365 * 24 * 3600  #: seconds


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    content: bytes
    packed: bytes
    media_type: str
    digest: str


class Assets:
    """All files of the static folder."""

    def __init__(self, folder: Path = _FOLDER) -> None:
        """Read them."""
        self._assets = {path.name: _read(path) for path in folder.iterdir() if path.is_file()}

    def url(self, name: str) -> str:
        """Where a page finds a file; the address changes whenever the content does."""
        return f"/static/{name}?v={self._assets[name].digest}"

    async def serve(self, request: Request) -> Response:
        """Answer with a file."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise HTTPException(404)
        is_packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {
            "Cache-Control": f"public, max-age={_YEAR}, immutable",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Vary": "Accept-Encoding",
        }
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        return Response(asset.packed if is_packed else asset.content, media_type=asset.media_type, headers=headers)

    def content(self, name: str) -> bytes:
        """What is in a file."""
        return self._assets[name].content


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(content, gzip.compress(content, mtime=0), media_type, hashlib.sha256(content).hexdigest()[:16])
