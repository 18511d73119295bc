// hiredis: the reply parser and the command formatter. Connections are SwiftNIO's.
#include <hiredis/hiredis.h>
