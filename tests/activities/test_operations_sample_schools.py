from hocsuotdoi.activities.models import Activity, SchoolProgramme
from hocsuotdoi.activities.operations.sample_schools import load_sample
from hocsuotdoi.places.enums import InstitutionClass
from tests.factories.activities import local
from tests.factories.places import InstitutionFactory


def test_sample_programmes_are_marked_and_loaded_once(library_of_bac_kan):
    site = InstitutionFactory(
        code="mau-di-tich-01843", institution_class=InstitutionClass.HERITAGE_SITE, is_sample=True
    )
    InstitutionFactory(code="mau-di-tich-00001", institution_class=InstitutionClass.HERITAGE_SITE, is_sample=True)

    for _time in range(2):
        load_sample(at=local(2026, 11, 22), progress=lambda line: None)

    programme = Activity.objects.get()
    assert (programme.institution, programme.is_sample, programme.is_bookable) == (site, True, True)
    assert programme.title.endswith(" (mẫu)")
    assert SchoolProgramme.objects.get().minutes == 90
