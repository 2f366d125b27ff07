"""The program with a mail server in its configuration: a desk's mailbox is told, over the way that was set up."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.mail_server import PASSWORD, USERNAME, MailServer
from tests.kit.email import DESK, SENDER
from tests.kit.running import Setup, Terminal, running
from tests.kit.waiting import until


def setup_of(folder: Path, host: str, port: int, *, account: str = "") -> Setup:
    mail = f'\n[email]\nhost = "{host}"\nport = {port}\nsender = "{SENDER}"\n{account}'
    setup = Setup(folder, desks={"kh-duty": [], "cn-duty": [f"email:{DESK}"]}, more=mail)
    setup.write()
    return setup


async def test_a_desks_mailbox_is_told_and_asked_for_no_tap(tmp_path: Path) -> None:
    async with MailServer() as server:
        setup = setup_of(tmp_path, "127.0.0.1", server.port)
        await setup.enrol()
        async with running(setup) as program:
            assert "telegram, web, email" in program.output
            assert await Terminal(setup.file).beside("ping", "cn-duty") == [f"email:{DESK}: sent"]
    [taken] = server.taken
    assert taken.text == "Test message to CN duty. Please tell whoever runs the bridge."


async def test_a_server_elsewhere_that_offers_no_tls_gets_neither_password_nor_text(tmp_path: Path) -> None:
    async with MailServer(asks_account=True) as server:
        # Linux connects to this machine there too, but it is none of the numbers that plain text is for.
        account = f'username = "{USERNAME}"\npassword = "{PASSWORD}"\n'
        setup = setup_of(tmp_path, "0.0.0.0", server.port, account=account)
        await setup.enrol()
        async with running(setup) as program:
            lines = await Terminal(setup.file).beside("ping", "cn-duty")
            assert "not taken" in lines[0]
            await until(lambda: "E-mail is not sent until somebody mends it." in program.output)
            assert PASSWORD not in program.output
    assert server.taken == []
