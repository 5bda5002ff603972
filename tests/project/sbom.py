"""Writes the product's software bill of materials as CycloneDX 1.6: python -m tests.project.sbom build/sbom.json.

Versions and hashes come from requirements.txt; licences and dependencies come from the installed packages.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from sql.paths import PROJECT

_FROM_INSTALLED = ("licenses", "description")


def write(out: Path) -> dict:
    """Writes the bill to a file and returns it. Raises ValueError if it does not match CycloneDX's schema."""
    bill = _bill("requirements", str(PROJECT / "requirements.txt"))
    installed = _bill("environment", sys.prefix)
    installed_by_name = {_name(component["name"]): component for component in installed["components"]}
    refs = {component["bom-ref"]: _name(component["name"]) for component in installed["components"]}
    needs = {
        refs[dependency["ref"]]: [refs[ref] for ref in dependency.get("dependsOn", [])]
        for dependency in installed["dependencies"]
        if dependency["ref"] in refs
    }
    for component in bill["components"]:
        component["bom-ref"] = _name(component["name"])
        # Packages for other operating systems are pinned but not installed here.
        details = installed_by_name.get(component["bom-ref"], {})
        component |= {key: details[key] for key in _FROM_INSTALLED if key in details}
    names = {component["bom-ref"] for component in bill["components"]}
    bill["metadata"]["component"] = {
        "bom-ref": "linli",
        "type": "application",
        "name": "linli",
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }
    bill["dependencies"] = [{"ref": "linli", "dependsOn": sorted(direct())}] + [
        {"ref": name, "dependsOn": sorted(names & set(needs.get(name, [])))} for name in sorted(names)
    ]
    # Imported here because reading its grammars takes seconds, which would slow down test collection.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(bill, ensure_ascii=False, indent=1)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ValueError(error)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    return bill


def direct() -> dict[str, str]:
    """Returns the packages in requirements.in with their pinned version (empty if none)."""
    lines = (PROJECT / "requirements.in").read_text(encoding="utf-8").splitlines()
    matches = [re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?(?:==(\S+))?", line.split("#")[0].strip()) for line in lines]
    return {_name(match[1]): match[2] or "" for match in matches if match}


def _bill(kind: str, source: str) -> dict:
    result = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", kind, source, "--no-validate", "--spec-version", "1.6"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(result.stdout)


def _name(name: str) -> str:
    """Returns a package's name in the normalised form of registries."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    bill = write(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {len(bill['components'])} packages")
