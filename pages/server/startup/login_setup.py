"""Writes .streamlit/secrets.toml for a login, with a new cookie secret: python -m pages.server.startup.login_setup."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

from sql.language import pick

FILE = Path(__file__).parents[3] / ".streamlit" / "secrets.toml"
_TEXT = """# 登录所用的 OpenID Connect 服务；可用者及其权限写在 data/access.toml（见 SECURITY.md）。
# The OpenID Connect provider for login; users and their permissions are in data/access.toml (see SECURITY.md).
[auth]
# https:// + 看板的网址 / the dashboard's address + /oauth2callback
redirect_uri = ""
# 登录 cookie 的签名密钥，刚刚随机生成；几台服务器共用同一个。换掉它，人人须重新登录。
# Signs the login cookie; just generated at random. All servers of one dashboard share it. Changing it logs everybody \
out.
cookie_secret = "{secret}"
# 由登录服务分配 / given by the provider
client_id = ""
client_secret = ""
# https://…/.well-known/openid-configuration
server_metadata_url = ""
"""


def main(file: Path = FILE) -> int:
    """Writes the file, readable only by its owner, and prints what to fill in; returns 0.

    Leaves an existing file unchanged and returns 1.
    """
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(_TEXT.format(secret=secrets.token_hex(32)))
    except FileExistsError:
        print(
            pick(
                f"{file} 已存在，没有改动；要重来请先移走它",
                f"{file} already exists and was left unchanged; move it away to start over",
            ),
            file=sys.stderr,
        )
        return 1
    print(
        pick(
            f"已写好 {file}（含随机密钥，仅本用户可读）；请填写其余各项",
            f"{file} written, with a random secret, readable only by its owner; fill in the rest",
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
