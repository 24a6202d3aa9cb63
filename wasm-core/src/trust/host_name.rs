//! Host names and mail addresses as they are compared: A-labels in lower case.

use std::net::IpAddr;
use unicode_normalization::UnicodeNormalization as _;

/// The most octets of a label, and of a name (RFC 1035 §2.3.4).
const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 253;

/// A host name in lower case, if it is one: labels of letters, digits and hyphens, the last not of digits alone (that
/// would be an address), no dot at the end.
pub(super) fn host(text: &str) -> Option<String> {
    let inner = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
    let is_label = |label: &str| {
        let hyphens = label.starts_with('-') || label.ends_with('-');
        (1..=MAX_LABEL).contains(&label.len()) && !hyphens && label.bytes().all(inner)
    };
    let last = text.rsplit('.').next()?;
    let is_number = last.bytes().all(|octet| octet.is_ascii_digit());
    let is_host = text.len() <= MAX_NAME && !is_number && text.split('.').all(is_label);
    is_host.then(|| text.to_ascii_lowercase())
}

/// A host name as a person writes it: letters of any script become A-labels (RFC 5891 §4), a dot at the end is dropped.
pub(super) fn typed_host(text: &str) -> Option<String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    // RFC 3490 §3.1 (1): these are written for the dot.
    let dots = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
    let labels = text.split(dots).map(a_label).collect::<Option<Vec<_>>>()?;
    host(&labels.join("."))
}

/// Whether `name` is `base` or below it.
pub(super) fn is_within(name: &str, base: &str) -> bool {
    name == base || is_below(name, base)
}

/// Whether `name` is below `base`.
pub(super) fn is_below(name: &str, base: &str) -> bool {
    let above = name
        .strip_suffix(base)
        .and_then(|name| name.strip_suffix('.'));
    above.is_some_and(|above| !above.is_empty())
}

/// A dNSName of a certificate: a host, or every host directly below one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Pattern {
    Host(String),
    /// `*.` and this (RFC 9525 §6.3).
    Below(String),
}

impl Pattern {
    /// `None` where it is neither: an asterisk anywhere else than as the whole first label, or before one label only.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(base) => host(base)
                .filter(|base| base.contains('.'))
                .map(Self::Below),
            None => host(text).map(Self::Host),
        }
    }

    /// Whether it is this host's.
    pub(super) fn matches(&self, host: &str) -> bool {
        match self {
            Self::Host(own) => own == host,
            Self::Below(base) => host.split_once('.').is_some_and(|(_, above)| above == base),
        }
    }
}

/// A mail address (RFC 5321 §4.1.2 with letters of any script): the part before the `@`, and the host.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Mailbox {
    pub(super) local: String,
    pub(super) host: String,
}

impl Mailbox {
    /// `None` where it is none, or has a quoted part before the `@`, which can be written in many ways.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let is_odd =
            |it: char| it.is_control() || it.is_whitespace() || "\"@()<>,;:\\[]".contains(it);
        let is_atom = |atom: &str| !atom.is_empty() && !atom.contains(is_odd);
        let is_local = local.len() <= 64 && local.split('.').all(is_atom);
        Some(Self {
            host: typed_host(domain).filter(|_| is_local && !domain.ends_with('.'))?,
            local: local.to_owned(),
        })
    }
}

/// An address of the Internet Protocol for people; hex where it is none.
pub(super) fn written_ip(octets: &[u8]) -> String {
    let four = <[u8; 4]>::try_from(octets).map(|it| IpAddr::from(it).to_string());
    let sixteen = <[u8; 16]>::try_from(octets).map(|it| IpAddr::from(it).to_string());
    four.or(sixteen)
        .unwrap_or_else(|_| base16ct::lower::encode_string(octets))
}

/// A label in ASCII: as it is, or in Punycode with the prefix of IDNA.
fn a_label(label: &str) -> Option<String> {
    if label.is_ascii() {
        return Some(label.to_ascii_lowercase());
    }
    let normal: String = label.to_lowercase().nfc().collect();
    // A name has at most 253 octets: what is longer is not worth the time that its encoding takes.
    let fits = normal.len() <= 4 * MAX_LABEL;
    let encoded = fits.then(|| punycode(&normal))??;
    Some(format!("xn--{encoded}"))
}

/// Parameters of RFC 3492 §5.
const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const INITIAL_BIAS: u32 = 72;
const INITIAL_N: u32 = 128;

/// RFC 3492 §6.3; `None` on overflow.
fn punycode(label: &str) -> Option<String> {
    let points: Vec<u32> = label.chars().map(u32::from).collect();
    let mut output: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(output.len()).ok()?;
    if basic > 0 {
        output.push('-');
    }
    let (mut n, mut delta, mut bias, mut handled) = (INITIAL_N, 0_u32, INITIAL_BIAS, basic);
    while let Some(next) = points.iter().copied().filter(|point| *point >= n).min() {
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for point in &points {
            if *point < n {
                delta = delta.checked_add(1)?;
            }
            if *point == n {
                write_number(delta, bias, &mut output)?;
                bias = adapted(delta, handled + 1, handled == basic);
                delta = 0;
                handled += 1;
            }
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(output)
}

/// A generalised variable-length integer (RFC 3492 §3.3).
fn write_number(number: u32, bias: u32, output: &mut String) -> Option<()> {
    let mut rest = number;
    let mut place = BASE;
    loop {
        let threshold = place.saturating_sub(bias).clamp(T_MIN, T_MAX);
        if rest < threshold {
            output.push(char::from_digit(rest, BASE).map(base36)?);
            return Some(());
        }
        let digit = threshold + (rest - threshold) % (BASE - threshold);
        output.push(char::from_digit(digit, BASE).map(base36)?);
        rest = (rest - threshold) / (BASE - threshold);
        place += BASE;
    }
}

/// Digits of RFC 3492 §5 begin with the letters, those of the standard library with the numerals.
fn base36(digit: char) -> char {
    const LETTERS_FIRST: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let value = digit
        .to_digit(BASE)
        .and_then(|value| usize::try_from(value).ok());
    let letter = value.and_then(|value| LETTERS_FIRST.get(value));
    letter.map_or(digit, |letter| char::from(*letter))
}

/// RFC 3492 §6.1
fn adapted(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = delta / if first { DAMP } else { 2 };
    delta += delta / points;
    let mut divisions = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        divisions += BASE;
    }
    divisions + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_labels() {
        assert_eq!(host("A-1.Example.kz").as_deref(), Some("a-1.example.kz"));
        for no_host in [
            "", ".", "a..b", ".a", "a.", "-a.b", "a-.b", "a_b.c", "*.a.b", "a\0.b", "8.8.8.8",
            "é.kz",
        ] {
            assert_eq!(host(no_host), None, "{no_host:?}");
        }
        let label = "a".repeat(63);
        assert!(host(&label).is_some());
        assert!(host(&format!("{label}a")).is_none());
        assert!(host(&[&*label; 4].join(".")).is_none());
    }

    #[test]
    fn letters_of_any_script_become_ascii() {
        for (typed, ascii) in [
            ("Пример.испытание.", "xn--e1afmkfd.xn--80akhbyknj4f"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("қазақстан.қаз", "xn--80aaa0a6awh12ed.xn--80ao21a"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("example.KZ", "example.kz"),
        ] {
            assert_eq!(typed_host(typed).as_deref(), Some(ascii));
        }
    }

    #[test]
    fn an_asterisk_is_one_whole_label() {
        let pattern = Pattern::parse("*.Example.kz").unwrap();
        assert!(pattern.matches("a.example.kz"));
        assert!(!pattern.matches("example.kz") && !pattern.matches("a.b.example.kz"));
        for none in [
            "*",
            "*.kz",
            "a.*.kz",
            "*a.example.kz",
            "*.*.kz",
            "xn--*.example.kz",
        ] {
            assert_eq!(Pattern::parse(none), None, "{none}");
        }
        assert!(Pattern::parse("a.kz").unwrap().matches("a.kz"));
    }

    #[test]
    fn mailboxes_have_one_sign() {
        let mailbox = Mailbox::parse("Иван@Пример.рф").unwrap();
        assert_eq!(mailbox.host, "xn--e1afmkfd.xn--p1ai");
        assert_eq!(mailbox.local, "Иван");
        for none in [
            "a",
            "a@b@c.kz",
            "\"a\"@b.kz",
            "@b.kz",
            "a@",
            "a b@c.kz",
            "a@.b.kz",
            "a..b@c.kz",
        ] {
            assert_eq!(Mailbox::parse(none), None, "{none}");
        }
        assert!(Mailbox::parse("*@b.kz").is_some());
    }

    #[test]
    fn names_are_within_domains() {
        assert!(is_within("a.b.kz", "b.kz") && is_within("b.kz", "b.kz"));
        assert!(
            !is_within("ab.kz", "b.kz") && !is_below("b.kz", "b.kz") && !is_below(".b.kz", "b.kz")
        );
    }
}
