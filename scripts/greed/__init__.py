"""Requests that cost a client little and an api much, and clients that ask for more than their share."""
