"""Names the fonts of Chinese official documents (GB/T 9704), with fallbacks for machines that lack them."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(frozen=True)
class Font:
    """Names a font and its fallbacks, the most similar first."""

    name: str
    fallbacks: tuple[str, ...]


TITLE = Font("方正小标宋简体", ("方正小标宋_GBK", "华文中宋", "宋体", "Noto Serif CJK SC"))
BODY = Font("仿宋_GB2312", ("仿宋", "华文仿宋", "FangSong", "Noto Serif CJK SC"))
HEADING = Font("黑体", ("SimHei", "微软雅黑", "Noto Sans CJK SC"))
SUBHEADING = Font("楷体_GB2312", ("楷体", "华文楷体", "KaiTi", "Noto Serif CJK SC"))
SONG = Font("宋体", ("SimSun", "Noto Serif CJK SC"))
LATIN = "Times New Roman"
ALL = (TITLE, BODY, HEADING, SUBHEADING, SONG)


def apply_fonts(theme: bytes) -> bytes:
    """Sets the fonts of titles and text in a theme, and replaces the theme's own fallbacks for Chinese."""
    tree = etree.fromstring(theme)
    for kind, font in (("majorFont", TITLE), ("minorFont", BODY)):
        for part in tree.iter(f"{_DRAWING}{kind}"):
            part.find(f"{_DRAWING}latin").set("typeface", LATIN)
            # pitchFamily 18 (serif) and charset -122 (GB 2312) tell an office suite what to substitute.
            east_asian = part.find(f"{_DRAWING}ea")
            east_asian.attrib.update({"typeface": font.name, "pitchFamily": "18", "charset": "-122"})
            for script in part.iter(f"{_DRAWING}font"):
                if script.get("script") == "Hans":
                    script.set("typeface", font.fallbacks[0])
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
