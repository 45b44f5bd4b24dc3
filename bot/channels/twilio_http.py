"""Both directions of Twilio's HTTP: the signature on what comes in (ours, because the SDK's costs three times the
processor time of a webhook) and the client for what goes out (the SDK's own knows no time-out and logs numbers)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import urllib.parse
from collections.abc import Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any

import aiohttp
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from yarl import URL

from bot.channels.base import DeliveryError
from bot.channels.wire import ANSWER_LIMIT, BROKE_OFF, NEVER_ARRIVED, TooLarge, read_bounded, time_limits

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
TWILIO_URL = "https://api.twilio.com"

_HASHES = {"HMAC_SHA1": hashlib.sha1, "HMAC_SHA256": hashlib.sha256}
_HOPS = 3
# What comes in place of a file while something is wrong: a login page, a description of an error.
_PAGES = ("text/html", "application/json", "application/xml", "text/xml", "application/xhtml+xml")
# Where Twilio redirects to for the bytes themselves (help centre: "Protect Media Access"; older media lie in an
# S3 bucket named like the domain).
_CDN_SUFFIXES = (".twiliocdn.com", ".twilio.com")
_CDN_BUCKET = ("s3-external-1.amazonaws.com", "/media.twiliocdn.com/")


def signature_fits(
    secrets: Sequence[str],
    url: str,
    items: Iterable[tuple[str, str]],
    signature: str | None,
    settings: str | None = None,
) -> bool:
    """Whether one of `secrets` signed this form for this address.

    `url` is the public address with its query as Twilio was told it, `items` the decoded form, `signature` and
    `settings` the two headers (None and "" alike mean absent). Without settings the scheme is HMAC-SHA1 with the
    account's token; an algorithm the settings name and nobody knows fits nothing. The scheme puts names and values
    together without a border and carries no time, so it proves the sender, not that the message is new.
    """
    digest = _HASHES.get(_algorithm(settings))
    if digest is None or not signature:
        return False
    given = signature.encode("utf-8", "surrogatepass")
    form = "".join([name + value for name, value in sorted(set(items))])
    fits = False
    for spelling in _spellings(url):
        message = (spelling + form).encode("utf-8", "surrogatepass")
        for secret in secrets:
            expected = base64.b64encode(hmac.digest(secret.encode("utf-8"), message, digest))
            fits |= hmac.compare_digest(expected, given)
        if fits:
            return True
    return False


def _algorithm(settings: str | None) -> str:
    for part in (settings or "").split(","):
        name, found, value = part.partition("=")
        if found and name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return "HMAC_SHA1"


@lru_cache(maxsize=256)
def _spellings(url: str) -> tuple[str, ...]:
    """The address without and with its port: which one Twilio signs is not consistent."""
    scheme, marker, rest = url.partition("://")
    cut = min((i for i in (rest.find(c) for c in "/?#") if i >= 0), default=len(rest))
    host, tail = rest[:cut], rest[cut:]
    bare, colon, port = host.rpartition(":")
    if colon and port.isdigit():
        return (url, f"{scheme}{marker}{bare}{tail}")
    usual = "443" if scheme.lower() == "https" else "80"
    return (url, f"{scheme}{marker}{host}:{usual}{tail}")


class TwilioHttp(AsyncTwilioHttpClient):
    """The SDK's transport with a time-out over everything, without its log lines and its memory of the last request.

    Answers that say "not acted on" or leave it open become DeliveryError here, where the method is known: reading
    may be repeated, so for GET nothing is "unknown".
    """

    def __init__(self, session: aiohttp.ClientSession, timeout: float) -> None:
        super().__init__(pool_connections=False, timeout=timeout)
        self._shared = session
        self._total = timeout

    async def request(  # type: ignore[override]  # as the SDK's own asynchronous client does
        self,
        method: str,
        url: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One exchange with Twilio; raises DeliveryError where there is no answer to read. Never retries."""
        lost: Any = "temporary" if method.upper() == "GET" else "unknown"
        target = URL(f"{url}?{_encode(params)}" if params else url, encoded=True)
        sent = {**(headers or {}), **_basic(auth)}
        status, answered, content = await exchange(
            self._shared,
            method.upper(),
            target,
            sent,
            _encode(data).encode("ascii") if data else None,
            timeout or self._total,
            ANSWER_LIMIT,
            lost,
        )
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise DeliveryError("temporary", "429", _seconds(answered.get("Retry-After")))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
            raise DeliveryError(lost, str(status))
        return Response(status, content.decode("utf-8", "replace"), answered)


class TwilioClient(Client):
    """The SDK's client for one account: every REST call goes to `api_url`, within `timeout` seconds each.

    `tokens` are tried in order while they are being rotated: an answer 401 was certainly not acted on. Reads
    nothing from the environment. The session is opened and closed by somebody else.
    """

    def __init__(
        self,
        account_sid: str,
        tokens: Sequence[str],
        session: aiohttp.ClientSession,
        api_url: str = "",
        timeout: float = 8.0,
    ) -> None:
        # A non-empty mapping keeps the SDK from reading region and edge out of the process environment.
        super().__init__(  # type: ignore[no-untyped-call]  # the SDK left its constructor unannotated
            account_sid, tokens[0], http_client=TwilioHttp(session, timeout), environment={"": ""}
        )
        self._account = account_sid
        self._tokens = tuple(tokens)
        self._session = session
        self._base = URL((api_url or TWILIO_URL).rstrip("/"))

    def get_hostname(self, uri: str) -> str:
        """The address of a call with scheme and host (and path in front, if any) of the configured server."""
        asked = URL(uri, encoded=True)
        front = self._base.raw_path.rstrip("/")
        path = asked.raw_path if front and asked.raw_path.startswith(front + "/") else front + asked.raw_path
        query = f"?{asked.raw_query_string}" if asked.raw_query_string else ""
        return f"{self._base.origin()}{path}{query}"

    async def request_async(self, method: str, uri: str, *args: Any, **kwargs: Any) -> Response:
        """One call, with the next token where the account refuses this one."""
        for token in self._tokens[:-1]:
            response = await super().request_async(method, uri, *args, **{**kwargs, "auth": (self._account, token)})
            if response.status_code != HTTPStatus.UNAUTHORIZED:
                return response
        last = (self._account, self._tokens[-1])
        return await super().request_async(method, uri, *args, **{**kwargs, "auth": last})

    async def fetch_bytes(self, url: str, max_bytes: int, timeout: float = 30.0) -> bytes:
        """The bytes of a recording or an attachment that lies with this account's provider.

        Only the configured server is asked (and, under Twilio's own domain, api.twilio.com); it may pass on to
        itself or by https to Twilio's media servers, which never see the credentials. Raises DeliveryError:
        ("permanent", "foreign-host"), ("permanent", "too-large"), the status, or "temporary"; a page in place of a
        file is temporary, too.
        """
        target = self._own(url)
        own = target.origin()
        for _ in range(_HOPS + 1):
            answer: tuple[int, Any, bytes] = (0, {}, b"")
            for token in self._tokens if target.origin() == own else ("",):
                sent = _basic((self._account, token)) if token else {}
                answer = await exchange(self._session, "GET", target, sent, None, timeout, max_bytes, "temporary")
                if answer[0] != HTTPStatus.UNAUTHORIZED:
                    break
            status, headers, content = answer
            if status == HTTPStatus.OK:
                if headers.get("Content-Type", "").partition(";")[0].strip().lower() in _PAGES:
                    raise DeliveryError("temporary", "not-a-file")
                return content
            if status not in (301, 302, 303, 307, 308):
                busy = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
                raise DeliveryError("temporary" if busy else "permanent", str(status))
            target = _next_hop(target, headers.get("Location", ""), own)
        raise DeliveryError("permanent", "redirects")

    async def delete_bytes(self, url: str) -> None:
        """Delete an attachment at the provider once it has been copied; gone already is as good. DeliveryError.

        Its address as webhooks name it leads to the bytes, a recording's with .mp3 at its end; the resource that can
        be deleted ends in .json.
        """
        target = self._own(url.removesuffix(".mp3"))
        if not target.path.endswith(".json"):
            target = target.with_path(target.raw_path + ".json", encoded=True)
        response = await self.request_async("DELETE", str(target))
        if response.status_code >= HTTPStatus.BAD_REQUEST and response.status_code != HTTPStatus.NOT_FOUND:
            raise DeliveryError("permanent", str(response.status_code))

    def _own(self, url: str) -> URL:
        target = _address(url)
        hosts = {self._base.origin()}
        if (self._base.host or "").endswith(".twilio.com"):
            hosts.add(URL(TWILIO_URL).origin())
        if target.user is not None or target.password is not None or target.origin() not in hosts:
            raise DeliveryError("permanent", "foreign-host")
        return target


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    target: URL,
    headers: dict[str, str],
    body: bytes | None,
    timeout: float,
    limit: int,
    lost: Any,
) -> tuple[int, Any, bytes]:
    """Status, headers and body of one request without redirects; raises DeliveryError, `lost` being its remedy
    where nobody knows whether the request was acted on."""
    if session.closed:
        raise DeliveryError("temporary", "no-connection")
    try:
        async with session.request(
            method, target, headers=headers, data=body, timeout=time_limits(timeout), allow_redirects=False
        ) as response:
            return response.status, response.headers, await read_bounded(response, limit)
    # `from None` throughout: aiohttp's own messages name the address.
    except NEVER_ARRIVED:
        raise DeliveryError("temporary", "no-connection") from None
    except TimeoutError:
        raise DeliveryError(lost, "timeout") from None
    except BROKE_OFF:
        raise DeliveryError(lost, "broken-off") from None
    except TooLarge:
        raise DeliveryError("permanent" if method == "GET" else lost, "too-large") from None


def _address(url: str) -> URL:
    try:
        target = URL(url)
    except ValueError:
        raise DeliveryError("permanent", "foreign-host") from None
    if target.scheme not in ("http", "https") or not target.host:
        raise DeliveryError("permanent", "foreign-host")
    return target


def _next_hop(here: URL, location: str, own: URL) -> URL:
    try:
        target = _address(str(here.join(URL(location))))
    except ValueError:
        raise DeliveryError("permanent", "foreign-host") from None
    if target.user is not None or target.password is not None:
        raise DeliveryError("permanent", "foreign-host")
    if target.origin() == own:
        return target
    host = target.host or ""
    bucket, folder = _CDN_BUCKET
    cdn = host.endswith(_CDN_SUFFIXES) or (host == bucket and target.path.startswith(folder))
    if target.scheme != "https" or target.port != 443 or not cdn:
        raise DeliveryError("permanent", "foreign-host")
    return target


def _encode(fields: dict[str, object] | None) -> str:
    return urllib.parse.urlencode(fields or {}, doseq=True, errors="replace")


def _basic(auth: tuple[str, str] | None) -> dict[str, str]:
    if auth is None:
        return {}
    return {"Authorization": "Basic " + base64.b64encode(":".join(auth).encode("utf-8")).decode("ascii")}


def _seconds(header: str | None) -> float | None:
    return float(header) if header and header.isascii() and header.isdigit() else None
