"""What the configuration families have in common: `x/`, `x/{id}/`, `x/create/`, `x/{id}/update/`, `x/{id}/delete/`.

No postponed annotations here: the routes are made in a function, whose names a later look would not find.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ValidationError

from omnileads.api.v1.bodies import Data, Fields, as_id, problems_of, takes
from omnileads.api.v1.errors import Body, Refused, spoken
from omnileads.api.v1.language import say
from omnileads.kit.pagination import PageQuery
from omnileads.kit.permissions import requires

MOST: Final = 5000
"""Of a list, which the contract does not divide into pages."""

Text = tuple[str, str]
"""Spanish and English."""

WRONG: Final[Text] = ("Error al hacer la peticion", "The request cannot be carried out")
READ: Final[Text] = ("Los datos se obtuvieron de forma exitosa", "The data was read")


@dataclass(frozen=True)
class Family:
    """`read` makes of a body the fields of `create`; what it does not know it leaves as it is, to be refused there.

    `names` says what the contract calls our fields; `one` and `many` are the keys of answers.
    """

    path: str
    one: str
    many: str
    area: str
    service: Callable[..., Any]
    create: type[BaseModel]
    patch: type[BaseModel]
    read: Callable[[Body], Body]
    show: Callable[[Any], Body]
    fields: type[Fields]
    names: Mapping[str, str] = field(default_factory=dict)
    in_use: Text | None = None
    can_delete: bool = True


def success(message: str, **more: Any) -> Body:
    return {"status": "SUCCESS", "message": message, "errors": {}, **more}


def wrong_fields(errors: Body) -> Refused:
    """400 with the sentences about each field."""
    return Refused(400, {"status": "ERROR", "message": say(*WRONG), "errors": errors})


def item_id(text: str) -> int:
    """Raises Refused (404) for what is no id."""
    number = as_id(text)
    if number is None:
        raise Refused(404, {"status": "ERROR", "message": say("No encontrado.", "Not found.")})
    return number


def validated(family: Family, data: Body) -> BaseModel:
    """The body as the service takes it. Raises Refused with errors by field."""
    try:
        return family.create.model_validate(family.read(data))
    except ValidationError as error:
        raise wrong_fields(problems_of(error, {"non_field_errors": "__all__", **family.names})) from error


def everything(service: Any) -> list[Any]:
    return list(service.page(PageQuery(page=1, page_size=MOST, search="")).items)


def router_of(family: Family) -> APIRouter:
    """The routes of a family."""
    reads, writes = requires(f"{family.area}.read"), requires(f"{family.area}.write")
    router = APIRouter(prefix=f"/{family.path}", tags=[family.path], dependencies=[reads])
    service_of = Annotated[Any, Depends(family.service)]

    @router.get("", name=f"list_{family.path}")
    def list_all(service: service_of) -> Body:
        return success(say(*READ), **{family.many: [family.show(item) for item in everything(service)]})

    @router.get("/{item}", name=f"get_{family.path}")
    def get_one(service: service_of, item: str) -> Body:
        number = item_id(item)
        with spoken(say(*WRONG)):
            return success(say(*READ), **{family.one: family.show(service.one(number))})

    @router.post("/create", name=f"create_{family.path}", dependencies=[writes], openapi_extra=takes(family.fields))
    def create(service: service_of, data: Data) -> Body:
        wanted = validated(family, data)
        with spoken(say(*WRONG), family.names):
            made = service.create(wanted)
        text = say("Se creó de forma exitosa", "Created")
        return success(text, **{family.one: family.show(made)})

    @router.put(
        "/{item}/update", name=f"update_{family.path}", dependencies=[writes], openapi_extra=takes(family.fields)
    )
    def update(service: service_of, item: str, data: Data) -> Body:
        number = item_id(item)
        with spoken(say(*WRONG)):
            service.one(number)
        sent = validated(family, data).model_dump(exclude_unset=True)
        with spoken(say(*WRONG), family.names, refusal=say(*family.in_use) if family.in_use else None):
            changed = service.change(number, family.patch.model_validate(sent))
        return success(say("Se actualizó de forma exitosa", "Changed"), **{family.one: family.show(changed)})

    if not family.can_delete:
        return router

    @router.delete("/{item}/delete", name=f"delete_{family.path}", dependencies=[writes])
    def delete(service: service_of, item: str) -> Body:
        number = item_id(item)
        with spoken(say(*WRONG), family.names, refusal=say(*family.in_use) if family.in_use else None):
            service.delete(number)
        return success(say("Se eliminó de forma exitosa", "Deleted"))

    return router


def hiding(router: APIRouter, family: Family) -> None:
    """`hide` and `show` of a family whose items can be hidden."""
    writes = requires(f"{family.area}.write")
    service_of = Annotated[Any, Depends(family.service)]

    def set_hidden(service: Any, item: str, *, is_hidden: bool) -> Body:
        number = item_id(item)
        with spoken(say(*WRONG)):
            changed = service.change(number, family.patch.model_validate({"is_hidden": is_hidden}))
        text = say("Se ocultó", "Hidden") if is_hidden else say("Se volvió a mostrar", "Shown again")
        return success(text, **{family.one: family.show(changed)})

    @router.put("/{item}/hide", name=f"hide_{family.path}", dependencies=[writes])
    def hide(service: service_of, item: str) -> Body:
        return set_hidden(service, item, is_hidden=True)

    @router.put("/{item}/show", name=f"show_{family.path}", dependencies=[writes])
    def show(service: service_of, item: str) -> Body:
        return set_hidden(service, item, is_hidden=False)


def renamed(data: Body, names: Mapping[str, str]) -> Body:
    """The fields of ours that were sent; `names` is ours -> the contract's."""
    return {ours: data[theirs] for ours, theirs in names.items() if theirs in data}


def numbered(value: Any, values: Mapping[int, str]) -> Any:
    """What a number of the contract stands for; nothing stays nothing, what is not known stays as it is."""
    if value in (None, ""):
        return None
    number = as_id(value)
    return values.get(number, value) if number is not None else value


def number_of(value: str | None, values: Mapping[int, str]) -> int | None:
    return next((number for number, known in values.items() if known == value), None)
