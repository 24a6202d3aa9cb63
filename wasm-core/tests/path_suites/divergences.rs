//! The cases that come out otherwise than their suites expect, and why.

/// Reasons of several.
const LISTS: &str = "a rule for who makes lists, which who reads them need not enforce";
const PEDANTIC: &str =
    "a rule of the CA/Browser Forum for authorities, which the suite calls pedantic";

pub(super) const BORINGSSL: [(&str, &str); 6] = [
    (
        "intermediate-eku-c2patimestamping/c2patimestamp",
        "RFC 3161 §2.3: time stamping is the only extended key usage, and critical",
    ),
    (
        "root-lacks-basic-constraints/ta-with-constraints",
        "an anchor of version 3 has to say that it is an authority, so that a person's certificate that is trusted is none",
    ),
    (
        "target-has-ca-basic-constraints/strict",
        "strictness about leaves of TLS is not offered",
    ),
    (
        "target-msapplicationpolicies-and-eku/main",
        "Microsoft's application policies are not known",
    ),
    (
        "target-only/trusted_anchor",
        "a certificate that is trusted is good by itself",
    ),
    (
        "target-only/trusted_leaf_require_self_signed",
        "a certificate that is trusted is good by itself, whoever signed it",
    ),
];

pub(super) const BOTAN: [(&str, &str); 1] = [(
    "edi-party-name-constraint-rejected",
    "RFC 5280 §4.2.1.10: constraints of a kind that no name is of need not be processed",
)];

pub(super) const OPENSSL: [(&str, &str); 9] = [
    (
        "023 fail client purpose intermediate trusted",
        "another path is good: OpenSSL does not try it",
    ),
    (
        "045 fail codesign with additional serverAuth",
        "a rule of the CA/Browser Forum for authorities",
    ),
    (
        "048 fail codesign with additional keyCertSign",
        "a rule of the CA/Browser Forum for authorities",
    ),
    (
        "056 reject RSA 2048 root at auth level 3",
        "there are no security levels",
    ),
    (
        "057 accept RSA 768 root at auth level 0",
        "RSA keys below 1024 bits are not verified with",
    ),
    (
        "059 accept RSA 768 intermediate at auth level 0",
        "RSA keys below 1024 bits are not verified with",
    ),
    ("067 reject md5 leaf at auth level 1", "MD5 is noted"),
    (
        "083 Name Constraints CNs not permitted",
        "RFC 9525: the common name is no host where there are alternative names, so that no constraint is about it",
    ),
    (
        "086 Name Constraints email address not permitted",
        "RFC 5280 §4.2.1.10: mail addresses in the subject count where there are no alternative names",
    ),
];

pub(super) const LIMBO: [(&str, &str); 11] = [
    ("crl::crlnumber-missing", LISTS),
    ("crl::crlnumber-critical", LISTS),
    (
        "rfc5280::nc::permitted-dns-match-noncritical",
        "the suite has the same case with the opposite result for the web",
    ),
    (
        "rfc5280::ca-as-leaf",
        "its key usages allow to sign certificates alone, and a server has to sign or decipher",
    ),
    (
        "webpki::cn::not-in-san",
        "a rule of the CA/Browser Forum for authorities that other cases of the suite break",
    ),
    ("webpki::eku::ee-anyeku", PEDANTIC),
    ("webpki::eku::root-has-eku", PEDANTIC),
    (
        "webpki::san::public-suffix-multi-label-wildcard-san",
        PEDANTIC,
    ),
    (
        "webpki::san::public-suffix-private-namespace-wildcard-san",
        PEDANTIC,
    ),
    ("webpki::forbidden-dsa-leaf", PEDANTIC),
    ("webpki::forbidden-weak-rsa-in-leaf", PEDANTIC),
];

const DSA: &str = "DSA is not verified with";

pub(super) const PKITS: [(&str, &str); 2] = [
    ("4.1.4 Valid DSA Signatures Test4", DSA),
    ("4.1.5 Valid DSA Parameter Inheritance Test5", DSA),
];
