"""A plain python-telegram-bot bot that asks the same questions, set up as the library's own webhook example does.

It keeps nothing: what an officer told is gone when the process ends.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
import uvloop
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import ReplyKeyboardMarkup, ReplyKeyboardRemove, Update
from telegram.ext import Application, ContextTypes, ConversationHandler, MessageHandler, filters

from tests.fakes.bot_api import HOOK, SECRET, TOKEN
from tests.kit.story import questions

_QUESTIONS = questions()
_Step = Callable[[Update, ContextTypes.DEFAULT_TYPE], Coroutine[Any, Any, int]]


def _step(number: int) -> _Step:
    """Take the answer before, then ask the question of this number."""
    question, choices = _QUESTIONS[number]
    keyboard = ReplyKeyboardMarkup([[c] for c in choices]) if choices else ReplyKeyboardRemove()

    async def handle(written: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        assert written.message is not None
        assert context.user_data is not None
        context.user_data[number] = written.message.text
        await written.message.reply_text(question, reply_markup=keyboard)
        return number + 1 if number + 1 < len(_QUESTIONS) else ConversationHandler.END

    return handle


def _conversation() -> ConversationHandler[Any]:
    text = filters.TEXT & ~filters.COMMAND
    states: dict[object, list[Any]] = {n: [MessageHandler(text, _step(n))] for n in range(1, len(_QUESTIONS))}
    return ConversationHandler([MessageHandler(text, _step(0))], states, [])


async def _serve(port: int, api: str) -> None:
    application = Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None).build()
    application.add_handler(_conversation())

    async def telegram(request: Request) -> Response:
        if request.headers.get("x-telegram-bot-api-secret-token") != SECRET:
            return Response(status_code=403)
        await application.update_queue.put(Update.de_json(data=await request.json(), bot=application.bot))
        return Response()

    site = Starlette(routes=[Route(HOOK, telegram, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(site, port=port, http="httptools", log_config=None, access_log=False))
    async with application:
        await application.start()
        await server.serve()
        await application.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    chosen = parser.parse_args()
    uvloop.run(_serve(chosen.port, chosen.api))


if __name__ == "__main__":
    main()
