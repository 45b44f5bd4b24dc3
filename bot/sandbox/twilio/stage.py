"""Where a call's instructions are carried out, verb by verb: fetching documents, following addresses, giving up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, SubElement

from bot.sandbox.postman import Answer
from bot.sandbox.twilio.calls import Source
from bot.sandbox.twilio.facts import is_url
from bot.sandbox.twilio.leg import Leg, Over
from bot.sandbox.twilio.network import Network
from bot.sandbox.twilio.twiml import TwimlFault, parse

Form = list[tuple[str, str]]
_XML = ("text/xml", "application/xml", "text/html")


class Broken(Exception):
    """Instructions that cannot be had or carried out, with the code of Twilio's error log and the address at fault."""

    def __init__(self, code: int, words: str, url: str) -> None:
        self.code = code
        self.words = words
        self.url = url
        super().__init__(f"{code} {words}")


@dataclass(frozen=True, slots=True)
class Document:
    """A TwiML document and where it came from, which is what its relative addresses start at."""

    root: Element
    source: Source


class Stage:
    """One leg's instructions under way. `verbs` carries one out and gives the document to go on with, or nothing.
    `cut` says whether somebody cuts in on what is being said.
    """

    def __init__(self, leg: Leg, network: Network, verbs: Mapping[str, Verb]) -> None:
        self.leg = leg
        self.network = network
        self.cut: Callable[[], bool] = lambda: False
        self._verbs = verbs

    async def wait(self, seconds: float) -> bool:
        """Wait so many call seconds, or until somebody cuts in; whether one did."""
        return await self.leg.wait(seconds, self.cut)

    async def play(self, document: Document, allowed: frozenset[str] | None = None) -> Document | None:
        """Carry out a document to its end, or to the verb that leads to another one: that one."""
        for element in document.root:
            if allowed is not None and element.tag not in allowed:
                raise Broken(12200, f"<{element.tag}> is not allowed here", document.source.url)
            verb = self._verbs.get(element.tag)
            if verb is None:
                raise Broken(12200, f"the sandbox does not carry out <{element.tag}>", document.source.url)
            self.leg.check()
            after = await verb(self, element, document)
            if after is not None:
                return after
        return None

    async def play_to_the_end(self, source: Source, extra: Form, allowed: frozenset[str], kind: str) -> None:
        """A document beside the call's own, and whatever it redirects to."""
        document: Document | None = await self.fetch(source, extra, kind)
        while document is not None:
            document = await self.play(document, allowed)

    async def fetch(self, source: Source, extra: Form | None = None, kind: str = "instructions") -> Document:
        """The document at an address. Raises Broken."""
        if source.twiml:
            return self._read(source.twiml, source)
        answer = await self.asked(kind, source, extra or [])
        if answer.status is None:
            raise Broken(11200, f"no answer: {answer.fault}", source.url)
        if not 200 <= answer.status < 300:
            raise Broken(11200, f"HTTP {answer.status}", source.url)
        if answer.status == 204 or not answer.content.strip():
            return Document(Element("Response"), source)
        if answer.mime in _XML:
            return self._read(answer.text, source)
        if answer.mime == "text/plain":
            return _made("Say", answer.text, source)
        if answer.mime.startswith("audio/"):
            return _made("Play", source.url, source)
        raise Broken(12300, f"content of the type {answer.mime or 'unknown'}", source.url)

    def _read(self, xml: str, source: Source) -> Document:
        try:
            return Document(parse(xml), source)
        except TwimlFault as fault:
            raise Broken(fault.code, fault.words, source.url) from None

    async def asked(self, kind: str, source: Source, extra: Form) -> Answer:
        """The answer to a webhook. Whoever hangs up meanwhile is not kept waiting for it."""
        found: list[Answer] = []

        async def ask() -> None:
            found.append(await self.network.webhooks.ask(kind, self.leg.call, source, extra))
            self.leg.wire.ring()

        self.network.spawn(ask())
        await self.leg.wait(None, lambda: bool(found))
        return found[0]

    def tell(self, kind: str, source: Source | None, extra: Form) -> None:
        """A webhook whose answer nobody can use any more: the call is over."""

        async def ask() -> None:
            if source is not None:
                await self.network.webhooks.ask(kind, self.leg.call, source, extra)

        self.network.spawn(ask())

    def source(self, element: Element, document: Document, name: str, method: str = "method") -> Source | None:
        """Where an attribute leads, nothing without one. Raises Broken for an address that is none."""
        value = element.get(name)
        if not value:
            return None
        url = urljoin(document.source.url, value)
        if not is_url(url):
            raise Broken(11100, f"{name}={value!r} is no address", document.source.url)
        return Source(url, element.get(method, "POST"))

    def action(self, element: Element, document: Document) -> Source:
        """Where `action` leads; without one, back to the present document."""
        return self.source(element, document, "action") or document.source

    def hang_up(self) -> None:
        """Hang up from the network's side. Always raises Over."""
        self.network.finish(self.leg, "completed", "the other side hung up")
        raise Over


Verb = Callable[[Stage, Element, Document], Awaitable[Document | None]]


def _made(tag: str, text: str, source: Source) -> Document:
    root = Element("Response")
    SubElement(root, tag).text = text
    return Document(root, source)
