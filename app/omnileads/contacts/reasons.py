"""Why a row of a file is not taken, in the words of the file of rejects."""

from __future__ import annotations

from typing import Final

from omnileads.contacts.columns import MAX_CELL, MAX_EXTERNAL_ID
from omnileads.contacts.phones import MAX_DIGITS, MIN_DIGITS

Language = str

REASONS: Final[dict[str, dict[Language, str]]] = {
    "too-few-cells": {
        "en": "The row has fewer cells than the file has columns.",
        "es": "La fila tiene menos celdas que columnas tiene el archivo.",
    },
    "too-many-cells": {
        "en": "The row has more cells than the file has columns.",
        "es": "La fila tiene más celdas que columnas tiene el archivo.",
    },
    "no-phone": {
        "en": 'The main phone ("{column}") is missing.',
        "es": "Falta el teléfono principal («{column}»).",
    },
    "not-a-phone": {
        "en": f'"{{column}}" is not a phone number: {MIN_DIGITS} to {MAX_DIGITS} digits, with an optional +.',
        "es": f"«{{column}}» no es un número de teléfono: de {MIN_DIGITS} a {MAX_DIGITS} dígitos, con + opcional.",
    },
    "external-id-too-long": {
        "en": f'"{{column}}" is longer than {MAX_EXTERNAL_ID} characters.',
        "es": f"«{{column}}» tiene más de {MAX_EXTERNAL_ID} caracteres.",
    },
    "cell-too-long": {
        "en": f'"{{column}}" is longer than {MAX_CELL} characters.',
        "es": f"«{{column}}» tiene más de {MAX_CELL} caracteres.",
    },
    "duplicate-external-id": {
        "en": "A contact with this external id is in the base already.",
        "es": "La base ya tiene un contacto con este id externo.",
    },
    "duplicate-phone": {
        "en": "A contact with this main phone is in the base already.",
        "es": "La base ya tiene un contacto con este teléfono principal.",
    },
}

HEADINGS: Final[dict[Language, tuple[str, str]]] = {"en": ("line", "reason"), "es": ("línea", "motivo")}


def sentence(code: str, column: str = "", language: Language = "en") -> str:
    """Languages that are not here get English."""
    sentences = REASONS[code]
    return sentences.get(language, sentences["en"]).format(column=column)
