"""Promises about a wrong configuration: everything is told at once, by its key, and no secret."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config.load import SAMPLE, load
from bot.config.model import Settings
from bot.domain.errors import ConfigError
from tests.kit.configuring import SMALLEST, TOKEN, Write, told, writer
from tests.kit.keys import KEYS


@pytest.fixture
def written(tmp_path: Path) -> Write:
    return writer(tmp_path)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_a_secret_file_that_cannot_be_used_is_told(written: Write, tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    file = str(tmp_path / "token")
    mistakes = told(written, SMALLEST, CASEBRIDGE_MESSENGERS__TELEGRAM__TOKEN_FILE=file)
    assert set(mistakes) == {"messengers.telegram.token_file"}


def test_all_mistakes_are_told_at_once_read_ones_and_thought_ones(written: Write) -> None:
    mistakes = told(
        written,
        SMALLEST
        + """
        [[desks]]
        id = "kh-night"
        party = "KH"
        role = "nights"
        name = "Night desk"
        [[desks]]
        id = "cn-night"
        party = "CN"
        role = "duty"
        name = "Night desk"
        addresses = ["telegram:-1", "nonsense"]
        [server]
        prot = 1
        port = "many"
        public_url = "http://bridge.example"
        [urgency.U2]
        police = "1m"
        """,
        CASEBRIDGE_SERVER_HOST="x",
    )
    assert set(mistakes) == {
        "CASEBRIDGE_SERVER_HOST",
        "server.prot",
        "server.port",
        "server.public_url",
        "desks.3.role",
        "desks.4.addresses.1",
        "desks.4.addresses.2",
        "urgency.U2.police",
    }
    assert mistakes["server.prot"].remedy == "Did you mean port?"
    assert mistakes["CASEBRIDGE_SERVER_HOST"].remedy == "Did you mean CASEBRIDGE_SERVER__HOST?"
    assert "duty" in mistakes["desks.3.role"].remedy


#: An app of WeCom, as its page shows it.
WECHAT = f"""
[server]
public_url = "https://bridge.example"
[messengers.wechat]
app_id = 'wx1'
app_secret = 'x'
token = 'x'
aes_key = '{"0" * 43}'
"""
WECOM = f"""
[server]
public_url = 'https://bridge.example'
[messengers.wecom]
corp_id = 'ww1'
agent_id = 7
secret = 's'
token = 't'
aes_key = '{"a" * 43}'
"""


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("[server]\nport = 0", "server.port"),
        ("[journal]\ndigest_at = '24:00'", "journal.digest_at"),
        ("[journal]\ndigest_at = 6", "journal.digest_at"),
        ("[bridge]\ntest_ring = 'monday 10:00'", "bridge.test_ring"),
        ("[bridge]\ntest_ring = 'mon'", "bridge.test_ring"),
        ("[bridge]\ntest_ring = 'mon 24:00'", "bridge.test_ring"),
        ("[bridge]\ntest_ring = 7", "bridge.test_ring"),
        ("[retention]\ntier2_after = '2000d'", "retention.tier2_after"),
        ("[retention]\ncases_after = '20d'\ntier2_after = '10d'", "retention.drills_after"),
        ("[retention]\ncases_after = '0d'", "retention.cases_after"),
        ("[retention]\ncases_after = 5", "retention.cases_after"),
        ("[retention]\nbatch = 1", "retention.batch"),
        ("[retention]\nat = 'night'", "retention.at"),
        ("[server]\nport = 70000", "server.port"),
        ("[server]\nport = 80.5", "server.port"),
        ("[server]\nhost = '0.0.0.0'", "server.host"),
        ("[server]\nhost = ''", "server.host"),
        ("[server]\npublic_url = 'bridge.example'", "server.public_url"),
        ("[server]\npublic_url = 'http://bridge.example'", "server.public_url"),
        ("[server]\npublic_url = 'https://bridge.example:none'", "server.public_url"),
        ("[server]\npublic_url = 'https://bridge example/'", "server.public_url"),
        ("[server]\npublic_url = 'https://bridge.example/\u00fc'", "server.public_url"),
        ("[server]\npublic_url = 'https://br\u00fccke.example'", "server.public_url"),
        ("[server]\npublic_url = 'https://bridge.example/?x'", "server.public_url"),
        ("[server]\npublic_url = 'https://bridge.example/#y'", "server.public_url"),
        ("[server]\npublic_url = 'https://me@bridge.example'", "server.public_url"),
        ("[server]\npublic_url = 'https://bridge..example'", "server.public_url"),
        ("[server]\npublic_url = 'https://-'", "server.public_url"),
        ("[server]\nhost = '   '", "server.host"),
        ("[translation]\nurl = 'translate.example'", "translation.url"),
        ("[translation]\nurl = 'http://translate.example'", "translation.url"),
        ("[translation]\nurl = 'https://translate.example/?key=1'", "translation.url"),
        ("[translation]\nurl = 'https://translate.example'\ncommand = 'cat'", "translation.url"),
        ("[translation]\napi_key = 'k'", "translation.api_key"),
        ("[translation]\ncommand = '/nowhere/translate'", "translation.command"),
        ("[translation]\ncommand = 'cat \"'", "translation.command"),
        ("[translation]\ncommand = ' '", "translation.command"),
        ("[translation]\nanswer_within = '2m'", "translation.answer_within"),
        ("[translation]\nsecret = 'x'", "translation.secret"),
        ("[server]\ntrusted_proxies = ['proxy']", "server.trusted_proxies.1"),
        ("[server]\ntrusted_proxies = '10.0.0.1'", "server.trusted_proxies"),
        ("server = 1", "server"),
        ("[sever]\nport = 1", "sever"),
        ("[database]\nurl = 'mysql://host/name'", "database.url"),
        ("[database]\nurl = 'sqlite:///'", "database.url"),
        ("[bridge]\nrecord_language = 'fr'", "bridge.record_language"),
        ("[bridge]\nidentity_on_messenger = 'sometimes'", "bridge.identity_on_messenger"),
        ("[bridge]\nalert_after = 3", "bridge.alert_after"),
        ("[bridge]\nalert_after = '0m'", "bridge.alert_after"),
        ("[bridge]\nalert_after = '-3m'", "bridge.alert_after"),
        ("[bridge]\nalert_after = '400d'", "bridge.alert_after"),
        ("[bridge]\nalert_after = '3 minutes'", "bridge.alert_after"),
        ("[people]\nconfirm_every = 90", "people.confirm_every"),
        ("[people]\nconfirm_every = '0d'", "people.confirm_every"),
        ("[people]\nsession_idle = 'never'", "people.session_idle"),
        ("[security]\nkey_file = '/there/is/none'", "security.key_file"),
        ("[urgency.U1]\nacknowledge = '2h'", "urgency.U1.police"),
        ("[urgency.U1]\ndiplomatic = '30m'", "urgency.U1.diplomatic"),
        ("[urgency.U1]\npolice = '0s'", "urgency.U1.police"),
        ("[urgency.U5]\npolice = '1h'", "urgency.U5"),
        ("[messengers.telegram]\ntoken = 'a b'", "messengers.telegram.token"),
        ("[messengers.telegram]\nmode = 'webhok'", "messengers.telegram.mode"),
        ("[messengers.telegram]\nsecret_token = 'no blanks'", "messengers.telegram.secret_token"),
        ("[messengers.telegram]\nchat_per_second = -1", "messengers.telegram.chat_per_second"),
        ("[messengers.telegram]\nchat_per_second = 1e-300", "messengers.telegram.chat_per_second"),
        ("[messengers.telegram]\ntotal_per_second = inf", "messengers.telegram.total_per_second"),
        ("[messengers.telegram]\ngroup_per_minute = nan", "messengers.telegram.group_per_minute"),
        ("[messengers.telegram]\napi_base_url = 'http://bot api:8081'", "messengers.telegram.api_base_url"),
        ("[messengers.telegram]\nproxy = 'proxy'", "messengers.telegram.proxy"),
        (WECHAT.replace("app_id = 'wx1'", ""), "messengers.wechat.app_id"),
        (WECHAT.replace("app_secret = 'x'", ""), "messengers.wechat.app_secret"),
        (WECHAT.replace("token = 'x'", ""), "messengers.wechat.token"),
        (WECHAT.replace("000'", "'"), "messengers.wechat.aes_key"),
        (WECHAT.replace("000'", "-'"), "messengers.wechat.aes_key"),
        (WECHAT.replace("https", "http").replace("bridge.example", "127.0.0.1"), "server.public_url"),
        ("[email]\nhost = 'mail.example'", "email.sender"),
        ("[email]\nhost = 'mail.example:587'\nsender = 'bridge@mail.example'", "email.host"),
        ("[email]\nhost = 'mail.example\\n'\nsender = 'bridge@mail.example'", "email.host"),
        ("[email]\nsender = 'bridge@mail.example'", "email.host"),
        ("[email]\nhost = 'mail.example'\nsender = 'Bridge <bridge@mail.example>'", "email.sender"),
        ("[email]\nhost = 'mail.example'\nsender = 'b@mail.example'\nusername = 'b'", "email.password"),
        ("[email]\nhost = 'mail.example'\nsender = 'b@mail.example'\npassword = 'p'", "email.username"),
        (WECOM.replace("7", "0"), "messengers.wecom.agent_id"),
        (WECOM.replace("secret = 's'", ""), "messengers.wecom.secret"),
        (WECOM.replace("aaa", "aa", 1), "messengers.wecom.aes_key"),
        (WECOM.replace("https", "http").replace("bridge.example", "127.0.0.1"), "server.public_url"),
        ("[messengers.wecom]\nrobots = [{ name = 'duty', key = 'no key' }]", "messengers.wecom.robots.1.key"),
        ("[messengers.wecom]\nrobots = [{ name = 'Duty desk', key = 'k-12345678' }]", "messengers.wecom.robots.1.name"),
        ("[messengers.wecom]\nrobots = [{ name = 'duty' }]", "messengers.wecom.robots.1.key"),
        (
            "[messengers.wecom]\nrobots = [{ name = 'a', key = 'k-12345678' }, { name = 'a', key = 'k-12345679' }]",
            "messengers.wecom.robots.2.name",
        ),
        ("[messengers.web]\nenabled = 'perhaps'", "messengers.web.enabled"),
        ("[messengers.web]\nenabled = false", "messengers"),
        ("[watchdog]\nurl = 'ping'", "watchdog.url"),
    ],
)
def test_one_mistake_is_told_by_its_key(written: Write, more: str, key: str) -> None:
    text = f"{more}\n{SMALLEST}" if more.startswith("server =") else f"{SMALLEST}\n{more}\n"
    assert set(told(written, text)) == {key}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('code = "CN"', 'code = "KH"', "parties.2.code"),
        ('code = "CN"', 'code = "cn"', "parties.2.code"),
        ('code = "KC"', 'code = "XX"', "corridors.1.code"),
        ('code = "KC"', 'code = "KCN"', "corridors.1.code"),
        ('parties = ["KH", "CN"]', 'parties = ["KH", "KH"]', "corridors.1.parties"),
        ('parties = ["KH", "CN"]', 'parties = ["KH"]', "corridors.1.parties"),
        ('parties = ["KH", "CN"]', 'parties = ["KH", "VN"]', "corridors.1.parties"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia/Peking"', "parties.2.timezone"),
        ('timezone = "Asia/Shanghai"', 'timezone = "../etc/passwd"', "parties.2.timezone"),
        ('timezone = "Asia/Shanghai"', 'timezone = "Asia"', "parties.2.timezone"),
        ('timezone = "Asia/Shanghai"', "", "parties.2.timezone"),
        ('name = "China"', 'name = "   "', "parties.2.name"),
        ('name = "China"', 'name = "\u200b"', "parties.2.name"),
        ('name = "Duty desk"', 'name = " \\t "', "desks.1.name"),
        ('name = "China"', 'name = "China"\nlanguages = ["Chinese"]', "parties.2.languages.1"),
        ('name = "China"', 'name = "China"\nlanguages = []', "parties.2.languages"),
        ('name = "China"', 'name = "China"\ncountries = ["ZZ"]', "parties.2.countries.1"),
        ('name = "China"', 'name = "China"\ncountries = ["cn"]', "parties.2.countries.1"),
        ('id = "cn-duty"', 'id = "kh-duty"', "desks.2.id"),
        ('id = "cn-duty"', 'id = "CN duty"', "desks.2.id"),
        ('party = "CN"\nrole = "duty"', 'party = "CN"\nrole = "police"', "parties.2"),
        ('role = "duty"', 'role = "duty"\naddresses = ["pigeon:1"]', "desks.1.addresses.1"),
        ('role = "duty"', 'role = "duty"\naddresses = ["wecom:group"]', "desks.1.addresses.1"),
        ('role = "duty"', 'role = "duty"\naddresses = ["email:duty@example.org"]', "desks.1.addresses.1"),
    ],
)
def test_a_mistake_in_the_agreement_is_told_by_its_place(written: Write, old: str, new: str, key: str) -> None:
    assert old in SMALLEST
    assert key in told(written, SMALLEST.replace(old, new, 1))


def test_a_second_corridor_between_the_same_parties_is_told(written: Write) -> None:
    more = '[[corridors]]\ncode = "CK"\nparties = ["CN", "KH"]\n'
    assert set(told(written, SMALLEST + more)) == {"corridors.2.parties"}


def test_a_corridor_whose_own_deadlines_cross_is_told(written: Write) -> None:
    text = SMALLEST.replace(
        'parties = ["KH", "CN"]\n', 'parties = ["KH", "CN"]\n[corridors.urgency.U1]\npolice = "4h"\n'
    )
    assert set(told(written, text)) == {"corridors.1.urgency.U1.diplomatic"}


def test_an_empty_file_says_that_there_is_no_agreement(written: Write) -> None:
    assert set(told(written, "")) == {"parties", "corridors"}


def test_a_telegram_webhook_needs_a_token_a_secret_and_https(written: Write) -> None:
    mistakes = told(written, SMALLEST + "[messengers.telegram]\nmode = 'webhook'\n")
    assert set(mistakes) == {"messengers.telegram.token", "messengers.telegram.secret_token", "server.public_url"}
    good = f"[server]\npublic_url = 'https://b.example/'\n[messengers.telegram]\nmode = 'webhook'\ntoken = '{TOKEN}'\n"
    settings = written(f"{SMALLEST}{good}secret_token = 'long_Enough-1'\n")
    assert settings.server.url == "https://b.example"


@pytest.mark.parametrize(
    ("url", "is_right"),
    [
        ("postgresql://bridge@host/name", True),
        ("postgresql:///name?host=/run/postgresql", True),
        ("postgresql://bridge:@/name?host=%2Frun%2Fpostgresql", True),
        ("postgresql:///name", False),
        ("postgresql:///?host=/run/postgresql", False),
        ("mysql://bridge@host/name", False),
    ],
)
def test_a_database_is_a_file_a_server_or_the_socket_of_one(written: Write, url: str, is_right: bool) -> None:
    text = f"{SMALLEST}[database]\nurl = '{url}'\n"
    if is_right:
        assert written(text).database.url.get_secret_value() == url
    else:
        assert set(told(written, text)) == {"database.url"}


def test_a_file_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    mistakes = told(load, tmp_path / "none.toml", {})
    assert mistakes[str(tmp_path / "none.toml")].problem == "There is no such file."


def test_a_file_that_is_no_toml_is_told_with_its_line(written: Write, tmp_path: Path) -> None:
    assert "line 2" in told(written, "[server]\nport 80\n")[str(tmp_path / "config.toml")].problem


def test_no_secret_is_ever_printed(written: Write) -> None:
    text = SMALLEST + "[messengers.telegram]\ntoken = 'my secret token'\n[watchdog]\nurl = 'secret'\n"
    with pytest.raises(ConfigError) as caught:
        written(text, CASEBRIDGE_DATABASE__URL="secret", CASEBRIDGE_EMAIL='{"secret": ')
    assert {m.key for m in caught.value.mistakes} >= {"messengers.telegram.token", "watchdog.url", "database.url"}
    assert "my secret" not in str(caught.value)
    assert "'secret'" not in str(caught.value)
    settings = load(None, {"CASEBRIDGE_MESSENGERS__TELEGRAM__TOKEN": TOKEN})
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.secrets == (TOKEN,)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "code", "U1", "x"]), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(Settings.model_fields)), JUNK, min_size=1))
def test_whatever_the_environment_holds_only_mistakes_are_told(junk: dict[str, Any]) -> None:
    environ = {f"CASEBRIDGE_{section}": json.dumps(value) for section, value in junk.items()}
    with suppress(ConfigError):
        load(None, environ)
    assert SAMPLE["corridors"] == [{"code": "KC", "parties": ["KH", "CN"]}]


MAIL = '[email]\nhost = "mail.example"\nsender = "bridge@mail.example"\n'


@pytest.mark.parametrize(
    "peer",
    [
        "duty", "duty@example", "@example.org", "duty@", "two@example.org,one@example.org", "Duty <duty@example.org>",
        "duty@example.org\\r\\nBcc: x@example.org", "du ty@example.org", "duty@-example.org", "du..ty@example.org",
        "\\u0434uty@example.org", f"{'d' * 65}@example.org", f"duty@{'e' * 250}.org",
    ],
)  # fmt: skip
def test_an_address_for_e_mail_is_one_plain_address(written: Write, peer: str) -> None:
    desk = f'role = "duty"\naddresses = ["email:{peer}"]'
    assert set(told(written, SMALLEST.replace('role = "duty"', desk, 1) + MAIL)) == {"desks.1.addresses.1"}


@pytest.mark.parametrize(
    "peer", ["duty@example.org", "duty-officer+case@police.example.gov.kh", "o'neil_1@xn--e1afmkfd.example"]
)
def test_a_desk_may_have_an_address_for_e_mail(written: Write, peer: str) -> None:
    desk = f'role = "duty"\naddresses = ["email:{peer}"]'
    settings = written(SMALLEST.replace('role = "duty"', desk, 1) + MAIL)
    assert [a.peer for a in settings.agreement().desks["kh-duty"].addresses] == [peer]


def test_robots_are_told_apart_from_members_and_from_robots_that_there_are_not(written: Write) -> None:
    def at(address: str, more: str) -> set[str]:
        return set(
            told(written, SMALLEST.replace('role = "duty"', f'role = "duty"\naddresses = ["{address}"]', 1) + more)
        )

    robot = "[messengers.wecom]\nrobots = [{ name = 'duty', key = 'k-12345678' }]"
    assert at("wecom:robot:night", robot) == {"desks.1.addresses.1"}
    assert at("wecom:ZhangSan", robot) == {"desks.1.addresses.1"}
    assert at("wecom:robot:duty", WECOM) == {"desks.1.addresses.1"}
    assert at("wecom:@all", WECOM) == {"desks.1.addresses.1"}


def test_robots_alone_hear_nobody(written: Write) -> None:
    robots = "[messengers.wecom]\nrobots = [{ name = 'duty', key = 'k-12345678' }]\n[messengers.web]\nenabled = false"
    assert set(told(written, SMALLEST + robots)) == {"messengers"}


def test_a_file_with_a_robots_key_that_is_not_there_is_told(written: Write) -> None:
    more = "[messengers.wecom]\nrobots = [{ name = 'duty', key_file = '/there/is/none' }]"
    assert "messengers.wecom.robots.1.key_file" in told(written, SMALLEST + more)


@pytest.mark.parametrize(
    "url",
    [
        "https://bridge.example",
        "https://bridge.example:8443/urgent",
        "https://[2001:db8::1]/",
        "https://xn--brcke-lva.example",
        "http://127.0.0.1:8080",
    ],
)
def test_an_address_that_can_be_used_is_taken(written: Write, url: str) -> None:
    assert written(f"{SMALLEST}[server]\npublic_url = '{url}'\n").server.url == url.rstrip("/")


@pytest.mark.parametrize("rate", ["0", "0.0", "0.05", "1", "10000"])
def test_a_limit_that_can_be_kept_is_taken(written: Write, rate: str) -> None:
    settings = written(f"{SMALLEST}[messengers.telegram]\nchat_per_second = {rate}\n")
    assert settings.messengers.telegram.chat_per_second == float(rate)


def test_a_byte_order_mark_before_a_file_or_a_secret_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN, "utf-8-sig")
    file = tmp_path / "config.toml"
    file.write_text(f"{SMALLEST}[messengers.telegram]\ntoken_file = '{tmp_path / 'token'}'\n", "utf-8-sig")
    settings = load(file, {"CASEBRIDGE_SECURITY__KEY": KEYS})
    assert settings.messengers.telegram.token.get_secret_value() == TOKEN


def test_blanks_around_a_name_are_no_part_of_it(written: Write) -> None:
    settings = written(SMALLEST.replace('name = "China"', 'name = "  China "'))
    assert settings.parties[1].name == "China"


_OWN_SERVER = f"""
[messengers.telegram]
mode = 'webhook'
token = '{TOKEN}'
secret_token = 'long_Enough-1'
api_base_url = 'http://127.0.0.1:8081'
"""


@pytest.mark.parametrize("server", ["", "[server]\npublic_url = 'http://127.0.0.1:8080'\n"])
def test_an_own_bot_api_server_may_call_over_http(written: Write, server: str) -> None:
    assert written(SMALLEST + server + _OWN_SERVER).server.url == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "own", ["https://API.telegram.org", "https://api.telegram.org:443/", "http://api.telegram.org"]
)
def test_telegrams_own_server_by_another_spelling_still_calls_over_https_only(written: Write, own: str) -> None:
    text = SMALLEST + _OWN_SERVER.replace("http://127.0.0.1:8081", own)
    assert set(told(written, text)) == {"server.public_url"}
