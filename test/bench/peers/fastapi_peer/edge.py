"""The outside edge: request ids, headers, one log line for each request, and failures as problem+json."""

import json
import secrets
import sys
import time

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

HEADERS = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cross-origin-resource-policy", b"same-site"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=63072000; includeSubDomains"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cache-control", b"no-store"),
]


class Problem(Exception):
    def __init__(self, status, code, title, errors=None):
        self.status = status
        self.code = code
        self.title = title
        self.errors = errors


class Edge:
    """Plain ASGI, since Starlette's BaseHTTPMiddleware costs a task and a queue for each request."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started_at = time.perf_counter()
        request_id = make_id()
        scope["request_id"] = request_id
        scope["log"] = {}
        status = 500

        async def send_with_headers(message):
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    *scope.get("limits", ()),
                    *HEADERS,
                ]
            await send(message)

        await self.app(scope, receive, send_with_headers)
        route = scope.get("route")
        line = {
            "level": "error" if status >= 500 else "info",
            "message": "request",
            "requestId": request_id,
            "method": scope["method"],
            "route": route.path if route else None,
            "status": status,
            "durationMs": round((time.perf_counter() - started_at) * 1000, 1),
            **scope["log"],
        }
        sys.stdout.write(json.dumps(line) + "\n")


def make_id():
    """A UUID version 7."""
    value = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    digits = f"{value:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def answer_problem(request: Request, problem: Problem):
    body = {
        "type": f"urn:defeah:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "requestId": request.scope["request_id"],
    }
    if problem.errors:
        body["errors"] = problem.errors
    return JSONResponse(body, status_code=problem.status, media_type="application/problem+json")


def answer_invalid(request: Request, error: RequestValidationError):
    errors = [
        {"pointer": "/" + "/".join(str(part) for part in item["loc"][1:]), "code": item["type"], "detail": item["msg"]}
        for item in error.errors()
    ]
    return answer_problem(request, Problem(422, "request/invalid", "The request does not match its schema", errors))


def client_network(request: Request):
    address = request.headers.get("cf-connecting-ip", "")
    parts = address.split(".")
    return f"{parts[0]}.{parts[1]}.{parts[2]}.0/24" if len(parts) == 4 else None
