"""The keys of each messenger, of email and of the translation program, with what each holds when it is left out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import NonNegativeInt, SecretStr

from bot.config.kinds import MailAddress, Patience, Proxy, PushHost, Rate, WebAddress, matching, read_duration
from bot.config.tables import NOT_SET, Port, Table
from bot.domain.push import PUSH_HOSTS


class TelegramTable(Table):
    """``[messengers.telegram]``; set up when it has a token."""

    token: SecretStr = NOT_SET
    mode: Literal["polling", "webhook"] = "polling"
    api_base_url: WebAddress = "https://api.telegram.org"
    secret_token: SecretStr = NOT_SET
    proxy: Proxy = NOT_SET
    chat_per_second: Rate = 1.0
    group_per_minute: Rate = 20.0
    total_per_second: Rate = 30.0


class WechatTable(Table):
    """``[messengers.wechat]``; set up when it has an app_id."""

    app_id: str = ""
    app_secret: SecretStr = NOT_SET
    token: SecretStr = NOT_SET
    aes_key: SecretStr = NOT_SET
    api_base_url: WebAddress = "https://api.weixin.qq.com"
    template_id: str = ""
    proxy: Proxy = NOT_SET


class RobotTable(Table):
    """``[[messengers.wecom.robots]]``; who has the key writes in its group."""

    name: Annotated[
        str,
        matching(
            "[a-z0-9-]{1,32}", "is not a robot's name.", 'Write small letters, digits and hyphens, at most 32: "duty".'
        ),
    ]
    key: SecretStr


class WecomTable(Table):
    """``[messengers.wecom]``; set up when it has a secret, or a robot."""

    corp_id: str = ""
    agent_id: NonNegativeInt = 0
    secret: SecretStr = NOT_SET
    token: SecretStr = NOT_SET
    aes_key: SecretStr = NOT_SET
    api_base_url: WebAddress = "https://qyapi.weixin.qq.com"
    proxy: Proxy = NOT_SET
    emergency_calls: bool = False
    robots: tuple[RobotTable, ...] = ()


class WebTable(Table):
    """``[messengers.web]``."""

    enabled: bool = True
    push_contact: MailAddress = ""
    push_hosts: tuple[PushHost, ...] = PUSH_HOSTS


class MessengersTable(Table):
    """``[messengers]``."""

    telegram: TelegramTable = TelegramTable()
    wechat: WechatTable = WechatTable()
    wecom: WecomTable = WecomTable()
    web: WebTable = WebTable()


class GatewayTable(Table):
    """``[gateway]``; set up when it has an address."""

    url: WebAddress = ""
    secret: SecretStr = NOT_SET
    answer_within: Patience = read_duration("10s")


class TranslationTable(Table):
    """``[translation]``; off while neither a program nor an address is named."""

    command: str = ""
    url: WebAddress = ""
    api_key: SecretStr = NOT_SET
    answer_within: Patience = read_duration("20s")


class EmailTable(Table):
    """``[email]``; set up when it has a host."""

    host: str = ""
    port: Port = 587
    username: str = ""
    password: SecretStr = NOT_SET
    sender: str = ""
