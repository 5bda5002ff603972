"""Known holes in what is pinned: python -m tests.project.advisories requirements.txt … asks PyPI's advisory database.

Exit codes: 0 none known, 1 some known, 3 the database did not answer for every package, and so nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys

NONE, SOME, UNKNOWN = 0, 1, 3


def main(files: list[str]) -> int:
    """Prints what is known of the packages of these requirement files; gives the exit code."""
    options = [part for file in files for part in ("--requirement", file)]
    told = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip_audit",
            "--disable-pip",
            "--require-hashes",
            "--progress-spinner",
            "off",
            "--format",
            "json",
            *options,
        ],
        capture_output=True,
        text=True,
    )
    if not told.stdout.strip():
        print(
            f"查询失败，漏洞情况不明 / the question failed, nothing is known:\n{told.stderr.strip()[-600:]}",
            file=sys.stderr,
        )
        return UNKNOWN
    packages = json.loads(told.stdout)["dependencies"]
    for one in packages:
        for hole in one.get("vulns", []):
            print(
                f"{one['name']} {one['version']}: {hole['id']} {' '.join(hole['aliases'])}, {', '.join(hole['fix_versions']) or '–'}"
            )
    if holes := sum(len(one.get("vulns", [])) for one in packages):
        print(
            f"已知漏洞 {holes} 个；请在 requirements.in 改版本后 make lock / {holes} known; change versions in requirements.in, then make lock",
            file=sys.stderr,
        )
        return SOME
    # pip-audit itself ends well where a registry has no advisories to give.
    if silent := [one["name"] for one in packages if "skip_reason" in one]:
        print(
            f"漏洞库没有回答 {len(packages)} 个包中的 {len(silent)} 个，情况不明；请在能连到 PyPI 的机器上再查\n"
            f"the advisory database did not answer for {len(silent)} of {len(packages)} packages, nothing is known of them; "
            "ask again where PyPI itself can be reached",
            file=sys.stderr,
        )
        return UNKNOWN
    print(f"{len(packages)} 个包没有已知漏洞 / no known holes in {len(packages)} packages")
    return NONE


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
