"""Judges the requests a service made of its providers by the providers' own published descriptions.

Works on the sandbox's journal: method, path, parameters, files and headers of each request, as they came over HTTP.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.sandbox.journal import ProviderCall
from tests.bot.sandbox.rig import faults_in

E164 = re.compile(r"\+[1-9]\d{6,14}")
_LIMITS = re.compile(r"\b(\d+)-(\d+) (characters|bytes)")
_BODY_LIMIT = re.compile(r"up to ([\d,]+) characters")
_PLAIN = {"Integer", "String", "Boolean", "True", "Float", "InputFile"}
_CONTENT = re.compile(r"/2010-04-01/Accounts/AC[0-9a-fA-F]{32}/Messages/(SM|MM)[0-9a-fA-F]{32}/Media/ME[0-9a-fA-F]{32}")
_FORM = "application/x-www-form-urlencoded"


class Published:
    """Both descriptions, read once."""

    def __init__(self, rigs_data: Path) -> None:
        self.bot_api = json.loads((rigs_data / "telegram" / "api.min.json").read_text(encoding="utf-8"))
        self.twilio = json.loads((rigs_data / "twilio-oai" / "twilio_api_v2010.json").read_text(encoding="utf-8"))

    def faults(self, calls: Iterable[ProviderCall]) -> list[str]:
        """What is wrong with these requests, each with the operation it was found in."""
        found = []
        for call in calls:
            said = self._telegram(call) if call.channel == "telegram" else self._twilio(call)
            found += [f"{call.operation}: {fault}" for fault in said]
        return found

    def _telegram(self, call: ProviderCall) -> list[str]:
        if call.operation == "download":
            return [] if call.method == "GET" and not call.params else ["a file is fetched with a bare GET"]
        if call.method not in ("GET", "POST") or call.path != f"/bot<token>/{call.operation}":
            return [f"{call.method} {call.path}"]
        published = self.bot_api["methods"].get(call.operation)
        if published is None:
            return ["no such method"]
        fields = {item["name"]: item for item in published.get("fields", [])}
        given = set(call.params) | set(call.files)
        faults = [f"{name} is no parameter" for name in given - set(fields)]
        faults += [f"{name} is required" for name, item in fields.items() if item["required"] and name not in given]
        for name in given & set(fields):
            value = call.params.get(name, call.files.get(name))
            faults += self._parameter(fields[name], value, is_file=name in call.files)
        return faults

    def _parameter(self, field: Mapping[str, Any], value: Any, *, is_file: bool) -> list[str]:
        name, kinds = field["name"], field["types"]
        if is_file:
            return [] if "InputFile" in kinds else [f"{name} is not a file"]
        tries = []
        for kind in kinds:
            if kind not in _PLAIN:
                try:
                    parsed = json.loads(value)
                except ValueError:
                    tries.append([f"{name} is not JSON: {value!r}"])
                    continue
                faults = faults_in(self.bot_api, kind, parsed, name)
                tries.append(faults or self._limits_inside(kind, parsed, name))
            elif not _plain_fits(kind, value):
                tries.append([f"{name} is {value!r}, not {kind}"])
            else:
                tries.append(_limit_faults(field, value) if kind == "String" else [])
        return sorted(tries, key=len)[0]

    def _limits_inside(self, kind: str, value: Any, where: str) -> list[str]:
        """The limits that the descriptions of nested fields state: 1-64 bytes of callback data, and so on."""
        if kind.startswith("Array of "):
            return [f for item in value for f in self._limits_inside(kind.removeprefix("Array of "), item, where)]
        if not isinstance(value, dict):
            return []
        faults = []
        for field in self.bot_api["types"][kind].get("fields", []) if kind in self.bot_api["types"] else []:
            inner = value.get(field["name"])
            if isinstance(inner, str):
                faults += _limit_faults(field, inner)
            elif inner is not None:
                faults += self._limits_inside(field["types"][0], inner, f"{where}.{field['name']}")
        if kind == "InlineKeyboardButton" and len(value.keys() - {"text", "icon_custom_emoji_id", "style"}) != 1:
            faults.append(f"{where}: a button does exactly one thing, this one has {sorted(value)}")
        return faults

    def _twilio(self, call: ProviderCall) -> list[str]:
        if "Authorization" not in call.headers:
            return ["without the account's credentials"]
        if call.method == "GET" and _CONTENT.fullmatch(call.path):
            return [f"{sorted(call.params)} beside a file's address"] if call.params else []
        for template, item in self.twilio["paths"].items():
            names = re.findall(r"\{(\w+)\}", template)
            found = re.fullmatch(re.sub(r"\\\{\w+\\\}", "([^/]+?)", re.escape(template)), call.path)
            if found and call.method.lower() in item:
                return self._operation(item[call.method.lower()], dict(zip(names, found.groups(), strict=True)), call)
        return [f"nothing published is {call.method} {call.path}"]

    def _operation(self, published: Mapping[str, Any], path: Mapping[str, str], call: ProviderCall) -> list[str]:
        listed = published.get("parameters", [])
        in_path = {p["name"]: p["schema"] for p in listed if p["in"] == "path"}
        faults = [f for name, value in path.items() for f in _schema_faults(in_path[name], value, name)]
        query = {p["name"]: p for p in listed if p["in"] == "query"}
        body = published.get("requestBody", {}).get("content", {}).get(_FORM, {}).get("schema", {})
        known = body.get("properties", {}) if call.method == "POST" else {n: p["schema"] for n, p in query.items()}
        required = [name for name, parameter in query.items() if parameter.get("required")]
        needed = body.get("required", []) if call.method == "POST" else required
        faults += [f"{name} is no parameter" for name in call.params if name not in known]
        faults += [f"{name} is required" for name in needed if name not in call.params]
        if call.method == "POST" and call.headers.get("Content-Type", "").partition(";")[0] != _FORM:
            faults.append(f"Content-Type {call.headers.get('Content-Type')}")
        for name, value in call.params.items():
            faults += _schema_faults(known.get(name, {}), value, name)
        return faults


def _plain_fits(kind: str, value: Any) -> bool:
    match kind:
        case "Integer":
            return re.fullmatch(r"-?\d{1,19}", str(value)) is not None
        case "Float":
            return re.fullmatch(r"-?\d+(\.\d+)?", str(value)) is not None
        case "Boolean" | "True":
            return str(value) in ("true", "false", "True", "False")
    return isinstance(value, str)


def _limit_faults(field: Mapping[str, Any], value: str) -> list[str]:
    stated = _LIMITS.search(field.get("description", ""))
    if stated is None:
        return []
    size = len(value.encode()) if stated[3] == "bytes" else len(value)
    if int(stated[1]) <= size <= int(stated[2]):
        return []
    return [f"{field['name']} has {size} {stated[3]}, {stated[0]} are allowed"]


def _schema_faults(schema: Mapping[str, Any], value: Any, name: str) -> list[str]:
    if schema.get("type") == "array":
        items = value if isinstance(value, list) else [value]
        return [fault for item in items for fault in _schema_faults(schema["items"], item, name)]
    if not isinstance(value, str):
        return [f"{name} is given {len(value)} times"]
    faults = []
    if schema.get("type") == "integer":
        low, high = schema.get("minimum", 0), schema.get("maximum", 2**63)
        if not value.isdigit() or not low <= int(value) <= high:
            faults.append(f"{name} is {value!r}, not a number from {low} to {high}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        faults.append(f"{name} is {value!r}, not {schema['pattern']}")
    if "enum" in schema and value not in schema["enum"]:
        faults.append(f"{name} is {value!r}, none of {schema['enum']}")
    if schema.get("format") == "phone-number" and not E164.fullmatch(value):
        faults.append(f"{name} is not in E.164: {value!r}")
    if schema.get("format") == "uri" and not re.fullmatch(r"https?://[^\s_/]+(/\S*)?", value):
        faults.append(f"{name} is no address: {value!r}")
    most = _BODY_LIMIT.search(schema.get("description", ""))
    if name == "Body" and most and not 1 <= len(value) <= int(most[1].replace(",", "")):
        faults.append(f"{name} has {len(value)} characters, {most[1]} are allowed")
    return faults
