"""The same three addresses of `/api/v1` in Django REST Framework, over the same tables; `bench.api` measures both."""
