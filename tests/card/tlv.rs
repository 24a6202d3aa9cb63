//! BER-TLV, as much of it as PIV needs: one level at a time, lengths below 64 KiB.

/// An element. `tag` as it is written.
pub(crate) fn tlv(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes();
    let length: &[u8] = match value.len() {
        0..=0x7f => &[low],
        0x80..=0xff => &[0x81, low],
        _ => &[0x82, high, low],
    };
    [tag, length, value].concat()
}

/// The value of the first element with this one-byte tag.
pub(crate) fn find(mut bytes: &[u8], tag: u8) -> Option<&[u8]> {
    loop {
        let (found, rest) = bytes.split_first()?;
        let (value, rest) = value(rest)?;
        if *found == tag {
            return Some(value);
        }
        bytes = rest;
    }
}

/// The value after a length, and what comes after it.
fn value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match *bytes {
        [length @ 0..=0x7f, ref rest @ ..] => (u16::from(length), rest),
        [0x81, length, ref rest @ ..] => (u16::from(length), rest),
        [0x82, high, low, ref rest @ ..] => (u16::from_be_bytes([high, low]), rest),
        _ => return None,
    };
    rest.split_at_checked(length.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_again() {
        for size in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1000] {
            let value = vec![7; size];
            let bytes = [tlv(&[0x82], b"before"), tlv(&[0x81], &value)].concat();
            assert_eq!(find(&bytes, 0x81), Some(&*value));
            assert_eq!(find(&bytes, 0x83), None);
            assert_eq!(find(&bytes[..bytes.len() - 1], 0x81), None);
        }
    }
}
