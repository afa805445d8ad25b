"""Files into bases: what comes in, what is refused row by row, and what refuses the whole file."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from omnileads.contacts.imports import prune
from omnileads.contacts.models import Contact, ContactBase, ContactImport, ImportChunk, ImportReject
from omnileads.kit.audit import AuditEntry
from omnileads.kit.runtime import Runtime
from tests.conftest import SignedIn
from tests.contacts.conftest import API, Files

PEOPLE = (
    "phone,mobile,name,id\r\n"
    "+54 341 414-9090,(341) 514.9095,Terence,1\r\n"
    "4149014,,Timothy,2\r\n"
    "4149020,5149025, José Ñandú ,3\r\n"
)


def nothing_is_left(runtime: Runtime) -> bool:
    with runtime.database.transaction() as session:
        return session.scalars(select(ContactBase.id)).all() == [] and session.scalars(select(Contact.id)).all() == []


def test_a_file_becomes_a_base(files: Files, runtime: Runtime) -> None:
    done = files.load(PEOPLE.encode())
    assert (done["state"], done["percent"], done["read_count"], done["accepted_count"]) == ("done", 100, 3, 3)
    base = files.client.get(f"{API}/contact-bases/{done['base_id']}").json()
    assert base["name"] == "People"
    assert base["contact_count"] == 3
    assert base["columns"] == [
        {"key": "phone", "name": "phone", "role": "phone"},
        {"key": "mobile", "name": "mobile", "role": "phone"},
        {"key": "name", "name": "name", "role": "data"},
        {"key": "id", "name": "id", "role": "external-id"},
    ]
    first, _second, third = files.contacts(done["base_id"])
    assert first["values"] == {"phone": "+543414149090", "mobile": "3415149095", "name": "Terence", "id": "1"}
    assert (first["phone"], first["external_id"], first["is_original"]) == ("+543414149090", "1", True)
    assert third["values"]["name"] == "José Ñandú"
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 0
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "contact-base.imported")).one()
    assert entry.actor_name == "administrator-1"
    assert entry.after == {"file_name": "people.csv", "accepted_count": 3, "read_count": 3}


@pytest.mark.parametrize(
    ("encoding", "codec"), [("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("utf-16", "utf-16"), ("cp1252", "cp1252")]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found(files: Files, encoding: str, codec: str, delimiter: str) -> None:
    place = files.upload(PEOPLE.replace(",", delimiter).encode(codec), part=37)
    preview = files.client.post(f"{place}/preview", json={}).json()
    assert (preview["encoding"], preview["delimiter"], preview["has_header"]) == (encoding, delimiter, True)
    assert [column["name"] for column in preview["columns"]] == ["phone", "mobile", "name", "id"]
    assert files.start(place, name="People").status_code == 200
    assert files.run(place)["accepted_count"] == 3
    assert files.contacts(1)[2]["values"]["name"] == "José Ñandú"


def test_a_file_without_header(files: Files) -> None:
    place = files.upload(b"4149090,Terence\r\n4149014,Timothy\r\n")
    preview = files.client.post(f"{place}/preview", json={}).json()
    assert preview["has_header"] is False
    assert preview["columns"] == [{"name": "column 1", "role": "phone"}, {"name": "column 2", "role": "data"}]
    assert preview["rows"] == [["4149090", "Terence"], ["4149014", "Timothy"]]
    files.start(place, name="People")
    assert files.run(place)["accepted_count"] == 2


def test_bad_rows_are_refused_one_by_one_with_line_and_reason(files: Files) -> None:
    rows = [
        "phone,mobile,name,id",
        "4149090,,good,1",
        ",,no phone,2",
        "none,,words for a phone,3",
        "4149091,12,short mobile,4",
        "4149092,,too few",
        "4149093,,too,many,5",
        "4149094,,dup,1",
        "12345678901234567890123456,,26 digits,6",
        f"4149095,,{'x' * 4001},7",
        f"4149096,,long id,{'9' * 201}",
        "",
        '4149097,,"two\r\nlines",8',
        "=1+1,,=cmd|' /C calc'!A0,9",
    ]
    roles = {"phone": "phone", "mobile": "phone", "name": "data", "id": "external-id"}
    columns = [{"name": name, "role": role, "source": index} for index, (name, role) in enumerate(roles.items())]
    done = files.load("\r\n".join(rows).encode(), columns=columns, has_header=True)
    assert (done["read_count"], done["accepted_count"], done["rejected_count"]) == (12, 2, 9)
    assert done["duplicate_count"] == 1
    assert done["has_rejects"] is True
    rejects = files.rejects(done)
    assert rejects[0] == "line,reason,phone,mobile,name,id"
    found = {line.partition(",")[0]: line for line in rejects[1:]}
    assert set(found) == {"3", "4", "5", "6", "7", "8", "9", "10", "11", "15"}
    assert found["3"] == '3,"The main phone (""phone"") is missing.",,,no phone,2'
    assert '""mobile"" is not a phone number' in found["5"]
    assert "fewer cells" in found["6"]
    assert "more cells" in found["7"]
    assert found["8"] == "8,A contact with this external id is in the base already.,4149094,,dup,1"
    assert found["15"].endswith("'=1+1,,'=cmd|' /C calc'!A0,9")


def test_rejects_speak_the_language_of_who_imports(sign_in: SignedIn, users: Any, runtime: Runtime) -> None:
    files = Files(sign_in(users.make("manager", language="es")), runtime)
    done = files.load(b"telefono,nombre\r\n4149090,a\r\n4149091,b\r\n4149092,c\r\n4149094,e\r\n,d\r\n")
    assert files.rejects(done)[1] == "6,Falta el teléfono principal («telefono»).,,d"


@pytest.mark.parametrize(("duplicates", "accepted"), [("allow", 3), ("reject", 2)])
def test_duplicates_of_the_main_phone_are_allowed_or_not(files: Files, duplicates: str, accepted: int) -> None:
    content = b"phone,name\r\n+4149090,a\r\n414-9090,b\r\n4149091,c\r\n"
    done = files.load(content, duplicates=duplicates)
    assert done["accepted_count"] == accepted
    again = files.load(content, base_id=done["base_id"], sources=[0, 1], duplicates=duplicates)
    assert again["accepted_count"] == (3 if duplicates == "allow" else 0)
    assert again["duplicate_count"] == (0 if duplicates == "allow" else 3)


def test_rows_are_added_to_a_base_by_a_mapping(files: Files) -> None:
    base_id = files.load(PEOPLE.encode())["base_id"]
    content = b"ident,who,telephone\r\n3,again,4149999\r\n4,Aldous,4149032\r\n"
    place = files.upload(content, base_id=base_id)
    assert files.client.post(f"{place}/preview", json={}).json()["sources"] == [None, None, None, None]
    assert files.start(place, sources=[2, None, 1, 0]).status_code == 200
    done = files.run(place)
    assert (done["accepted_count"], done["duplicate_count"]) == (1, 1)
    assert files.contacts(base_id)[-1]["values"] == {"phone": "4149032", "mobile": "", "name": "Aldous", "id": "4"}
    assert files.client.get(f"{API}/contact-bases/{base_id}").json()["contact_count"] == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04 an xlsx", "not-csv"),
        (b"\xd0\xcf\x11\xe0 an xls", "not-csv"),
        (b"phone\r\n414\x009090\r\n", "nul"),
        (",".join(f"c{n}" for n in range(300)).encode() + b"\r\n", "too-many-columns"),
        (b'phone,name\r\n4149090,"cut sho', "cut-short"),
        (b'phone\r\n4149090,"' + b"x" * 200_000, "open-quote"),
        (b'phone\r\n"414"9090\r\n', "not-csv"),
    ],
)
def test_files_that_are_no_tables_are_refused_when_they_are_looked_at(files: Files, content: bytes, code: str) -> None:
    answer = files.client.post(f"{files.upload(content)}/preview", json={})
    assert answer.status_code == 422, answer.text
    assert [(field["field"], field["code"]) for field in answer.json()["fields"]] == [("file", code)]
    assert answer.json()["message"].endswith((".", "?"))


@pytest.mark.parametrize(
    ("columns", "field", "code"),
    [
        ([("phone", "data"), ("name", "data")], "columns", "no-phone"),
        ([("phone", "phone"), ("PHONE", "data")], "columns.1.name", "repeated"),
        ([("phone", "phone"), ("a", "external-id"), ("b", "external-id")], "columns", "two-external-ids"),
    ],
)
def test_columns_that_make_no_base_are_refused_at_the_start(
    files: Files, columns: list[tuple[str, str]], field: str, code: str
) -> None:
    place = files.upload(b"phone,name,more\r\n4149090,a,b\r\n")
    chosen = [{"name": name, "role": role, "source": index} for index, (name, role) in enumerate(columns)]
    answer = files.start(place, name="People", columns=chosen)
    assert answer.status_code == 422
    assert [(item["field"], item["code"]) for item in answer.json()["fields"]] == [(field, code)]


def test_a_wrong_encoding_names_the_line_and_the_file_can_be_tried_again(files: Files, runtime: Runtime) -> None:
    rows = [f"{4_000_000 + number},name {number}" for number in range(60_000)]
    rows[50_000] = "4999999,José"
    place = files.upload(("phone,name\r\n" + "\r\n".join(rows)).encode("cp1252"))
    assert files.start(place, name="People", encoding="utf-8").status_code == 200
    failed = files.run(place)
    assert failed["state"] == "failed"
    assert failed["failure"] == {
        "code": "wrong-encoding",
        "line": 50_002,
        "message": "Line 50002 is not UTF-8 text. Choose the file's real encoding.",
    }
    assert nothing_is_left(runtime)
    assert files.start(place, name="People", encoding="cp1252").status_code == 200
    assert files.run(place)["accepted_count"] == 60_000


def test_a_file_cut_short_far_down_leaves_nothing(files: Files, runtime: Runtime) -> None:
    rows = "".join(f"{4_000_000 + number},name {number}\r\n" for number in range(80_000))
    place = files.upload(f'phone,name\r\n{rows}4999999,"Jos'.encode())
    assert files.start(place, name="People").status_code == 200
    failed = files.run(place)
    assert failed["failure"]["code"] == "cut-short"
    assert failed["failure"]["line"] == 80_002
    assert nothing_is_left(runtime)
    with runtime.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(ImportReject)) == 0


def test_a_part_that_is_missing_is_noticed(files: Files) -> None:
    place = files.upload(b"phone\r\n4149090\r\n")
    headers = {"Content-Type": "application/octet-stream"}
    assert files.client.put(f"{place}/parts/2", content=b"4149091\r\n", headers=headers).status_code == 200
    answer = files.client.post(f"{place}/preview", json={})
    assert answer.json()["fields"][0]["code"] == "part-missing"
    assert files.client.put(f"{place}/parts/1", content=b"4149092\r\n", headers=headers).status_code == 200
    assert len(files.client.post(f"{place}/preview", json={}).json()["rows"]) == 3


def test_a_part_larger_than_the_limit_is_refused(files: Files) -> None:
    place = files.upload(b"phone\r\n")
    answer = files.client.put(
        f"{place}/parts/1", content=b"1" * (5 * 1024 * 1024), headers={"Content-Type": "application/octet-stream"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "request-too-large")


def test_an_import_starts_once(files: Files) -> None:
    place = files.upload(PEOPLE.encode())
    assert files.start(place, name="People").status_code == 200
    again = files.client.post(f"{place}/preview", json={})
    assert (again.status_code, again.json()["code"]) == (409, "import-not-startable")
    assert files.run(place)["state"] == "done"
    assert files.client.post(f"{place}/cancel").json()["code"] == "import-not-cancellable"


def test_a_name_is_taken_by_a_base_and_by_an_import_under_way(files: Files) -> None:
    first, second = files.upload(PEOPLE.encode()), files.upload(PEOPLE.encode())
    assert files.start(first, name="People").status_code == 200
    refused = files.start(second, name="PEOPLE")
    assert refused.json()["fields"][0] == {
        "field": "name",
        "code": "taken",
        "message": "Another contact base has this name.",
    }
    made = files.client.post(
        f"{API}/contact-bases", json={"name": "people", "columns": [{"name": "tel", "role": "phone"}]}
    )
    assert made.json()["fields"][0]["code"] == "taken"
    files.run(first)
    assert files.start(second, name="people").json()["fields"][0]["code"] == "taken"


def test_who_may_not_write_may_not_import(client: TestClient, sign_in: SignedIn) -> None:
    agent = sign_in("agent")
    assert agent.post(f"{API}/contact-imports", json={"file_name": "x"}).status_code == 403
    assert client.post(f"{API}/contact-imports", json={"file_name": "x"}).status_code == 401


def test_old_uploads_and_records_are_forgotten(files: Files, runtime: Runtime, clock: Any) -> None:
    abandoned = files.upload(PEOPLE.encode())
    done = files.load(PEOPLE.encode())
    clock.advance(days=2)
    with runtime.database.transaction() as session:
        prune(session, runtime)
    with runtime.database.transaction() as session:
        assert list(session.scalars(select(ContactImport.id))) == [done["id"]]
        assert session.scalar(select(func.count()).select_from(ImportChunk)) == 0
    clock.advance(days=29)
    with runtime.database.transaction() as session:
        prune(session, runtime)
    with runtime.database.transaction() as session:
        assert list(session.scalars(select(ContactImport.id))) == []
        assert session.scalar(select(func.count()).select_from(Contact)) == 3
    assert abandoned
