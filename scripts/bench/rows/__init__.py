# In the order of the page.
from rows import newest, past, orders, pages, client, replicas, visible, growth, history, year, parts  # noqa: F401
