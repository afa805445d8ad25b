"""Table `export_parts`: files that jobs have made, until they are fetched or a day is over."""

from sqlalchemy import ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from omnileads.kit.db import Base


class ExportPart(Base):
    """A piece of the file that a job has made; whose file it is, and of what, is in the job's row."""

    __tablename__ = "export_parts"

    job_id: Mapped[str] = mapped_column(String(26), ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
