"""The service that the sandbox pushes to, small true files, and the checks against the published descriptions."""

from __future__ import annotations

import asyncio
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from jsonschema import Draft4Validator, FormatChecker

TOKEN = "100001:SANDBOX-eksempelby"
SECRET = "shared_Secret-1"


@dataclass
class Hook:
    """One webhook as the service got it."""

    path: str
    headers: dict[str, str]
    form: dict[str, str]
    body: dict
    at: float


@dataclass
class Service:
    """Stands for the product: takes webhooks and answers what the test told it to, 200 otherwise. `pages` holds what a
    path answers, `mime` as which type; any other path answers `xml`.
    """

    url: str = ""
    hooks: list[Hook] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    xml: str = "<Response/>"
    pages: dict[str, str] = field(default_factory=dict)
    mime: str = "text/xml"
    slow: float = 0.0

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json() if request.content_type == "application/json" else {}
        given = request.query if request.method == "GET" else await request.post()
        form = {} if body else {k: str(v) for k, v in given.items()}
        now = asyncio.get_running_loop().time()
        self.hooks.append(Hook(request.path_qs, dict(request.headers), form, body, now))
        status = self.answers.pop(0) if self.answers else 200
        await asyncio.sleep(self.slow)
        page = self.pages.get(request.path, self.xml)
        return web.Response(status=status, text=page, content_type=self.mime)

    def at(self, path: str) -> list[Hook]:
        return [hook for hook in self.hooks if hook.path.startswith(path)]


def png(width: int = 3, height: int = 2) -> bytes:
    """A small true picture."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x40\x60\x50" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def opus() -> bytes:
    """The first bytes of a voice note; nobody here listens to it."""
    return b"OggS" + bytes(60)


def of_twilio(oai: dict[str, Any], schema: str) -> Draft4Validator:
    """A validator for one schema of Twilio's OpenAPI description, its "nullable" said in JSON Schema's words."""
    return Draft4Validator(_resolved(oai, {"$ref": f"#/components/schemas/{schema}"}), format_checker=FormatChecker())


def _resolved(oai: dict[str, Any], node: Any) -> Any:
    if isinstance(node, list):
        return [_resolved(oai, item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _resolved(oai, oai["components"]["schemas"][node["$ref"].rsplit("/", 1)[1]])
    plain = {name: _resolved(oai, value) for name, value in node.items() if name != "nullable"}
    if node.get("nullable"):
        return {"anyOf": [plain, {"type": "null"}]}
    return plain


def faults_in(api: dict[str, Any], kind: str, value: Any, where: str = "") -> list[str]:
    """What is wrong with a value by the Bot API's own description: missing fields, wrong types, unknown names."""
    if kind.startswith("Array of "):
        return [fault for n, item in enumerate(value) for fault in faults_in(api, kind[9:], item, f"{where}[{n}]")]
    plain = {"Integer": int, "String": str, "Boolean": bool, "True": bool, "Float": float}
    if kind in plain:
        right = isinstance(value, plain[kind]) and not (kind == "Integer" and isinstance(value, bool))
        return [] if right else [f"{where} is {value!r}, not {kind}"]
    described = api["types"][kind]
    if "subtypes" in described:
        return _fewest([faults_in(api, subtype, value, where) for subtype in described["subtypes"]])
    fields = {item["name"]: item for item in described.get("fields", [])}
    faults = [f"{where}.{name} is missing" for name, item in fields.items() if item["required"] and name not in value]
    faults += [f"{where}.{name} is unknown" for name in value if name not in fields]
    for name in value.keys() & fields.keys():
        faults += _fewest([faults_in(api, one, value[name], f"{where}.{name}") for one in fields[name]["types"]])
    return faults


def _fewest(tries: list[list[str]]) -> list[str]:
    return sorted(tries, key=len)[0]
