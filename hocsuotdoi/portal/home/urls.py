from django.urls import path

from hocsuotdoi.portal.home import sitemap, views

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("language/", views.language, name="language"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
    path("sitemaps/<slug:kind>-<int:number>.xml", sitemap.sitemap_part, name="sitemap-part"),
]
