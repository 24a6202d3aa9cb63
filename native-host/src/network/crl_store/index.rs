//! The index to a revocation list: where the entry of a serial number is.
//!
//! ```text
//! magic, length of the body (u32), SHA-256 of the body, body, records
//! body:    length and time of change of the list (u64 each), its SHA-256, the key of the hash (16 bytes),
//!          whether it has critical extensions that are not known (u8), number of records (u32), number of blocks (u32), first hash (u64) and digest (8 bytes) of each block,
//!          the list without its entries, and the key that signed it (u32 and bytes each)
//! record:  hash of the serial number (u64), place of its entry, place of the entry that names its issuer (u32 each)
//! ```
//! Numbers are little-endian. Records are sorted; a block is [`BLOCK`] of them. A lookup reads one or two blocks, and
//! believes none whose digest is not the one in the body.

use byteorder::{LE, ReadBytesExt as _, WriteBytesExt as _};
use sha2::{Digest as _, Sha256};
use std::{
    fs::File,
    io::{self, BufWriter, Read as _, Write},
};
use tamga_core::{
    certificate::PublicKey,
    trust::revocation::{Crl, CrlError, RevocationList as _, number},
};

use crate::files;

/// Changes with the format.
const MAGIC: &[u8; 8] = b"TamgaCR1";
/// Magic, length and digest of the body.
const BODY_OFFSET: usize = 8 + 4 + 32;
/// The largest body, in bytes: a list of 64 MiB has 200 kB of blocks.
const MAX_BODY: u32 = 1 << 20;
/// Records in a block.
const BLOCK: usize = 256;
/// Bytes of a record.
const RECORD: usize = 16;

/// Where an entry is in the DER of its list.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Record {
    /// Keyed hash of the serial number.
    hash: u64,
    /// Where the entry is.
    pub(super) entry: u32,
    /// Where the entry is that names the issuer; 0: the list's issuer.
    pub(super) issuer: u32,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    first: u64,
    digest: [u8; 8],
}

/// What an index says about its list.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) crl_length: u64,
    pub(super) crl_modified: u64,
    pub(super) crl_digest: [u8; 32],
    /// Whether a critical extension of the list or of an entry is not known.
    pub(super) unknown_critical: bool,
    /// What [`tamga_core::trust::revocation::CrlHead::parse`] reads.
    pub(super) head: Vec<u8>,
    /// DER of the SubjectPublicKeyInfo whose owner signed the list.
    pub(super) signer: Vec<u8>,
    key: [u8; 16],
    records: u32,
    blocks: Vec<Block>,
}

/// An index in the making.
pub(super) struct IndexBuilder {
    body: Body,
    records: Vec<Record>,
}

impl IndexBuilder {
    /// Indexes a list that was verified with this key.
    pub(super) fn new(crl: &Crl<'_>, signer: &PublicKey, modified: u64) -> io::Result<Self> {
        // Whoever issues certificates chooses serial numbers, but does not know what they collide with.
        let mut key = [0; 16];
        let filled = getrandom::fill(&mut key);
        filled.map_err(|error| io::Error::other(error.to_string()))?;
        let mut records = Vec::new();
        for placed in crl.entries() {
            let placed = placed.ok_or_else(|| io::Error::other(CrlError::Malformed))?;
            records.push(Record {
                hash: hash(&key, placed.entry.serial),
                entry: place(placed.offset)?,
                issuer: place(placed.issuer_offset)?,
            });
        }
        records.sort_unstable();
        let blocks = records.chunks(BLOCK).filter_map(|block| {
            Some(Block {
                first: block.first()?.hash,
                digest: digest(&encoded(block)),
            })
        });
        let body = Body {
            crl_length: u64::try_from(crl.der().len()).unwrap_or(u64::MAX),
            crl_modified: modified,
            crl_digest: Sha256::digest(crl.der()).into(),
            unknown_critical: crl.head().unknown_critical,
            head: crl.head_der(),
            signer: signer.spki().to_vec(),
            key,
            records: place(records.len())?,
            blocks: blocks.collect(),
        };
        Ok(Self { body, records })
    }

    pub(super) fn write(&self, file: &mut impl Write) -> io::Result<()> {
        let body = self.body.encoded()?;
        let mut file = BufWriter::new(file);
        file.write_all(MAGIC)?;
        file.write_u32::<LE>(place(body.len())?)?;
        file.write_all(&Sha256::digest(&body))?;
        file.write_all(&body)?;
        for block in self.records.chunks(BLOCK) {
            file.write_all(&encoded(block))?;
        }
        file.flush()
    }
}

impl Body {
    fn encoded(&self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        body.write_u64::<LE>(self.crl_length)?;
        body.write_u64::<LE>(self.crl_modified)?;
        body.extend_from_slice(&self.crl_digest);
        body.extend_from_slice(&self.key);
        body.write_u8(self.unknown_critical.into())?;
        body.write_u32::<LE>(self.records)?;
        body.write_u32::<LE>(place(self.blocks.len())?)?;
        for block in &self.blocks {
            body.write_u64::<LE>(block.first)?;
            body.extend_from_slice(&block.digest);
        }
        for bytes in [&self.head, &self.signer] {
            body.write_u32::<LE>(place(bytes.len())?)?;
            body.extend_from_slice(bytes);
        }
        Ok(body)
    }

    fn read(mut body: &[u8]) -> io::Result<Self> {
        let crl_length = body.read_u64::<LE>()?;
        let crl_modified = body.read_u64::<LE>()?;
        let crl_digest = array(&mut body)?;
        let key = array(&mut body)?;
        let unknown_critical = body.read_u8()? != 0;
        let records = body.read_u32::<LE>()?;
        let mut blocks = Vec::new();
        for _ in 0..body.read_u32::<LE>()? {
            blocks.push(Block {
                first: body.read_u64::<LE>()?,
                digest: array(&mut body)?,
            });
        }
        let head = bytes(&mut body)?;
        let signer = bytes(&mut body)?;
        Ok(Self {
            crl_length,
            crl_modified,
            crl_digest,
            unknown_critical,
            head,
            signer,
            key,
            records,
            blocks,
        })
    }
}

/// Where the bytes of an index are.
#[derive(Debug)]
pub(super) enum IndexBytes {
    File(File),
    Memory(Vec<u8>),
}

/// An index that is whole as far as it was read.
pub(super) struct Index {
    bytes: IndexBytes,
    pub(super) body: Body,
    records_offset: u64,
}

impl Index {
    /// Reads what an index says about its list; `None` if it is damaged.
    pub(super) fn open(bytes: IndexBytes) -> io::Result<Option<Self>> {
        let mut head = [0; BODY_OFFSET];
        bytes.read(&mut head, 0)?;
        let mut rest = &head[..];
        let magic: [u8; 8] = array(&mut rest)?;
        let length = rest.read_u32::<LE>()?;
        let expected: [u8; 32] = array(&mut rest)?;
        if magic != *MAGIC || length > MAX_BODY {
            return Ok(None);
        }
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut body = vec![0; length];
        bytes.read(&mut body, offset(BODY_OFFSET))?;
        if <[u8; 32]>::from(Sha256::digest(&body)) != expected {
            return Ok(None);
        }
        let body = Body::read(&body)?;
        let records_offset = offset(BODY_OFFSET + length);
        let size = records_offset + u64::from(body.records) * offset(RECORD);
        let whole = bytes.length()? == size;
        Ok(whole.then_some(Self {
            bytes,
            body,
            records_offset,
        }))
    }

    /// The entries that may have this serial number; `None` if the index is damaged.
    pub(super) fn find(&self, serial: &[u8]) -> io::Result<Option<Vec<Record>>> {
        let hash = hash(&self.body.key, serial);
        let blocks = &self.body.blocks;
        // Records with this hash may begin at the end of the block before the first one that begins with it.
        let first = blocks
            .partition_point(|block| block.first < hash)
            .saturating_sub(1);
        let mut found = Vec::new();
        for (place, block) in blocks.iter().enumerate().skip(first) {
            if block.first > hash {
                break;
            }
            let Some(records) = self.block(place, block)? else {
                return Ok(None);
            };
            found.extend(records.into_iter().filter(|record| record.hash == hash));
        }
        Ok(Some(found))
    }

    fn block(&self, place: usize, block: &Block) -> io::Result<Option<Vec<Record>>> {
        let total = usize::try_from(self.body.records).map_err(io::Error::other)?;
        let before = place * BLOCK;
        let mut bytes = vec![0; total.saturating_sub(before).min(BLOCK) * RECORD];
        let at = self.records_offset + offset(before * RECORD);
        self.bytes.read(&mut bytes, at)?;
        if digest(&bytes) != block.digest {
            return Ok(None);
        }
        let mut rest = &bytes[..];
        let mut records = Vec::with_capacity(BLOCK);
        while !rest.is_empty() {
            records.push(Record {
                hash: rest.read_u64::<LE>()?,
                entry: rest.read_u32::<LE>()?,
                issuer: rest.read_u32::<LE>()?,
            });
        }
        Ok(Some(records))
    }
}

impl IndexBytes {
    fn read(&self, buffer: &mut [u8], at: u64) -> io::Result<()> {
        match self {
            Self::File(file) => files::read_exact_at(file, buffer, at),
            Self::Memory(bytes) => {
                let at = usize::try_from(at).map_err(io::Error::other)?;
                let mut rest = bytes.get(at..).unwrap_or_default();
                rest.read_exact(buffer)
            }
        }
    }

    fn length(&self) -> io::Result<u64> {
        match self {
            Self::File(file) => Ok(file.metadata()?.len()),
            Self::Memory(bytes) => Ok(offset(bytes.len())),
        }
    }
}

/// The first 8 bytes of SHA-256 over key and serial number, which is compared in full afterwards.
fn hash(key: &[u8; 16], serial: &[u8]) -> u64 {
    let mut state = Sha256::new();
    state.update(key);
    state.update(number(serial));
    let digest: [u8; 32] = state.finalize().into();
    digest
        .iter()
        .take(8)
        .fold(0, |hash, octet| hash << 8 | u64::from(*octet))
}

/// The first 8 bytes of SHA-256: against damage, not against whoever can write here.
fn digest(bytes: &[u8]) -> [u8; 8] {
    let digest = Sha256::digest(bytes);
    let mut first = [0; 8];
    first
        .iter_mut()
        .zip(digest)
        .for_each(|(to, from)| *to = from);
    first
}

fn encoded(records: &[Record]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(records.len() * RECORD);
    for record in records {
        bytes.extend(record.hash.to_le_bytes());
        bytes.extend(record.entry.to_le_bytes());
        bytes.extend(record.issuer.to_le_bytes());
    }
    bytes
}

fn array<const N: usize>(rest: &mut &[u8]) -> io::Result<[u8; N]> {
    let mut array = [0; N];
    rest.read_exact(&mut array)?;
    Ok(array)
}

fn bytes(rest: &mut &[u8]) -> io::Result<Vec<u8>> {
    let length = usize::try_from(rest.read_u32::<LE>()?).map_err(io::Error::other)?;
    let (bytes, after) = rest
        .split_at_checked(length)
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    *rest = after;
    Ok(bytes.to_vec())
}

fn place(number: usize) -> io::Result<u32> {
    u32::try_from(number).map_err(io::Error::other)
}

fn offset(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
