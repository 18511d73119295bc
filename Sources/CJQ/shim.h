// libjq: the jq language, and its JSON parser and printer.
#include <jv.h>
#include <jq.h>
