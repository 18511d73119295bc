#!/usr/bin/env bash
# Shows the newest buy orders: get_buy_orders.sh [PAGE_SIZE [CURRENCY]], by default ten of all currencies.
# URL says where the api is, by default http://localhost:6667.
set -euo pipefail

exec curl -sS "${URL:-http://localhost:6667}/buy_orders?page_size=${1:-10}${2:+&currency=$2}"
