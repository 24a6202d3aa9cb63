//! Frames of JSON between the host and a process of its own, as browsers do it.
//!
//! Both ends are this same program, but the far one runs a stranger's code: what comes from there is
//! bounded and parsed like anything else from outside.

use byteorder::{ByteOrder as _, NativeEndian};
use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};
use zeroize::Zeroizing;

/// The longest frame, in bytes: a token full of certificates.
const MAX_FRAME: usize = 4 << 20;

/// Writes one message. It may hold a PIN: its bytes are zeroised, and lie in one place from the start, because a
/// buffer that grows leaves copies behind.
pub(super) fn send(output: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut length = Length(0);
    serde_json::to_writer(&mut length, message)?;
    let mut json = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *json, message)?;
    let length = u32::try_from(json.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut prefix = [0; 4];
    NativeEndian::write_u32(&mut prefix, length);
    output.write_all(&prefix)?;
    output.write_all(&json)?;
    output.flush()
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Reads one message; `None` where the other end is gone or makes no sense.
pub(super) fn receive<T: DeserializeOwned>(input: &mut impl Read) -> Option<T> {
    let mut prefix = [0; 4];
    input.read_exact(&mut prefix).ok()?;
    let length = usize::try_from(NativeEndian::read_u32(&prefix)).ok()?;
    if length > MAX_FRAME {
        return None;
    }
    let mut json = Zeroizing::new(vec![0; length]);
    input.read_exact(&mut json).ok()?;
    serde_json::from_slice(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tamga_core::secret::Secret;

    #[test]
    fn messages_come_through_and_nonsense_does_not() {
        let mut pipe = Vec::new();
        let message = ("open".to_owned(), Some(Secret::new("1234".to_owned())));
        send(&mut pipe, &message).unwrap();
        let Some((name, Some(pin))) = receive::<(String, Option<Secret>)>(&mut &*pipe) else {
            panic!("{pipe:?}");
        };
        assert_eq!((&*name, pin.expose()), ("open", "1234"));
        assert!(receive::<u32>(&mut &*pipe).is_none());
        assert!(receive::<(String, Option<Secret>)>(&mut &pipe[..pipe.len() - 1]).is_none());
        assert!(receive::<(String, Option<Secret>)>(&mut &[0xff; 8][..]).is_none());
    }
}
