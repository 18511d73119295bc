"""Requests that are cheap for a client and expensive for an api, and clients that ask for more than their share."""
