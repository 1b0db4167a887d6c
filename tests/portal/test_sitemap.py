import xml.etree.ElementTree as ET

import pytest
from django.urls import reverse

from hocsuotdoi.activities.enums import ActivityStatus
from tests.factories.activities import ActivityFactory

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def places(response) -> list[str]:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return [each.text or "" for each in ET.fromstring(body).iterfind(".//s:loc", SPACE)]


def test_sitemap_leads_to_every_public_page_and_to_no_draft(client, library_of_bac_kan):
    shown = ActivityFactory(institution=library_of_bac_kan)
    draft = ActivityFactory(institution=library_of_bac_kan, status=ActivityStatus.DRAFT, published_at=None)
    pages = [page for part in places(client.get("/sitemap.xml")) for page in places(client.get(part))]

    assert f"http://testserver{reverse('portal:activities-activity-detail', args=[shown.pk])}" in pages
    assert f"http://testserver{reverse('portal:places-institution-detail', args=['thu-vien-bac-kan-thu'])}" in pages
    assert f"http://testserver{reverse('portal:places-unit-detail', args=['01843'])}" in pages
    assert not any(str(draft.pk) in page for page in pages)


def test_sitemap_pages_are_there(client, library_of_bac_kan):
    for page in places(client.get("/sitemaps/pages-1.xml")):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize("part", ["persons-1", "activities-0", "activities-99"])
def test_sitemap_of_something_else_is_empty_or_not_found(client, db, part):
    response = client.get(f"/sitemaps/{part}.xml")
    assert response.status_code == 404 or places(response) == []


def test_robots_keep_out_of_the_staffs_rooms_and_find_the_sitemap(client):
    words = client.get("/robots.txt").content.decode()

    assert "Disallow: /workspace/\n" in words
    assert "Sitemap: http://testserver/sitemap.xml" in words
