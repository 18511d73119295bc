// OpenSSL's libcrypto, which libcurl brings along.
#include <openssl/evp.h>
#include <openssl/hmac.h>
