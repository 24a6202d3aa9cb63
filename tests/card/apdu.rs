//! Commands and responses (ISO/IEC 7816-4), short lengths only: chaining takes longer commands apart, `GET RESPONSE`
//! longer responses.

/// The most data that is collected from a chain, in bytes.
const MAX_CHAIN: usize = 4 << 10;
const GET_RESPONSE: u8 = 0xc0;
/// The bit of the class byte that says that more follows.
const MORE: u8 = 0x10;

/// A command whose data is complete.
#[derive(Debug)]
pub struct Command {
    /// What is to be done.
    pub instruction: u8,
    /// P1 and P2.
    pub parameters: [u8; 2],
    /// Empty where there is none.
    pub data: Vec<u8>,
}

/// The two bytes at the end of each response.
pub type Status = u16;

/// Everything went well.
pub const DONE: Status = 0x9000;
/// A length is wrong.
pub const WRONG_LENGTH: Status = 0x6700;
/// No such instruction.
pub const UNKNOWN: Status = 0x6d00;

/// What a card says: data, or why there is none.
pub type Response = Result<Vec<u8>, Status>;

/// Puts chained commands together and gives long responses in pieces.
#[derive(Debug, Default)]
pub struct Channel {
    /// The chain so far, without its data; `None` outside of one.
    chain: Option<[u8; 3]>,
    collected: Vec<u8>,
    /// What was not yet fetched of a response.
    rest: Vec<u8>,
}

impl Channel {
    /// Answers one APDU as it comes from a reader, with `carry_out` for whole commands.
    pub fn answer(&mut self, apdu: &[u8], carry_out: impl FnOnce(&Command) -> Response) -> Vec<u8> {
        let Some((class, header, data, expected)) = parse(apdu) else {
            return WRONG_LENGTH.to_be_bytes().to_vec();
        };
        let [instruction, parameters @ ..] = header;
        if instruction == GET_RESPONSE {
            return self.next_piece(expected);
        }
        if self.chain.is_some_and(|chain| chain != header) {
            self.collected.clear();
        }
        self.collected.extend_from_slice(data);
        if self.collected.len() > MAX_CHAIN {
            *self = Self::default();
            return WRONG_LENGTH.to_be_bytes().to_vec();
        }
        if class & MORE != 0 {
            self.chain = Some(header);
            return DONE.to_be_bytes().to_vec();
        }
        self.chain = None;
        let data = std::mem::take(&mut self.collected);
        match carry_out(&Command {
            instruction,
            parameters,
            data,
        }) {
            Ok(response) => {
                self.rest = response;
                self.next_piece(expected)
            }
            Err(status) => status.to_be_bytes().to_vec(),
        }
    }

    fn next_piece(&mut self, expected: usize) -> Vec<u8> {
        let rest = self.rest.split_off(expected.min(self.rest.len()));
        let mut piece = std::mem::replace(&mut self.rest, rest);
        let status = match u8::try_from(self.rest.len()) {
            Ok(0) => DONE,
            Ok(more) => 0x6100 | Status::from(more),
            Err(_) => 0x6100,
        };
        piece.extend(status.to_be_bytes());
        piece
    }
}

/// Class, then instruction and parameters, data, and how much is expected (§5.1).
fn parse(apdu: &[u8]) -> Option<(u8, [u8; 3], &[u8], usize)> {
    let (&[class, instruction, p1, p2], body) = apdu.split_first_chunk()?;
    let (data, expected): (&[u8], &[u8]) = match body {
        [] | [_] => (&[], body),
        [length, rest @ ..] => rest.split_at_checked((*length).into())?,
    };
    let expected = match expected {
        [] | [0] => 256,
        [length] => (*length).into(),
        _ => return None,
    };
    Some((class, [instruction, p1, p2], data, expected))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_become_one_command_and_long_answers_pieces() {
        let mut channel = Channel::default();
        let nothing = |_: &Command| -> Response { panic!("not yet") };
        assert_eq!(
            channel.answer(b"\x10\x87\x07\x9a\x02ab", nothing),
            [0x90, 0]
        );
        let whole = channel.answer(b"\x00\x87\x07\x9a\x01c\x00", |command| {
            assert_eq!(
                (command.parameters, &*command.data),
                ([7, 0x9a], &b"abc"[..])
            );
            Ok(vec![5; 600])
        });
        assert_eq!((whole.len(), &whole[256..]), (258, &[0x61, 0][..]));
        let more = channel.answer(b"\x00\xc0\x00\x00\x00", nothing);
        assert_eq!(&more[256..], [0x61, 88]);
        let last = channel.answer(b"\x00\xc0\x00\x00\x58", nothing);
        assert_eq!((last.len(), &last[88..]), (90, &[0x90, 0][..]));
    }

    #[test]
    fn another_command_breaks_a_chain() {
        let mut channel = Channel::default();
        channel.answer(b"\x10\x87\x07\x9a\x02ab", |_| Err(UNKNOWN));
        let answer = channel.answer(b"\x00\x20\x00\x80", |command| {
            assert!(command.data.is_empty());
            Err(0x63c3)
        });
        assert_eq!(answer, [0x63, 0xc3]);
        assert_eq!(
            channel.answer(b"\x00\x20\x00\x80\x08abc", |_| Err(UNKNOWN)),
            [0x67, 0]
        );
        assert_eq!(channel.answer(b"\x00\x20", |_| Err(UNKNOWN)), [0x67, 0]);
    }
}
