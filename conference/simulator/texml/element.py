"""The elements of a TeXML document: reads untrusted XML within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

MOST = 1 << 16  # bytes of a document


class BadDocument(Exception):
    """A document cannot be used. The text has the problem, and its line where possible."""


@dataclass(frozen=True)
class Element:
    """An XML element. line: where it begins in the document."""

    name: str
    attributes: Mapping[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text, with one space for each run of white space."""
        return " ".join("".join(self.texts).split())


def parse(body: bytes) -> Element:
    """Return the root element. Raise BadDocument if the body is not XML, or too big.

    A document type is refused, too: its entities could name files and addresses.
    """
    if len(body) > MOST:
        raise BadDocument(f"it has more than {MOST} bytes")
    parser = expat.ParserCreate()
    parser.buffer_text = True
    top = Element("", {}, 0)
    stack = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        stack[-1].children.append(Element(name, attributes, parser.CurrentLineNumber))
        stack.append(stack[-1].children[-1])

    def document_type(*_: object) -> None:
        raise BadDocument(f"line {parser.CurrentLineNumber}: it has a document type")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: stack.pop()
    parser.CharacterDataHandler = lambda text: stack[-1].texts.append(text)
    parser.StartDoctypeDeclHandler = document_type
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # the last two: its encoding
        raise BadDocument(f"it is not XML: {error}") from error
    return top.children[0]
