//! People that do not exist, for the screens' tests. Their certificates were made with `openssl ca`: issuer
//! "Demo CA", key usage digitalSignature and nonRepudiation, where nothing else is said.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use tamga_core::{
    algorithm::DigestAlgorithm,
    protocol::{
        Card, CertificateName, CertificateVerdict, InvalidReason, KeyEntry, KeyLocation,
        LoneCertificate, PinEntry, PinRules, PinState, Reader, RevocationStatus, Token,
        UncheckedReason, VerdictOutcome,
    },
    trust::{Purpose, revocation::RevocationReason},
};

/// The tests' present: 2027-01-15.
pub(crate) const NOW: u64 = 1_800_000_000_000;

/// Ivanova Anna, EC P-256, good for years.
pub(crate) const IVANOVA: &str = "\
    MIIBrDCCAVOgAwIBAgIBATAKBggqhkjOPQQDAjAuMQswCQYDVQQGEwJLWjENMAsGA1UECgwERGVtbzEQMA4GA1UEAwwHRGVtbyBD\
    QTAeFw0yNjAxMDEwMDAwMDBaFw00NjAxMDEwMDAwMDBaMD4xCzAJBgNVBAYTAktaMRUwEwYDVQQDDAxJdmFub3ZhIEFubmExGDAW\
    BgNVBAUTD0lJTjAwMDAwMDAwMDAxODBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABClzLuiRCkPKgyg1rBG1ZWuW4DBOpbtcblTG\
    uqrfnwIVJUMZOfpARLjVHaf1ldxFFyKqtLNEBYmX2A134WwswuKjUjBQMA4GA1UdDwEB/wQEAwIGwDAdBgNVHQ4EFgQU6Ivtb5US\
    BRIm/ejNVgJoe5zJbRQwHwYDVR0jBBgwFoAUEoq8xbKr+2QTfEEk0Tv2WsPt/5AwCgYIKoZIzj0EAwIDRwAwRAIgZKPnS/nzmjq+\
    WzvZ9U65kVTtCniu1wwhcY++0wnCwV4CIEzkGYgkIiFqEEGrImCBWU8detVmhzvox8mZvetZTHdf";

/// Ахметов Ерлан, EC P-384, good for years.
pub(crate) const AKHMETOV: &str = "\
    MIIBvTCCAWOgAwIBAgIBAjAKBggqhkjOPQQDAjAuMQswCQYDVQQGEwJLWjENMAsGA1UECgwERGVtbzEQMA4GA1UEAwwHRGVtbyBD\
    QTAeFw0yNjAxMDEwMDAwMDBaFw00NjAxMDEwMDAwMDBaMDExCzAJBgNVBAYTAktaMSIwIAYDVQQDDBnQkNGF0LzQtdGC0L7QsiDQ\
    ldGA0LvQsNC9MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEPIUDhvNV7HO0pobp2E33u2/Q8t5gYXyBPy1D9VsKYoNCXGmcshatasCc\
    FoKMJXHPKBzjX6wV8ENgXlgEpSQLxwxeoQf7YvvydCNW8AZrIzKlKVRpUE0K5iKKoczRZ8Tyo1IwUDAOBgNVHQ8BAf8EBAMCBsAw\
    HQYDVR0OBBYEFDg89j/vWg8901229YOpOImuFuMEMB8GA1UdIwQYMBaAFBKKvMWyq/tkE3xBJNE79lrD7f+QMAoGCCqGSM49BAMC\
    A0gAMEUCIQC8mgnPtzwfuNq8vnECgiQF59dMkkKu30ghR8wKYNuPVAIgMDwJBMM3n0PUH/2ehLvzGJVN3oxo+mZ6M9gmh3Y4iWI=";

/// Smith John, RSA 2048, until 2027-02-01.
pub(crate) const SMITH: &str = "\
    MIICXDCCAgKgAwIBAgIBAzAKBggqhkjOPQQDAjAuMQswCQYDVQQGEwJLWjENMAsGA1UECgwERGVtbzEQMA4GA1UEAwwHRGVtbyBD\
    QTAeFw0yNjAxMDEwMDAwMDBaFw0yNzAyMDEwMDAwMDBaMCIxCzAJBgNVBAYTAktaMRMwEQYDVQQDDApTbWl0aCBKb2huMIIBIjAN\
    BgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqZJ4PLe1XNsooQXj6AdBasmjg3V4/lGsfxrkwNk8lB4cpyQ6UZMxnVDTvX1Ho9IR\
    49+BZEY8xNNVLnftCEwdGcFpXVBTrfQ+Qgxti6pPNjEHiC0JxUdUxM82GAMRypvFLuQdwUOjcwp1pfQoxYVa71GQ3ROsHf0h7lIN\
    kl3oWSzQLnVCg08UIUf0nqDvGW4ddZ1BaBq7iUxtqnTjdHzVbRRjUjEkkf7us5tZ1BoKGGyfZ/wqBXQncMc13CccbwPVUyyq9fGx\
    9Zl03qml60wh2HCAow5pvHD+lEwbsv4IexGfnU9x419QNSWi4ZFsxoX74XVnSdwekSrIbkNmbYWzVQIDAQABo1IwUDAOBgNVHQ8B\
    Af8EBAMCBsAwHQYDVR0OBBYEFOvp2hsgPjsGT/BExC4uOJ71Yl63MB8GA1UdIwQYMBaAFBKKvMWyq/tkE3xBJNE79lrD7f+QMAoG\
    CCqGSM49BAMCA0gAMEUCIQDAqW9ogsl1uoMMSnSsji/bJSNcFL9uW5ukpbtgl6xo/gIgI/JwfTHHkWsUJw4XcuW7mgpeWWUK4Upc\
    IB1YVKb7xNg=";

/// Petrov Pyotr, EC P-256, until 2026-01-01.
pub(crate) const PETROV: &str = "\
    MIIBkzCCATmgAwIBAgIBBDAKBggqhkjOPQQDAjAuMQswCQYDVQQGEwJLWjENMAsGA1UECgwERGVtbzEQMA4GA1UEAwwHRGVtbyBD\
    QTAeFw0yNDAxMDEwMDAwMDBaFw0yNjAxMDEwMDAwMDBaMCQxCzAJBgNVBAYTAktaMRUwEwYDVQQDDAxQZXRyb3YgUHlvdHIwWTAT\
    BgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ8wpN+HnbGm8hy+990eXE72qh01VlqqWhq6PeCFPZh9bhjzkJrthziGpE2WGe40+YJcgyB\
    j0Kplkks4hWernZ/o1IwUDAOBgNVHQ8BAf8EBAMCBsAwHQYDVR0OBBYEFAFim+WHduBWehPCyYd2TdOJdjERMB8GA1UdIwQYMBaA\
    FBKKvMWyq/tkE3xBJNE79lrD7f+QMAoGCCqGSM49BAMCA0gAMEUCIBxC2IW+xek9ZKfp9X9GiYbKrwPKt3AXstLr27J6+4+zAiEA\
    gEsVa7x6klEPcxXCiiif8IUrYM+15p4+eAuwRis/GdY=";

/// Only Encrypts, EC P-256, for encrypting keys only.
pub(crate) const ENCRYPTS: &str = "\
    MIIBlTCCATqgAwIBAgIBBTAKBggqhkjOPQQDAjAuMQswCQYDVQQGEwJLWjENMAsGA1UECgwERGVtbzEQMA4GA1UEAwwHRGVtbyBD\
    QTAeFw0yNjAxMDEwMDAwMDBaFw00NjAxMDEwMDAwMDBaMCUxCzAJBgNVBAYTAktaMRYwFAYDVQQDDA1Pbmx5IEVuY3J5cHRzMFkw\
    EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE61+bdQFvD25Mf9l0HJ4Gj/Jb82wbrY71u2OuMwqh0N7nxGU/wMIkcTLOjy5wU8SqpUV4\
    9gAYZg3ysT2Z4Fn2lKNSMFAwDgYDVR0PAQH/BAQDAgUgMB0GA1UdDgQWBBSfBoCLGpt6l50lVTqnbeWjubP+xDAfBgNVHSMEGDAW\
    gBQSirzFsqv7ZBN8QSTRO/Zaw+3/kDAKBggqhkjOPQQDAgNJADBGAiEAwQfT1IY/QQ3yi/tpvsRYWLrkaMw3kMD9C3KsNMqorqQC\
    IQDFbkMc4NCvZzOYst9RnFJDcQb3WVv7VOGmPVfeIoevkA==";

/// The host's entry for one of them, in a file of its own.
pub(crate) fn entry(certificate: &str) -> KeyEntry {
    let der = BASE64_STANDARD.decode(certificate).unwrap();
    let id = DigestAlgorithm::Sha256.digest(&der);
    let location = KeyLocation::Pkcs12 {
        key_file: id.hex().chars().take(16).collect(),
        name: "keys.p12".to_owned(),
    };
    KeyEntry::read(&der, &location).unwrap()
}

/// The same in a container of CryptoPro's without a password.
pub(crate) fn contained(certificate: &str) -> KeyEntry {
    KeyEntry {
        location: KeyLocation::Cryptopro {
            folder: "/media/anna/flash/ivanova.000".to_owned(),
            name: "ivanova-2026".to_owned(),
        },
        passwordless: true,
        ..entry(certificate)
    }
}

/// A token of this name with a PIN of 6 to 8 characters that is typed on the computer.
pub(crate) fn token(name: &str) -> Token {
    Token {
        id: token_id(name),
        name: name.to_owned(),
        model: "Rutoken ECP".to_owned(),
        serial: "0a1b2c3d".to_owned(),
        reader: "Aktiv Rutoken ECP 00 00".to_owned(),
        driver: "Rutoken".to_owned(),
        storage_only: false,
        may_hold_private: false,
        pin: PinRules {
            entry: PinEntry::Keyboard,
            state: PinState::Ready,
            tries: None,
            shortest: 6,
            longest: 8,
        },
        admin_pin: PinState::Ready,
    }
}

/// The id of the token of this name.
pub(crate) fn token_id(name: &str) -> String {
    format!("{name:0>16}")
}

/// The host's entry for a certificate on the token of this name.
pub(crate) fn on_token(certificate: &str, name: &str) -> KeyEntry {
    KeyEntry {
        location: KeyLocation::Token {
            token: token_id(name),
            name: name.to_owned(),
        },
        ..entry(certificate)
    }
}

/// A reader whose card no driver serves; of a known card also the driver it needs.
pub(crate) fn readers_without_driver(reader: &str, card: Option<&str>) -> Reader {
    Reader {
        name: reader.to_owned(),
        card: card.map(|name| Card {
            name: name.to_owned(),
            driver: Some(format!("driver of {name}")),
        }),
    }
}

/// One of them without its key.
pub(crate) fn lone(certificate: &str) -> LoneCertificate {
    let KeyEntry {
        id,
        certificate,
        view,
        ..
    } = entry(certificate);
    LoneCertificate {
        id,
        certificate,
        view,
    }
}

/// The verdict on one of them: good.
pub(crate) fn valid(certificate: &str) -> CertificateVerdict {
    let good = RevocationStatus::Good {
        at: 1_798_761_600,
        until: 1_801_440_000,
    };
    verdict(certificate, VerdictOutcome::Valid {}, good)
}

/// Revoked on 2027-01-01.
pub(crate) fn revoked(certificate: &str) -> CertificateVerdict {
    let reason = InvalidReason::Revoked {};
    let revoked = RevocationStatus::Revoked {
        at: 1_798_761_600,
        reason: RevocationReason::Unspecified,
        invalid_since: None,
    };
    let about = None;
    verdict(
        certificate,
        VerdictOutcome::Invalid { reason, about },
        revoked,
    )
}

/// It is not known whether it was revoked.
pub(crate) fn unchecked(certificate: &str, revocation: RevocationStatus) -> CertificateVerdict {
    let outcome = VerdictOutcome::Unchecked {
        reason: UncheckedReason::RevocationUnknown {},
        about: None,
        missing: Vec::new(),
    };
    verdict(certificate, outcome, revocation)
}

fn verdict(
    certificate: &str,
    outcome: VerdictOutcome,
    revocation: RevocationStatus,
) -> CertificateVerdict {
    let entry = entry(certificate);
    let name = CertificateName {
        id: entry.id,
        owner: entry.view.owner,
        serial: entry.view.serial,
    };
    CertificateVerdict {
        certificate: name.clone(),
        time: 1_800_000_000,
        purpose: Purpose::Documents,
        outcome,
        path: vec![name],
        anchor: None,
        recognition: None,
        revocation,
        warnings: Vec::new(),
    }
}
