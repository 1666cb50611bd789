"""Each error that is described can be had, and is as described."""

from __future__ import annotations

import json
import socket

import jsonschema_rs
import pytest
import requests
import schemathesis
from requests.packages.urllib3.response import HTTPResponse

from service import ROOT, Service

LARGE = "x" * (64 * 1024 + 1)
REQUESTS = {
    400: "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    408: "POST / HTTP/1.1\r\nHost: a\r\n",
    413: f"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {len(LARGE)}\r\n\r\n{LARGE}",
    417: "POST / HTTP/1.1\r\nHost: a\r\nExpect: something\r\nContent-Length: 1\r\n\r\n",
    505: "POST / HTTP/0.9\r\nHost: a\r\n\r\n",
}


@pytest.fixture
def description() -> schemathesis.openapi.OpenApiSchema:
    return schemathesis.openapi.from_path(ROOT / "docs/openapi.yaml")


def answer(service: Service, request: str) -> requests.Response:
    """The answer to exactly these bytes, as the library that schemathesis knows hands it out."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
        try:
            connection.sendall(request.encode())
        except ConnectionError:
            pass  # Refused before it was all sent.
        received = connection.makefile("rb").read()
    head, _, body = received.partition(b"\r\n\r\n")
    status, *fields = head.decode().split("\r\n")
    response = requests.Response()
    response.status_code = int(status.split()[1])
    response.headers.update(field.split(": ", 1) for field in fields)
    response.raw = HTTPResponse(headers=response.headers, status=response.status_code, version=11)
    response._content = body
    response.request = requests.Request("POST", service.url).prepare()
    return response


@pytest.mark.parametrize("status", REQUESTS)
def test_the_error_is_as_described(start, description, status: int) -> None:
    response = answer(start(REQUEST_TIMEOUT="1").await_ready(), REQUESTS[status])
    assert response.status_code == status, f"{response.status_code}: {response.text}"
    description["/"]["POST"].validate_response(response)
    assert response.headers["Connection"] == "close"


def test_every_error_of_the_description_is_tested(description) -> None:
    described = {int(status) for status in description.raw_schema["paths"]["/"]["post"]["responses"]}
    assert described == {200, 503, *REQUESTS}


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("DELETE", "", 405)])
def test_errors_that_belong_to_no_operation_are_as_described(
    start, description, method: str, path: str, status: int
) -> None:
    answered, headers, body = start().ask(method, path)
    assert answered == status and headers["content-type"] == "application/problem+json"
    problem = json.loads(body)
    jsonschema_rs.validate(description.raw_schema["components"]["schemas"]["Problem"], problem)
    assert problem["status"] == status
