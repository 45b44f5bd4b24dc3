"""What both desks' web servers share: health, readiness, metrics, and answers that say nothing they need not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, generate_latest

MAX_BODY = 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Metrics:
    """Counters without a label that could name anybody."""

    def __init__(self, desk: str) -> None:
        self.registry = CollectorRegistry()
        self.webhooks = Counter(
            "nabolinje_webhooks", "Webhook deliveries by answer", ["answer"], registry=self.registry
        )
        self.worked = Counter("nabolinje_worked", "Rows worked off by kind of work", ["work"], registry=self.registry)
        self.failed = Counter("nabolinje_failed", "Rows that failed once", ["work"], registry=self.registry)
        self.tick = Gauge("nabolinje_tick_seconds", "Unix time of the last tick", registry=self.registry)
        Gauge("nabolinje_desk", "Which desk answers here", ["desk"], registry=self.registry).labels(desk).set(1)


def add_health(app: web.Application, metrics: Metrics, ready: Callable[[], Awaitable[str | None]]) -> None:
    """`ready` gives None when the desk can work, else one line on what it lacks."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        lacking = await ready()
        return web.Response(text=(lacking or "ready") + "\n", status=503 if lacking else 200)

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)


@web.middleware
async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Security headers on everything; refusals as bare statuses with one line."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = web.Response(status=error.status, text=f"{error.reason}\n", headers=_allow(error))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _allow(error: web.HTTPException) -> dict[str, str]:
    return {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}


def make_app() -> web.Application:
    return web.Application(client_max_size=MAX_BODY, middlewares=[plain_errors])


async def listen(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Start serving; no access log, for it would print query strings."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=10)
    await runner.setup()
    await web.TCPSite(runner, host, port, reuse_address=True).start()
    return runner
