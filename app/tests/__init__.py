"""Tests of the application, on a real PostgreSQL and a real Redis."""
