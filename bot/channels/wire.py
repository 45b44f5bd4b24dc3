"""What the providers' HTTP has in common: answers are read up to a bound, and every failure says whether the
request can have arrived. That difference decides whether a message may be sent again."""

from __future__ import annotations

import aiohttp

# The request never left this machine whole: no connection, no name, no trusted certificate.
NEVER_ARRIVED: tuple[type[Exception], ...] = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
# Everything else that can go wrong on the way: the provider may or may not have acted.
BROKE_OFF: tuple[type[Exception], ...] = (aiohttp.ClientError, TimeoutError, OSError)

ANSWER_LIMIT = 8 * 1024 * 1024
_CHUNK = 64 * 1024


class TooLarge(Exception):
    """The answer is longer than the caller wants to hold."""


def time_limits(total: float) -> aiohttp.ClientTimeout:
    """A time-out in seconds over the whole exchange, with an earlier one for waiting for a connection.

    The earlier one is what tells "never arrived" from "nobody knows": without it a full connection pool
    would end in the total time-out and look like a message that may have been taken.
    """
    connect = min(5.0, total * 0.75)
    return aiohttp.ClientTimeout(total=total, connect=connect, sock_connect=connect)


async def read_bounded(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body of an answer, at most `limit` bytes; raises TooLarge and drops the connection beyond that."""
    if response.content_length is not None and response.content_length > limit:
        response.close()
        raise TooLarge
    chunks: list[bytes] = []
    held = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        held += len(chunk)
        if held > limit:
            response.close()
            raise TooLarge
        chunks.append(chunk)
    return b"".join(chunks)
