"""The agreement on a class's visit as PDF, in the official Vietnamese form. Pure: from values to bytes."""

from dataclasses import asdict, dataclass
from pathlib import Path

from hocsuotdoi.core.typesetting import typeset

TEMPLATE = Path(__file__).parent / "agreement.typ"


@dataclass(frozen=True, slots=True)
class AgreementSheet:
    """Everything in the words in which it is printed; what is empty is left to be written by hand."""

    title: str
    code: str
    number: str
    place: str
    signed: str
    institution: str
    institution_address: str
    institution_phone: str
    by_institution: str
    school: str
    by_school: str
    teacher: str
    phone: str
    programme: str
    class_name: str
    grade: str
    subject: str
    knowledge: str
    skills: str
    bring: str
    wishes: str
    when: str
    where: str
    girls: str
    boys: str
    adults: str
    people: str
    transport: str
    risks: str


def render_agreement(sheet: AgreementSheet) -> bytes:
    return typeset(TEMPLATE, asdict(sheet))
