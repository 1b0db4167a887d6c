"""The Vietnamese order of texts as the database computes it, where no `core.vietnamese.sort_key` is stored."""

from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Collate

_TONES = r"\u0300\u0309\u0303\u0301\u0323"
_MARKS = r"\u0306\u0302\u031b"
_STEPS = (
    (r"[\u0304\u0305\u0307\u0308\u030a-\u031a\u031c-\u0322\u0324-\u036f]", ""),  # marks that no letter of ours has
    (rf"[^a-z0-9đ{_TONES}{_MARKS}]+", " "),
    (rf"[{_TONES}](?=[^ ]*[{_TONES}])", ""),  # of several tones in a word the last one counts
    (rf"([{_TONES}])([^ ]+)", r"\2\1"),  # the tone to the end of its syllable
    (rf"([^ {_TONES}])(?= |$)", r"\1~"),  # the level tone
    (r"([0-9])", r"1\1"),
    (rf"([a-z])(?![{_MARKS}])", r"\11"),
    (rf"([~{_TONES}])", r"0\1"),
    (r" ", ""),
    (r"đ", "d2"),
)


def vietnamese_order(text: str | Combinable) -> Collate:
    """What to order by so that `text` (a column's name or an expression, of normalised text) stands in the order of the
    dictionary: syllable by syllable, letters, then tone. Letters that are not Vietnamese part words here."""
    key: Combinable = F(text) if isinstance(text, str) else text
    key = Func(key, template="lower(translate(normalize(%(expressions)s, NFD), 'Đ', 'đ'))", output_field=TextField())
    for pattern, written in _STEPS:
        key = Func(key, Value(pattern), Value(written), Value("g"), function="regexp_replace", output_field=TextField())
    digits = Func(
        key,
        Value("\u0306\u0302\u031b~\u0300\u0309\u0303\u0301\u0323"),
        Value("234123456"),
        function="translate",
        output_field=TextField(),
    )
    return Collate(digits, "C")
