"""Renders pages: templates, the headers that every page carries, and pages about what went wrong."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from adapters.web.settings import WebSettings
from adapters.web.site import page_words
from adapters.web.site.answer_headers import headers
from adapters.web.site.assets import Assets
from adapters.web.site.request_checks import Proxies
from adapters.web.site.visit import Visit
from bot.domain import names
from bot.domain.agreement import Agreement
from bot.language.texts import tr

_TEMPLATES = Path(__file__).parents[1] / "templates"
#: Tells htmx to stop asking again and again.
_STOP_POLLING = 286


class Pages:
    """Makes HTML of templates. Everything is escaped unless it was made safe here."""

    def __init__(self, settings: WebSettings, agreement: Agreement, proxies: Proxies, assets: Assets) -> None:
        """Load the templates."""
        self._settings = settings
        self._agreement = agreement
        self._proxies = proxies
        loader = FileSystemLoader(_TEMPLATES)
        self._templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.globals.update(
            tr=tr, words=page_words, wording=names, asset=assets.url, version=settings.version
        )

    def render(
        self, name: str, request: Request, *, visit: Visit | None = None, status: int = 200, **values: object
    ) -> HTMLResponse:
        """Render a template with the headers of a page."""
        language = visit.language if visit else "en"
        side = self._agreement.parties.get(visit.person.party) if visit else None
        html = self._templates.get_template(name).render(
            language=language,
            visit=visit,
            person=visit.person if visit else None,
            side=side,
            csrf=visit.csrf if visit else "",
            **values,
        )
        over_tls = self._settings.is_https or self._proxies.scheme(request) == "https"
        return HTMLResponse(html, status, headers=headers(over_tls=over_tls))

    def problem(self, request: Request, status: int, sentence: str, *, visit: Visit | None = None) -> HTMLResponse:
        """Say what went wrong and hand back what was typed; a page that has script shows only the sentence."""
        if request.headers.get("hx-request") == "true":
            notice = self.render("_notice.html", request, visit=visit, status=status, problem=sentence)
            notice.headers.update({"HX-Retarget": "#notice", "HX-Reswap": "innerHTML"})
            return notice
        kept = getattr(request.state, "kept", "")
        return self.render("problem.html", request, visit=visit, status=status, problem=sentence, kept=kept)

    def error(self, request: Request, status: int) -> HTMLResponse:
        """Say what an HTTP status means to a person."""
        return self.problem(request, status, page_words.http_error(status, "en") or HTTPStatus(status).phrase)

    def wait(self, request: Request, after: timedelta, *, visit: Visit | None = None) -> HTMLResponse:
        """Ask somebody who is too fast to wait; what they typed is handed back."""
        language = visit.language if visit else "en"
        answer = self.problem(request, 429, page_words.http_error(429, language), visit=visit)
        answer.headers["Retry-After"] = str(max(1, int(after.total_seconds())))
        return answer

    def signed_out(self, request: Request) -> HTMLResponse:
        """Ask somebody without a session to get a sign-in link."""
        polls = request.method == "GET" and request.headers.get("hx-request") == "true"
        sentence = tr(
            "en",
            "You are not signed in. Write /board to the bridge in private, on the messenger where it writes to you: it "
            "answers with a link at any hour. Where you have no messenger, ask your admin.",
        )
        return self.problem(request, _STOP_POLLING if polls else 401, sentence)
