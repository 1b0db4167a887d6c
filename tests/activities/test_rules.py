import pytest

from hocsuotdoi.activities.enums import ActivityKind, AudienceGroup, Observance, OtherProgramme, Theme
from hocsuotdoi.activities.rules import tags_of, visit_of
from hocsuotdoi.ledger.enums import Channel
from hocsuotdoi.places.enums import InstitutionClass


@pytest.mark.parametrize(
    ("institution_class", "kind", "visit"),
    [
        ("library_commune", "reading_day", ("library_visit", "learning")),
        ("library_commune", "performance", ("library_visit", "learning")),
        ("bookcase", "reading_day", ("library_visit", "learning")),
        ("law_bookcase", "talk", ("library_visit", "learning")),
        ("post_office_culture_point", "talk", ("library_visit", "learning")),
        ("mobile_library", "mobile_service", ("library_visit", "learning")),
        ("museum_province", "museum_programme", ("museum_visit", "study_research")),
        ("museum_province", "class", ("museum_visit", "study_research")),
        ("museum_province", "talk", ("museum_visit", "study_research")),
        ("museum_province", "contest", ("museum_visit", "study_research")),
        ("museum_province", "exhibition", ("museum_visit", "sightseeing")),
        ("heritage_site", "performance", ("museum_visit", "sightseeing")),
        ("culture_centre_commune", "club", ("centre_visit", "learning")),
        ("culture_centre_commune", "sports", ("centre_visit", "recreation")),
        ("village_culture_house", "performance", ("centre_visit", "recreation")),
        ("children_house", "class", ("centre_visit", "learning")),
        ("community_learning_centre", "class", ("centre_visit", "learning")),
    ],
)
def test_visit_by_class_and_kind_is_of_the_measure_of_the_class(institution_class, kind, visit):
    assert visit_of(institution_class, kind, Channel.ON_SITE) == visit
    assert visit_of(institution_class, kind, Channel.OFF_SITE) == visit
    assert visit_of(institution_class, kind, Channel.ONLINE) is None


def test_every_class_and_kind_has_a_visit():
    assert all(visit_of(c, k, Channel.ON_SITE) for c in InstitutionClass.values for k in ActivityKind.values)


def test_tags_are_the_kind_the_themes_and_the_day():
    assert tags_of("talk", ["reading", "law"], "heritage_day") == ["talk", "reading", "law", "heritage_day"]
    assert tags_of("talk", [], "") == ["talk"]
    assert tags_of("talk", [], "", ["new_rural"], ["women"]) == ["talk", "new_rural", "women"]


def test_tags_of_different_sorts_never_collide():
    codes = [
        *ActivityKind.values,
        *Theme.values,
        *Observance.values,
        *OtherProgramme.values,
        *AudienceGroup.values,
    ]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", ActivityKind.values)
def test_a_class_that_comes_to_a_museum_studies(kind):
    assert visit_of("museum_province", kind, "on_site", is_class_visit=True) == ("museum_visit", "study_research")
    assert visit_of("museum_province", kind, "online", is_class_visit=True) is None
