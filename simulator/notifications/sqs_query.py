"""The query protocol of SQS: forms in, XML out, as SDKs spoke it until 2023."""

import re
from typing import Any, Final
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from simulator.notifications.sqs_errors import SqsError

NAMESPACE: Final = "http://queue.amazonaws.com/doc/2012-11-05/"
MOST_FIELDS: Final = 200
MEMBER: Final = re.compile(r"(?P<list>[A-Za-z]+)[.](?P<number>[1-9][0-9]{0,2})(?:[.](?P<field>[A-Za-z]+))?", re.ASCII)
LISTS: Final = {  # how lists are called there, and in JSON
    "AttributeName": "AttributeNames",
    "MessageSystemAttributeName": "MessageSystemAttributeNames",
    "MessageAttributeName": "MessageAttributeNames",
    "Attribute": "Attributes",
    "DeleteMessageBatchRequestEntry": "Entries",
}
ELEMENTS: Final = {  # of answers: how each member of a list is called
    "Messages": "Message",
    "QueueUrls": "QueueUrl",
    "Successful": "DeleteMessageBatchResultEntry",
    "Failed": "BatchResultErrorEntry",
    "Attributes": "Attribute",
}


def read(request: Request, body: bytes) -> tuple[str, dict[str, Any]]:
    """Return the action of a form and its parameters, as JSON would hold them. Raises SqsError."""
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise SqsError("MalformedInput", "The body is not a form.") from error
    name = fields.pop("Action", "")
    given: dict[str, Any] = {field: value for field, value in fields.items() if not MEMBER.fullmatch(field)}
    given |= _lists(fields)
    queue = request.path_params.get("queue", "").strip("/")
    return name, {"QueueUrl": queue} | given if queue else given


def answer(name: str, given: dict[str, Any] | None, *, request_id: str) -> Response:
    """Answer an action."""
    root = Element(f"{name}Response", xmlns=NAMESPACE)
    if given is not None:
        _write(SubElement(root, f"{name}Result"), given)
    SubElement(SubElement(root, "ResponseMetadata"), "RequestId").text = request_id
    return _xml(root, 200)


def refusal(error: SqsError, *, request_id: str) -> Response:
    """Answer a refusal."""
    root = Element("ErrorResponse", xmlns=NAMESPACE)
    _write(SubElement(root, "Error"), {"Type": "Sender", "Code": error.query_code, "Message": error.message})
    SubElement(root, "RequestId").text = request_id
    return _xml(root, 400)


def _lists(fields: dict[str, str]) -> dict[str, Any]:
    members: dict[str, dict[int, Any]] = {}
    for field, value in fields.items():
        found = MEMBER.fullmatch(field)
        if found is None or found["list"] not in LISTS:
            continue
        of = members.setdefault(found["list"], {})
        number = int(found["number"])
        if found["field"] is None:
            of[number] = value
        elif isinstance(of.setdefault(number, {}), dict):
            of[number][found["field"]] = value
    lists = {LISTS[name]: [of[number] for number in sorted(of)] for name, of in members.items()}
    if "Attributes" in lists:
        pairs = [each for each in lists["Attributes"] if isinstance(each, dict)]
        return lists | {"Attributes": {each.get("Name", ""): each.get("Value", "") for each in pairs}}
    return lists


def _write(parent: Element, given: dict[str, Any]) -> None:
    for name, value in given.items():
        if isinstance(value, dict):
            pairs = [{"Name": key, "Value": each} for key, each in value.items()]
            _write(parent, {name: pairs})
        elif isinstance(value, list):
            for each in value:
                _member(SubElement(parent, ELEMENTS[name]), each)
        else:
            SubElement(parent, name).text = _text(value)


def _member(element: Element, value: Any) -> None:
    if isinstance(value, dict):
        _write(element, value)
    else:
        element.text = _text(value)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _xml(root: Element, status: int) -> Response:
    return Response(tostring(root, encoding="utf-8", xml_declaration=True), status, media_type="text/xml")
