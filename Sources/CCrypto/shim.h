// OpenSSL's libcrypto, which libcurl brings along.
#include <openssl/evp.h>
