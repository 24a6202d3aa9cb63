//! What characters become (Canonical XML 1.0 §2.3).

use super::Output;

/// Writes the text of an element.
pub(super) fn text(text: &str, output: &mut Output<'_>) {
    escape(text, output, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

/// Writes the value of an attribute.
pub(super) fn attribute(value: &str, output: &mut Output<'_>) {
    escape(value, output, |octet| match octet {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'"' => Some("&quot;"),
        b'\t' => Some("&#x9;"),
        b'\n' => Some("&#xA;"),
        b'\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, output: &mut Output<'_>, reference: fn(u8) -> Option<&'static str>) {
    let mut rest = text;
    loop {
        let special = rest.bytes().position(|octet| reference(octet).is_some());
        let Some((plain, tail)) = special.and_then(|at| rest.split_at_checked(at)) else {
            output.put(rest);
            return;
        };
        output.put(plain);
        let mut characters = tail.chars();
        let first = characters.next().and_then(|it| u8::try_from(it).ok());
        output.put(first.and_then(reference).unwrap_or_default());
        rest = characters.as_str();
    }
}
