"""The faults, by family, in the order of the table."""

from families import takeover
from families import chaos
from families import clocks
from families import bad_entries
from families import bounds
from families import lost_redis
from families import failover
from families import cluster
from families import refused_writes
from families import providers
from families import killed_redis
from families import lost_replies
from families import lost_orders
from families import hostile
from families import shutdown
from families import hosts
from families import scale
from families import shared_port
from families import clients
from families import greed
from families import containers
from families import archive_kills
