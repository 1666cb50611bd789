"""Reads Markdown as far as the checks need it: links, headings, code spans and fenced blocks, each with its
line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(\s*)(```+|~~~+)\s*([\w-]*)\s*$")
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\s*\[[^\]^]+\]:\s+<?(\S+?)>?\s*$")
SPAN = re.compile(r"(`+)(.+?)\1(?!`)")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
NEW_SERVER = "<!-- examples: new server -->"


@dataclass
class Fence:
    language: str
    line: int
    lines: list[str]
    new_server: bool = False


@dataclass
class Document:
    path: Path
    text: str
    links: list[tuple[int, str]] = field(default_factory=list)
    spans: list[tuple[int, str]] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    prose: list[tuple[int, str]] = field(default_factory=list)

    @property
    def anchors(self) -> set[str]:
        """As GitHub makes them: a repeated heading gets -1, -2 and so on."""
        seen: dict[str, int] = {}
        anchors = set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", self.text))
        for _, heading in self.headings:
            slug = slug_of(heading)
            anchors.add(f"{slug}-{seen[slug]}" if slug in seen else slug)
            seen[slug] = seen.get(slug, 0) + 1
        return anchors


def slug_of(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def read(path: Path, text: str | None = None) -> Document:
    document = Document(path, path.read_text() if text is None else text)
    new_server = False
    for line, content, fence in blocks(document.text):
        if fence is not None:
            fence.new_server, new_server = new_server, False
            document.fences.append(fence)
            continue
        new_server = new_server or content.strip() == NEW_SERVER
        read_prose(document, line, content)
    return document


def blocks(text: str) -> Iterator[tuple[int, str, Fence | None]]:
    """Each line outside of fences, and each fence once, at its first line."""
    fence: Fence | None = None
    mark = ""
    for line, content in enumerate(text.splitlines(), 1):
        found = FENCE.match(content)
        if fence is None and found:
            fence, mark = Fence(found.group(3), line, []), found.group(2)
        elif fence is not None and content.strip() == mark:
            yield fence.line, "", fence
            fence = None
        elif fence is not None:
            fence.lines.append(content)
        else:
            yield line, content, None
    if fence is not None:
        yield fence.line, "", fence


def read_prose(document: Document, line: int, content: str) -> None:
    heading = HEADING.match(content)
    if heading:
        document.headings.append((line, heading.group(2)))
    document.spans += [(line, span.group(2).strip()) for span in SPAN.finditer(content)]
    without_code = SPAN.sub("", content)
    document.prose.append((line, without_code))
    document.links += [(line, target) for target in LINK.findall(SPAN.sub("code", content))]
    document.links += [(line, target) for target in REFERENCE.findall(without_code)]
