"""Who there is in the journeys: three sides, two corridors, their desks and people. All invented."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.agreement import Agreement, Corridor, Desk, DeskRole, Party
from bot.domain.messages import Address, Capabilities, Grant, WindowRules
from bot.domain.people import Person, Role
from bot.domain.turn import Turn
from tests.fakes.memory_messenger import CAPABILITIES

#: What each messenger can do here. WeChat cannot change a message that was sent, so its people get no edits.
MESSENGERS: Mapping[str, Capabilities] = {
    "telegram": CAPABILITIES,
    "wechat": Capabilities(text_limit=2048, text_unit="bytes", attachments_in=True),
    "wecom": Capabilities(text_limit=2048, text_unit="bytes", groups=True, files=True, file_limit=20_000_000),
    "web": CAPABILITIES,
}

#: WeChat as it is: no buttons, the answer to a message in the call that brought it.
OFFICIAL_ACCOUNT: Mapping[str, Capabilities] = {
    **MESSENGERS,
    "wechat": replace(MESSENGERS["wechat"], buttons=False, menu_links=True, answers_in_call=True),
}

#: The same with its reply windows as they are, and with knocks (template messages).
WINDOWS = WindowRules(Grant(5, timedelta(hours=48)), Grant(3, timedelta(minutes=1)))
WINDOWED: Mapping[str, Capabilities] = {
    **OFFICIAL_ACCOUNT,
    "wechat": replace(OFFICIAL_ACCOUNT["wechat"], windows=WINDOWS, knocks=True),
}

PARTIES = {
    "KH": Party("KH", "Kingdom of Cambodia", "Asia/Phnom_Penh", ("km", "en"), ("KH",)),
    "CN": Party("CN", "People's Republic of China", "Asia/Shanghai", ("zh", "en"), ("CN",)),
    "VN": Party("VN", "Socialist Republic of Viet Nam", "Asia/Ho_Chi_Minh", ("vi", "en"), ("VN",)),
}
CORRIDORS = {"KC": Corridor("KC", ("KH", "CN")), "VC": Corridor("VC", ("VN", "CN"))}


def desk(name: str, role: DeskRole, shown: str, *addresses: str) -> Desk:
    return Desk(name, name[:2].upper(), role, shown, tuple(Address.parse(a) for a in addresses))


#: The duty desk of CN and the secretariat of VN have no address of their own; nobody works in the latter.
DESKS = (
    desk("kh-duty", DeskRole.DUTY, "Duty desk", "telegram:kh-group"),
    desk("kh-secretariat", DeskRole.SECRETARIAT, "Secretariat", "telegram:kh-secretariat"),
    desk("kh-police", DeskRole.POLICE, "Police", "telegram:kh-police"),
    desk("cn-duty", DeskRole.DUTY, "Duty desk"),
    desk("cn-police", DeskRole.POLICE, "Police", "wecom:police-group"),
    desk("cn-secretariat", DeskRole.SECRETARIAT, "Secretariat", "wecom:secretariat"),
    desk("vn-duty", DeskRole.DUTY, "Duty desk", "telegram:vn-group"),
    desk("vn-secretariat", DeskRole.SECRETARIAT, "Secretariat"),
)


def agreement(*, corridors: Mapping[str, Corridor] = CORRIDORS) -> Agreement:
    return Agreement(PARTIES, corridors, {d.id: d for d in DESKS})


@dataclass(frozen=True)
class Somebody:
    """A person to be enrolled, with their addresses, preferred first."""

    name: str
    party: str
    role: Role
    addresses: tuple[str, ...]
    desk: str = ""
    corridor: str = ""
    on_duty: bool = True


OFFICER, DUTY, SUPERVISOR, ADMIN = Role.OFFICER, Role.DUTY, Role.SUPERVISOR, Role.ADMIN

PEOPLE = (
    Somebody("Sok Dara", "KH", OFFICER, ("telegram:officer",)),
    Somebody("Chan Vanna", "KH", OFFICER, ("telegram:colleague",)),
    Somebody("Kim Ly", "KH", DUTY, ("telegram:clerk",), "kh-duty"),
    Somebody("Keo Sophea", "KH", SUPERVISOR, ("telegram:kh-supervisor",), "kh-duty"),
    Somebody("Heng Admin", "KH", ADMIN, ("web:admin",)),
    Somebody("Li Wei", "CN", DUTY, ("wechat:duty",), "cn-duty"),
    Somebody("Zhao Min", "CN", DUTY, ("wechat:night",), "cn-duty", on_duty=False),
    Somebody("Wang Fang", "CN", SUPERVISOR, ("wecom:supervisor",), "cn-duty"),
    Somebody("Zhou Jun", "CN", DUTY, ("wecom:detective",), "cn-police"),
    Somebody("Liu Yang", "CN", OFFICER, ("wecom:inspector",), corridor="VC"),
    Somebody("Nguyen Van An", "VN", OFFICER, ("telegram:vn-officer",)),
    Somebody("Tran Thi Binh", "VN", DUTY, ("telegram:vn-clerk",), "vn-duty"),
)


def enrolled(people: tuple[Somebody, ...], new_id: Callable[[], int], now: datetime) -> Turn:
    """Make these people, as invites would have."""
    return Turn(
        people=tuple(
            Person(
                id=new_id(),
                name=p.name,
                party=p.party,
                role=p.role,
                desk=p.desk,
                corridor=p.corridor,
                on_duty=p.on_duty,
                enrolled_at=now,
                confirmed_at=now,
                addresses=tuple(Address.parse(a) for a in p.addresses),
            )
            for p in people
        )
    )
