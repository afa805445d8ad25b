"""Requests and answers about contacts, a module for each topic."""
