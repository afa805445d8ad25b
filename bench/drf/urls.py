"""The addresses."""

from __future__ import annotations

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from bench.drf.views import DispositionViewSet

router = SimpleRouter()
router.register("disposition", DispositionViewSet, basename="disposition")
urlpatterns = [path("api/v1/", include(router.urls))]
