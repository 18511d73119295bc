# In the order of the page.
from rows import newest, orders, pages, client  # noqa: F401
