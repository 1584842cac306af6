"""Ask a server that speaks the OpenAI way: which models it has, and one answer held to a JSON schema at temperature 0.

The client is `openai` with a base URL; nothing it takes from the environment reaches the wire (`_wire.py`), it never asks twice by itself,
and its log is shut, since at its finest it would write whole requests (C24).
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from nearer.sense.llm._address import Address
from nearer.sense.llm._wire import Bounds, Unanswered, Wire

NO_KEY = "none"
MODELS_LISTED, MODEL_LETTERS = 50, 200
"""So many models are taken from a server's list, and only names so short."""

Form = TypeVar("Form", bound=BaseModel)


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model]


class _Said(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Said
    finish_reason: str | None = None


class _Answer(BaseModel):
    choices: list[_Choice]


class Server:
    """A server at a loopback address."""

    def __init__(self, address: Address, bounds: Bounds) -> None:
        for name in ("openai", "httpx2", "httpcore2"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._bounds = bounds
        self._client = openai.OpenAI(
            base_url=address.url,
            api_key=NO_KEY,
            http_client=httpx2.Client(transport=Wire(address, bounds), trust_env=False, follow_redirects=False),
            max_retries=0,
            timeout=bounds.answer_seconds,
        )

    def models(self) -> tuple[str, ...]:
        """Return the names of the models it has; raises Unanswered."""
        found = _checked(_Models, _bytes(self._client.models.with_raw_response.list))
        return tuple(model.id for model in found.data if 0 < len(model.id) <= MODEL_LETTERS)[:MODELS_LISTED]

    def ask(self, model: str, *, told: str, given: str, schema: Mapping[str, Any]) -> str:
        """Return what the model says when it is told the codebook and given messages; raises Unanswered."""
        answer = _checked(
            _Answer,
            _bytes(
                lambda: self._client.chat.completions.with_raw_response.create(
                    model=model,
                    messages=[{"role": "system", "content": told}, {"role": "user", "content": given}],
                    response_format={"type": "json_schema", "json_schema": {"name": "acts", "strict": True, "schema": dict(schema)}},
                    temperature=0,
                    max_tokens=self._bounds.answer_tokens,
                )
            ),
        )
        if len(answer.choices) != 1:
            raise Unanswered("garbled")
        return _said(answer.choices[0])


def _said(choice: _Choice) -> str:
    """Return the words of an answer that came to its end."""
    if choice.message.refusal or choice.finish_reason == "content_filter":
        raise Unanswered("refused")
    if choice.finish_reason == "length":
        raise Unanswered("long")
    if not choice.message.content:
        raise Unanswered("garbled")
    return choice.message.content


def _bytes(ask: Callable[[], Any]) -> bytes:
    """Return the bytes of an answer; what goes wrong is named, and nothing of what was sent or came is kept."""
    try:
        made: bytes = ask().content
    except openai.APIStatusError as error:
        raise Unanswered("elsewhere" if error.status_code // 100 == 3 else "failed") from None  # noqa: PLR2004 - 3xx is a redirect
    except openai.OpenAIError as error:
        raise Unanswered(error.__cause__.why if isinstance(error.__cause__, Unanswered) else "garbled") from None
    return made


def _checked(form: type[Form], answer: bytes) -> Form:
    """Return the answer in its form."""
    try:
        return form.model_validate_json(answer)
    except ValidationError:
        raise Unanswered("garbled") from None
