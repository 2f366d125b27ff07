"""Other people's programs for WeChat and WeCom, from npm: what both they and we get wrong alike is unlikely."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import is_ci

PACKAGES = ("co-wechat-api@3.11.0", "wechat-crypto@0.0.2", "@wecom/crypto@1.0.1")
_INSTALL = ("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error")
_SECONDS = 500  #: that the way to the registry may take
#: Reads what it is given, runs the body with it, and writes what that returns.
_AROUND = """
const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));
(async () => {{ {body} }})().then(
  (found) => process.stdout.write(JSON.stringify(found)),
  (error) => {{ process.stderr.write(String(error && error.stack || error)); process.exit(1); }},
);
"""

#: What both packages for encryption can do, under one name each; then what is done with it.
CRYPTO = {
    "@wecom/crypto": """
      const wecom = require('@wecom/crypto');
      const tool = {
        sign: (at, nonce, sealed) => wecom.getSignature(given.token, at, nonce, sealed),
        seal: (text) => wecom.encrypt(given.key, text, given.id),
        open: (sealed) => wecom.decrypt(given.key, sealed),
      };
    """,
    "wechat-crypto": """
      const Crypt = require('wechat-crypto');
      const crypt = new Crypt(given.token, given.key, given.id);
      const tool = {
        sign: (at, nonce, sealed) => crypt.getSignature(at, nonce, sealed),
        seal: (text) => crypt.encrypt(text),
        open: (sealed) => crypt.decrypt(sealed),
      };
    """,
}
SEAL = """
  return given.texts.map((text) => {
    const sealed = tool.seal(text);
    return {sealed, signature: tool.sign(given.at, '77', sealed)};
  });
"""
#: Texts that an encryption could get wrong: every length around its blocks, letters of all kinds, what ends a mark.
WORDS = (
    *("x" * length for length in range(71)),
    "女孩 16 👧🏽 ខ្មែរ",
    "a]]>b]]>",
    "</Content><x/>",
    "y" * 9216,
    '&amp; <b> \\ "q"',
)


@dataclass(frozen=True)
class Npm:
    """A folder with the packages."""

    folder: Path

    async def run(self, body: str, given: Any) -> Any:
        """Run the body of an asynchronous function in node: `given` goes in, what it returns comes out."""
        process = await asyncio.create_subprocess_exec(
            "node",
            "-e",
            _AROUND.format(body=body),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"NODE_PATH": str(self.folder / "node_modules"), "NODE_NO_WARNINGS": "1"},
        )
        out, errors = await process.communicate(json.dumps(given).encode())
        assert process.returncode == 0, errors.decode()
        return json.loads(out)


def install(folder: Path) -> Npm:
    """Install the packages; without a way to them the test does not run, and in CI it fails."""
    done = subprocess.run(
        [*_INSTALL, *PACKAGES], cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=False
    )
    if done.returncode:
        told = f"npm could not fetch {', '.join(PACKAGES)}: {done.stderr[-500:]}"
        pytest.fail(told, pytrace=False) if is_ci() else pytest.skip(told)
    return Npm(folder)
