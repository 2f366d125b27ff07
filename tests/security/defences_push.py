"""The defences of Web Push. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

PUSH = (
    Defence(
        "fetched links",
        "A browser is kept only with an address of a push service that is on the list",
        "adapters/web/cases/push_page.py",
        "if not (may_be_called(endpoint, site.settings.push_hosts) and are_keys(*keys)):",
        "if not are_keys(*keys):",
        ("test_web_push.py::test_a_browser_that_names_another_address_is_not_kept",),
    ),
    Defence(
        "fetched links",
        "What is kept is looked at again before it is called",
        "adapters/push/pusher.py",
        "if not may_be_called(browser.endpoint, settings.hosts):",
        "if not settings.hosts:",
        ("test_web_push.py::test_an_address_that_came_in_some_other_way_is_not_called",),
    ),
    Defence(
        "session fixation and theft",
        "A browser in which somebody signed out is told no more",
        "storage/sql/kept_by_name.py",
        "connection.execute(delete(pushed).where(pushed.c.session_hash == token_hash))",
        'connection.execute(delete(pushed).where(pushed.c.session_hash == ""))',
        ("test_web_push.py::test_a_browser_in_which_somebody_signed_out_hears_nothing",),
    ),
    Defence(
        "leaks",
        "What a push is for is not in it",
        "adapters/push/pusher.py",
        "self._under_way.begin(self._tell(message.recipient, message.id))",
        "self._under_way.begin(self._http.call('POST', 'https://fcm.googleapis.com/x', body=message.text.encode()))"
        "  # type: ignore[arg-type]",
        ("test_web_push.py::test_a_whole_story_leaves_nothing_of_it_with_a_push_service",),
    ),
)
