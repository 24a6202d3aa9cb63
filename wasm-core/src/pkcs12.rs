//! PKCS#12 (RFC 7292): private keys and certificates in a file.
