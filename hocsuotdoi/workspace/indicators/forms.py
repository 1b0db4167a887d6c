"""The checklist form: one question for each criterion. Where the program answers, what it has not found may be stated
with a reason, and waits for a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.enums import AnswerValue, OverrideState
from hocsuotdoi.indicators.operations.answers import Answer
from hocsuotdoi.indicators.queries.criteria import CriterionReading, InstitutionReading

CHOICES = [("", _("no answer yet")), *AnswerValue.choices]


@dataclass(frozen=True, slots=True)
class Asked:
    """A criterion on the form; `is_found`: the program has found it met, so that nothing need be said."""

    reading: CriterionReading
    fields: list[BoundField]
    is_found: bool


@dataclass(frozen=True, slots=True)
class AskedChecklist:
    reading: InstitutionReading
    criteria: list[Asked]


class AnswersForm(forms.Form):
    def __init__(self, data: Any, *, readings: Sequence[InstitutionReading]) -> None:
        super().__init__(data)
        self.readings = readings
        self._asked = {_name(reading, answer): (reading, answer) for reading in readings for answer in reading.answers}
        for name, (_reading, answer) in self._asked.items():
            stated = answer.stated
            self.fields[name] = forms.ChoiceField(
                label=_("Answer"),
                choices=CHOICES,
                required=False,
                initial=stated.value if stated else "",
                show_hidden_initial=True,
            )
            self.fields[_note(name)] = forms.CharField(
                label=_("Reason or remark"),
                required=False,
                max_length=300,
                initial=stated.note if stated else "",
                show_hidden_initial=True,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, _reading, answer in self._given():
            note = normalise(cleaned.get(_note(name)) or "").strip()
            cleaned[_note(name)] = note
            if cleaned.get(name) == AnswerValue.NOT_APPLICABLE and not note:
                self.add_error(_note(name), _("Say why this does not apply."))
            elif not note and cleaned.get(name) and answer.is_against(cleaned[name]):
                self.add_error(
                    _note(name),
                    _("Say why your answer differs from what the program found.")
                    if answer.computed
                    else _("Say what your answer rests on: the program has found nothing about it."),
                )
        return cleaned

    def answers(self) -> list[Answer]:
        """What was answered here; a question without an answer is left out, and one that was left as it stood."""
        return [
            Answer(
                indicator_code=reading.criteria_set.indicator_id,
                criterion_code=answer.criterion.code,
                value=AnswerValue(self.cleaned_data[name]),
                note=self.cleaned_data[_note(name)],
            )
            for name, reading, answer in self._given()
            if self.cleaned_data.get(name)
        ]

    def _given(self) -> list[tuple[str, InstitutionReading, CriterionReading]]:
        """What was changed on the page: who had it open while somebody else answered does not take that back. What has
        lapsed is stated anew by whoever saves it."""
        changed = set(self.changed_data)
        return [
            (name, reading, answer)
            for name, (reading, answer) in self._asked.items()
            if not changed.isdisjoint((name, _note(name))) or answer.override == OverrideState.LAPSED
        ]

    def checklists(self) -> list[AskedChecklist]:
        """The form as the page shows it: checklist by checklist."""
        return [
            AskedChecklist(
                reading,
                [
                    Asked(
                        answer,
                        [self[name], self[_note(name)]],
                        is_found=answer.computed is not None and answer.computed.is_met,
                    )
                    for answer in reading.answers
                    for name in [_name(reading, answer)]
                ],
            )
            for reading in self.readings
        ]


def _name(reading: InstitutionReading, answer: CriterionReading) -> str:
    return f"{reading.criteria_set.indicator_id}-{answer.criterion.code}"


def _note(name: str) -> str:
    return f"{name}-note"
