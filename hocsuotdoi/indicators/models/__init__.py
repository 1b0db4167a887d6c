from hocsuotdoi.indicators.models.definitions import (
    Cohort,
    CriteriaSet,
    Criterion,
    CriterionAnswer,
    Indicator,
    Measure,
    Population,
)
from hocsuotdoi.indicators.models.rollup import (
    Cell,
    FreshInstitutionMonth,
    InstitutionMonth,
    LearnerYear,
    Pending,
    Reach,
    Reclassed,
    RollupMap,
    UnitTotal,
    UnitTotalByClass,
    UnitTotalByPerson,
)
from hocsuotdoi.indicators.models.saved import SavedTable
from hocsuotdoi.indicators.models.stated import PreviewedImport, StatedFigure, Statement

__all__ = [
    "Cell",
    "Cohort",
    "CriteriaSet",
    "Criterion",
    "CriterionAnswer",
    "FreshInstitutionMonth",
    "Indicator",
    "InstitutionMonth",
    "LearnerYear",
    "Measure",
    "Pending",
    "Population",
    "PreviewedImport",
    "Reach",
    "Reclassed",
    "RollupMap",
    "SavedTable",
    "StatedFigure",
    "Statement",
    "UnitTotal",
    "UnitTotalByClass",
    "UnitTotalByPerson",
]
