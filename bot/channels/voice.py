"""Rings telephones over Twilio and hangs them up. What is said on them are documents of the desk that rings."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from twilio.base.exceptions import TwilioException, TwilioRestException

from bot.channels.base import DeliveryError
from bot.channels.twilio_http import TwilioClient

_EVENTS = ["initiated", "ringing", "answered", "completed"]


class VoiceChannel:
    """Calls from each line's own number, so that a phone shows that and no other. `numbers` is by line slug."""

    def __init__(self, client: TwilioClient, numbers: Mapping[str, str]) -> None:
        self._client = client
        self._calls = client.calls
        self._numbers = dict(numbers)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({sorted(self._numbers)})"

    async def ring(self, line: str, to: str, url: str, status_url: str, seconds: int) -> str:
        """Ring a phone for at most so long; the provider's name for the call. Raises DeliveryError.

        A step that no process answers is begun anew at `url`: another one may, and goes on from what the rows say.
        """
        number = self._numbers.get(line)
        if not number:
            raise DeliveryError("permanent", "no-number")
        try:
            record = await self._calls.create_async(
                to=to,
                from_=number,
                url=url,
                fallback_url=url,
                timeout=seconds,
                status_callback=status_url,
                status_callback_event=_EVENTS,
            )
            return str(record.sid)
        except TwilioException as error:
            raise DeliveryError("permanent", _code(error)) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DeliveryError("unknown", "answer") from None

    async def hang_up(self, sid: str) -> None:
        """End a call, ringing or not; one that is over already is as good. Raises DeliveryError."""
        try:
            await self._client.calls(sid).update_async(status="completed")
        except TwilioRestException as error:
            if error.status not in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
                raise DeliveryError("temporary", _code(error)) from None
        except TwilioException as error:
            raise DeliveryError("temporary", _code(error)) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise DeliveryError("temporary", "answer") from None


def _code(error: TwilioException) -> str:
    return str(error.code or error.status)[:32] if isinstance(error, TwilioRestException) else "answer"
