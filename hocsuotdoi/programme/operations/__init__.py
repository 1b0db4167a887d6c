"""Acts of the programme: take in a plan, answer a finding."""

from hocsuotdoi.programme.operations.finding import answer_finding
from hocsuotdoi.programme.operations.plan import load_documents, load_plan

__all__ = ["answer_finding", "load_documents", "load_plan"]
