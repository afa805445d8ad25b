"""A file of contacts with bad rows, imported in the wizard with the keyboard alone, in Spanish and in English."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.axe import violations
from support.browser import Consoles
from support.centre import Centre
from support.keyboard import Keyboard
from support.words import Language, Words

ROWS = """\
teléfono;nombre;código;ciudad
+54 351 555-0101;Ana;A-1;Córdoba
3515550102;Beto;A-2;Rosario
no es un teléfono;Carla;A-3;Salta
;Diego;A-4;Jujuy
3515550105;Elena;A-1;Mendoza
3515550106;Fabián
3515550107;=1+1;A-7;La Plata
"""
REASONS: dict[Language, list[str]] = {
    "es": [
        "«teléfono» no es un número de teléfono",
        "Falta el teléfono principal («teléfono»).",
        "La base ya tiene un contacto con este id externo.",
        "La fila tiene menos celdas que columnas tiene el archivo.",
    ],
    "en": [
        '"teléfono" is not a phone number',
        'The main phone ("teléfono") is missing.',
        "A contact with this external id is in the base already.",
        "The row has fewer cells than the file has columns.",
    ],
}
PATIENCE_MS = 60_000


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_file_with_bad_rows(language: Language, centre: Centre, console: Consoles, tmp_path: Path) -> None:
    words, name, faults = Words(language), centre.name(f"base {language}"), []
    file = tmp_path / "personas.csv"
    file.write_bytes(ROWS.encode("cp1252"))
    browser = console(centre.person("administrator", language=language))
    page, keys = browser.page, Keyboard(browser.page)
    page.evaluate("language => localStorage.setItem('oml.language', language)", language)

    # Asked for early, because on a busy machine the first chooser opens before the browser knows of the request.
    page.on("filechooser", lambda _chooser: None)
    page.goto("/contact-bases")
    keys.act(words("contacts.import.title"))
    page.wait_for_url("**/contact-bases/import")
    page.wait_for_load_state("networkidle")
    faults += violations(page)
    keys.go_to(words("contacts.import.file"))
    with page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(file)

    page.get_by_role("heading", name=words("contacts.import.read")).wait_for(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    shown = page.locator("main").inner_text()
    assert words("contacts.import.delimiter.semicolon") in shown
    assert words("contacts.import.encoding.cp1252") in shown
    assert "Córdoba" in shown
    faults += violations(page)
    keys.go_to(words("contacts.field.name"))
    keys.write(name)
    keys.choose(words("contacts.column.role", number=1), words("contacts.role.phone"))
    keys.choose(words("contacts.column.role", number=3), words("contacts.role.external-id"))
    keys.choose(words("contacts.column.role", number=4), words("contacts.role.skip"))
    keys.act(words("contacts.import.start"), kind="submit")

    page.get_by_text(words("contacts.import.outcome.done")).first.wait_for(timeout=PATIENCE_MS)
    faults += violations(page)
    figures = dict(zip(page.locator("dt").all_inner_texts(), page.locator("dd").all_inner_texts(), strict=True))
    assert figures == {
        words("contacts.import.figure.read"): "7",
        words("contacts.import.figure.accepted"): "3",
        words("contacts.import.figure.duplicates"): "1",
        words("contacts.import.figure.rejected"): "3",
    }
    keys.go_to(words("contacts.import.downloadRejects"))
    with page.expect_download() as download:
        keys.press("Enter")
    content = Path(download.value.path()).read_text(encoding="utf-8-sig")
    head, *rejects = csv.reader(io.StringIO(content))
    # What a base has already is known later than what is wrong in the row itself.
    rejects.sort()
    assert head[2:] == ["teléfono", "nombre", "código", "ciudad"]
    assert [line for line, *_ in rejects] == ["4", "5", "6", "7"]
    for (_line, reason, *_cells), beginning in zip(rejects, REASONS[language], strict=True):
        assert reason.startswith(beginning)
    assert [cells[3] for cells in rejects] == ["Carla", "Diego", "Elena", "Fabián"]

    keys.act(words("contacts.import.openBase"))
    page.get_by_role("heading", name=name).wait_for()
    keys.go_to(kind="search")
    keys.write("beto")
    page.locator("main tbody tr").filter(has_text="Beto").first.wait_for(timeout=PATIENCE_MS)
    faults += violations(page)
    (base,) = centre.api.get("/contact-bases", search=name)["items"]
    assert base["contact_count"] == 3
    assert [(column["name"], column["role"]) for column in base["columns"]] == [
        ("teléfono", "phone"),
        ("nombre", "data"),
        ("código", "external-id"),
    ]
    contacts = centre.api.get(f"/contact-bases/{base['id']}/contacts")["items"]
    assert sorted(contact["phone"] for contact in contacts) == ["+543515550101", "3515550102", "3515550107"]
    assert not faults, faults
