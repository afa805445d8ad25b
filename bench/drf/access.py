"""Who asks: a token of `/api/v1/login`, and the permission of agents."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from bench.drf.models import LoginToken, User


class LoginTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`, kept hashed, with an end."""

    def authenticate(self, request: Request) -> tuple[User, LoginToken] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        found = (
            LoginToken.objects.select_related("user__role")
            .filter(token_hash=hashlib.sha256(secret.strip()).digest(), user__deleted_at=None)
            .first()
        )
        if found is None or not found.user.is_active:
            raise AuthenticationFailed("Invalid Token")
        if found.expires_at <= timezone.now():
            raise AuthenticationFailed("The Token is expired")
        return found.user, found


class IsAgent(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user) and "agent.console" in request.user.role.permissions
