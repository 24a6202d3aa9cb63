//! As much of HTTP/1.1 (RFC 9112) as fetching one file or answer takes: one request, one response, everything bounded.

use super::{fetch::FetchError, secure::Stream};
use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};
use tamga_core::asn1_time;

/// The longest head of a response, in bytes.
const MAX_HEAD: usize = 16 << 10;
/// The longest line that gives the length of a chunk, with its extensions.
const MAX_CHUNK_LINE: usize = 1024;
/// How many responses such as 100 (Continue) are passed over.
const MAX_INTERIM: usize = 4;
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];
/// How much is read at once.
const PIECE: usize = 16 << 10;

/// A connection, and when what is asked over it has to be there.
pub(super) struct Exchange {
    stream: Stream,
    until: Instant,
    /// What was read and not used yet.
    read: Vec<u8>,
}

/// What came.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) body: Vec<u8>,
    /// What the time is by the server's clock, if it says (RFC 9110 §6.6.1), Unix time.
    pub(super) date: Option<i64>,
}

/// How a body ends (RFC 9112 §6.3).
enum Framing {
    Chunked,
    Length(usize),
    Close,
}

impl Exchange {
    pub(super) fn new(stream: Stream, until: Instant) -> Self {
        Self {
            stream,
            until,
            read: Vec::new(),
        }
    }

    /// Sends a request and reads the response to it, whose body may have at most `limit` bytes.
    pub(super) fn perform(mut self, request: &[u8], limit: usize) -> Result<Response, FetchError> {
        self.send(request)?;
        let (framing, date) = self.head()?;
        let body = self.body(&framing, limit)?;
        Ok(Response { body, date })
    }

    fn body(mut self, framing: &Framing, limit: usize) -> Result<Vec<u8>, FetchError> {
        match *framing {
            Framing::Chunked => self.chunked(limit),
            Framing::Length(length) if length > limit => Err(FetchError::TooLarge),
            Framing::Length(length) => {
                self.read_until(|read| read.len() >= length)?;
                self.read.truncate(length);
                Ok(self.read)
            }
            Framing::Close => {
                while self.more()? {
                    if self.read.len() > limit {
                        return Err(FetchError::TooLarge);
                    }
                }
                match self.read.len() > limit {
                    true => Err(FetchError::TooLarge),
                    false => Ok(self.read),
                }
            }
        }
    }

    /// Has a proxy lead through to somebody (RFC 9110 §9.3.6), who does not speak first.
    pub(super) fn tunnel(mut self, request: &[u8]) -> Result<Stream, FetchError> {
        self.send(request)?;
        self.head()?;
        match self.read.is_empty() {
            true => Ok(self.stream),
            false => Err(FetchError::Malformed),
        }
    }

    fn send(&mut self, request: &[u8]) -> Result<(), FetchError> {
        let left = time_left(self.until)?;
        self.stream.tcp().set_write_timeout(Some(left))?;
        self.stream.write_all(request)?;
        Ok(self.stream.flush()?)
    }

    /// Reads status line and fields.
    fn head(&mut self) -> Result<(Framing, Option<i64>), FetchError> {
        for _ in 0..=MAX_INTERIM {
            self.read_until(|read| end_of_head(read).is_some() || read.len() > MAX_HEAD)?;
            let end = end_of_head(&self.read).ok_or(FetchError::Malformed)?;
            let rest = self.read.split_off(end);
            let head = std::mem::replace(&mut self.read, rest);
            let head = String::from_utf8_lossy(&head);
            let mut lines = head.lines();
            match status(lines.next().unwrap_or_default()) {
                Some(100..=199) => {}
                Some(200) => {
                    let date = lines.clone().find_map(date);
                    return Ok((framing(lines)?, date));
                }
                Some(300..=399) => return Err(FetchError::Redirected),
                Some(other) => return Err(FetchError::Status(other)),
                None => return Err(FetchError::Malformed),
            }
        }
        Err(FetchError::Malformed)
    }

    /// RFC 9112 §7.1. Trailer fields are not read.
    fn chunked(mut self, limit: usize) -> Result<Vec<u8>, FetchError> {
        let mut body = Vec::new();
        loop {
            self.read_until(|read| line(read).is_some() || read.len() > MAX_CHUNK_LINE)?;
            let (size, rest) = line(&self.read).ok_or(FetchError::Malformed)?;
            let size = size.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| FetchError::Malformed)?;
            if size > limit.saturating_sub(body.len()) {
                return Err(FetchError::TooLarge);
            }
            self.read.drain(..rest);
            if size == 0 {
                return Ok(body);
            }
            self.read_until(|read| read.len() >= size + 2)?;
            body.extend(self.read.drain(..size));
            let end: Vec<u8> = self.read.drain(..2).collect();
            if end != b"\r\n" {
                return Err(FetchError::Malformed);
            }
        }
    }

    fn read_until(&mut self, enough: impl Fn(&[u8]) -> bool) -> Result<(), FetchError> {
        while !enough(&self.read) {
            if !self.more()? {
                return Err(FetchError::Malformed);
            }
        }
        Ok(())
    }

    /// `false` at the end of the stream.
    fn more(&mut self) -> Result<bool, FetchError> {
        // Before each piece: a server that sends a byte now and then does not keep anybody longer.
        let left = Some(time_left(self.until)?);
        self.stream.tcp().set_read_timeout(left)?;
        let mut piece = [0; PIECE];
        let length = self.stream.read(&mut piece)?;
        self.read.extend(piece.iter().take(length));
        Ok(length > 0)
    }
}

/// How much time there is left.
pub(super) fn time_left(until: Instant) -> Result<Duration, FetchError> {
    let left = until.saturating_duration_since(Instant::now());
    match left.is_zero() {
        true => Err(FetchError::Deadline),
        false => Ok(left),
    }
}

/// Where the empty line after the fields ends.
fn end_of_head(read: &[u8]) -> Option<usize> {
    let place = read.windows(4).position(|window| window == b"\r\n\r\n");
    place.map(|place| place + 4)
}

/// The first line, and where the next begins.
fn line(read: &[u8]) -> Option<(&str, usize)> {
    let end = read.windows(2).position(|window| window == b"\r\n")?;
    let line = std::str::from_utf8(read.get(..end)?).ok()?;
    Some((line, end + 2))
}

/// `HTTP/1.1 200 OK`
fn status(line: &str) -> Option<u16> {
    let mut parts = line.split(' ');
    let version = parts.next()?;
    let status = parts.next()?;
    let known = version.starts_with("HTTP/1.") && status.len() == 3;
    known.then(|| status.parse().ok())?
}

/// `Date: Sun, 06 Nov 1994 08:49:37 GMT`; servers send no other form (RFC 9110 §5.6.7).
fn date(field: &str) -> Option<i64> {
    let (name, value) = field.split_once(':')?;
    let value = value.trim().strip_suffix(" GMT")?;
    let (_, value) = value.split_once(", ")?;
    let parts: [&str; 4] = value.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let [day, month, year, time] = parts;
    let month = MONTHS.iter().position(|known| *known == month)? + 1;
    let written = format!("{year}-{month:02}-{day}T{time}Z");
    let is_date = name.eq_ignore_ascii_case("date");
    is_date.then(|| asn1_time::from_text(&written))?
}

fn framing<'a>(fields: impl Iterator<Item = &'a str>) -> Result<Framing, FetchError> {
    let mut framing = Framing::Close;
    for (name, value) in fields.filter_map(|field| field.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("transfer-encoding") {
            // It overrides a length (RFC 9112 §6.3).
            return match value.eq_ignore_ascii_case("chunked") {
                true => Ok(Framing::Chunked),
                false => Err(FetchError::Malformed),
            };
        }
        if name.eq_ignore_ascii_case("content-length") {
            let length = value.parse().map_err(|_| FetchError::Malformed)?;
            match framing {
                Framing::Length(other) if other != length => return Err(FetchError::Malformed),
                _ => framing = Framing::Length(length),
            }
        }
    }
    Ok(framing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_its_one_form() {
        for (field, expected) in [
            ("Date: Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("date:Tue, 01 Dec 2026 00:00:00 GMT", Some(1_796_083_200)),
            ("Expires: Sun, 06 Nov 1994 08:49:37 GMT", None),
            ("Date: Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Date: Sun, 32 Nov 1994 08:49:37 GMT", None),
            ("Date: Sun, 06 Nov 1994 08:49:37 MSK", None),
            ("Date: Sun, 06 Nov 1994 25:49:37 GMT", None),
            ("Date: ", None),
            ("Date", None),
        ] {
            assert_eq!(date(field), expected, "{field}");
        }
    }
}
