"""What search engines read of a page of figures: schema.org's Dataset as JSON-LD, as
https://developers.google.com/search/docs/appearance/structured-data/dataset asks for it."""

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from hocsuotdoi.indicators.models import Indicator


def render_dataset(
    indicator: Indicator,
    *,
    url: str,
    place: str,
    first: int,
    last: int,
    files: Iterable[tuple[str, str]],
    publisher: str,
    changed_on: dt.date,
    licence: str = "",
) -> str:
    """`files`: media type and address of each way to take the figures away; `licence`: the address of one, if it has
    been named. Safe within a script element."""
    told: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": f"{indicator.short_name}: {place}",
        "description": _long_enough(f"{indicator.name}. {indicator.definition}"),
        "url": url,
        "identifier": indicator.code,
        "version": str(indicator.version),
        "inLanguage": "vi",
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": publisher},
        "spatialCoverage": place,
        "temporalCoverage": f"{first}/{last}",
        "variableMeasured": {"@type": "PropertyValue", "name": indicator.short_name, "unitText": indicator.unit},
        "dateModified": changed_on.isoformat(),
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media, "contentUrl": address} for media, address in files
        ],
    }
    if licence:
        told["license"] = licence
    return json.dumps(told, ensure_ascii=False).replace("<", "\\u003c")


def _long_enough(words: str) -> str:
    """Between 50 and 5,000 signs."""
    return words.ljust(50)[:5000]
