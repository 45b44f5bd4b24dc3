"""`check` asks the providers: are there credentials, do they work, and do webhooks lead here?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.channels.base import DeliveryError
from bot.channels.telegram import LineBot, make_bot
from bot.channels.telegram_bot import provider_errors
from bot.channels.twilio_http import TwilioClient
from bot.doctor_findings import Finding, note
from bot.environment import on_loopback, token_variable
from bot.settings import Settings

SECONDS = 8.0
_ACCOUNT = "https://api.twilio.com/2010-04-01/Accounts/{}.json"


def examine_settings(settings: Settings) -> Iterator[Finding]:
    """What can be said without asking anybody."""
    if not settings.twilio_sid:
        yield Finding(
            "no Twilio account, so no SMS is sent or received; set NABOLINJE_TWILIO_ACCOUNT_SID and "
            "NABOLINJE_TWILIO_AUTH_TOKEN"
        )
    for line in settings.lines.values():
        if line.slug not in settings.telegram_tokens:
            yield note(f"{line.slug}: runs without Telegram; {token_variable(line.slug)} would turn it on")
        elif line.telegram_username is None:
            yield Finding(f"{line.slug}: its bot has no name here, so nobody can be invited; set telegram_username")
    twilio = bool(settings.twilio_sid) and not on_loopback(settings.twilio_api_url)
    pushed = bool(settings.telegram_tokens) and settings.telegram_mode == "webhook"
    telegram = pushed and not on_loopback(settings.telegram_api_url)
    if (twilio or telegram) and not settings.public_url.startswith("https://"):
        yield Finding(
            "providers cannot reach the front desk: NABOLINJE_PUBLIC_URL is not https; set it to the address they see"
        )
    if twilio and not settings.office_public_url.startswith("https://"):
        yield Finding(
            "Twilio cannot report on messages to staff, nor ask what their phones shall say: "
            "NABOLINJE_OFFICE_PUBLIC_URL is not https; set it to the address it sees"
        )
    if not settings.heartbeat_url:
        yield note("nobody is told when this service stands still; NABOLINJE_HEARTBEAT_URL would be called each minute")


async def examine(settings: Settings) -> list[Finding]:
    """What the providers say, each within eight seconds."""
    async with ClientSession() as session:
        found = [finding async for finding in _twilio(settings, session)]
        for slug, token in settings.telegram_tokens.items():
            bot = make_bot(token, settings.telegram_api_url, session, SECONDS)
            found += [finding async for finding in _telegram(settings, slug, bot)]
        if settings.twilio_sid or settings.telegram_tokens:
            found += [finding async for finding in _front_desk(settings, session)]
    return found


async def _twilio(settings: Settings, session: ClientSession) -> AsyncIterator[Finding]:
    if not settings.twilio_sid:
        return
    client = TwilioClient(settings.twilio_sid, settings.twilio_tokens, session, settings.twilio_api_url, SECONDS)
    try:
        answer = await client.request_async("GET", _ACCOUNT.format(settings.twilio_sid))
    except DeliveryError as error:
        yield Finding(f"Twilio does not answer ({error.code}); look at NABOLINJE_TWILIO_API_URL and the way out")
        return
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        yield Finding(
            "Twilio refuses the account; look at NABOLINJE_TWILIO_ACCOUNT_SID and NABOLINJE_TWILIO_AUTH_TOKEN"
        )


async def _telegram(settings: Settings, slug: str, bot: LineBot) -> AsyncIterator[Finding]:
    try:
        with provider_errors():
            me, webhook = await bot.get_me(), await bot.get_webhook_info()
    except DeliveryError as error:
        remedy = f"look at {token_variable(slug)}" if error.code == "token" else "look at NABOLINJE_TELEGRAM_API_URL"
        yield Finding(f"{slug}: Telegram does not answer for its bot ({error.code}); {remedy}")
        return
    named = settings.lines[slug].telegram_username
    if named is not None and (me.username or "").casefold() != named.casefold():
        yield Finding(f"{slug}: the token belongs to another bot than telegram_username says; mend one of the two")
    if settings.telegram_mode != "webhook":
        return
    if webhook.url != f"{settings.public_url}/webhooks/telegram/{slug}":
        yield note(f"{slug}: Telegram's webhook does not lead here yet; `nabolinje serve` sets it")
    elif webhook.last_error_message and webhook.pending_update_count:
        said = "".join(c if c.isprintable() else " " for c in webhook.last_error_message)[:80]
        yield Finding(
            f"{slug}: Telegram could not deliver ({said}), {webhook.pending_update_count} updates wait; "
            "look at NABOLINJE_PUBLIC_URL and the proxy before it"
        )


async def _front_desk(settings: Settings, session: ClientSession) -> AsyncIterator[Finding]:
    """Whether the address that providers were given leads to a front desk that is ready."""
    try:
        async with session.get(f"{settings.public_url}/readyz", timeout=ClientTimeout(total=SECONDS)) as answer:
            if answer.status < HTTPStatus.BAD_REQUEST:
                return
            said = str(answer.status)
    except (ClientError, TimeoutError) as error:
        said = type(error).__name__
    yield note(f"no front desk answers at NABOLINJE_PUBLIC_URL ({said}); start `nabolinje serve`, or look at the proxy")
