"""Ten thousand broken calls: none raises, none is a failure of ours, and none that is not signed leaves a row."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.ports.messengers import Request
from tests.fakes.tencent import APP_ID, TOKEN, Vendor
from tests.fakes.wechat_api import ACCOUNT, WechatApi
from tests.fakes.wechat_person import as_xml
from tests.kit.clock import Clock
from tests.kit.inbox import Inbox
from tests.kit.wechat import OPENID, make_wechat

CLOCK = Clock()
AT = int(CLOCK.now.timestamp())
VENDOR = Vendor()
WECHAT = make_wechat(WechatApi(clock=CLOCK), clock=CLOCK)
_FIELDS = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": AT, "MsgType": "text", "Content": "girl 16"}
WHOLE = VENDOR.call(as_xml({**_FIELDS, "MsgId": 77}), AT)
_NAMES = sorted(WHOLE[0])
_SNIPPETS = [
    b"<",
    b">",
    b"]]>",
    b"<![CDATA[",
    b"</xml>",
    b"\0",
    b"\xff",
    b"&a;",
    b"<!DOCTYPE x>",
    b"<Encrypt>",
    b"A" * 64,
]

_place = st.floats(0, 1, exclude_max=True)
_body_change = st.one_of(
    st.tuples(st.just("flip"), _place, st.integers(1, 255)),
    st.tuples(st.just("cut"), _place, st.integers(1, 40)),
    st.tuples(st.just("put"), _place, st.sampled_from(_SNIPPETS)),
    st.tuples(st.just("end"), _place, st.none()),
    st.tuples(st.just("twice"), _place, st.none()),
)
_query_change = st.tuples(
    st.sampled_from(_NAMES), st.one_of(st.none(), st.text(max_size=45), st.sampled_from(sorted(WHOLE[0].values())))
)
_inside = st.one_of(st.none(), st.text(max_size=60), st.sampled_from(["<xml/>", "<xml>" * 50, as_xml(_FIELDS)]))


def changed(body: bytes, change: tuple[str, float, int | bytes | None]) -> bytes:
    how, place, what = change
    at = int(place * len(body))
    if how == "flip" and body and isinstance(what, int):
        return body[:at] + bytes([body[at] ^ what]) + body[at + 1 :]
    if how == "cut" and isinstance(what, int):
        return body[:at] + body[at + what :]
    if how == "put" and isinstance(what, bytes):
        return body[:at] + what + body[at:]
    return body[:at] if how == "end" else body + body[at:]


def is_signed(query: dict[str, str], body: bytes) -> bool:
    """Whether the vendor signed this: worked out without a line of the adapter."""
    try:
        sealed = ElementTree.fromstring(body.decode()).findtext("Encrypt") or ""
        return query["msg_signature"] == VENDOR.sign(query["timestamp"], query["nonce"], sealed)
    except (KeyError, ValueError, ElementTree.ParseError):
        return False


@settings(max_examples=10_000, suppress_health_check=list(HealthCheck))
@given(st.lists(_body_change, max_size=3), st.lists(_query_change, max_size=2), _inside)
async def test_ten_thousand_broken_calls_raise_nothing_and_leave_no_row(
    body_changes: list[tuple[str, float, int | bytes | None]],
    query_changes: list[tuple[str, str | None]],
    inside: str | None,
) -> None:
    query, body = WHOLE if inside is None else VENDOR.call(inside, AT)
    for change in body_changes:
        body = changed(body, change)
    query = query | {name: value for name, value in query_changes if value is not None}
    for name, value in query_changes:
        if value is None:
            query.pop(name, None)
    inbox = Inbox()
    WECHAT._door.open(inbox)
    response = await WECHAT.handle(Request("POST", query, {}, body))
    assert response.status in {200, 401, 403, 413}
    assert (response.status == 200) == (inbox.tries == 1)
    assert is_signed(query, body) or inbox.tries == 0
    assert TOKEN not in response.body
    assert APP_ID not in response.body
