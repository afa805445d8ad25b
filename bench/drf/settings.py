"""Django set up for speed: no debugging, no middleware that these addresses do not need, kept connections."""

from __future__ import annotations

import os

DEBUG = False
SECRET_KEY = os.environ["APP_INTERNAL_TOKEN"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.drf.urls"
INSTALLED_APPS = ["rest_framework", "bench.drf"]
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["POSTGRES_HOST"],
        "PORT": os.environ["POSTGRES_PORT"],
        "USER": os.environ["POSTGRES_USER"],
        "PASSWORD": os.environ["POSTGRES_PASSWORD"],
        "NAME": os.environ["POSTGRES_DATABASE"],
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": True,
    }
}
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["bench.drf.access.LoginTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["bench.drf.access.IsAgent"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}
