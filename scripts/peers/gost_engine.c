/* What OpenSSL's GOST engine does per second, in the way of wasm-core/gost3410/examples: the best of many short turns.
 *   cc -O2 gost_engine.c -lcrypto -o gost_engine && OPENSSL_CONF=gost.cnf ./gost_engine
 */
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TURN 8
#define SECONDS 0.5

static const struct {
    const char *name, *algorithm, *set;
    size_t size;
} curves[] = {
    {"CryptoPro-A", "gost2012_256", "A", 32},  {"CryptoPro-B", "gost2012_256", "B", 32},
    {"CryptoPro-C", "gost2012_256", "C", 32},  {"tc26-256-A", "gost2012_256", "TCA", 32},
    {"tc26-512-A", "gost2012_512", "A", 64},   {"tc26-512-B", "gost2012_512", "B", 64},
    {"tc26-512-C", "gost2012_512", "C", 64},
};
static const char *hashes[] = {"md_gost12_256", "md_gost12_512"};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void need(int done, const char *what)
{
    if (!done) {
        fprintf(stderr, "the GOST engine: %s\n", what);
        exit(1);
    }
}

static double per_second(int (*operation)(void *), void *of)
{
    double start = now(), best = 1e9;
    while (now() - start < SECONDS) {
        double turn = now();
        for (int i = 0; i < TURN; i++) need(operation(of), "an operation");
        if (now() - turn < best) best = now() - turn;
    }
    return TURN / best;
}

struct signing {
    EVP_PKEY_CTX *context;
    unsigned char digest[64], signature[128];
    size_t size, length;
};

static int sign(void *of)
{
    struct signing *it = of;
    it->length = sizeof it->signature;
    return EVP_PKEY_sign_init(it->context) > 0 &&
           EVP_PKEY_sign(it->context, it->signature, &it->length, it->digest, it->size) > 0;
}

static int verify(void *of)
{
    struct signing *it = of;
    return EVP_PKEY_verify_init(it->context) > 0 &&
           EVP_PKEY_verify(it->context, it->signature, it->length, it->digest, it->size) > 0;
}

static unsigned char mebibyte[1 << 20];

static int hash(void *of)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    return EVP_Digest(mebibyte, sizeof mebibyte, digest, NULL, of, NULL);
}

int main(void)
{
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        EVP_PKEY *key = NULL;
        EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_id(OBJ_txt2nid(curves[i].algorithm), NULL);
        need(making && EVP_PKEY_keygen_init(making) > 0, curves[i].algorithm);
        need(EVP_PKEY_CTX_ctrl_str(making, "paramset", curves[i].set) > 0, curves[i].set);
        need(EVP_PKEY_keygen(making, &key) > 0, "a key");
        struct signing it = {EVP_PKEY_CTX_new(key, NULL), {0xa5}, {0}, curves[i].size, 0};
        double signs = per_second(sign, &it), verifies = per_second(verify, &it);
        printf("%-40s %9.0f %9.0f\n", curves[i].name, signs, verifies);
    }
    for (size_t i = 0; i < sizeof hashes / sizeof *hashes; i++) {
        const EVP_MD *md = EVP_get_digestbyname(hashes[i]);
        need(md != NULL, hashes[i]);
        printf("%-40s %9.1f MB/s\n", hashes[i], per_second(hash, (void *)md) * sizeof mebibyte / 1e6);
    }
    return 0;
}
