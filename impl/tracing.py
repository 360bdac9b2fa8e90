"""OpenTelemetry spans, if the extra `otel` is installed and OpenTelemetry's variables ask for them.

OTEL_TRACES_EXPORTER (`otlp`, `console`, `none`), OTEL_EXPORTER_OTLP_*, OTEL_SERVICE_NAME,
OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER and OTEL_SDK_DISABLED are read as OpenTelemetry's
specification says. Without them nothing of OpenTelemetry is imported.
"""

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from impl.web.routes import Routes
from impl.web.scope_keys import TRACE

log = structlog.get_logger("tracing")


def wanted(environment: Mapping[str, str]) -> str:
    """The exporter that the environment asks for; blank for none."""
    if environment.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    exporter = environment.get("OTEL_TRACES_EXPORTER", "")
    if not exporter and any(name.startswith("OTEL_EXPORTER_OTLP_") for name in environment):
        exporter = "otlp"
    return "" if exporter == "none" else exporter


def instrumented(environment: Mapping[str, str], routes: Routes) -> Callable[[ASGIApp], ASGIApp]:
    """A function that adds spans to an application; new MongoDB clients get theirs, too.

    Call it after the fork, because a thread sends the spans. If no spans are asked for, or the
    extra is missing (this is logged), the application stays as it is.
    """
    exporter = wanted(environment)
    if not exporter:
        return lambda app: app
    try:
        return _instrumented(exporter, routes)
    except ImportError as error:
        log.warning("no spans", reason=f"the extra otel is not installed: {error.name}")
    except ValueError as error:
        log.warning("no spans", reason=str(error))
    return lambda app: app


def _instrumented(exporter: str, routes: Routes) -> Callable[[ASGIApp], ASGIApp]:
    from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware  # noqa: PLC0415
    from opentelemetry.instrumentation.pymongo import PymongoInstrumentor  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    from opentelemetry.util.http import parse_excluded_urls  # noqa: PLC0415

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_exporter(exporter)))
    PymongoInstrumentor().instrument(tracer_provider=provider)

    def named(scope: Scope) -> tuple[str, dict[str, Any]]:
        found = routes.find(scope["path"])
        template = found[0].template if found else ""
        return f"{scope['method']} {template}".strip(), {"http.route": template} if found else {}

    return lambda app: OpenTelemetryMiddleware(
        _with_traceparent(app),
        excluded_urls=parse_excluded_urls("/health/"),
        default_span_details=named,
        tracer_provider=provider,
        exclude_spans=["receive", "send"],
    )


def _exporter(name: str) -> Any:
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter  # noqa: PLC0415

        return ConsoleSpanExporter()
    if name == "otlp":
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415

        return OTLPSpanExporter()
    raise ValueError(f"OTEL_TRACES_EXPORTER: {name!r} is none of otlp, console and none")


def _with_traceparent(app: ASGIApp) -> ASGIApp:
    """Put the span of a request into its scope, for log lines and events."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    propagator = TraceContextTextMapPropagator()

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        carrier: dict[str, str] = {}
        propagator.inject(carrier)
        if "traceparent" in carrier:
            scope[TRACE] = carrier["traceparent"]
        await app(scope, receive, send)

    return serve
