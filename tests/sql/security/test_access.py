"""The login's identity and the entries of access.toml: two name spaces that do not meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from sql.security import access
from sql.security.access import AccessFileError

VERIFIED = {"email": "li@example.cn", "email_verified": True, "sub": "7"}


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Returns a separate access.toml for the test."""
    monkeypatch.setenv("LINLI_ACCESS", str(tmp_path / "access.toml"))
    return tmp_path / "access.toml"


def people(*entries: str) -> str:
    return "\n".join(f'[[people]]\n{entry}\nroles = ["viewer"]\narea = "621002"\n' for entry in entries)


@pytest.mark.parametrize("verified", ["true", "false", "True", 1, 0, None, [True], {"value": True}, False])
def test_an_address_counts_only_with_a_boolean_verification(verified):
    assert access.name_from_claims(VERIFIED) == "li@example.cn"
    assert access.name_from_claims({**VERIFIED, "email_verified": verified}) == "sub:7"
    assert access.name_from_claims({"email": "li@example.cn", "email_verified": verified}) == ""


def test_without_a_verification_claim_an_address_is_not_verified():
    assert access.name_from_claims({"email": "li@example.cn", "sub": "7"}) == "sub:7"


@pytest.mark.parametrize(
    "email",
    [
        "Li\u212a@example.cn",  # the Kelvin sign, whose case folding is a k
        "l\u0456@example.cn",  # Cyrillic
        "\uff4ci@example.cn",  # full width
        "li@example.cn ",
        "li@example.cn\n",
        "li@example.cn\u200b",
        "sub:7@example.cn",
        "sub:7",
        "local",
        "x" * 250 + "@a.cn",
        ["li@example.cn"],
        7,
    ],
)
def test_a_lookalike_of_an_address_is_no_address(email):
    assert access.name_from_claims({**VERIFIED, "email": email}) == "sub:7"


@pytest.mark.parametrize("sub", [7, True, None, "", " 7", "7 ", "7\n", "七", "7\x00", "x" * 256, ["7"]])
def test_an_invalid_provider_subject_is_nobody(sub):
    assert access.name_from_claims({"sub": sub}) == ""


def test_addresses_ignore_case_and_subjects_do_not(file):
    file.write_text(people('who = "Li@Example.cn"', 'subject = "aB"'), encoding="utf-8")
    for email in ("li@example.cn", "LI@EXAMPLE.CN"):
        assert access.find_user(access.name_from_claims({**VERIFIED, "email": email})).name == "li@example.cn"
    assert access.find_user(access.name_from_claims({"sub": "aB"})).name == "sub:aB"
    assert access.find_user(access.name_from_claims({"sub": "ab"})) is None


def test_an_address_is_no_subject_and_a_subject_no_address(file):
    file.write_text(people('who = "x"', 'who = "sub:y"', 'who = "z@example.cn"', 'subject = "z"'), encoding="utf-8")
    for sub in ("x", "y", "sub:y", "who:x", "z@example.cn"):
        assert access.find_user(access.name_from_claims({"sub": sub})) is None, sub
    file.write_text(people('subject = "li@example.cn"'), encoding="utf-8")
    assert access.find_user(access.name_from_claims(VERIFIED)) is None
    assert access.find_user(access.name_from_claims({"sub": "li@example.cn"})).name == "sub:li@example.cn"
    assert access.find_user("") is None


@pytest.mark.parametrize(
    ("entries", "says"),
    [
        (
            ('who = "li@example.cn"\nsubject = "7"',),
            "number 1: should have either who (a verified e-mail address) or subject",
        ),
        (("office = true",), "number 1: should have either who (a verified e-mail address) or subject"),
        (('who = "l\u0456@example.cn"',), "who is not an e-mail address: 'l\\u0456@example.cn'"),
        (('who = "li @example.cn"',), "who is not an e-mail address"),
        (('subject = " 7"',), "subject should be the provider's identifier"),
        (("subject = 7",), "subject should be the provider's identifier"),
        (('who = "li@example.cn"', 'who = "LI@example.cn"'), "number 2: li@example.cn is listed twice"),
        (('subject = "7"', 'subject = "7"'), "number 2: sub:7 is listed twice"),
    ],
)
def test_an_entry_that_can_mean_nobody_or_two_is_reported(file, entries, says):
    file.write_text(people(*entries), encoding="utf-8")
    with pytest.raises(AccessFileError) as error:
        access.find_user("li@example.cn")
    assert says in error.value.en
