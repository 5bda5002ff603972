"""The product's software bill of materials: python -m tests.project.sbom build/sbom.json writes it as CycloneDX 1.6.

What is pinned and with which hashes is told by requirements.txt; licences, and what needs what, by the packages installed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from sql.paths import PROJECT

_TOLD_BY_PACKAGES = ("licenses", "description")


def write(out: Path) -> dict:
    """Writes the bill to a file; gives it as JSON. Raises ValueError where it is not as CycloneDX has it."""
    bill = _bill("requirements", str(PROJECT / "requirements.txt"))
    installed = _bill("environment", sys.prefix)
    told = {_name(one["name"]): one for one in installed["components"]}
    refs = {one["bom-ref"]: _name(one["name"]) for one in installed["components"]}
    needs = {
        refs[one["ref"]]: [refs[ref] for ref in one.get("dependsOn", [])]
        for one in installed["dependencies"]
        if one["ref"] in refs
    }
    for one in bill["components"]:
        one["bom-ref"] = _name(one["name"])
        # What is for another system alone is pinned, but not installed here.
        one |= {key: told[one["bom-ref"]][key] for key in _TOLD_BY_PACKAGES if key in told.get(one["bom-ref"], {})}
    names = {one["bom-ref"] for one in bill["components"]}
    bill["metadata"]["component"] = {
        "bom-ref": "linli",
        "type": "application",
        "name": "linli",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    bill["dependencies"] = [{"ref": "linli", "dependsOn": sorted(direct())}] + [
        {"ref": name, "dependsOn": sorted(names & set(needs.get(name, [])))} for name in sorted(names)
    ]
    # Its grammars take seconds to read, which whoever collects the tests would wait for.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(bill, ensure_ascii=False, indent=1)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(error)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    return bill


def direct() -> dict[str, str]:
    """The packages that requirements.in asks for, with the version pinned there (empty where none is)."""
    lines = (PROJECT / "requirements.in").read_text(encoding="utf-8").splitlines()
    asked = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?(?:==(\S+))?", line.split("#")[0].strip()) for line in lines]
    return {_name(one[1]): one[2] or "" for one in asked if one}


def _bill(kind: str, of: str) -> dict:
    told = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", kind, of, "--no-validate", "--spec-version", "1.6"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(told.stdout)


def _name(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    written = write(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {len(written['components'])} packages")
