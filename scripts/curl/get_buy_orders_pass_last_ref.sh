#!/usr/bin/env bash
# Shows all buy orders, a page a line, each asked for with the last_reference of the one before:
# get_buy_orders_pass_last_ref.sh [PAGE_SIZE [CURRENCY]]. URL says where the api is, by default http://localhost:6667.
set -euo pipefail

request="${URL:-http://localhost:6667}/buy_orders?page_size=${1:-10}${2:+&currency=$2}"
reference=
while page=$(curl -sS --fail-with-body "$request${reference:+&last_reference=$reference}"); do
    printf '%s\n' "$page"
    reference=$(sed -n 's/.*"last_reference":"\([^"]*\)"}$/\1/p' <<<"$page")
    if [ -z "$reference" ]; then exit 0; fi
done
# Why it was refused.
printf '%s\n' "$page" >&2
exit 1
