"""A library in every commune; many published activities of one session each, spread over them and the coming two
months."""

import datetime as dt
import itertools

from django.db import connection
from django.utils import timezone

from bench.stage import Stage
from hocsuotdoi.activities.enums import ActivityKind, Audience
from hocsuotdoi.activities.models import Activity, Session
from hocsuotdoi.core.vietnamese import search_text
from hocsuotdoi.places.enums import InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement

WHAT = ["Ngày hội đọc sách", "Lớp tin học", "Câu lạc bộ cờ tướng", "Kể chuyện theo sách", "Nói chuyện chuyên đề",
        "Lớp vẽ", "Tập huấn chăn nuôi", "Trưng bày ảnh", "Liên hoan văn nghệ", "Hội thi đố vui"]  # fmt: skip
WHOM = ["thiếu nhi", "người cao tuổi", "thanh niên", "phụ nữ", "nông dân", "học sinh", "gia đình", "mọi người",
        "đồng bào vùng cao", "cán bộ thư viện"]  # fmt: skip
ABOUT = "Mời bà con đến tham gia, mang theo giấy bút. Có nước uống và chỗ để xe. Liên hệ cơ sở để biết thêm."


def fill(stage: Stage, upto: int) -> None:
    """Brings the number of activities up to `upto`; then the statistics are fresh."""
    found_libraries()
    have = Activity.objects.count()
    houses = list(Institution.objects.order_by("pk").values_list("pk", flat=True))
    kinds, audiences = list(ActivityKind.values), list(Audience.values)
    titles = [f"{what} cho {whom}" for what, whom in itertools.product(WHAT, WHOM)]
    searched = [search_text(title, ABOUT) for title in titles]
    now = timezone.now()
    for start in range(have, upto, 5000):
        made = [
            Activity(
                institution_id=houses[n % len(houses)],
                title=titles[n % len(titles)],
                search_text=searched[n % len(titles)],
                kind=kinds[n % len(kinds)],
                audience=audiences[n % len(audiences)],
                description=ABOUT,
                status="published",
                published_at=now,
                created_at=now,
            )
            for n in range(start, min(start + 5000, upto))
        ]
        Activity.objects.bulk_create(made)
        Session.objects.bulk_create(
            Session(
                institution_id=activity.institution_id,
                activity=activity,
                capacity=30,
                starts_at=(begins := now + dt.timedelta(minutes=60 + (start + n) * 7919 % 86_400)),
                ends_at=begins + dt.timedelta(hours=2),
            )
            for n, activity in enumerate(made)
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def found_libraries() -> None:
    """One in each commune of today's map, once."""
    today = timezone.localdate()
    bare = AdminUnit.objects.on(today).filter(tier=Tier.COMMUNE, placements=None)
    libraries = [
        Institution(
            code=f"bench-{unit.code}",
            name=f"Thư viện {unit.name}",
            sort_key=unit.sort_key,
            institution_class=InstitutionClass.LIBRARY_COMMUNE,
        )
        for unit in bare
    ]
    Institution.objects.bulk_create(libraries)
    InstitutionPlacement.objects.bulk_create(
        InstitutionPlacement(institution=library, unit=unit) for library, unit in zip(libraries, bare, strict=True)
    )


def opening() -> Session:
    """A session without a limit, so that every registration is accepted."""
    now = timezone.now()
    house = Institution.objects.order_by("pk").first()
    activity = Activity.objects.create(
        institution=house, title="Mở đăng ký", search_text=search_text("Mở đăng ký"), kind="class",
        status="published", published_at=now, created_at=now,
    )  # fmt: skip
    return Session.objects.create(
        institution=house, activity=activity, capacity=1_000_000,
        starts_at=now + dt.timedelta(days=7), ends_at=now + dt.timedelta(days=7, hours=2),
    )  # fmt: skip
