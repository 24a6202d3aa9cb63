/* How many paths OpenSSL validates per second, with the chains that wasm-core/tests/path_speed.rs leaves: a name, the second
 * that it is about, the certificates, the anchor last. The certificates are read anew each time, as ours are.
 *   cc -O2 openssl_paths.c -lcrypto -o openssl_paths && OPENSSL_CONF=gost.cnf ./openssl_paths A.chain...
 */
#include <openssl/bio.h>
#include <openssl/conf.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS 3.0
#define MOST 16

struct chain {
    char name[128];
    time_t when;
    int count;
    unsigned char *der[MOST];
    int length[MOST];
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static int read_chain(const char *path, struct chain *chain)
{
    FILE *file = fopen(path, "r");
    char line[64];
    if (!file || !fgets(chain->name, sizeof chain->name, file) || !fgets(line, sizeof line, file)) return 0;
    chain->name[strcspn(chain->name, "\n")] = 0;
    chain->when = atoll(line);
    X509 *certificate;
    for (chain->count = 0; chain->count < MOST && (certificate = PEM_read_X509(file, NULL, NULL, NULL)); chain->count++) {
        chain->der[chain->count] = NULL;
        chain->length[chain->count] = i2d_X509(certificate, &chain->der[chain->count]);
        X509_free(certificate);
    }
    fclose(file);
    return chain->count > 1;
}

static int validate(const struct chain *chain)
{
    X509 *certificates[MOST];
    for (int i = 0; i < chain->count; i++) {
        const unsigned char *der = chain->der[i];
        certificates[i] = d2i_X509(NULL, &der, chain->length[i]);
    }
    X509_STORE *store = X509_STORE_new();
    X509_STORE_add_cert(store, certificates[chain->count - 1]);
    STACK_OF(X509) *others = sk_X509_new_null();
    for (int i = 1; i + 1 < chain->count; i++) sk_X509_push(others, certificates[i]);
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, certificates[0], others);
    X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(context), chain->when);
    int valid = X509_verify_cert(context) == 1;
    X509_STORE_CTX_free(context);
    sk_X509_free(others);
    X509_STORE_free(store);
    for (int i = 0; i < chain->count; i++) X509_free(certificates[i]);
    return valid;
}

int main(int count, char **paths)
{
    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, NULL);
    for (int i = 1; i < count; i++) {
        struct chain chain;
        if (!read_chain(paths[i], &chain)) return 1;
        double start = now();
        int done = 0;
        for (; now() - start < SECONDS; done++)
            if (!validate(&chain)) break;
        if (done) printf("OpenSSL, %s: %.0f paths per second\n", chain.name, done / (now() - start));
        else printf("OpenSSL, %s: not valid\n", chain.name);
    }
    return 0;
}
