import pytest
from pydantic import Field, SecretStr, ValidationError

from omnileads.kit.schemas import RequestModel, TypedSecret


class Wanted(RequestModel):
    name: str = ""
    secret: TypedSecret = SecretStr("")
    nested: dict[str, list[str]] = Field(default_factory=dict)


def test_text_is_trimmed_and_a_secret_is_not() -> None:
    wanted = Wanted.model_validate({"name": "  Ana ", "secret": "  s3cret "})
    assert wanted.name == "Ana"
    assert wanted.secret.get_secret_value() == "  s3cret "


@pytest.mark.parametrize(
    "body",
    [{"name": "a\x00b"}, {"secret": "a\x00b"}, {"nested": {"a": ["b", "c\x00"]}}, {"nested": {"a\x00": []}}],
)
def test_text_that_cannot_be_stored_is_refused_at_its_field(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as raised:
        Wanted.model_validate(body)
    assert [error["loc"] for error in raised.value.errors()] == [tuple(body)]
    assert raised.value.errors()[0]["type"] == "nul_character"


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Wanted.model_validate({"nmae": "Ana"})
