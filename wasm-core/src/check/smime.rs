//! Signed mail (S/MIME, RFC 8551 §3.5): what was signed, and the signature of it.

use std::borrow::Cow;

/// The most of a mail's header that is read, in bytes.
const MAX_HEADER: usize = 256 << 10;
/// The longest boundary (RFC 2046 §5.1.1), in bytes.
const MAX_BOUNDARY: usize = 70;

/// A signed mail.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum SignedMail<'a> {
    /// multipart/signed (RFC 1847 §2.1)
    Clear {
        /// The part that was signed with its own header, in canonical form.
        content: Cow<'a, [u8]>,
        /// The signature as it is transferred, mostly base64.
        signature: &'a [u8],
    },
    /// application/pkcs7-mime: the signature, which has the content inside, as it is transferred.
    Opaque(&'a [u8]),
}

impl<'a> SignedMail<'a> {
    /// `None` for what is no signed mail.
    pub(super) fn parse(file: &'a [u8]) -> Option<Self> {
        let (header, body) = split_header(file)?;
        let content_type = ContentType::of(header)?;
        match &*content_type.name {
            "multipart/signed" => {
                let boundary = content_type.boundary?;
                let [content, signature] = parts(body, boundary.as_bytes())?;
                let (header, signature) = split_header(signature)?;
                let signature_type = ContentType::of(header)?;
                let is_signature = matches!(
                    &*signature_type.name,
                    "application/pkcs7-signature" | "application/x-pkcs7-signature"
                );
                is_signature.then(|| Self::Clear {
                    content: canonical(content),
                    signature,
                })
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => Some(Self::Opaque(body)),
            _ => None,
        }
    }
}

/// A Content-Type field.
struct ContentType {
    /// In lower case.
    name: String,
    boundary: Option<String>,
}

impl ContentType {
    /// That of a header.
    fn of(header: &[u8]) -> Option<Self> {
        let header = String::from_utf8_lossy(header);
        // RFC 5322 §2.2.3: a line that begins with white space continues the one before.
        let mut value: Option<String> = None;
        for line in header.lines() {
            match (&mut value, line.starts_with([' ', '\t'])) {
                (Some(value), true) => value.push_str(line),
                (Some(_), false) => break,
                (None, _) => {
                    let (name, start) = line.split_once(':').unwrap_or_default();
                    let is_it = name.trim_end().eq_ignore_ascii_case("content-type");
                    value = is_it.then(|| start.to_owned());
                }
            }
        }
        let value = value?;
        let (name, parameters) = value.split_once(';').unwrap_or((&value, ""));
        Some(Self {
            name: name.trim().to_ascii_lowercase(),
            boundary: boundary(parameters),
        })
    }
}

/// The parameter `boundary` (RFC 2045 §5.1), which may be quoted. Its characters need no escapes.
fn boundary(parameters: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').unwrap_or((after, "")),
        };
        let name = name.trim_matches(|it: char| it == ';' || it.is_whitespace());
        if name.eq_ignore_ascii_case("boundary") {
            let value = value.trim_end();
            let fits = (1..=MAX_BOUNDARY).contains(&value.len());
            return fits.then(|| value.to_owned());
        }
        rest = next;
    }
}

/// A header, and what follows the empty line at its end.
fn split_header(entity: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    for line in entity.split_inclusive(|octet| *octet == b'\n') {
        if line.trim_ascii().is_empty() {
            return Some((entity.get(..at)?, entity.get(at + line.len()..)?));
        }
        at += line.len();
        if at > MAX_HEADER {
            return None;
        }
    }
    None
}

/// The two parts of a body, each from its header to the line end before the boundary (RFC 2046 §5.1.1).
fn parts<'a>(body: &'a [u8], boundary: &[u8]) -> Option<[&'a [u8]; 2]> {
    let mut found = Vec::new();
    let (mut at, mut begin) = (0, None);
    for line in body.split_inclusive(|octet| *octet == b'\n') {
        let start = at;
        at += line.len();
        let mark = line
            .strip_prefix(b"--")
            .and_then(|it| it.strip_prefix(boundary));
        let Some(end @ (b"" | b"--")) = mark.map(<[u8]>::trim_ascii_end) else {
            continue;
        };
        if let Some(begin) = begin {
            let part: &[u8] = body.get(begin..start)?;
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            found.push(part.strip_suffix(b"\r").unwrap_or(part));
        }
        begin = Some(at);
        if end == b"--" || found.len() > 2 {
            break;
        }
    }
    found.try_into().ok()
}

/// With CRLF at the end of each line (RFC 8551 §3.1.1).
fn canonical(text: &[u8]) -> Cow<'_, [u8]> {
    let bare = |line: &[u8]| line.ends_with(b"\n") && !line.ends_with(b"\r\n");
    let lines = || text.split_inclusive(|octet| *octet == b'\n');
    if !lines().any(bare) {
        return Cow::Borrowed(text);
    }
    let mut canonical = Vec::with_capacity(text.len());
    for line in lines() {
        match line.strip_suffix(b"\n").filter(|_| bare(line)) {
            Some(line) => canonical.extend([line, b"\r\n"].concat()),
            None => canonical.extend_from_slice(line),
        }
    }
    Cow::Owned(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAR: &str = "From: a@example.com\n\
        Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\n\
        \tmicalg=\"sha-256\"; boundary=\"--b;=1\"\n\
        \n\
        This is an S/MIME signed message\n\
        ----b;=12\n\
        ----b;=1\n\
        Content-Type: text/plain\n\
        \n\
        Text\n\
        \n\
        ----b;=1\n\
        Content-Type: application/x-pkcs7-signature; name=\"smime.p7s\"\n\
        Content-Transfer-Encoding: base64\n\
        \n\
        MAMC\n\
        AQU=\n\
        ----b;=1--\n\
        bye\n";

    fn clear(content: &'static str, signature: &'static str) -> Option<SignedMail<'static>> {
        Some(SignedMail::Clear {
            content: Cow::Borrowed(content.as_bytes()),
            signature: signature.as_bytes(),
        })
    }

    #[test]
    fn the_signed_part_has_its_header_and_no_line_end_of_the_boundary() {
        let content = "Content-Type: text/plain\r\n\r\nText\r\n";
        assert_eq!(
            SignedMail::parse(CLEAR.as_bytes()),
            clear(content, "MAMC\nAQU=")
        );
        let crlf: &'static str = CLEAR.replace('\n', "\r\n").leak();
        assert_eq!(
            SignedMail::parse(crlf.as_bytes()),
            clear(content, "MAMC\r\nAQU=")
        );
        let bare: &'static str = CLEAR.replace("\"--b;=1\"", "--b;=1").leak();
        // An unquoted value ends at the semicolon.
        assert_eq!(SignedMail::parse(bare.as_bytes()), None);
    }

    #[test]
    fn what_is_no_signed_mail() {
        for (old, new) in [
            ("multipart/signed", "multipart/mixed"),
            ("x-pkcs7-signature", "pgp-signature"),
            ("boundary", "bound"),
            ("--b;=1--\n", "--b;=2--\n"),
            ("\n\nMAMC", "\nMAMC"),
            ("\"--b;=1\"", "\"\""),
        ] {
            let other = CLEAR.replace(old, new);
            assert_eq!(SignedMail::parse(other.as_bytes()), None, "{new}");
        }
        for other in [
            "",
            "\n",
            "Content-Type: multipart/signed",
            "text without a header\n\nx",
        ] {
            assert_eq!(SignedMail::parse(other.as_bytes()), None, "{other}");
        }
        let long = [&*"X: y\n".repeat(MAX_HEADER / 5 + 1), CLEAR].concat();
        assert_eq!(SignedMail::parse(long.as_bytes()), None);
    }

    #[test]
    fn a_mail_that_is_its_signature() {
        let mail = "CONTENT-TYPE: Application/X-pkcs7-mime; smime-type=signed-data\r\n\r\nMAMC";
        assert_eq!(
            SignedMail::parse(mail.as_bytes()),
            Some(SignedMail::Opaque(b"MAMC"))
        );
    }
}
