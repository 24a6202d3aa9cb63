//! Key derivations of any hash function: that of PKCS#12 (RFC 7292 §B.2), PBKDF1 and PBKDF2 (RFC 8018 §5).

use crate::pkcs12::{
    budget::{Cancel, ROUNDS_BETWEEN_CHECKS},
    error::Pkcs12Error,
};
use hmac::{
    KeyInit, Mac,
    digest::{Digest, FixedOutput, Update, block_api::BlockSizeUser},
};
use zeroize::{Zeroize, Zeroizing};

/// What a key is derived for (RFC 7292 §B.3).
#[derive(Clone, Copy)]
pub(in crate::pkcs12) enum Purpose {
    Encryption,
    Initialisation,
    Authentication,
}

/// The bounds of an HMAC that PBKDF2 needs.
pub(super) trait Keyed: KeyInit + Mac + Update + FixedOutput + Clone {}
impl<M: KeyInit + Mac + Update + FixedOutput + Clone> Keyed for M {}

/// RFC 8018 §5.1; the letters are the standard's.
pub(super) fn pbkdf1<D: Digest>(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error> {
    let mut t = D::new()
        .chain_update(password)
        .chain_update(salt)
        .finalize();
    for round in 1..rounds {
        if round % ROUNDS_BETWEEN_CHECKS == 0 {
            cancel.check()?;
        }
        t = D::digest(&t);
    }
    output.iter_mut().zip(&t).for_each(|(to, from)| *to = *from);
    t.as_mut_slice().zeroize();
    Ok(())
}

/// RFC 8018 §5.2; the letters are the standard's. Our own, because it can be cancelled.
pub(super) fn pbkdf2<M: Keyed>(
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error> {
    // HMAC takes keys of any length.
    let prf = <M as KeyInit>::new_from_slice(password);
    let prf = prf.map_err(|_| Pkcs12Error::Malformed("key length"))?;
    for (i, t) in (1_u32..).zip(output.chunks_mut(M::output_size())) {
        let first = prf.clone().chain(salt).chain(i.to_be_bytes());
        let mut u = first.finalize_fixed();
        t.iter_mut().zip(&u).for_each(|(to, from)| *to = *from);
        for round in 1..rounds {
            if round % ROUNDS_BETWEEN_CHECKS == 0 {
                cancel.check()?;
            }
            u = Update::chain(prf.clone(), &u).finalize_fixed();
            t.iter_mut().zip(&u).for_each(|(to, from)| *to ^= *from);
        }
        u.as_mut_slice().zeroize();
    }
    Ok(())
}

/// RFC 7292 §B.2; the letters are the standard's.
pub(super) fn derive<D: Digest + BlockSizeUser>(
    password: &[u8],
    salt: &[u8],
    purpose: Purpose,
    rounds: u32,
    output: &mut [u8],
    cancel: &Cancel,
) -> Result<(), Pkcs12Error> {
    let v = <D as BlockSizeUser>::block_size();
    // 1. The diversifier.
    let id = match purpose {
        Purpose::Encryption => 1,
        Purpose::Initialisation => 2,
        Purpose::Authentication => 3,
    };
    let d = vec![id; v];
    // 2. to 4. Salt and password, each repeated to fill blocks.
    let [s, p] = [salt, password].map(|text| text.len().next_multiple_of(v));
    let mut i = Zeroizing::new(Vec::with_capacity(s + p));
    i.extend(repeated(salt, s).chain(repeated(password, p)));
    // 5. and 6. For each piece of the output:
    for piece in output.chunks_mut(<D as Digest>::output_size()) {
        // A. Hash r times.
        let mut a = D::new().chain_update(&d).chain_update(&*i).finalize();
        for round in 1..rounds {
            if round % ROUNDS_BETWEEN_CHECKS == 0 {
                cancel.check()?;
            }
            a = D::digest(&a);
        }
        piece.iter_mut().zip(&a).for_each(|(to, from)| *to = *from);
        // B. and C. Each block of I becomes (I + B + 1) mod 2^(8v), B being A repeated.
        let b = Zeroizing::new(repeated(&a, v).collect::<Vec<u8>>());
        i.chunks_mut(v).for_each(|block| add_with_one(block, &b));
        a.as_mut_slice().zeroize();
    }
    Ok(())
}

/// `bytes` repeated to `length` octets; none if `bytes` is empty.
fn repeated(bytes: &[u8], length: usize) -> impl Iterator<Item = u8> {
    bytes.iter().copied().cycle().take(length)
}

fn add_with_one(block: &mut [u8], addend: &[u8]) {
    let mut carry = 1;
    for (to, from) in block.iter_mut().rev().zip(addend.iter().rev()) {
        let [high, low] = (u16::from(*to) + u16::from(*from) + carry).to_be_bytes();
        *to = low;
        carry = u16::from(high);
    }
}
