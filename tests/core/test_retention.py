from hocsuotdoi.core.retention import forget_all, forgetting_areas


def test_areas_with_personal_data_are_found():
    assert {"accounts", "activities"} <= set(forgetting_areas())


def test_dry_run_on_an_empty_database_counts_nothing(db, now):
    counts = forget_all(at=now, dry_run=True)
    assert all(count == 0 for area in counts.values() for count in area.values())
