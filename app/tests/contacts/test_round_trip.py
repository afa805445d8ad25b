"""What a base holds comes back from its export, whatever people wrote into it; and nothing in a file is a formula."""

from __future__ import annotations

import csv
import io

from fastapi.testclient import TestClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from omnileads.contacts.csv_file import csv_lines, harmless, restored
from tests.contacts.conftest import API, Files

CELLS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00") | st.sampled_from(list("\"'\\,;\t\r\n=+-@{}\u00a0ñ")),
    max_size=20,
)
PHONES = st.from_regex(r"\+?[0-9]{3,25}", fullmatch=True)


@given(CELLS | PHONES)
def test_harmless_cells_are_no_formulas_and_can_be_restored(cell: str) -> None:
    safe = harmless(cell)
    assert safe[:1] not in ("=", "@", "\t", "\r") or safe == ""
    assert safe[:1] not in ("+", "-") or safe[1:].isdigit()
    assert restored(safe) == cell


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@example(rows=[("+012", "\t", " '=x")], delimiter=",")
@given(rows=st.lists(st.tuples(PHONES, CELLS, CELLS), min_size=1, max_size=6), delimiter=st.sampled_from(",;\t|"))
@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_comes_back(files: Files, rows: list[tuple[str, str, str]], delimiter: str) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow(["phone", "one", "two"])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    place = files.upload(buffer.getvalue().encode())
    columns = [{"name": name, "role": "data", "source": place} for place, name in enumerate(("phone", "one", "two"))]
    columns[0]["role"] = "phone"
    name = f"base {place.rpartition('/')[2]}"
    started = files.client.post(
        f"{place}/start",
        json={"encoding": "utf-8", "delimiter": delimiter, "has_header": True, "name": name, "columns": columns},
    )
    assert started.status_code == 200, started.text
    done = files.run(place)
    assert done["accepted_count"] == len(rows), done
    expected = [[cell.strip() for cell in row] for row in rows]
    stored = [list(contact["values"].values()) for contact in files.contacts(done["base_id"])]
    assert stored == expected
    first = files.client.get(f"{API}/contact-bases/{done['base_id']}/export").content
    assert [[restored(cell) for cell in row] for row in rows_of(first)[1:]] == expected
    again = files.upload(first)
    sources = {"encoding": "utf-8", "delimiter": ",", "has_header": True, "name": f"{name} again", "columns": columns}
    assert files.client.post(f"{again}/start", json=sources).status_code == 200
    second = files.client.get(f"{API}/contact-bases/{files.run(again)['base_id']}/export").content
    assert first == second


def test_exports_and_the_example_are_files_to_save(admin: TestClient, files: Files) -> None:
    done = files.load(b'phone,name\r\n4149090,=1+1\r\n4149091,"-2+3 ""x"""\r\n', name="Ñandú, S.A.")
    answer = admin.get(f"{API}/contact-bases/{done['base_id']}/export")
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_and__ S.A..csv\"; filename*=UTF-8''%C3%91and%C3%BA%2C%20S.A..csv"
    )
    assert rows_of(answer.content) == [["phone", "name"], ["4149090", "'=1+1"], ["4149091", '\'-2+3 "x"']]
    example = admin.get(f"{API}/contact-bases/example")
    place = files.upload(example.content)
    roles = [column["role"] for column in admin.post(f"{place}/preview", json={}).json()["columns"]]
    assert roles == ["phone", "phone", "data", "data", "data", "external-id"]


def test_csv_lines_quotes_what_needs_it() -> None:
    assert csv_lines([["a,b", 'c"d', "+5491", "+5 apples"]]) == '"a,b","c""d",+5491,\'+5 apples\r\n'
