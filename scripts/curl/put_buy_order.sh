#!/usr/bin/env bash
# Places a buy order: put_buy_order.sh [CURRENCY [AMOUNT [IDEMPOTENCE_KEY]]], by default 100 USD under a new key.
# The same three again are the same order. URL says where the api is, by default http://localhost:6667.
set -euo pipefail

currency=${1:-USD}
amount=${2:-100}
key=${3:-$(cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen)}
exec curl -sS -X PUT "${URL:-http://localhost:6667}/buy_order" -H 'Content-Type: application/json' \
    -d "{\"currency\":\"$currency\",\"amount\":\"$amount\",\"idempotence_key\":\"$key\"}"
