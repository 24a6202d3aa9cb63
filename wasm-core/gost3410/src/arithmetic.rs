//! The mathematics under the keys: residues modulo a prime, points of a curve, and the four things one does with them.
//! Everything is generic over the curve and works on fixed arrays, least significant part first.

pub(crate) mod comb;
pub(crate) mod integer;
mod inversion;
pub(crate) mod jacobian;
pub(crate) mod limbs;
pub(crate) mod point;
pub(crate) mod residue;
pub(crate) mod weierstrass;
