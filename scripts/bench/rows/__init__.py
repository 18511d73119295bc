# In the order of the page.
from rows import newest, past, orders, pages, client, visible, growth, history, parts  # noqa: F401
