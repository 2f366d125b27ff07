"""What is handed out as a file: nothing in it runs, nothing is shown in its place, nothing of it is kept. Pure."""

from __future__ import annotations

from starlette.responses import Response

from adapters.web.site.answer_headers import headers

#: Whatever a browser makes of it.
_INERT = {
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def download(content: bytes, name: str, *, over_tls: bool) -> Response:
    """Hand out bytes under a name of ours, which is letters, figures, points and hyphens."""
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    dressed = headers(over_tls=over_tls) | _INERT | disposition
    return Response(content, media_type="application/octet-stream", headers=dressed)
