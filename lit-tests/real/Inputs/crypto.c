// libcrypto.a at work: digests, MACs, ciphers in every mode, public keys and
// big numbers, each with a published answer where there is one. All of it is
// free of random numbers where it prints, so the output is the same each time;
// OPENSSL_ia32cap in the environment chooses among the assembly versions.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "workload.h"
#include <openssl/bn.h>
#include <openssl/camellia.h>
#include <openssl/core_names.h>
#include <openssl/des.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/md4.h>
#include <openssl/modes.h>
#include <openssl/rc4.h>
#include <openssl/rsa.h>
#include <openssl/whrlpool.h>
#include <string.h>

static int failures;
static void check(int ok, const char *what) {
  if (!ok) {
    failures++;
    fprintf(stderr, "crypto: %s\n", what);
  }
}

typedef unsigned char byte;
enum { textSize = 70000 };
static byte text[textSize], coded[textSize + 64], back[textSize + 64];

static void print(FILE *out, const char *name, const byte *p, size_t n) {
  fprintf(out, "%s ", name);
  for (size_t i = 0; i < n; i++)
    fprintf(out, "%02x", p[i]);
  fputc('\n', out);
}

static void expect(const char *name, const byte *got, size_t n,
                   const char *hex) {
  char text[256] = "";
  for (size_t i = 0; i < n && i < 127; i++)
    sprintf(text + 2 * i, "%02x", got[i]);
  check(!strncmp(text, hex, strlen(hex)), name);
}

static size_t fromHex(byte *to, const char *hex) {
  size_t n = 0;
  for (unsigned v; sscanf(hex + 2 * n, "%2x", &v) == 1; n++)
    to[n] = v;
  return n;
}

// Short prints of long results: SHA-256, which has its own known answer.
static void digestOf(FILE *out, const char *name, const byte *p, size_t n) {
  byte d[32];
  EVP_Digest(p, n, d, 0, EVP_sha256(), 0);
  print(out, name, d, 8);
}

static void digests(FILE *out) {
  static const struct {
    const char *name, *abc;
  } all[] = {
      {"MD5", "900150983cd24fb0d6963f7d28e17f72"},
      {"SHA1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"SHA224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
      {"SHA256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f200"
                 "15ad"},
      {"SHA384", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff"
                 "5bed"},
      {"SHA512", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55"
                 "d39a"},
      {"SHA512-256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f131"
                     "07e7af23"},
      {"SHA3-224", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"},
      {"SHA3-256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511"
                   "431532"},
      {"SHA3-512", "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240"
                   "d2712e"},
      {"SHAKE128", "5881092dd818bf5cf8a3ddb793fbcba7"},
      {"SHAKE256", "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e7"
                   "8b5739"},
      {"BLAKE2B512", "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6f"
                     "dbffa2d1"},
      {"BLAKE2S256", "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c"
                     "86675982"},
      {"SM3", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8"
              "e0"},
      {"RIPEMD160", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    EVP_MD *md = EVP_MD_fetch(0, all[i].name, 0);
    if (!md) {
      fprintf(out, "%s is not there\n", all[i].name);
      continue;
    }
    byte d[EVP_MAX_MD_SIZE];
    unsigned n;
    check(EVP_Digest("abc", 3, d, &n, md, 0), all[i].name);
    expect(all[i].name, d, n, all[i].abc);
    // All lengths around a block, then a long text in odd pieces.
    EVP_MD_CTX *c = EVP_MD_CTX_new(), *outer = EVP_MD_CTX_new();
    EVP_DigestInit_ex(outer, md, 0);
    for (size_t length = 0; length < 300; length += 7) {
      EVP_Digest(text + length % 5, length, d, &n, md, 0);
      EVP_DigestUpdate(outer, d, n);
    }
    EVP_DigestInit_ex(c, md, 0);
    for (size_t at = 0, step = 1; at < textSize;
         at += step, step = step * 3 % 4099)
      EVP_DigestUpdate(c, text + at,
                       textSize - at < step ? textSize - at : step);
    EVP_DigestFinal_ex(c, d, &n);
    EVP_DigestUpdate(outer, d, n);
    EVP_DigestFinal_ex(outer, d, &n);
    print(out, all[i].name, d, n);
    EVP_MD_CTX_free(c);
    EVP_MD_CTX_free(outer);
    EVP_MD_free(md);
  }
  // Not in the default provider, but in the archive.
  byte d[64];
  MD4((const byte *)"abc", 3, d);
  expect("MD4", d, 16, "a448017aaf21d8525fc10ae87aa6729d");
  WHIRLPOOL("abc", 3, d);
  expect("Whirlpool", d, 64,
         "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721a");
  WHIRLPOOL(text, textSize, d);
  print(out, "Whirlpool", d, 64);
}

static void macs(FILE *out) {
  byte key[20], d[64];
  unsigned n;
  memset(key, 0x0b, 20);
  HMAC(EVP_sha256(), key, 20, (const byte *)"Hi There", 8, d, &n);
  expect("HMAC", d, n,
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c"
         "2e32cff7"); // RFC 4231, 1
  static const char *names[] = {"HMAC",    "CMAC",    "GMAC",      "POLY1305",
                                "SIPHASH", "KMAC128", "BLAKE2BMAC"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    EVP_MAC *mac = EVP_MAC_fetch(0, names[i], 0);
    EVP_MAC_CTX *c = EVP_MAC_CTX_new(mac);
    OSSL_PARAM p[3] = {OSSL_PARAM_END, OSSL_PARAM_END, OSSL_PARAM_END};
    size_t keySize = i == 0 || i == 3 || i == 6 ? 32 : 16, size = 0;
    if (i == 0)
      p[0] = OSSL_PARAM_construct_utf8_string("digest", "SHA3-384", 0);
    if (i == 1)
      p[0] = OSSL_PARAM_construct_utf8_string("cipher", "AES-128-CBC", 0);
    if (i == 2) {
      p[0] = OSSL_PARAM_construct_utf8_string("cipher", "AES-128-GCM", 0);
      p[1] = OSSL_PARAM_construct_octet_string("iv", text + 50, 12);
    }
    check(EVP_MAC_init(c, text, keySize, p), names[i]);
    for (int k = 0; k < 100; k++)
      EVP_MAC_update(c, text + k, k * 7);
    check(EVP_MAC_final(c, d, &size, sizeof d), names[i]);
    print(out, names[i], d, size);
    EVP_MAC_CTX_free(c);
    EVP_MAC_free(mac);
  }
  check(PKCS5_PBKDF2_HMAC("password", 8, (const byte *)"salt", 4, 2, EVP_sha1(),
                          20, d),
        "PBKDF2");
  expect("PBKDF2", d, 20,
         "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"); // RFC 6070
  check(EVP_PBE_scrypt("", 0, (const byte *)"", 0, 16, 1, 1, 0, d, 64),
        "scrypt");
  expect("scrypt", d, 64,
         "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdff"
         "a3fede21442"); // RFC 7914
}

// One call, or pieces; `tag` for the authenticated modes.
static int crypt(const EVP_CIPHER *cipher, int encrypt, const byte *key,
                 const byte *iv, const byte *from, byte *to, int size, int step,
                 byte *tag) {
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
  int mode = EVP_CIPHER_get_mode(cipher), done = 0, n = 0, ok = 1;
  int authenticated = EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER;
  EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  ok &= EVP_CipherInit_ex(c, cipher, 0, 0, 0, encrypt);
  if (mode == EVP_CIPH_CCM_MODE) {
    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_IVLEN, 12, 0);
    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, encrypt ? 0 : tag);
  } else if (authenticated && !encrypt)
    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, 16, tag);
  ok &= EVP_CipherInit_ex(c, 0, 0, key, iv, encrypt);
  if (mode == EVP_CIPH_CCM_MODE)
    EVP_CipherUpdate(c, 0, &n, 0, size);
  if (authenticated)
    ok &= EVP_CipherUpdate(c, 0, &n, text, 29);
  if (mode == EVP_CIPH_CCM_MODE || mode == EVP_CIPH_XTS_MODE ||
      mode == EVP_CIPH_WRAP_MODE || mode == EVP_CIPH_OCB_MODE ||
      mode == EVP_CIPH_SIV_MODE)
    step = size;
  for (int at = 0; at < size && ok == 1; at += step) {
    ok &= EVP_CipherUpdate(c, to + done, &n, from + at,
                           size - at < step ? size - at : step) == 1;
    done += n;
  }
  if (mode != EVP_CIPH_CCM_MODE || encrypt) {
    ok &= EVP_CipherFinal_ex(c, to + done, &n) == 1;
    done += n;
  }
  if (authenticated && encrypt)
    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, 16, tag);
  EVP_CIPHER_CTX_free(c);
  return ok == 1 ? done : -1;
}

static void ciphers(FILE *out, int size) {
  static const char *names[] = {"AES-128-ECB",      "AES-192-ECB",
                                "AES-256-ECB",      "AES-128-CBC",
                                "AES-256-CBC",      "AES-128-CTR",
                                "AES-192-CTR",      "AES-256-CTR",
                                "AES-128-GCM",      "AES-256-GCM",
                                "AES-128-CCM",      "AES-256-OCB",
                                "AES-128-XTS",      "AES-256-XTS",
                                "AES-128-OFB",      "AES-256-CFB",
                                "AES-128-CFB8",     "AES-192-CFB1",
                                "AES-256-SIV",      "id-aes128-wrap",
                                "ChaCha20",         "ChaCha20-Poly1305",
                                "CAMELLIA-128-ECB", "CAMELLIA-256-CBC",
                                "CAMELLIA-192-CTR", "ARIA-128-GCM",
                                "DES-EDE3-CBC",     "SM4-CTR"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(0, names[i], 0);
    if (!cipher) {
      fprintf(out, "%s is not there\n", names[i]);
      continue;
    }
    byte tag[16] = {0}, sum[32];
    unsigned summed;
    EVP_MD_CTX *all = EVP_MD_CTX_new();
    EVP_DigestInit_ex(all, EVP_sha256(), 0);
    // Many lengths, for the tails of wide loops; then one long text.
    for (int length = 16; length <= size;
         length += length < 700 ? 16 : size / 3) {
      int bytes = length + length % 48 / 16 * 3;
      if (EVP_CIPHER_get_mode(cipher) == EVP_CIPH_WRAP_MODE)
        bytes &= -16;
      if (bytes > 2000 && strstr(names[i], "CFB1"))
        break;
      int n = crypt(cipher, 1, text + 100, text + 200, text + length % 16,
                    coded, bytes, length % 3 ? 1000000 : 333, tag);
      check(n > 0, names[i]);
      EVP_DigestUpdate(all, coded, n > 0 ? n : 0);
      EVP_DigestUpdate(all, tag, 16);
      int m = crypt(cipher, 0, text + 100, text + 200, coded, back, n,
                    length % 3 ? 1000000 : 97, tag);
      check(m == bytes && !memcmp(back, text + length % 16, m), names[i]);
    }
    EVP_DigestFinal_ex(all, sum, &summed);
    print(out, names[i], sum, 12);
    EVP_MD_CTX_free(all);
    EVP_CIPHER_free(cipher);
  }
}

static void knownCiphers(void) {
  byte key[64], plain[64], iv[16] = {0}, tag[16];
  EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
  int n, m;
  struct {
    const EVP_CIPHER *cipher;
    const char *name, *key, *plain, *coded;
  } all[] = {
      {EVP_aes_128_ecb(), "FIPS 197 C.1", "000102030405060708090a0b0c0d0e0f",
       "00112233445566778899aabbccddeeff", "69c4e0d86a7b0430d8cdb78070b4c55a"},
      {EVP_aes_192_ecb(), "FIPS 197 C.2",
       "000102030405060708090a0b0c0d0e0f1011121314151617",
       "00112233445566778899aabbccddeeff", "dda97ca4864cdfe06eaf70a0ec0d7191"},
      {EVP_aes_256_ecb(), "FIPS 197 C.3",
       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
       "00112233445566778899aabbccddeeff", "8ea2b7ca516745bfeafc49904b496089"},
      {EVP_camellia_128_ecb(), "RFC 3713", "0123456789abcdeffedcba9876543210",
       "0123456789abcdeffedcba9876543210", "67673138549669730857065648eabe43"},
      {EVP_aria_128_ecb(), "RFC 5794", "000102030405060708090a0b0c0d0e0f",
       "00112233445566778899aabbccddeeff", "d718fbd6ab644c739da95f3be6451778"},
      {EVP_sm4_ecb(), "GB/T 32907", "0123456789abcdeffedcba9876543210",
       "0123456789abcdeffedcba9876543210", "681edf34d206965e86b3e94f536e4246"},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    fromHex(key, all[i].key);
    fromHex(plain, all[i].plain);
    EVP_EncryptInit_ex(c, all[i].cipher, 0, key, iv);
    EVP_CIPHER_CTX_set_padding(c, 0);
    check(EVP_EncryptUpdate(c, coded, &n, plain, 16) && n == 16, all[i].name);
    expect(all[i].name, coded, 16, all[i].coded);
  }
  // AES-GCM, test case 2 of McGrew and Viega: all zero.
  memset(key, 0, sizeof key);
  memset(plain, 0, sizeof plain);
  EVP_EncryptInit_ex(c, EVP_aes_128_gcm(), 0, key, iv);
  EVP_EncryptUpdate(c, coded, &n, plain, 16);
  EVP_EncryptFinal_ex(c, coded + n, &m);
  EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, 16, tag);
  expect("GCM", coded, 16, "0388dace60b6a392f328c2b971b2fe78");
  expect("GCM tag", tag, 16, "ab6e47d42cec13bdf53a67b21257bddf");
  // ChaCha20, RFC 8439 A.1, block 0: all zero.
  EVP_EncryptInit_ex(c, EVP_chacha20(), 0, key, iv);
  EVP_EncryptUpdate(c, coded, &n, plain, 64);
  expect("ChaCha20", coded, 64,
         "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa"
         "836efcc8b770dc7");
  EVP_CIPHER_CTX_free(c);
  // RC4 and DES through their own interfaces.
  RC4_KEY rc4;
  RC4_set_key(&rc4, 3, (const byte *)"Key");
  RC4(&rc4, 9, (const byte *)"Plaintext", coded);
  expect("RC4", coded, 9, "bbf316e8d940af0ad3");
  DES_key_schedule des;
  DES_cblock k, in, o;
  fromHex(k, "133457799bbcdff1");
  fromHex(in, "0123456789abcdef");
  DES_set_key_unchecked(&k, &des);
  DES_ecb_encrypt(&in, &o, &des, DES_ENCRYPT);
  expect("DES", o, 8, "85e813540f0ab405");
}

static void otherCiphers(FILE *out) {
  RC4_KEY rc4;
  RC4_set_key(&rc4, 16, text);
  for (int at = 0, step = 1; at + step < textSize; at += step, step += 13)
    RC4(&rc4, step, text + at, coded + at);
  digestOf(out, "RC4", coded, 60000);
  CAMELLIA_KEY camellia;
  Camellia_set_key(text, 256, &camellia);
  byte iv[16] = {1};
  Camellia_cbc_encrypt(text, coded, 4096, &camellia, iv, 1);
  digestOf(out, "Camellia CBC", coded, 4096);
}

// A prime found from a seed; no random number in it.
static BIGNUM *primeFrom(const char *seed, int bits, BN_CTX *c) {
  byte bytes[256];
  PKCS5_PBKDF2_HMAC(seed, -1, (const byte *)"hotpad", 6, 1, EVP_sha512(),
                    bits / 8, bytes);
  BIGNUM *p = BN_bin2bn(bytes, bits / 8, 0);
  BN_set_bit(p, bits - 1);
  BN_set_bit(p, bits - 2);
  BN_set_bit(p, 0);
  BIGNUM *g = BN_new(), *one = BN_new(), *e = BN_new();
  BN_set_word(e, 65537);
  for (;; BN_add_word(p, 2)) {
    if (BN_check_prime(p, c, 0) != 1)
      continue;
    BN_sub(one, p, BN_value_one());
    BN_gcd(g, one, e, c);
    if (BN_is_one(g))
      break;
  }
  BN_free(g), BN_free(one), BN_free(e);
  return p;
}

static void printNumber(FILE *out, const char *name, const BIGNUM *n) {
  char *hex = BN_bn2hex(n);
  fprintf(out, "%s %s\n", name, hex);
  OPENSSL_free(hex);
}

static void numbers(FILE *out) {
  BN_CTX *c = BN_CTX_new();
  BIGNUM *a = BN_new(), *b = BN_new(), *m = BN_new(), *r = BN_new(),
         *q = BN_new();
  // Sizes that select each of the assembly multipliers; odd and even moduli.
  for (int bits = 64; bits <= 2112; bits += bits < 512 ? 64 : 256) {
    BN_bin2bn(text + 11, bits / 8, a);
    BN_bin2bn(text + 311, bits / 8, b);
    BN_bin2bn(text + 611, bits / 8, m);
    BN_set_bit(m, bits - 1);
    BN_mul(r, a, b, c);
    BN_add(r, r, a), BN_sub(r, r, b), BN_sqr(q, a, c), BN_add(r, r, q);
    BN_div(q, r, r, m, c);
    printNumber(out, "div", r);
    check(BN_cmp(r, m) < 0, "BN_div");
    for (int odd = 0; odd < 2; odd++) {
      if (odd)
        BN_set_bit(m, 0);
      else
        BN_clear_bit(m, 0);
      BN_mod_exp(r, a, b, m, c);
      printNumber(out, "exp", r);
      if (odd) {
        BN_mod_exp_mont_consttime(q, a, b, m, c, 0);
        check(!BN_cmp(r, q), "BN_mod_exp_mont_consttime");
        if (BN_mod_inverse(q, a, m, c)) {
          BN_mod_mul(q, q, a, m, c);
          check(BN_is_one(q), "BN_mod_inverse");
        }
      }
    }
  }
  // Fermat: 2^(p-1) = 1 mod 2^521 - 1.
  BN_zero(m), BN_set_bit(m, 521), BN_sub_word(m, 1);
  BN_copy(b, m), BN_sub_word(b, 1), BN_set_word(a, 2);
  BN_mod_exp(r, a, b, m, c);
  check(BN_is_one(r), "Fermat");
  BN_set_word(a, 16);
  check(BN_mod_sqrt(r, a, m, c) != 0, "BN_mod_sqrt");
  char *decimal = BN_bn2dec(m);
  BN_dec2bn(&q, decimal);
  check(!BN_cmp(q, m), "decimal");
  OPENSSL_free(decimal);
  BN_free(a), BN_free(b), BN_free(m), BN_free(r), BN_free(q);
  BN_CTX_free(c);
}

static void rsa(FILE *out, int bits) {
  BN_CTX *c = BN_CTX_new();
  BIGNUM *p = primeFrom("p", bits / 2, c), *q = primeFrom("q", bits / 2, c);
  BIGNUM *n = BN_new(), *e = BN_new(), *d = BN_new(), *p1 = BN_dup(p),
         *q1 = BN_dup(q), *phi = BN_new();
  BN_mul(n, p, q, c);
  BN_set_word(e, 65537);
  BN_sub_word(p1, 1), BN_sub_word(q1, 1), BN_mul(phi, p1, q1, c);
  BN_mod_inverse(d, e, phi, c);
  BIGNUM *dp = BN_new(), *dq = BN_new(), *qi = BN_new();
  BN_mod(dp, d, p1, c), BN_mod(dq, d, q1, c), BN_mod_inverse(qi, q, p, c);
  RSA *key = RSA_new();
  RSA_set0_key(key, n, e, d);
  RSA_set0_factors(key, p, q);
  RSA_set0_crt_params(key, dp, dq, qi);
  check(RSA_check_key(key) == 1, "RSA_check_key");
  byte hash[32], signature[512];
  unsigned size;
  EVP_Digest(text, 1000, hash, 0, EVP_sha256(), 0);
  check(RSA_sign(NID_sha256, hash, 32, signature, &size, key), "RSA_sign");
  check(RSA_verify(NID_sha256, hash, 32, signature, size, key), "RSA_verify");
  print(out, "RSA", signature, size);
  hash[3] ^= 1;
  check(!RSA_verify(NID_sha256, hash, 32, signature, size, key), "RSA forged");
  int m = RSA_public_encrypt(32, hash, coded, key, RSA_PKCS1_OAEP_PADDING);
  check(RSA_private_decrypt(m, coded, back, key, RSA_PKCS1_OAEP_PADDING) ==
                32 &&
            !memcmp(back, hash, 32),
        "RSA OAEP");
  EVP_PKEY *pkey = EVP_PKEY_new();
  EVP_PKEY_set1_RSA(pkey, key);
  EVP_MD_CTX *x = EVP_MD_CTX_new();
  EVP_PKEY_CTX *px;
  size_t length = sizeof signature;
  EVP_DigestSignInit(x, &px, EVP_sha512(), 0, pkey);
  EVP_PKEY_CTX_set_rsa_padding(px, RSA_PKCS1_PSS_PADDING);
  EVP_PKEY_CTX_set_rsa_pss_saltlen(px, 0);
  check(EVP_DigestSign(x, signature, &length, text, 5000) == 1, "PSS sign");
  print(out, "PSS", signature, length);
  EVP_MD_CTX_free(x);
  EVP_PKEY_free(pkey);
  RSA_free(key);
  BN_free(p1), BN_free(q1), BN_free(phi);
  BN_CTX_free(c);
}

static void curves(FILE *out, int quick) {
  // RFC 6979 A.2.5, SHA-256, "sample": a signature to verify.
  byte hash[32];
  EVP_Digest("sample", 6, hash, 0, EVP_sha256(), 0);
  EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
  BIGNUM *d = 0, *x = 0, *y = 0, *r = 0, *s = 0;
  BN_hex2bn(&d,
            "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
  BN_hex2bn(&x,
            "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6");
  BN_hex2bn(&y,
            "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
  BN_hex2bn(&r,
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716");
  BN_hex2bn(&s,
            "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
  check(EC_KEY_set_public_key_affine_coordinates(key, x, y), "P-256 point");
  check(EC_KEY_set_private_key(key, d) && EC_KEY_check_key(key), "P-256 key");
  ECDSA_SIG *known = ECDSA_SIG_new();
  ECDSA_SIG_set0(known, r, s);
  check(ECDSA_do_verify(hash, 32, known, key) == 1, "ECDSA known answer");
  ECDSA_SIG *made = ECDSA_do_sign(hash, 32, key);
  check(made && ECDSA_do_verify(hash, 32, made, key) == 1, "ECDSA");
  hash[0] ^= 1;
  check(ECDSA_do_verify(hash, 32, made, key) == 0, "ECDSA forged");
  ECDSA_SIG_free(known), ECDSA_SIG_free(made);
  EC_KEY_free(key), BN_free(d), BN_free(x), BN_free(y);

  // Points of every kind of curve.
  static const int ids[] = {NID_X9_62_prime256v1, NID_secp224r1, NID_secp384r1,
                            NID_secp521r1,        NID_secp256k1, NID_sect283k1,
                            NID_brainpoolP256r1};
  for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
    EC_GROUP *g = EC_GROUP_new_by_curve_name(ids[i]);
    if (!g) {
      fprintf(out, "curve %d is not there\n", ids[i]);
      continue;
    }
    EC_POINT *p = EC_POINT_new(g), *q = EC_POINT_new(g);
    BIGNUM *k = BN_bin2bn(text + 1234, 28, 0),
           *l = BN_bin2bn(text + 4321, 27, 0);
    EC_POINT_mul(g, p, k, 0, 0, 0);
    EC_POINT_mul(g, q, l, p, k, 0);
    EC_POINT_dbl(g, q, q, 0);
    EC_POINT_add(g, q, q, p, 0);
    check(EC_POINT_is_on_curve(g, q, 0) == 1, "on curve");
    byte bytes[160];
    size_t n =
        EC_POINT_point2oct(g, q, POINT_CONVERSION_COMPRESSED, bytes, 160, 0);
    check(EC_POINT_oct2point(g, p, bytes, n, 0) && !EC_POINT_cmp(g, p, q, 0),
          "compressed point");
    print(out, OBJ_nid2sn(ids[i]), bytes, n);
    BN_free(k), BN_free(l), EC_POINT_free(p), EC_POINT_free(q),
        EC_GROUP_free(g);
  }

  // RFC 7748 5.2: k = u = 9, again and again.
  byte a[57], b[57] = {9}, secret[64], signature[114];
  size_t n;
  memcpy(a, b, 32);
  for (int i = 0; i < (quick ? 1 : 1000); i++) {
    EVP_PKEY *mine = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, 0, a, 32);
    EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, 0, b, 32);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(mine, 0);
    n = sizeof secret;
    check(EVP_PKEY_derive_init(c) && EVP_PKEY_derive_set_peer(c, peer) &&
              EVP_PKEY_derive(c, secret, &n),
          "X25519");
    memcpy(b, a, 32);
    memcpy(a, secret, 32);
    EVP_PKEY_CTX_free(c), EVP_PKEY_free(mine), EVP_PKEY_free(peer);
  }
  expect(
      "X25519", a, 32,
      quick
          ? "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"
          : "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");

  // RFC 8032 7.1, test 1; and the bigger curve.
  fromHex(a,
          "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  for (int i = 0; i < 2; i++) {
    EVP_PKEY *k = EVP_PKEY_new_raw_private_key(
        i ? EVP_PKEY_ED448 : EVP_PKEY_ED25519, 0, i ? text : a, i ? 57 : 32);
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    n = sizeof signature;
    check(EVP_DigestSignInit(m, 0, 0, 0, k) &&
              EVP_DigestSign(m, signature, &n, text, i ? 1000 : 0),
          "EdDSA");
    if (!i)
      expect("Ed25519", signature, n,
             "e5564300c360ac729086e2cc806e828a84877f1eb8e5d9"
             "74d873e065224901555fb8821590a33bacc61e39701cf9"
             "b46bd25bf5f0595bbe24655141438e7a100b");
    print(out, "EdDSA", signature, n);
    EVP_MD_CTX_free(m);
    m = EVP_MD_CTX_new();
    check(EVP_DigestVerifyInit(m, 0, 0, 0, k) &&
              EVP_DigestVerify(m, signature, n, text, i ? 1000 : 0) == 1,
          "EdDSA");
    EVP_MD_CTX_free(m), EVP_PKEY_free(k);
  }
}

static void diffieHellman(FILE *out) {
  byte secrets[2][512];
  int sizes[2];
  DH *sides[2];
  for (int i = 0; i < 2; i++) {
    sides[i] = DH_new_by_nid(NID_ffdhe2048);
    const BIGNUM *p, *g;
    DH_get0_pqg(sides[i], &p, 0, &g);
    BIGNUM *x = BN_bin2bn(text + 100 * i, 32, 0), *y = BN_new();
    BN_CTX *c = BN_CTX_new();
    BN_mod_exp(y, g, x, p, c);
    BN_CTX_free(c);
    DH_set0_key(sides[i], y, x);
  }
  for (int i = 0; i < 2; i++) {
    const BIGNUM *y;
    DH_get0_key(sides[!i], &y, 0);
    sizes[i] = DH_compute_key(secrets[i], y, sides[i]);
  }
  check(sizes[0] == 256 && !memcmp(secrets[0], secrets[1], 256), "DH");
  digestOf(out, "DH", secrets[0], 256);
  DH_free(sides[0]), DH_free(sides[1]);
}

int workload(FILE *out, int quick) {
  failures = 0;
  unsigned r = 1;
  for (int i = 0; i < textSize; i++)
    r = r * 1664525 + 1013904223, text[i] = r >> 24;
  digests(out);
  macs(out);
  ciphers(out, quick ? 1500 : textSize - 100);
  knownCiphers();
  otherCiphers(out);
  numbers(out);
  rsa(out, quick ? 1024 : 2048);
  if (!quick)
    rsa(out, 3072);
  curves(out, quick);
  diffieHellman(out);
  fprintf(out, "crypto: %d failures\n", failures);
  return failures != 0;
}
