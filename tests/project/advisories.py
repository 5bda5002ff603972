"""Checks pinned packages for known vulnerabilities in PyPI's advisory database: python -m tests.project.advisories FILE …

Exit codes: 0 none known, 1 some known, 3 unknown, because the database did not answer for every package.
"""

from __future__ import annotations

import json
import subprocess
import sys

from sql.language import pick

NONE, SOME, UNKNOWN = 0, 1, 3


def main(files: list[str]) -> int:
    """Prints the known vulnerabilities of the packages in these requirement files; returns the exit code."""
    options = [part for file in files for part in ("--requirement", file)]
    audit = subprocess.run(
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
    if not audit.stdout.strip():
        failure = pick("查询失败，漏洞情况不明", "the query failed, nothing is known")
        print(f"{failure}:\n{audit.stderr.strip()[-600:]}", file=sys.stderr)
        return UNKNOWN
    packages = json.loads(audit.stdout)["dependencies"]
    for package in packages:
        for vulnerability in package.get("vulns", []):
            fixed_in = ", ".join(vulnerability["fix_versions"]) or "–"
            aliases = " ".join(vulnerability["aliases"])
            print(f"{package['name']} {package['version']}: {vulnerability['id']} {aliases}, {fixed_in}")
    if count := sum(len(package.get("vulns", [])) for package in packages):
        print(
            pick(
                f"已知漏洞 {count} 个；请在 requirements.in 或 requirements-spark.in 改版本后 make lock",
                f"{count} known vulnerabilities; change versions in requirements.in or requirements-spark.in, then make lock",
            ),
            file=sys.stderr,
        )
        return SOME
    # pip-audit itself reports success if a registry has no advisories.
    if unanswered := [package["name"] for package in packages if "skip_reason" in package]:
        print(
            pick(
                f"漏洞库没有回答 {len(packages)} 个包中的 {len(unanswered)} 个，情况不明；请在能连到 PyPI 的机器上再查",
                f"the advisory database did not answer for {len(unanswered)} of {len(packages)} packages, so nothing is "
                "known about them; check again on a machine that can reach PyPI",
            ),
            file=sys.stderr,
        )
        return UNKNOWN
    count = len(packages)
    print(pick(f"{count} 个包没有已知漏洞", f"no known vulnerabilities in {count} packages"))
    return NONE


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
