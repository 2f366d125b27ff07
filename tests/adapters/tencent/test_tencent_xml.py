"""The XML of WeChat and WeCom: read without harm, written without a way out of a text."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.tencent import xml

BOMBS = {
    "entities in entities": '<!DOCTYPE l [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
    "a file of this machine": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><Content>&x;</Content></xml>',
    "a document type alone": "<!DOCTYPE xml><xml><Content>a</Content></xml>",
    "an entity nobody declared": "<xml><Content>&a;</Content></xml>",
    "depth": "<xml>" + "<a>" * 100 + "</a>" * 100 + "</xml>",
    "elements without end": "<xml>" + "<a/>" * 5000 + "</xml>",
    "cut off": "<xml><Content>gir",
    "two documents": "<xml><a>1</a></xml><xml><a>2</a></xml>",
    "a letter that no XML has": "<xml><Content>\0</Content></xml>",
    "half a letter": "<xml><Content>\ud83d</Content></xml>",
    "no element": "hello",
    "nothing": "",
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_what_would_harm_or_makes_no_sense_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(xml.Unreadable) as caught:
        xml.parse(text)
    assert "gir" not in str(caught.value)


@pytest.mark.parametrize("sign", ["\0", "\x0b", "\x1b", "\ud83d", "\uffff"])
def test_a_pasted_sign_that_no_xml_has_loses_nobody_their_message(sign: str) -> None:
    found = xml.parse_said(f"<xml><Content><![CDATA[girl 16 {sign}locked in]]></Content></xml>")
    assert xml.text_of(found, "Content") == "girl 16 \ufffdlocked in"


@pytest.mark.parametrize("around", ["", " ", "\n  ", "\t"])
def test_space_around_what_is_quoted_is_no_part_of_it(around: str) -> None:
    found = xml.parse(
        f"<xml><MsgType>{around}<![CDATA[text]]>{around}</MsgType><Content>{around}<![CDATA[ a ]]></Content></xml>"
    )
    assert xml.text_of(found, "MsgType") == "text"
    assert xml.text_of(found, "Content") == " a "


def test_what_is_quoted_in_two_pieces_is_one_text() -> None:
    found = xml.parse("<xml><Content> <![CDATA[a]]]]><![CDATA[>b]]> </Content><Plain> as it is </Plain></xml>")
    assert xml.text_of(found, "Content") == "a]]>b"
    assert xml.text_of(found, "Plain") == " as it is "


def test_fields_are_read_also_those_within_others_and_those_that_come_twice() -> None:
    found = xml.parse(
        "<?xml version='1.0' encoding='gbk'?><xml><MsgType><![CDATA[event]]></MsgType><Empty></Empty>"
        "<SendPicsInfo><Count>2</Count><PicList><item><Md5>a</Md5></item><item><Md5>b</Md5></item></PicList></SendPicsInfo>"
        "<Content>女孩 &lt;16&gt; 👧</Content></xml>"
    )
    assert xml.text_of(found, "MsgType") == "event"
    assert xml.text_of(found, "Content") == "女孩 <16> 👧"
    assert xml.text_of(found, "SendPicsInfo", "Count") == "2"
    assert [xml.text_of(item, "Md5") for item in found["SendPicsInfo"]["PicList"]["item"]] == ["a", "b"]
    for nothing in (
        ("Empty",),
        ("None",),
        ("SendPicsInfo",),
        ("MsgType", "Below"),
        ("SendPicsInfo", "PicList", "item"),
    ):
        assert xml.text_of(found, *nothing) == ""


def writable(text: str) -> str:
    """What of a text XML can hold, with the ends of lines that every reader of XML makes of them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or (c >= " " and c not in "\ufffd\ufffe\uffff"))


@given(st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("]]>&<"))))
def test_whatever_a_text_holds_it_stays_one_text(text: str) -> None:
    written = xml.write({"Content": text, "CreateTime": 1348831860})
    content, moment = ElementTree.fromstring(written)
    assert (content.tag, moment.text) == ("Content", "1348831860")
    assert len(content) == 0
    assert (content.text or "").replace("\ufffd", "") == writable(text)
    assert xml.text_of(xml.parse(written), "Content") == (content.text or "")


def test_the_end_of_a_section_within_a_text_ends_nothing() -> None:
    sly = "x]]></Content><Content><![CDATA[forged"
    assert xml.text_of(xml.parse(xml.write({"Content": sly})), "Content") == sly
