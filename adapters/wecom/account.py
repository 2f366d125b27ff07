"""The app's own business with WeCom: its access token."""

from __future__ import annotations

from adapters.calls.http_client import HttpClient
from adapters.tencent.account import token_in
from adapters.tencent.client import code_of
from adapters.tencent.tokens import Ask
from adapters.wecom.errors import Meanings
from adapters.wecom.settings import NAME, WecomSettings
from bot.domain.errors import Unavailable


def asks_token(http: HttpClient, settings: WecomSettings, meanings: Meanings) -> Ask:
    """Make the question for a token; it is the same whether the old one was refused or is merely old."""

    async def ask(_refused: str) -> tuple[str, float]:
        if not settings.secret:
            raise Unavailable("There is no app at WeCom: only robots are set up.")
        query = {"corpid": settings.corp_id, "corpsecret": settings.secret}
        answer = (await http.call("GET", "/cgi-bin/gettoken", query=query)).as_json()
        if code := code_of(answer):
            raise meanings(code, str(answer.get("errmsg", "")))
        return token_in(answer, NAME)

    return ask
