"""The defences of the pages. See `defences`."""

from __future__ import annotations

from tests.security.defences import Defence

PAGES = (
    Defence(
        "stored script",
        "Templates escape everything",
        "adapters/web/pages.py",
        "loader=loader, autoescape=True,",
        "loader=loader, autoescape=False,",
        (
            "test_stored_script.py::test_no_field_runs_on_any_page_of_anybody",
            "test_stored_script.py::test_what_was_typed_is_handed_back_as_words",
        ),
    ),
    Defence(
        "stored script",
        "What is put between links is escaped",
        "adapters/web/rendering.py",
        "return made + escape(text[end:])",
        "return made + Markup(text[end:])",
        ("test_stored_script.py::test_no_field_runs_on_any_page_of_anybody",),
    ),
    Defence(
        "stored script",
        "The report's page escapes everything",
        "bot/report/writers.py",
        "autoescape=True, undefined=StrictUndefined",
        "autoescape=False, undefined=StrictUndefined",
        ("test_stored_script.py::test_the_report_as_a_page_holds_no_script_and_its_pdf_no_markup",),
    ),
    Defence(
        "stored script",
        "The content security policy: no script but our files",
        "adapters/web/security.py",
        "\"script-src 'self'\",",
        "\"script-src 'self' 'unsafe-inline' *\",",
        (
            "test_in_a_browser.py::test_were_an_attack_not_escaped_the_policy_would_still_stop_it",
            "test_answers.py::test_every_answer_carries_the_headers_that_keep_it_safe",
        ),
    ),
    Defence(
        "stored script",
        "Every answer is dressed, whoever made it",
        "adapters/web/dress.py",
        "*(h for h in self._headers if h[0] not in said)",
        "*()",
        (
            "test_answers.py::test_every_answer_carries_the_headers_that_keep_it_safe",
            "test_answers.py::test_browsers_are_told_to_come_back_over_tls_only_and_by_every_answer",
            "test_answers.py::test_nothing_is_cached_but_the_files_that_are_the_same_for_everybody",
        ),
    ),
    Defence(
        "forged forms",
        "A form carries its session's token",
        "adapters/web/site.py",
        '(tokens_match(form.get("csrf", ""), csrf) and came_from_us(site, request))',
        "(came_from_us(site, request))",
        ("test_forged_forms.py::test_a_form_without_its_own_sessions_token_is_refused",),
    ),
    Defence(
        "forged forms",
        "A form comes from a page of ours",
        "adapters/web/site.py",
        '(tokens_match(form.get("csrf", ""), csrf) and came_from_us(site, request))',
        '(tokens_match(form.get("csrf", ""), csrf))',
        ("test_forged_forms.py::test_a_form_from_another_site_is_refused_even_with_the_right_token",),
    ),
    Defence(
        "forged forms",
        "Nobody is signed in by another site",
        "adapters/web/signin.py",
        "if not came_from_us(site, request):",
        "if not request.url.path:",
        ("test_forged_forms.py::test_nobody_is_signed_in_from_another_site",),
    ),
    Defence(
        "forged forms",
        "Looking changes nothing",
        "adapters/web/signin.py",
        '    return site.pages.render("signin.html", request, token=token)',
        "    await site.storage.end_session(hash_token(token))\n"
        '    return site.pages.render("signin.html", request, token=token)',
        ("test_forged_forms.py::test_looking_changes_nothing_but_what_was_seen",),
    ),
    Defence(
        "session fixation and theft",
        "Signing in always makes a new session",
        "adapters/web/signin.py",
        "    now = site.clock()\n    token = new_token()",
        "    now = site.clock()\n    token = request.cookies.get(cookie_name(site.settings)) or new_token()",
        ("test_sessions.py::test_a_session_planted_before_signing_in_is_worth_nothing",),
    ),
    Defence(
        "session fixation and theft",
        "The database keeps hashes of tokens",
        "adapters/web/security.py",
        "return hashlib.sha256(token.encode()).hexdigest()",
        "return token",
        (
            "test_sessions.py::test_what_the_database_keeps_of_a_session_opens_none",
            "test_leaks.py::test_each_secret_is_found_in_the_places_of_its_row_and_nowhere_else",
        ),
    ),
    Defence(
        "session fixation and theft",
        "The cookie is out of reach of scripts",
        "adapters/web/signin.py",
        "httponly=True,",
        "httponly=False,",
        (
            "test_sessions.py::test_the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts",
            "test_in_a_browser.py::test_the_session_is_in_no_place_that_a_script_reaches",
        ),
    ),
    Defence(
        "session fixation and theft",
        "The cookie's name binds it to this host and to TLS",
        "adapters/web/site.py",
        'return "__Host-casebridge" if settings.is_https else "casebridge"',
        'return "casebridge"',
        (
            "test_sessions.py::test_a_session_under_another_cookies_name_is_none",
            "test_sessions.py::test_the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts",
        ),
    ),
    Defence(
        "open redirect and Host",
        "No redirect is made of what a request says of its host",
        "adapters/web/app.py",
        "beyond.router.redirect_slashes = False",
        "beyond.router.redirect_slashes = True",
        ("test_answers.py::test_no_answer_leads_to_another_host",),
    ),
    Defence(
        "forwarded headers",
        "Only known proxies are believed",
        "adapters/web/security.py",
        "        if not self.trusts(peer):\n            return peer",
        "        if not peer:\n            return peer",
        ("test_answers.py::test_the_client_is_whoever_knocks_unless_a_known_proxy_says_otherwise",),
    ),
    Defence(
        "forwarded headers",
        "Whoever comes through a proxy that we do not know is not local",
        "adapters/web/security.py",
        "ip is not None and ip.is_loopback",
        "ip is not None",
        ("test_answers.py::test_nobody_becomes_local_by_saying_so",),
    ),
)
