//! The key agreement VKO GOST R 34.10-2012 (RFC 7836 section 4.3).

use digest::{Digest, Output};
use zeroize::Zeroizing;

use crate::{
    Error, SigningKey, VerifyingKey,
    arithmetic::{
        integer::Integer,
        point::Projective,
        weierstrass::{Parameters, Scalar},
    },
    curve::on_curve,
};

/// `H((m/q · UKM · x mod q) · (y·P))`: with Streebog-256 this is VKO_GOSTR3410_2012_256, with Streebog-512
/// VKO_GOSTR3410_2012_512, on a curve of either size.
///
/// `ukm` is the user keying material, a number of at most [`Curve::size`](crate::Curve::size) bytes, the least
/// significant first. The caller is to erase the result, which is a key.
///
/// # Errors
/// [`Error::CurveMismatch`]; [`Error::Length`] for a `ukm` that is too long; [`Error::Infinity`] if it is a multiple of
/// the group's order.
pub fn vko<D: Digest>(
    key: &SigningKey,
    peer: &VerifyingKey,
    ukm: &[u8],
) -> Result<Output<D>, Error> {
    let size = key.curve().size();
    if peer.curve() != key.curve() {
        return Err(Error::CurveMismatch);
    }
    if ukm.len() > size {
        return Err(Error::Length);
    }
    let mut secret = Zeroizing::new([0; 128]);
    let (x, rest) = secret.split_at_mut(size);
    let (y, _) = rest.split_at_mut(size);
    on_curve!(key.curve(), C => agree::<C, _>(key, peer, ukm, x, y))?;
    Ok(D::new().chain_update(x).chain_update(y).finalize())
}

fn agree<C: Parameters<N>, const N: usize>(
    key: &SigningKey,
    peer: &VerifyingKey,
    ukm: &[u8],
    x: &mut [u8],
    y: &mut [u8],
) -> Result<(), Error> {
    let ukm = Scalar::<C, N>::new(&Integer::from_le_bytes(ukm).limbs());
    if ukm == Scalar::<C, N>::ZERO {
        return Err(Error::Infinity);
    }
    let cofactor = Scalar::<C, N>::new(&Integer::from(C::COFACTOR).limbs());
    let d = Zeroizing::new(key.scalar::<C, N>());
    let multiplier = Zeroizing::new(d.times(ukm).times(cofactor));
    let point = Zeroizing::new(Projective::new(peer.to_affine::<C, N>()).times(&multiplier));
    let shared = Zeroizing::new(point.coordinates());
    Zeroizing::new(Integer::from_limbs(&shared.0)).write_le(x);
    Zeroizing::new(Integer::from_limbs(&shared.1)).write_le(y);
    Ok(())
}
