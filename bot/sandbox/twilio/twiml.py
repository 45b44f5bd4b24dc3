"""Reads a TwiML document and says what is wrong with it.

Stricter than Twilio, which logs some of these as a warning and goes on: what it would skip, nobody would hear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from bot.sandbox.twilio.twiml_facts import RULES
from bot.sandbox.twilio.voices_facts import voice_fault

LONGEST_SAY = 4096
_LANGUAGE_OF_XML = "{http://www.w3.org/XML/1998/namespace}lang"


class TwimlFault(Exception):
    """A document that cannot be carried out, with the code of Twilio's error log."""

    def __init__(self, code: int, words: str) -> None:
        self.code = code
        self.words = words
        super().__init__(f"{code} {words}")


def faults_of(xml: str) -> list[str]:
    """Everything that is wrong with a voice document, in words; empty when Twilio would carry all of it out."""
    try:
        root = ElementTree.fromstring(xml.strip())
    except ElementTree.ParseError as fault:
        return [f"not XML: {fault}"]
    if root.tag != "Response":
        return [f"the document is a <{root.tag}>, not a <Response>"]
    return list(_faults(root, "Response"))


def parse(xml: str) -> Element:
    """The document's root. Raises TwimlFault: 12100 for what is no XML, 12200 for what is no TwiML."""
    faults = faults_of(xml)
    if faults:
        raise TwimlFault(12100 if faults[0].startswith("not XML") else 12200, "; ".join(faults))
    return ElementTree.fromstring(xml.strip())


def words_of(element: Element) -> str:
    """The text of an element and all within, on one line."""
    return " ".join("".join(element.itertext()).split())


def _faults(element: Element, where: str) -> Iterator[str]:
    rule = RULES[element.tag]
    for spelled, value in element.attrib.items():
        name = "xml:lang" if spelled == _LANGUAGE_OF_XML else spelled
        if name not in rule.attributes:
            yield f"{where} has no attribute {name}"
        elif not re.fullmatch(rule.attributes[name], value):
            yield f"{where} cannot have {name}={value!r}"
    yield from _faults_in_text(element, where)
    for child in element:
        inside = f"{where}/{child.tag}"
        if child.tag not in rule.children:
            yield f"{inside}: {where} holds no <{child.tag}>"
        else:
            yield from _faults(child, inside)
    if element.tag in _MORE:
        yield from (f"{where}: {fault}" for fault in _MORE[element.tag](element))


def _faults_in_text(element: Element, where: str) -> Iterator[str]:
    rule = RULES[element.tag]
    between = [element.text or "", *(child.tail or "" for child in element)]
    own = "".join(between).strip()
    if own and not rule.text:
        yield f"{where} holds no text, but says {own[:40]!r}"
    elif rule.text and not re.fullmatch(rule.text, own) and not (len(element) and not own):
        yield f"{where} cannot say {own[:40]!r}"


def _of_say(element: Element) -> Iterator[str]:
    said = words_of(element)
    if not said:
        yield "nothing to say"
    if len(said) > LONGEST_SAY:
        yield f"{len(said)} characters, at most {LONGEST_SAY}"
    fault = voice_fault(element.get("voice", ""), element.get("language", ""))
    if fault:
        yield fault


def _of_play(element: Element) -> Iterator[str]:
    if bool(words_of(element)) == ("digits" in element.attrib):
        yield "either an address or digits"


def _of_dial(element: Element) -> Iterator[str]:
    own = (element.text or "").strip()
    if bool(own) == bool(len(element)):
        yield "either a number or one of the elements inside"
    alone = {"Conference", "Queue", "Sim", "Sip", "Application", "WhatsApp"}
    if len(element) > 1 and alone & {child.tag for child in element}:
        yield "only numbers and clients can be dialled together"


def _of_enqueue(element: Element) -> Iterator[str]:
    if not words_of(element) and "workflowSid" not in element.attrib:
        yield "no queue is named"


_MORE = {"Say": _of_say, "Play": _of_play, "Dial": _of_dial, "Enqueue": _of_enqueue}
