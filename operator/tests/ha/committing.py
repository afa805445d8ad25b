"""Commits numbers through the application's own database layer, for ever; prints each commit and each failure.

Run as a program with the application on its path: the application's tests and these have packages of the same name.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from omnileads.kit.db import Database  # noqa: PLC0415 - the application's, on its own path
    from omnileads.settings import PostgresTopic  # noqa: PLC0415

    settings = PostgresTopic(
        host=os.environ["POSTGRES_HOST"],
        port=int(os.environ["POSTGRES_PORT"]),
        user=os.environ["POSTGRES_USER"],
        password=os.environ["POSTGRES_PASSWORD"],
        connect_timeout_seconds=3,
    )
    database = Database(settings, "committing")
    number = int(os.environ.get("AFTER_NUMBER", "0"))
    while True:
        number += 1
        try:
            with database.transaction() as session:
                session.execute(text("CREATE TABLE IF NOT EXISTS numbers (number int PRIMARY KEY)"))
                session.execute(text("INSERT INTO numbers VALUES (:number)"), {"number": number})
        except SQLAlchemyError as error:
            tell(failed=number, error=f"{type(error).__name__}: {error}"[:300])
            time.sleep(0.2)
        else:
            tell(committed=number)
            time.sleep(0.02)


def tell(**facts: object) -> None:
    sys.stdout.write(json.dumps({**facts, "at": time.monotonic()}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
